package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	gocloud "gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/compress"
)

// openTries is how often Open looks for a message that was there a moment ago. It moves to a
// new key when it is put again after an hour.
const openTries = 3

// Open implements inbound.Archive. It costs two requests.
func (a *Archive) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	if !isSHA256(sha256) {
		return nil, fmt.Errorf("blob: %w: %.100q is not a SHA-256 in lowercase hex", inbound.ErrNotFound, sha256)
	}
	for range openTries {
		if err := ended(ctx); err != nil {
			return nil, failed(ctx, "open", err)
		}
		found, err := a.find(ctx, sha256)
		if err != nil {
			return nil, failed(ctx, "open", err)
		}
		if len(found) == 0 {
			break
		}
		o := found[len(found)-1]
		stored, err := a.bucket.NewReader(ctx, a.prefix+o.key(), nil)
		switch {
		case err == nil:
			return openObject(ctx, o, stored)
		case gcerrors.Code(err) != gcerrors.NotFound:
			return nil, failed(ctx, "open", fmt.Errorf("read %s: %w", sha256, err))
		}
	}
	return nil, fmt.Errorf("blob: %w: blob %s", inbound.ErrNotFound, sha256)
}

func openObject(ctx context.Context, o object, stored *gocloud.Reader) (io.ReadCloser, error) {
	r := &blobReader{storedReader: storedReader{ctx: ctx, stored: stored, sha256: o.sha256}}
	if o.packed {
		var err error
		if r.unpacking, err = compress.NewReader(&r.storedReader, o.size); err != nil {
			return nil, errors.Join(r.explain(err), stored.Close())
		}
	}
	return inbound.VerifyBlob(r, o.sha256), nil
}

// storedReader reads an object as it is in the bucket.
type storedReader struct {
	ctx    context.Context // of Open
	stored *gocloud.Reader
	sha256 string
	read   int64
	err    error // of the bucket
}

// Read implements io.Reader. An object that ends too early is an error of the network, and not
// damage.
func (r *storedReader) Read(p []byte) (int, error) {
	if r.err == nil {
		r.err = ended(r.ctx)
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.stored.Read(p)
	r.read += int64(n)
	if err == io.EOF {
		if r.read >= r.stored.Size() {
			return n, io.EOF
		}
		err = fmt.Errorf("it ended after %d of %d bytes", r.read, r.stored.Size())
	}
	if err != nil {
		r.err = err
	}
	return n, err
}

// blobReader reads a message.
type blobReader struct {
	storedReader
	unpacking io.ReadCloser // nil: the message is not compressed
}

// Read implements io.Reader.
func (r *blobReader) Read(p []byte) (n int, err error) {
	if r.unpacking == nil {
		n, err = r.storedReader.Read(p)
	} else {
		n, err = r.unpacking.Read(p)
	}
	return n, r.explain(err)
}

func (r *blobReader) explain(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case r.storedReader.err != nil:
		return failed(r.ctx, "read", fmt.Errorf("read %s: %w", r.sha256, r.storedReader.err))
	}
	return fmt.Errorf("%w: %s: %w", inbound.ErrDamaged, r.sha256, err)
}

// Close implements io.Closer.
func (r *blobReader) Close() error {
	if r.unpacking != nil {
		_ = r.unpacking.Close() // it only gives memory back
	}
	return failed(r.ctx, "close", r.stored.Close())
}
