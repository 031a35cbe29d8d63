package filearchive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/compress"
)

// Open implements inbound.Archive.
func (a *Archive) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	want, ok := parseSum(sha256)
	if !ok {
		return nil, fmt.Errorf("filearchive: %w: %.100q is not a SHA-256 in lowercase hex", inbound.ErrNotFound, sha256)
	}
	r, err := a.open(ctx, want)
	if err != nil || r != nil {
		return r, failed("open", err)
	}
	// A different process may have put it, or moved it into another segment.
	if err := a.refresh(); err != nil {
		return nil, failed("open", err)
	}
	r, err = a.open(ctx, want)
	if r == nil && err == nil {
		return nil, fmt.Errorf("filearchive: %w: blob %s in %s", inbound.ErrNotFound, want, a.dir)
	}
	return r, failed("open", err)
}

// open returns nil if the message is not where it was last seen.
func (a *Archive) open(ctx context.Context, want sum) (io.ReadCloser, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var damaged error
	for _, s := range a.all() {
		e, ok, durable, err := s.find(want)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		r, err := s.open(ctx, e, durable)
		switch {
		case err == nil && r != nil:
			return inbound.VerifyBlob(r, want.String()), nil
		case errors.Is(err, inbound.ErrDamaged):
			damaged = err // there may be another copy
		case err != nil:
			return nil, err
		}
	}
	return nil, damaged
}

// open returns a reader of a message, or nil if it is not there any longer. One that is not
// durable may not have been written to its end, and is checked first.
func (s *segment) open(ctx context.Context, e entry, durable bool) (r io.ReadCloser, err error) {
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if r == nil {
			_ = f.Close() // it was only read
		}
	}()
	head := make([]byte, recordHeader)
	if _, err := f.ReadAt(head, e.offset); err != nil && err != io.EOF {
		return nil, err
	}
	found, ok := parseRecord(head)
	if !ok || found.sum != e.sum {
		if s.forgetTail(e) {
			return nil, nil // its writer has failed, and has cut it off
		}
		return nil, fmt.Errorf("%w: there is no header at %d of %s", inbound.ErrDamaged, e.offset, s.path)
	}
	stored := io.NewSectionReader(f, e.offset+recordHeader, found.stored)
	if !durable {
		if crc, err := checksum(io.NewSectionReader(f, e.offset+recordHeader, found.stored)); err != nil || crc != found.crc {
			return nil, err
		}
	}
	if !found.packed {
		return &blobReader{ctx: ctx, file: f, Reader: stored}, nil
	}
	decoder, err := compress.NewReader(stored, found.size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", inbound.ErrDamaged, err)
	}
	return &blobReader{ctx: ctx, file: f, Reader: decoder, decoder: decoder}, nil
}

// forgetTail has the tail read anew if an entry is from there. It reports whether it is.
func (s *segment) forgetTail(e entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own || e.offset < s.index.covered {
		return false
	}
	s.tail, s.scanned = nil, 0
	return true
}

// blobReader reads a message.
type blobReader struct {
	io.Reader
	ctx     context.Context // of Open
	file    *os.File
	decoder io.ReadCloser // nil: the message is not compressed
}

// Read implements io.Reader.
func (r *blobReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, failed("read", context.Cause(r.ctx))
	}
	n, err := r.Reader.Read(p)
	var path *os.PathError
	switch {
	case err == nil || err == io.EOF:
	case r.decoder != nil && !errors.As(err, &path):
		err = fmt.Errorf("%w: %w", inbound.ErrDamaged, err)
	default:
		err = failed("read", err)
	}
	return n, err
}

// Close implements io.Closer.
func (r *blobReader) Close() error {
	if r.decoder != nil {
		_ = r.decoder.Close() // it only gives memory back
	}
	return failed("close", r.file.Close())
}
