package email

import (
	"bytes"
	"hash"
	"io"
)

// windowBytes is how much of a message is in memory at a time.
const windowBytes = 64 << 10

// windowReader reads a message once. It counts and hashes every byte, and shows the
// unread ones through a window of fixed size.
type windowReader struct {
	src      io.Reader
	sum      hash.Hash
	unhashed bool
	size     int64
	err      error // of r; io.EOF at the end
	buf      []byte
	pos, end int  // the window is buf[pos:end]
	cr       bool // lines end in CR alone: they are shown with LF
}

// begin makes r ready for a message. Its buffer stays.
func (r *windowReader) begin(src io.Reader) {
	r.src, r.unhashed, r.size, r.err, r.pos, r.end, r.cr = src, false, 0, nil, 0, 0, false
	r.sum.Reset()
}

// findLineEnds looks at the beginning of the message, which has several lines if they end
// in LF, or in CR LF. Old programs end them in CR.
func (r *windowReader) findLineEnds() (onlyCR bool) {
	const enough = 1 << 10
	start := r.peek(enough)
	if bytes.IndexByte(start, '\n') < 0 && bytes.Count(start, []byte("\r")) > 1 {
		r.cr = true
		toLF(r.window())
	}
	return r.cr
}

func toLF(b []byte) {
	for i, c := range b {
		if c == '\r' {
			b[i] = '\n'
		}
	}
}

func (r *windowReader) window() []byte { return r.buf[r.pos:r.end] }

// offset is the place of the window in the message.
func (r *windowReader) offset() int64 { return r.size - int64(r.end-r.pos) }

// more makes the window longer. It reports false when it cannot: at the end of
// the message, or when the window is full.
func (r *windowReader) more() bool {
	if r.pos == r.end {
		r.pos, r.end = 0, 0
	}
	if r.end == len(r.buf) {
		if r.pos == 0 {
			return false
		}
		r.end = copy(r.buf, r.buf[r.pos:r.end])
		r.pos = 0
	}
	for range 100 {
		if r.err != nil {
			return false
		}
		n, err := r.src.Read(r.buf[r.end:])
		r.err = err
		if n > 0 {
			if !r.unhashed {
				r.sum.Write(r.buf[r.end : r.end+n])
			}
			if r.cr {
				toLF(r.buf[r.end : r.end+n])
			}
			r.size += int64(n)
			r.end += n
			return true
		}
	}
	if r.err == nil {
		r.err = io.ErrNoProgress
	}
	return false
}

// need makes the window at least n bytes long, where the message is.
func (r *windowReader) need(n int) {
	for r.end-r.pos < n && r.more() {
	}
}

// peek returns the next n bytes of the message, or those that are left. They stay valid
// until the next call of any method.
func (r *windowReader) peek(n int) []byte {
	r.need(n)
	w := r.window()
	return w[:min(len(w), n)]
}

// line takes the next line with its line end. A line longer than the window
// comes in pieces; only the last of them ends in "\n". It is empty at the end.
// It stays valid until the next call of any method.
func (r *windowReader) line() []byte {
	seen := 0
	for {
		w := r.window()
		if i := bytes.IndexByte(w[seen:], '\n'); i >= 0 {
			r.pos += seen + i + 1
			return w[:seen+i+1]
		}
		seen = len(w)
		if !r.more() {
			w = r.window()
			r.pos = r.end
			return w
		}
	}
}

// drain reads to the end of the message, so that all of it is hashed.
func (r *windowReader) drain() {
	for {
		r.pos = r.end
		if !r.more() {
			return
		}
	}
}
