package inbound

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/postroom/postroom/inbound/email"
)

// original is what a message is the same as.
type original struct {
	emailID string // "": nothing
	bytes   bool   // down to the byte
	part    bool   // as far as one of the two goes, of which only the beginning was read
	whole   bool   // the original is known to be whole
}

// recall finds, for the messages of a batch, what was uploaded before: by the account
// with the same bytes, or for the shop with the same fingerprint of the header. Of that
// the parts are compared, too: anybody can copy a header.
type recall struct {
	account Account
	ids     map[string]bool      // of emails that have the same bytes
	alike   map[string][]earlier // emails, by fingerprint
	batch   map[string][]earlier // messages of the batch that are uploaded, by fingerprint
}

// earlier is an email, or a message before in the same batch, that a message may be the
// same as.
type earlier struct {
	emailID, sha256 string
	extent          Extent
	open            func() (io.ReadCloser, error)
}

// newRecall asks the store what there is of these messages.
func newRecall(ctx context.Context, store Emails, account Account, messages []*item) (*recall, error) {
	r := &recall{account: account, alike: make(map[string][]earlier), batch: make(map[string][]earlier)}
	ids := make([]string, len(messages))
	for i, it := range messages {
		ids[i] = it.emailID(account)
	}
	var err error
	if r.ids, err = store.HaveEmails(ctx, ids); err != nil {
		return nil, fmt.Errorf("inbound: look for duplicates: %w", err)
	}
	found, err := emailsLike(ctx, store, account.Shop, messages)
	if err != nil {
		return nil, err
	}
	for fingerprint, emails := range found {
		for _, e := range emails {
			r.alike[fingerprint] = append(r.alike[fingerprint], earlier{e.ID, e.SHA256, e.Extent,
				func() (io.ReadCloser, error) { return store.OpenRaw(ctx, e.ID) }})
		}
	}
	return r, nil
}

// emailsLike returns the emails of a shop that have the fingerprints of messages.
func emailsLike(ctx context.Context, store Emails, shop string, messages []*item) (map[string][]Email, error) {
	var fingerprints []string
	for _, it := range messages {
		if it.isRecognizable() {
			fingerprints = append(fingerprints, it.fingerprint)
		}
	}
	found := make(map[string][]Email)
	for chunk := range slices.Chunk(fingerprints, pageLimit) {
		some, err := store.EmailsByFingerprint(ctx, shop, chunk)
		if err != nil {
			return nil, fmt.Errorf("inbound: look for duplicates: %w", err)
		}
		maps.Copy(found, some)
	}
	return found, nil
}

// add notes that a message of the batch is uploaded.
func (r *recall) add(it *item) {
	id := it.emailID(r.account)
	r.ids[id] = true
	if it.isRecognizable() {
		r.batch[it.fingerprint] = append(r.batch[it.fingerprint], earlier{id, it.message.SHA256, it.extent,
			func() (io.ReadCloser, error) { return io.NopCloser(it.raw.reader()), nil }})
	}
}

// knows reports whether an email was there when the store was asked.
func (r *recall) knows(e Email) bool {
	return slices.ContainsFunc(r.alike[e.Fingerprint], func(known earlier) bool { return known.emailID == e.ID })
}

// inStore returns the email that a message is the same as.
func (r *recall) inStore(it *item) (original, error) { return r.among(r.alike, it) }

// inBatch returns the message before it in the batch that a message is the same as.
func (r *recall) inBatch(it *item) (original, error) { return r.among(r.batch, it) }

func (r *recall) among(all map[string][]earlier, it *item) (original, error) {
	if id := it.emailID(r.account); r.ids[id] {
		return original{emailID: id, bytes: true}, nil
	}
	if !it.isRecognizable() {
		return original{}, nil
	}
	for _, e := range all[it.fingerprint] {
		if e.sha256 == it.message.SHA256 {
			return original{emailID: e.emailID, bytes: true}, nil
		}
		same, part, err := e.isSame(it)
		if err != nil {
			return original{}, fmt.Errorf("inbound: compare with email %s: %w", e.emailID, err)
		}
		if same {
			return original{emailID: e.emailID, part: part, whole: !part && e.extent == ExtentWhole}, nil
		}
	}
	return original{}, nil
}

// isSame compares the parts of two messages whose headers have one fingerprint. Where one
// of them was not read whole, it compares byte by byte, as far as that one goes; part
// then says that they are not known to be the same to the end. But what was uploaded
// although the server had delivered less than it lists is not the whole of which it is
// the beginning: nobody has seen the rest.
func (e earlier) isSame(it *item) (same, part bool, err error) {
	if !e.extent.isPart() && !it.extent.isPart() {
		if same, err := e.hasParts(it); err != nil || same || it.extent == ExtentWhole {
			return same, false, err
		}
	}
	kept, err := e.open()
	if err != nil {
		return false, false, notKept(err)
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	result, err := compareBodies(kept, it.raw.reader())
	switch {
	case err != nil:
		return false, false, notKept(err)
	case result == firstShorter:
		return e.extent.isPart(), true, nil
	case result == secondShorter:
		return it.extent != ExtentWhole, true, nil
	}
	return result == bodiesEqual, true, nil
}

// hasParts reports whether the decoded parts are the same.
func (e earlier) hasParts(it *item) (same bool, err error) {
	kept, err := e.open()
	if err != nil {
		return false, notKept(err)
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	old, err := email.ReadFingerprint(kept)
	if err != nil {
		return false, notKept(err)
	}
	read, err := email.ReadFingerprint(it.raw.reader())
	return old.Message == read.Message, err
}

// notKept returns nil for errors which mean that the bytes of an email are missing or
// damaged: then it is the same as nothing.
func notKept(err error) error {
	if errors.Is(err, ErrNotFound) || isDamaged(err) {
		return nil
	}
	return err
}

// comparison is how two bodies compare.
type comparison int

const (
	bodiesDiffer comparison = iota
	bodiesEqual
	firstShorter // and the beginning of the second
	secondShorter
)

// compareBodies compares what is behind the headers of two messages.
func compareBodies(first, second io.Reader) (comparison, error) {
	a, b := bufio.NewReaderSize(first, 32<<10), bufio.NewReaderSize(second, 32<<10)
	if err := errors.Join(skipHeader(a), skipHeader(b)); err != nil {
		return bodiesDiffer, err
	}
	for {
		x, errX := a.Peek(a.Size())
		y, errY := b.Peek(b.Size())
		if err := errors.Join(realError(errX), realError(errY)); err != nil {
			return bodiesDiffer, err
		}
		n := min(len(x), len(y))
		switch {
		case !bytes.Equal(x[:n], y[:n]):
			return bodiesDiffer, nil
		case len(x) == 0 && len(y) == 0:
			return bodiesEqual, nil
		case n == 0 && len(x) == 0:
			return firstShorter, nil
		case n == 0:
			return secondShorter, nil
		}
		_, _ = a.Discard(n) // they are buffered
		_, _ = b.Discard(n)
	}
}

func realError(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// skipHeader reads up to behind the first empty line.
func skipHeader(r *bufio.Reader) error {
	for begins := true; ; {
		line, err := r.ReadSlice('\n')
		if begins && len(bytes.TrimRight(line, "\r\n")) == 0 && err == nil {
			return nil
		}
		if begins = err == nil; !begins && err != bufio.ErrBufferFull {
			return realError(err)
		}
	}
}
