package email

import (
	"bytes"
	"hash"
	"io"
)

// windowBytes is how much of a message is in memory at a time.
const windowBytes = 64 << 10

// source reads a message once. It counts and hashes every byte, and shows the
// unread ones through a window of fixed size.
type source struct {
	r        io.Reader
	sum      hash.Hash
	unhashed bool
	size     int64
	err      error // of r; io.EOF at the end
	buf      []byte
	pos, end int // the window is buf[pos:end]
}

func (s *source) window() []byte { return s.buf[s.pos:s.end] }

// offset is the place of the window in the message.
func (s *source) offset() int64 { return s.size - int64(s.end-s.pos) }

// more makes the window longer. It reports false when it cannot: at the end of
// the message, or when the window is full.
func (s *source) more() bool {
	if s.pos == s.end {
		s.pos, s.end = 0, 0
	}
	if s.end == len(s.buf) {
		if s.pos == 0 {
			return false
		}
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	for range 100 {
		if s.err != nil {
			return false
		}
		n, err := s.r.Read(s.buf[s.end:])
		s.err = err
		if n > 0 {
			if !s.unhashed {
				s.sum.Write(s.buf[s.end : s.end+n])
			}
			s.size += int64(n)
			s.end += n
			return true
		}
	}
	if s.err == nil {
		s.err = io.ErrNoProgress
	}
	return false
}

// need makes the window at least n bytes long, where the message is.
func (s *source) need(n int) {
	for s.end-s.pos < n && s.more() {
	}
}

// line takes the next line with its line end. A line longer than the window
// comes in pieces; only the last of them ends in "\n". It is empty at the end.
// It stays valid until the next call of any method.
func (s *source) line() []byte {
	seen := 0
	for {
		w := s.window()
		if i := bytes.IndexByte(w[seen:], '\n'); i >= 0 {
			s.pos += seen + i + 1
			return w[:seen+i+1]
		}
		seen = len(w)
		if !s.more() {
			w = s.window()
			s.pos = s.end
			return w
		}
	}
}

// drain reads to the end of the message, so that all of it is hashed.
func (s *source) drain() {
	for {
		s.pos = s.end
		if !s.more() {
			return
		}
	}
}
