package blob_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"

	gocloud "gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/gcerrors"
)

// faulty is the driver of a bucket in memory that calls a function before each operation,
// which may fail it, or do something meanwhile.
type faulty struct {
	*gocloud.Bucket

	mu     sync.Mutex
	before func(op, key string) error
	calls  map[string]int // by operation
}

// faultyBucket returns the bucket, and its driver to set what goes wrong.
func faultyBucket() (*gocloud.Bucket, *faulty) {
	f := &faulty{Bucket: memblob.OpenBucket(nil), calls: make(map[string]int)}
	return gocloud.NewBucket(f), f
}

// onCall sets what is called before each operation, and counts anew.
func (f *faulty) onCall(before func(op, key string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = before
	clear(f.calls)
}

func (f *faulty) count(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

func (f *faulty) call(ctx context.Context, op, key string) error {
	f.mu.Lock()
	f.calls[op]++
	before := f.before
	f.mu.Unlock()
	if before != nil {
		if err := before(op, key); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// codedError is an error of the store with a code.
type codedError struct {
	code gcerrors.ErrorCode
	text string
}

func (e *codedError) Error() string { return e.text }

func (f *faulty) ErrorCode(err error) gcerrors.ErrorCode {
	var coded *codedError
	if errors.As(err, &coded) {
		return coded.code
	}
	return gcerrors.Code(err)
}

func (f *faulty) As(any) bool             { return false }
func (f *faulty) ErrorAs(error, any) bool { return false }

func (f *faulty) Attributes(ctx context.Context, key string) (*driver.Attributes, error) {
	return nil, f.call(ctx, "attributes", key)
}

func (f *faulty) SignedURL(context.Context, string, *driver.SignedURLOptions) (string, error) {
	return "", errors.ErrUnsupported
}

func (f *faulty) ListPaged(ctx context.Context, opts *driver.ListOptions) (*driver.ListPage, error) {
	if err := f.call(ctx, "list", opts.Prefix); err != nil {
		return nil, err
	}
	token := opts.PageToken
	if len(token) == 0 {
		token = gocloud.FirstPageToken
	}
	size := cmp.Or(opts.PageSize, 1000)
	page, next, err := f.Bucket.ListPage(ctx, token, size, &gocloud.ListOptions{Prefix: opts.Prefix})
	if err != nil {
		return nil, err
	}
	result := &driver.ListPage{NextPageToken: next}
	for _, o := range page {
		result.Objects = append(result.Objects, &driver.ListObject{Key: o.Key, ModTime: o.ModTime, Size: o.Size})
	}
	return result, nil
}

func (f *faulty) NewRangeReader(ctx context.Context, key string, offset, length int64, _ *driver.ReaderOptions) (
	driver.Reader, error,
) {
	if err := f.call(ctx, "open", key); err != nil {
		return nil, err
	}
	r, err := f.Bucket.NewRangeReader(ctx, key, offset, length, nil)
	if err != nil {
		return nil, err
	}
	return &faultyReader{r, ctx, f, key}, nil
}

type faultyReader struct {
	*gocloud.Reader
	ctx context.Context
	f   *faulty
	key string
}

func (r *faultyReader) Read(p []byte) (int, error) {
	if err := r.f.call(r.ctx, "read", r.key); err != nil {
		return 0, err
	}
	return r.Reader.Read(p[:min(len(p), 64<<10)])
}

func (r *faultyReader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{ContentType: r.ContentType(), ModTime: r.ModTime(), Size: r.Size()}
}

func (f *faulty) NewTypedWriter(ctx context.Context, key, contentType string, _ *driver.WriterOptions) (
	driver.Writer, error,
) {
	if err := f.call(ctx, "create", key); err != nil {
		return nil, err
	}
	ctx, giveUp := context.WithCancel(ctx)
	w, err := f.Bucket.NewWriter(ctx, key, &gocloud.WriterOptions{ContentType: contentType})
	if err != nil {
		giveUp()
		return nil, err
	}
	return &faultyWriter{w, ctx, giveUp, f, key, nil}, nil
}

type faultyWriter struct {
	io.WriteCloser
	ctx    context.Context
	giveUp func()
	f      *faulty
	key    string
	err    error // a write has failed: the object is not made
}

func (w *faultyWriter) Write(p []byte) (int, error) {
	if w.err = w.f.call(w.ctx, "write", w.key); w.err != nil {
		return 0, w.err
	}
	return w.WriteCloser.Write(p)
}

func (w *faultyWriter) Close() error {
	if w.err == nil {
		w.err = w.f.call(w.ctx, "close", w.key)
	}
	if w.err != nil {
		w.giveUp()
		_ = w.WriteCloser.Close()
		return w.err
	}
	return w.WriteCloser.Close()
}

func (f *faulty) Copy(ctx context.Context, dst, src string, _ *driver.CopyOptions) error {
	if err := f.call(ctx, "copy", src); err != nil {
		return err
	}
	return f.Bucket.Copy(ctx, dst, src, nil)
}

func (f *faulty) Delete(ctx context.Context, key string, _ *driver.DeleteOptions) error {
	if err := f.call(ctx, "delete", key); err != nil {
		return err
	}
	return f.Bucket.Delete(ctx, key)
}
