package inboundtest_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestArchiveSuiteCatchesBrokenArchives(t *testing.T) { mutant.Run(t, brokenArchives) }

var brokenArchives = map[string]mutant.Mutant{
	"CutsBlobs": archive(func(a inbound.Archive) inbound.Archive { return cutsBlobs{a} },
		"ComesBackAsItWas", "want it as it was put"),
	"KeepsToItself": archive(func(inbound.Archive) inbound.Archive { return memstore.NewArchive() },
		"OtherProcessesSeeIt", "want what was put"),
	"Overwrites": archive(func(inbound.Archive) inbound.Archive { return newLooseArchive() },
		"PutAgain", "want it as it was put"),
	"PutsTheFirst500": archive(func(a inbound.Archive) inbound.Archive { return putsTheFirst500{a} },
		"PutOfAThousand", "want the 1000"),
	"UnknownIsEmpty": archive(func(a inbound.Archive) inbound.Archive { return unknownIsEmpty{a} },
		"Unknown", "want inbound.ErrNotFound"),
	"FoldsCase": archive(func(a inbound.Archive) inbound.Archive { return foldsCase{a} },
		"Unknown", "no SHA-256 in lowercase hex"),
	"KeepsHalf": archive(func(inbound.Archive) inbound.Archive { return newLooseArchive() },
		"FailingRaw", "its bytes could not be read"),
	"VerifiesNothing": archive(func(inbound.Archive) inbound.Archive { return newLooseArchive() },
		"DamageIsFound", "inbound.ErrDamaged"),
	"ReadsAtOnce": archive(func(inbound.Archive) inbound.Archive { return newLooseArchive() },
		"LargeBlobIsStreamed", "at most 8 MiB"),
	"ListsOnePage": archive(func(a inbound.Archive) inbound.Archive { return listsOneBlobPage{a} },
		"Lists", "in pages of"),
	"KeepsWhatIsDeleted": archive(func(a inbound.Archive) inbound.Archive { return keepsWhatIsDeleted{a} },
		"Deletes", "it was deleted"),
	"DeletesTheRecent": archive(func(a inbound.Archive) inbound.Archive { return deletesTheRecent{a} },
		"Deletes", "want it as it was put"),
	"KeepsTheFirstTime": archive(func(inbound.Archive) inbound.Archive { return newLooseArchive() },
		"PutAgainIsNotDeleted", "want it as it was put"),
	"PutsNothingAnew": archive(func(a inbound.Archive) inbound.Archive {
		return &putsNothingAnew{Archive: a, had: make(map[string]bool)}
	}, "DeletedIsPutAnew", "want it as it was put"),
	"IgnoresTheContext": archive(func(inbound.Archive) inbound.Archive { return newLooseArchive() },
		"EndedContext", "gave no error"),
	"StoreForgetsThatItIsArchived": store(forgetsArchived{memstore.New()}, "Archived/Email", "want an ArchivedError"),
	"StoreListsNothingKept":        store(listsNothingKept{memstore.New()}, "Archived/List", "that are in the archive"),
	"StoreListsOnePage":            store(listsOnePageArchived{memstore.New()}, "Archived/List", "in pages of"),
	"StoreListsEverything":         store(listsEverything{memstore.New()}, "Archived/List", "that are in the archive"),
}

// archive is the suite on archives that are broken by a function.
func archive(broken func(inbound.Archive) inbound.Archive, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		inboundtest.TestArchive(t, func(*testing.T) func() inbound.Archive {
			base := memstore.NewArchive()
			return func() inbound.Archive { return broken(base) }
		})
	}}
}

type cutsBlobs struct{ inbound.Archive }

func (a cutsBlobs) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	r, err := a.Archive.Open(ctx, sha256)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.LimitReader(r, 1<<20)), nil
}

// looseArchive keeps whatever comes, as it comes.
type looseArchive struct {
	*memstore.Archive
	mu    sync.Mutex
	blobs map[string][]byte
	at    map[string]time.Time
}

func newLooseArchive() *looseArchive {
	return &looseArchive{Archive: memstore.NewArchive(), blobs: make(map[string][]byte), at: make(map[string]time.Time)}
}

