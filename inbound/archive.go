package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"
)

// Archive keeps the raw bytes of messages outside of the Store, by their SHA-256. It is
// optional: see Config.Archive. An Archive belongs to one Store, and to one namespace of it:
// what that Store does not refer to is removed by Syncer.CleanArchive. Implementations are
// safe for concurrent use, also by several processes, or refuse a second one clearly; package
// inboundtest has the tests that they must pass. Nothing is called within a transaction of the
// Store, so that a network may be in between.
type Archive interface {
	// Put keeps blobs, at most 1000. They are durable when it returns nil: they survive a
	// crash. After an error, any of them may be there, but none in part. One that is there
	// already is left as it is, and counts as put now (BlobInfo.PutAt). Two of one SHA256 are
	// one. The Archive reads Raw during the call only, in parts of at most 8 MiB, and need not
	// check that SHA256 is right. An error of Raw is wrapped.
	Put(ctx context.Context, blobs []Blob) error

	// Open streams a blob. The reader gives an error that wraps ErrDamaged, and never io.EOF,
	// if the bytes are not those of sha256, which is in lowercase hex: see VerifyBlob. A blob that
	// is not there is ErrNotFound. ctx is that of the reading, too. The caller closes the reader.
	// Memory does not grow with the blob.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)

	// ListBlobs returns a page of at most limit blobs in an order of the Archive's own, and
	// what to give as after to get the next one; "" is the first page, and the next of the last
	// one. A page may be empty and not the last. What is there from the first page to the last
	// is in one of them, or in several; what is put or deleted meanwhile may be missing.
	ListBlobs(ctx context.Context, after string, limit int) (page []BlobInfo, next string, err error)

	// DeleteBlobs removes those of these blobs (at most 1000) that were put for the last time
	// before a moment. A Put of the same blob at the same time, in any process, either comes
	// before it, and the blob stays, or after it, and the blob is put anew. One that is not
	// there is no error. The disk space is given back by and by.
	DeleteBlobs(ctx context.Context, before time.Time, sha256s []string) error
}

// Blob is bytes to put into an Archive.
type Blob struct {
	SHA256 string // of the bytes, in lowercase hex
	Raw    Raw
}

// BlobInfo is what an Archive tells of a blob.
type BlobInfo struct {
	SHA256 string
	Size   int64 // bytes, as they were put
	// PutAt is when it was put for the last time. It may be up to an hour earlier than that,
	// so that a blob which was put a moment ago need not be written again.
	PutAt time.Time
}

// ErrDamaged reports bytes of an Archive that are not those that were put.
var ErrDamaged = errors.New("inbound: raw bytes are damaged")

// ArchivedError is the error of Emails.OpenRaw for bytes that are in the Archive, which a
// Store does not know: Syncer.OpenRaw and OpenRaw open them.
type ArchivedError struct{ SHA256 string }

// Error says where the bytes are.
func (e *ArchivedError) Error() string {
	return "inbound: the raw bytes are in the archive, as " + e.SHA256 +
		": open them by Syncer.OpenRaw, with Config.Archive set"
}

// OpenRaw streams the raw bytes of an email, or of a quarantined message by its
// LedgerEntry.EmailID, from the Store or from the Archive, which may be nil where there is
// none. It returns ErrNotFound if there are none, and an *ArchivedError if they are in an
// archive and there is none. The reader gives an error, and not io.EOF, if bytes are damaged. The
// caller closes it.
func OpenRaw(ctx context.Context, store Emails, archive Archive, id string) (io.ReadCloser, error) {
	r, err := store.OpenRaw(ctx, id)
	var archived *ArchivedError
	if !errors.As(err, &archived) || archive == nil {
		return r, err
	}
	if r, err = archive.Open(ctx, archived.SHA256); err != nil {
		return nil, fmt.Errorf("inbound: open the raw bytes of %q in the archive: %w", id, err)
	}
	return r, nil
}

// OpenRaw is the function OpenRaw with the Store and the Archive of the Syncer.
func (s *Syncer) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	return s.store.OpenRaw(ctx, id)
}

// archivedStore is a Store whose OpenRaw opens what is in the archive, too.
type archivedStore struct {
	Store
	archive Archive // nil: there is none
}

func (s archivedStore) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	return OpenRaw(ctx, s.Store, s.archive, id)
}

// VerifyBlob returns a reader of r that checks what it reads, for implementations of Archive:
// where r ends, it gives an error that wraps ErrDamaged instead of io.EOF if the bytes do not
// have this SHA-256, in lowercase hex. Close closes r.
func VerifyBlob(r io.ReadCloser, sha256Hex string) io.ReadCloser {
	return &verifyingReader{ReadCloser: r, want: sha256Hex, sum: sha256.New()}
}

type verifyingReader struct {
	io.ReadCloser
	want string
	sum  hash.Hash
}

// Read implements io.Reader.
func (r *verifyingReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(r.sum.Sum(nil)) != r.want {
		err = fmt.Errorf("%w: they are not those of %s", ErrDamaged, r.want)
	}
	return n, err
}

// isDamaged reports an error which means that kept bytes are damaged, or that some of them
// are missing.
func isDamaged(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, io.ErrUnexpectedEOF)
}
