package email

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrNoSuchPart is returned by OpenAttachment for a part number that the message
// does not have.
var ErrNoSuchPart = errors.New("email: no such part")

var errClosed = errors.New("email: read of a closed attachment")

// OpenAttachment reads an attachment out of the raw bytes of its message. part is
// the Part that Parse reported; the number of any other leaf part is
// accepted, too. With the limits that Parse had, it yields exactly the bytes whose Size
// and SHA256 Parse reported.
//
// It reads raw as far as the part's header, and on while the attachment is read; raw
// stays the caller's. Memory is bounded by the limits, not by the attachment. An
// unknown part is an error that wraps ErrNoSuchPart; read errors of raw are wrapped
// and returned by OpenAttachment or by Read. The reader must be closed, and is for
// one goroutine at a time.
func OpenAttachment(raw io.Reader, part string, l Limits) (io.ReadCloser, error) {
	p := parsers.Get().(*parser)
	p.begin(raw, l.withDefaults(), false)
	p.unhashed = true
	p.wanted = &wantedPart{}
	p.wanted.number, p.wanted.block = cutUUNumber(part)

	if _, ended := p.readHeader(&p.top); !ended && p.entity(&p.top, partPosition{}).level == atWanted {
		r := &attachmentReader{top: p, p: p}
		for r.p.within != nil {
			r.p = r.p.within
		}
		if r.begin() {
			return r, nil
		}
	}
	err := p.err
	p.release()
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("email: read: %w", err)
	}
	return nil, fmt.Errorf("%w: %q", ErrNoSuchPart, part)
}

// attachmentReader decodes a body piece by piece as it is read.
type attachmentReader struct {
	top   *parser // of the message; nil: closed
	p     *parser // that reads the part: top, or one within it
	scan  bodyScan
	block uuWanted
	read  int // of p.text, which has the piece
	ended bool
	err   error // at the end
}

// begin reads as far as the block, where one is wanted. It reports false when
// the text has not so many.
func (r *attachmentReader) begin() bool {
	p := r.p
	if p.wanted.block == 0 {
		p.decoder.begin(p.wanted.part.encoding, nil, &p.text, math.MaxInt)
		return true
	}
	p.decoder.beginText(p.wanted.part.encoding, &p.text, math.MaxInt)
	r.block = uuWanted{decoder: &p.decoder, block: p.wanted.block}
	p.blocks.Reset(&r.block)
	p.decoder.filter = &p.blocks
	for !r.ended && r.block.blocks < r.block.block {
		r.next()
	}
	return r.block.blocks >= r.block.block
}

// next decodes another piece.
func (r *attachmentReader) next() {
	p := r.p
	s, ended := p.scan(&p.decoder, &r.scan)
	if ended {
		p.decoder.end()
		if s.level == atEnd && p.err != io.EOF && !r.block.ended {
			r.err = p.err
		}
	}
	r.ended = ended || r.block.ended
}

func (r *attachmentReader) Read(b []byte) (int, error) {
	switch {
	case r.top == nil:
		return 0, errClosed
	case len(b) == 0:
		return 0, nil
	}
	p := r.p
	for r.read == len(p.text) {
		if r.ended {
			if r.err != nil {
				return 0, fmt.Errorf("email: read: %w", r.err)
			}
			return 0, io.EOF
		}
		p.text, r.read = p.text[:0], 0
		r.next()
	}
	n := copy(b, p.text[r.read:])
	r.read += n
	return n, nil
}

// Close gives the buffers back. It never fails.
func (r *attachmentReader) Close() error {
	if r.top != nil {
		r.p.text = r.p.text[:0]
		r.top.release()
		r.top, r.p = nil, nil
	}
	return nil
}

// uuWanted keeps one block of a text.
type uuWanted struct {
	decoder       *bodyDecoder
	block, blocks int
	ended         bool
}

func (w *uuWanted) Text([]byte) {}

func (w *uuWanted) Begin(string) { w.blocks++ }

func (w *uuWanted) Decoded(b []byte) {
	if w.blocks == w.block {
		w.decoder.add(b)
	}
}

func (w *uuWanted) End(bool) { w.ended = w.blocks >= w.block }
