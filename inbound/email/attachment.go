package email

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// ErrNoSuchPart is returned by OpenAttachment for a part number that the message
// does not have.
var ErrNoSuchPart = errors.New("email: no such part")

var errClosed = errors.New("email: read of a closed attachment")

// OpenAttachment reads an attachment out of the raw bytes of its message. part is
// the Part that Parse reported; the number of any other leaf part is
// accepted, too, such as that of a winmail.dat whose files are attachments ("2" for "2.t1").
// With the limits that Parse had, it yields exactly the bytes whose Size and SHA256 Parse
// reported.
//
// It reads raw as far as the part's header, and on while the attachment is read; raw
// stays the caller's. Memory is bounded by the limits, not by the attachment. An
// unknown part is an error that wraps ErrNoSuchPart; read errors of raw are wrapped
// and returned by OpenAttachment or by Read. The reader must be closed, and is for
// one goroutine at a time.
func OpenAttachment(raw io.Reader, part string, l Limits) (io.ReadCloser, error) {
	return Parser{Limits: l}.OpenAttachment(raw, part)
}

// OpenAttachment is like the function OpenAttachment. With an Opener, it opens the parts
// within sealed ones, too ("1.s2" is part 2 within the sealed part 1): it needs the Opener
// that Parse had, and keeps the sealed part and its content in memory.
func (c Parser) OpenAttachment(raw io.Reader, part string) (io.ReadCloser, error) {
	r, err := c.openWithin(raw, part, c.Limits.withDefaults())
	if errors.Is(err, ErrNoSuchPart) {
		return nil, fmt.Errorf("%w: %q", ErrNoSuchPart, part)
	}
	return r, err
}

// openWithin opens a part of the message, or of what was sealed in it.
func (c Parser) openWithin(raw io.Reader, part string, l Limits) (io.ReadCloser, error) {
	if number, rest, ok := strings.Cut(part, sealMark); ok {
		return c.openSealed(raw, number, rest, l)
	}
	r, err := c.openPart(raw, part, l)
	if err != nil {
		return nil, err // not a nil reader in an interface
	}
	return r, nil
}

// openPart opens a part of the message itself.
func (c Parser) openPart(raw io.Reader, part string, l Limits) (*attachmentReader, error) {
	p := parsers.Get().(*parser)
	p.begin(raw, l, false)
	p.unhashed = true
	p.wanted = &wantedPart{}
	if p.wanted.number, p.wanted.file = cutTNEFNumber(part); p.wanted.file == 0 {
		p.wanted.number, p.wanted.block = cutUUNumber(part)
	}

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
	return nil, ErrNoSuchPart
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
	switch {
	case p.wanted.file > 0:
		p.decoder.begin(p.wanted.part.encoding, nil, &p.text, math.MaxInt)
		r.block = uuWanted{decoder: &p.decoder, block: p.wanted.file}
		files := &tnefWanted{wanted: &r.block}
		files.reader.Reset(files, 0)
		p.decoder.filter = files
	case p.wanted.block > 0:
		p.decoder.beginText(p.wanted.part.encoding, &p.text, math.MaxInt)
		r.block = uuWanted{decoder: &p.decoder, block: p.wanted.block}
		p.blocks.Reset(&r.block)
		p.decoder.filter = &p.blocks
	default:
		p.decoder.begin(p.wanted.part.encoding, nil, &p.text, math.MaxInt)
		return true
	}
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
		r.top.release()
		r.top, r.p = nil, nil
	}
	return nil
}

// uuWanted keeps one block of a text, or one file of a winmail.dat.
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