func (a *looseArchive) Put(_ context.Context, blobs []inbound.Blob) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var failed error
	for _, b := range blobs {
		data := make([]byte, b.Raw.Size())
		if _, err := b.Raw.ReadAt(data, 0); err != nil && err != io.EOF {
			failed = err
		}
		if a.blobs[b.SHA256] = data; a.at[b.SHA256].IsZero() {
			a.at[b.SHA256] = time.Now()
		}
	}
	return failed
}

func (a *looseArchive) Open(_ context.Context, sha256 string) (io.ReadCloser, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	data, have := a.blobs[sha256]
	if !have {
		return nil, inbound.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (a *looseArchive) DeleteBlobs(_ context.Context, before time.Time, sha256s []string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, sha256 := range sha256s {
		if a.at[sha256].Before(before) {
			delete(a.blobs, sha256)
		}
	}
	return nil
}

type putsTheFirst500 struct{ inbound.Archive }

func (a putsTheFirst500) Put(ctx context.Context, blobs []inbound.Blob) error {
	return a.Archive.Put(ctx, blobs[:min(len(blobs), 500)])
}

type unknownIsEmpty struct{ inbound.Archive }

func (a unknownIsEmpty) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	if r, err := a.Archive.Open(ctx, sha256); err == nil {
		return r, nil
	}
	return io.NopCloser(strings.NewReader("")), nil
}

// foldsCase is in a file system that ignores case.
type foldsCase struct{ inbound.Archive }

func (a foldsCase) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	return a.Archive.Open(ctx, strings.ToLower(sha256))
}

type listsOneBlobPage struct{ inbound.Archive }

func (a listsOneBlobPage) ListBlobs(ctx context.Context, after string, limit int) (
	[]inbound.BlobInfo, string, error,
) {
	page, _, err := a.Archive.ListBlobs(ctx, after, limit)
	return page, "", err
}

type keepsWhatIsDeleted struct{ inbound.Archive }

func (keepsWhatIsDeleted) DeleteBlobs(context.Context, time.Time, []string) error { return nil }

type deletesTheRecent struct{ inbound.Archive }

func (a deletesTheRecent) DeleteBlobs(ctx context.Context, _ time.Time, sha256s []string) error {
	return a.Archive.DeleteBlobs(ctx, time.Now().Add(time.Second), sha256s)
}

// putsNothingAnew knows what it has from memory.
type putsNothingAnew struct {
	inbound.Archive
	had map[string]bool
}

func (a *putsNothingAnew) Put(ctx context.Context, blobs []inbound.Blob) error {
	var fresh []inbound.Blob
	for _, b := range blobs {
		if !a.had[b.SHA256] {
			a.had[b.SHA256] = true
			fresh = append(fresh, b)
		}
	}
	return a.Archive.Put(ctx, fresh)
}

type forgetsArchived struct{ inbound.Store }

func (s forgetsArchived) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	for i := range emails {
		if emails[i].Archived {
			emails[i].Archived, emails[i].Raw = false, strings.NewReader("")
		}
	}
	return s.Store.AddEmails(ctx, emails)
}

type listsNothingKept struct{ inbound.Store }

func (s listsNothingKept) KeepArchived(ctx context.Context, key, _ string) error {
	return s.KeepRaw(ctx, key, strings.NewReader(""))
}

type listsOnePageArchived struct{ inbound.Store }

func (s listsOnePageArchived) ListArchived(ctx context.Context, after string, limit int) ([]string, string, error) {
	page, _, err := s.Store.ListArchived(ctx, after, limit)
	return page, "", err
}

// listsEverything has what is in the store itself, too.
type listsEverything struct{ inbound.Store }

func (s listsEverything) ListArchived(ctx context.Context, after string, limit int) ([]string, string, error) {
	page, next, err := s.Store.ListArchived(ctx, after, limit)
	if err != nil || next != "" {
		return page, next, err
	}
	all, err := s.ListEmails(ctx, inbound.EmailFilter{}, "", limit-len(page))
	for _, e := range all {
		page = append(page, e.SHA256)
	}
	return page, "", err
}
