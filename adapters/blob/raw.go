package blob

import (
	"cmp"
	"fmt"
	"io"

	"github.com/postroom/postroom/inbound"
)

// rawReader reads the bytes of a message from at on, in parts.
type rawReader struct {
	raw inbound.Raw
	at  int64
	err error // of raw
}

const rawPart = 256 << 10

// Read implements io.Reader. A message that is shorter than its size is an error.
func (r *rawReader) Read(p []byte) (int, error) {
	size := r.raw.Size()
	if r.at >= size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), rawPart, size-r.at)]
	n, err := r.raw.ReadAt(p, r.at)
	r.at += int64(n)
	if n == len(p) {
		return n, nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	r.err = &rawError{at: r.at, size: size, err: cmp.Or(err, io.ErrNoProgress)}
	return n, r.err
}

// rawError reports bytes of the caller that cannot be read: the bucket is not to blame.
type rawError struct {
	at, size int64
	err      error
}

// Error implements error.
func (e *rawError) Error() string {
	return fmt.Sprintf("read raw bytes at %d of %d: %v", e.at, e.size, e.err)
}

// Unwrap returns the error of inbound.Raw.
func (e *rawError) Unwrap() error { return e.err }
