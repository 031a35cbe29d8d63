package fingerprint

import (
	"bytes"
	"crypto/sha256"
	"hash"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// leaf hashes one part without parts.
type leaf struct {
	isText  bool
	base64  bool
	quoted  bool
	heldCR  bool // a piece of a line ended in CR; an LF may follow
	decoder transfer.Decoder
	line    []byte
	lines   textForm
	exact   exactForm
	out     digest
}

// begin starts a part; what was written to the one before is forgotten.
func (l *leaf) begin(isText bool, encoding string) {
	l.isText, l.base64, l.quoted, l.heldCR = isText, encoding == "base64", encoding == "quoted-printable", false
	switch {
	case l.base64:
		l.decoder.Reset(transfer.Base64)
	case l.quoted:
		l.decoder.Reset(transfer.QuotedPrintable)
	default:
		l.decoder.Reset(transfer.Identity)
	}
	l.out.reset()
	l.lines = textForm{trimmed: trimmed{out: &l.out, run: l.lines.run[:0]}}
	l.exact = exactForm{trimmed{out: &l.out, run: l.exact.run[:0]}}
}

// write takes a line with its line break, or a piece of one.
func (l *leaf) write(piece []byte, begins bool) {
	if !l.base64 {
		if begins && piece[0] == '>' {
			piece = unquoted(piece)
		}
		if !l.isText {
			piece = l.canonical(piece)
		}
	}
	l.decoded(l.decoder.Decode(piece))
}

// unquoted takes the ">" of mbox files off a line that begins with "From " behind
// them.
func unquoted(line []byte) []byte {
	if rest := bytes.TrimLeft(line, ">"); bytes.HasPrefix(rest, []byte("From ")) {
		return rest
	}
	return line
}

// canonical makes the line break CR LF.
func (l *leaf) canonical(piece []byte) []byte {
	l.line = l.line[:0]
	if l.heldCR && string(piece) != "\n" {
		l.line = append(l.line, '\r')
	}
	l.heldCR = false
	switch n := len(piece); {
	case piece[n-1] == '\n':
		l.line = append(append(l.line, bytes.TrimSuffix(piece[:n-1], []byte("\r"))...), '\r', '\n')
	case piece[n-1] == '\r':
		l.line, l.heldCR = append(l.line, piece[:n-1]...), true
	default:
		l.line = append(l.line, piece...)
	}
	return l.line
}

func (l *leaf) decoded(b []byte) {
	if l.isText {
		l.lines.write(b)
	} else {
		l.exact.write(b)
	}
}

// end returns the hash of the part, or nil if it is empty. A CR that is held is white
// space at the end. The hash is valid until the next call of any method.
func (l *leaf) end() []byte {
	l.decoded(l.decoder.Finish())
	l.lines.end()
	return l.out.end()
}

// digestBytes is how much is hashed together.
const digestBytes = 8 << 10

// digest hashes what is written in small pieces.
type digest struct {
	sum   hash.Hash
	buf   []byte
	some  bool // something was written
	total [sha256.Size]byte
}

func (d *digest) reset() {
	d.buf, d.some = d.buf[:0], false
	d.sum.Reset()
}

func (d *digest) write(b []byte) {
	if len(b) > cap(d.buf)-len(d.buf) {
		d.sum.Write(d.buf)
		d.buf = d.buf[:0]
		if len(b) >= cap(d.buf) {
			d.sum.Write(b)
			d.some = true
			return
		}
	}
	d.buf = append(d.buf, b...)
	d.some = d.some || len(b) > 0
}

func (d *digest) end() []byte {
	if !d.some {
		return nil
	}
	d.sum.Write(d.buf)
	d.buf = d.buf[:0]
	return d.sum.Sum(d.total[:0])
}
