package email

import (
	"bytes"
	"io"
	"math"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// looksMultipart reports whether the body begins with a boundary line and the header of a
// part, behind blank lines, and a preamble as mail programs write it. Unless the
// message is bare, which has no Content-Type, that of the part must come first.
func (r *partReader) looksMultipart(bare bool) bool {
	w := bytes.TrimLeft(r.peek(2*longestBoundaryLine), "\r\n")
	if hasFold(w, "this is a multi") {
		_, w, _ = bytes.Cut(w, []byte("\n"))
		w = bytes.TrimLeft(w, "\r\n")
	}
	line, behind, ended := bytes.Cut(w, []byte("\n"))
	return ended && len(line) > 2 && line[0] == '-' && line[1] == '-' &&
		(bare && hasFold(behind, "content-") || hasFold(behind, "content-type: ")) &&
		isGuess(bytes.TrimRight(line[2:], " \t\r"), behind)
}

// undeclaredType returns the type of a body that looksMultipart: alternative where the first
// two parts are text and HTML.
func (r *partReader) undeclaredType() string {
	body := r.peek(rivalWindow)
	line, rest, _ := bytes.Cut(body[bytes.Index(body, []byte("--")):], []byte("\n"))
	boundary := string(bytes.TrimRight(line, " \t\r"))[2:]
	second := indexBoundary(rest, boundary)
	if second < 0 || !hasFold(rest, "content-type: text/plain") {
		return "multipart/mixed"
	}
	_, header, _ := bytes.Cut(rest[second:], []byte("\n"))
	if !hasFold(header, "content-type: text/html") {
		return "multipart/mixed"
	}
	return "multipart/alternative"
}

// wholeWindow is how much of a multipart is looked at to see whether it is encoded.
const wholeWindow = 2 << 10

// isEncodedWhole reports whether the parts of a multipart can only be seen when its
// transfer encoding is undone. RFC 2045, section 6.4, forbids it; gateways do it. Most
// that declare one have not applied it.
func (r *partReader) isEncodedWhole(d *part) bool {
	body := r.peek(wholeWindow)
	if d.boundary != "" {
		if at := indexBoundary(body, d.boundary); at >= 0 {
			return d.encoding == transfer.QuotedPrintable && isQuotedHeader(body[at:])
		}
	}
	if d.encoding == transfer.Base64 && !transfer.Fits(d.encoding, body) {
		return false
	}
	var decoder transfer.Decoder
	decoder.ResetRepair(d.encoding, false)
	decoded := decoder.Decode(body)
	if d.boundary != "" && indexBoundary(decoded, d.boundary) >= 0 {
		return true
	}
	line, behind, _ := bytes.Cut(bytes.TrimLeft(decoded, "\r\n"), []byte("\n"))
	return bytes.HasPrefix(line, []byte("--")) && isGuess(bytes.TrimRight(line[2:], " \t\r"), behind)
}

// isQuotedHeader reports whether the header behind the line that b begins with has
// parameters in quoted-printable, which no header is written in.
func isQuotedHeader(b []byte) bool {
	for line := range bytes.Lines(b) {
		switch bare := bytes.TrimRight(line, "\r\n"); {
		case len(bare) == 0:
			return false
		case hasFold(bare, "content-") && bytes.Contains(bare, []byte("=3D")) && !bytes.Contains(bare, []byte("=?")):
			return true
		}
	}
	return false
}

// undeclaredBase64 decodes a text that is nothing but base64 of text in UTF-8, as when a
// server has dropped the field that says so. It returns nil for any other.
func undeclaredBase64(raw []byte, declared transfer.Encoding) []byte {
	const shortest = 40
	line, _, _ := bytes.Cut(bytes.TrimLeft(raw, "\r\n"), []byte("\n"))
	if declared != transfer.Identity || len(line) < shortest || bytes.IndexByte(line, ' ') >= 0 ||
		!transfer.Fits(transfer.Base64, line) {
		return nil
	}
	var decoder transfer.Decoder
	decoder.ResetRepair(transfer.Base64, false)
	decoded := append(bytes.Clone(decoder.Decode(raw)), decoder.Finish()...)
	if decoder.Junk() || !utf8.Valid(decoded) || bytes.IndexByte(decoded, ' ') < 0 ||
		bytes.ContainsFunc(decoded, isControl) {
		return nil
	}
	return decoded
}

func isControl(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }

// encodedWhole reads a multipart that is encoded as a whole. A parser of its own reads
// what is decoded, piece by piece.
func (p *parser) encodedWhole(d part, subtype string, at partPosition) boundaryHit {
	if at.depth+messageDepth > p.limits.Depth {
		p.warn("parts are nested deeper than the limit")
		return p.body(nil, false)
	}
	p.warn("a multipart is encoded as a whole")
	src := &encodedReader{p: p}
	p.decoder.begin(d.encoding, nil, &p.text, math.MaxInt)
	q := parsers.Get().(*parser)
	q.begin(src, p.limits, p.inner)
	q.unhashed = true
	q.carry(p)
	at.depth += messageDepth
	if q.multipart(d, subtype, at).level == atWanted {
		p.within = q
		return boundaryHit{level: atWanted}
	}
	for !src.ended {
		src.next()
	}
	p.text = p.text[:0]
	p.carry(q)
	q.release()
	return src.hit
}

// carry takes over what another parser has found of the same message.
func (p *parser) carry(from *parser) {
	p.message, p.wanted, p.warnings = from.message, from.wanted, from.warnings
	p.parts, p.alternatives, p.charset, p.report = from.parts, from.alternatives, from.charset, from.report
	p.bodies, from.bodies = from.bodies, p.bodies
	p.locations, from.locations = from.locations, p.locations
	p.attached, p.sealed = from.attached, from.sealed
}

// encodedReader is the decoded content of a part.
type encodedReader struct {
	p     *parser
	scan  bodyScan
	read  int // of p.text, which has a piece
	ended bool
	hit   boundaryHit // what ended it
}

// next decodes another piece.
func (r *encodedReader) next() {
	p := r.p
	p.text, r.read = p.text[:0], 0
	if r.hit, r.ended = p.scan(&p.decoder, &r.scan); r.ended {
		p.decoder.end()
	}
}

func (r *encodedReader) Read(b []byte) (int, error) {
	for r.read == len(r.p.text) {
		if r.ended {
			if r.hit.level == atEnd && r.p.err != nil {
				return 0, r.p.err
			}
			return 0, io.EOF
		}
		r.next()
	}
	n := copy(b, r.p.text[r.read:])
	r.read += n
	return n, nil
}
