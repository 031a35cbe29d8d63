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
// the Part that Parse reported; the number of any other part that has no parts
// itself does too. With the limits that Parse had, it yields exactly the bytes
// whose Size and SHA256 Parse reported.
//
// It reads raw as far as the part's header, and on while the attachment is read;
// raw stays the caller's. Memory is bounded by the limits, not by the attachment.
// An unknown part is an error that wraps ErrNoSuchPart; an error of raw comes
// wrapped from here or from Read. The reader must be closed, and is for one
// goroutine at a time.
func OpenAttachment(raw io.Reader, part string, l Limits) (io.ReadCloser, error) {
	p := parsers.Get().(*parser)
	p.begin(raw, l.withDefaults(), false)
	p.unhashed = true
	p.wanted = &wantedPart{}
	p.wanted.number, p.wanted.block = cutUUNumber(part)

	if _, ended := p.readHeader(&p.top); !ended && p.entity(&p.top, partPosition{}).level == atWanted {
		r := &attachmentReader{p: p}
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

// wanted is the part that OpenAttachment looks for.
type wantedPart struct {
	number string
	block  int // uuencoded block of its text; 0: the part itself
	part   part
}

// look stops the walk in front of the body of the part.
func (w *wantedPart) look(p *parser, d part, at partPosition) boundaryHit {
	if at.number != w.number || w.block > 0 && d.mediaType != "text/plain" {
		return p.body(nil, false)
	}
	w.part = d
	return boundaryHit{level: atWanted}
}

// attachmentReader decodes a body piece by piece as it is read.
type attachmentReader struct {
	p     *parser // nil: closed
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
	p.decoder.begin(p.wanted.part.encoding, nil, &p.text, math.MaxInt)
	if p.wanted.block == 0 {
		return true
	}
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
	case r.p == nil:
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
	if r.p != nil {
		r.p.text = r.p.text[:0]
		r.p.release()
		r.p = nil
	}
	return nil
}
