package email

import (
	"bytes"
	"strings"
)

// header is one header block: its fields in their order, the values as they
// came, folded and undecoded.
type header struct {
	block   []byte
	fields  []field
	dropped bool // the last field or line was left out, and so is what continues it
}

// field holds offsets into the block, which moves while it grows.
type field struct{ name, colon, end int }

func (h *header) reset() { h.block, h.fields, h.dropped = h.block[:0], h.fields[:0], false }

func (h *header) is(i int, name string) bool {
	f := h.fields[i]
	n := h.block[f.name:f.colon]
	if len(n) > len(name) {
		n = bytes.TrimRight(n, " \t")
	}
	return len(n) == len(name) && strings.EqualFold(string(n), name)
}

// hasPrefix reports whether the name of a field begins with prefix.
func (h *header) hasPrefix(i int, prefix string) bool {
	f := h.fields[i]
	n := h.block[f.name:f.colon]
	return len(n) >= len(prefix) && strings.EqualFold(string(n[:len(prefix)]), prefix)
}

// value returns the value of a field, unfolded (RFC 5322, section 2.2.3).
func (h *header) value(i int) string {
	// Spaces outside of ASCII stay: an address with them is a different one.
	v := bytes.Trim(h.block[h.fields[i].colon+1:h.fields[i].end], " \t\r\n")
	if bytes.IndexByte(v, '\n') < 0 {
		return string(v)
	}
	out := make([]byte, 0, len(v)+8)
	for i, c := range v {
		switch {
		case c == '\r' && i+1 < len(v) && v[i+1] == '\n':
		case c != '\n':
			out = append(out, c)
		case i+1 < len(v) && v[i+1] != ' ' && v[i+1] != '\t':
			out = append(out, ' ') // continued without being indented
		}
	}
	return string(out)
}

// get returns the first value of a field that is not blank, or "".
func (h *header) get(name string) string {
	for i := range h.fields {
		if h.is(i, name) {
			if v := h.value(i); v != "" {
				return v
			}
		}
	}
	return ""
}

// has reports whether there is such a field, even a blank one.
func (h *header) has(name string) bool {
	for i := range h.fields {
		if h.is(i, name) {
			return true
		}
	}
	return false
}

// lookahead is how far readHeader looks for another field behind a line that is
// none.
const lookahead = 4 << 10

// readHeader reads a header block into h and takes the blank line behind it.
// A boundary line of an open multipart and the end of the message end it too, then
// ended is true. A line that is no field does not end it as long as fields
// follow: relays and scanners write banners there, and programs forget to indent
// what they wrap.
func (r *partReader) readHeader(h *header) (s boundaryHit, ended bool) {
	h.reset()
	knownAt := int64(-1)  // where, in the message, lookahead saw a field
	searched := int64(-1) // the last line there that it looked at
	for first := true; ; first = false {
		r.need(usualName)
		if first && r.offset() == 0 && r.findLineEnds() {
			r.warn("lines that end in CR alone")
		}
		if first && r.skipMark() {
			r.warn("a byte order mark before the header")
			r.need(usualName)
		}
		w := r.window()
		switch {
		case len(w) == 0:
			return boundaryHit{level: atEnd}, true
		case w[0] == '\n' || w[0] == '\r' && len(w) > 1 && w[1] == '\n':
			if first && len(r.boundaries) == 0 && r.startsBelow() {
				r.warn("blank lines before the header")
				continue
			}
			r.line()
			return boundaryHit{}, false
		}
		if s, ok := r.boundary(0, false); ok {
			return s, true
		}
		colon := fieldColon(w)
		if colon == nameGoesOn {
			if colon, w = r.longName(), r.window(); colon > 0 {
				r.warn("a field with a very long name was passed over")
				r.skipLine()
				h.dropped = true
				continue
			}
		}
		if colon > 0 {
			r.addField(h, colon)
			continue
		}
		blank := isBlankLine(w)
		if (w[0] == ' ' || w[0] == '\t') && !blank && (len(h.fields) > 0 || h.dropped) {
			r.addLine(h, true)
			continue
		}
		atTop := len(r.boundaries) == 0 && len(h.fields) == 0 && !h.dropped
		if atTop && (bytes.HasPrefix(w, []byte("From ")) || bytes.HasPrefix(w, []byte(">From "))) {
			r.skipLine() // the line of an mbox file
			continue
		}
		if here := r.offset(); knownAt <= here {
			knownAt, searched = r.nextField(searched)
		}
		switch {
		case knownAt < 0 && atTop && r.headerBelow():
			r.warn("text before the header was passed over")
			knownAt, searched = -1, -1
		case isBrokenExtension(w):
			r.skipNoField()
			h.dropped = true
		case knownAt < 0 && blank:
			r.skipLine()
			r.warn("a line of spaces ends the header")
			return boundaryHit{}, false
		case knownAt < 0:
			r.warn("no blank line between header and body")
			return boundaryHit{}, false
		case h.continues(w):
			r.warn("a header line is wrapped but not indented")
			r.addLine(h, true)
		default:
			r.skipNoField()
		}
	}
}

// skipNoField skips a line that is no field.
func (r *partReader) skipNoField() {
	r.warn("a header line that is no field was passed over")
	r.skipLine()
}

// isBrokenExtension reports a line such as "X-What (ever)/:": no field, but meant
// as one, even when only such lines follow.
func isBrokenExtension(w []byte) bool {
	line, _, _ := bytes.Cut(w[:min(len(w), 256)], []byte("\n"))
	return len(line) > 2 && line[0]|0x20 == 'x' && line[1] == '-' && line[2] > ' ' && bytes.IndexByte(line, ':') > 0
}

// usualName is how many bytes of a line are looked at for the name of a field. Longer
// names are rare, and nothing reads such a field.
const usualName = 256

// nameGoesOn is what fieldColon returns for a line that may be a field with a longer
// name.
const nameGoesOn = -2

// fieldColon returns the place of the colon when w begins with a field (RFC
// 5322, section 2.2; spaces before the colon as in section 4.5), else -1.
func fieldColon(w []byte) int {
	for i, c := range w[:min(len(w), usualName)] {
		switch {
		case c == ':':
			return i
		case c == ' ' || c == '\t':
			rest := bytes.TrimLeft(w[i:min(len(w), usualName)], " \t")
			if i > 0 && len(rest) > 0 && rest[0] == ':' {
				return len(w[:min(len(w), usualName)]) - len(rest)
			}
			return -1
		case c < '!' || c > '~':
			return -1
		}
	}
	if len(w) >= usualName {
		return nameGoesOn
	}
	return -1
}

// longName returns the place of the colon behind a name of more than usualName bytes, or
// -1. A name is no longer than the window.
func (r *partReader) longName() int {
	for n := 4 * usualName; ; n *= 4 {
		r.need(n)
		w := r.window()
		if colon, ended := colonBehind(w); ended || len(w) < n || n >= windowBytes {
			return colon
		}
	}
}

// colonBehind returns the place of the colon when w begins with a field whose name may
// have any length, else -1. ended is true when more of the line would change nothing.
func colonBehind(w []byte) (colon int, ended bool) {
	for i, c := range w {
		switch {
		case c == ':':
			return i, true
		case c == ' ' || c == '\t':
			if rest := bytes.TrimLeft(w[i:min(len(w), i+usualName)], " \t"); len(rest) > 0 && rest[0] == ':' {
				return len(w[:min(len(w), i+usualName)]) - len(rest), true
			}
			return -1, true
		case c < '!' || c > '~':
			return -1, true
		}
	}
	return -1, false
}

func isBlankLine(w []byte) bool {
	rest := bytes.TrimLeft(w, " \t\r")
	return len(rest) > 0 && rest[0] == '\n'
}

// nextField looks for a field behind the current line, before a blank line, and returns
// its place in the message, or -1. searched is the last line that it has looked at: the
// next search goes on there, so that no line is looked at again and again.
func (r *partReader) nextField(searched int64) (found, last int64) {
	w := r.lookaheadWindow()
	at := int(max(searched-r.offset(), 0))
	for {
		if at > 0 {
			rest := w[min(at, len(w)):]
			if len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r' {
				return -1, r.offset() + int64(at)
			}
			colon := fieldColon(rest)
			if colon == nameGoesOn {
				colon, _ = colonBehind(rest)
			}
			if colon > 0 && isFieldName(rest[:colon]) {
				return r.offset() + int64(at), r.offset() + int64(at)
			}
		}
		nl := bytes.IndexByte(w[at:], '\n')
		if nl < 0 {
			return -1, r.offset() + int64(at)
		}
		at += nl + 1
	}
}

// lookaheadWindow returns the current line and the next lookahead bytes, no more than
// the window holds.
func (r *partReader) lookaheadWindow() []byte {
	r.need(lookahead)
	end := bytes.IndexByte(r.window(), '\n')
	if end < 0 || end > lookahead/2 { // a line so long is rare, and taken once
		for n := 2 * lookahead; end < 0 && n <= windowBytes; n *= 2 {
			r.need(n)
			end = bytes.IndexByte(r.window(), '\n')
		}
		return r.peek(min(end+lookahead, windowBytes))
	}
	return r.peek(lookahead)
}

// isFieldName is stricter than the RFC: what programs really use. It keeps
// lookahead from taking a line of the body for a field.
func isFieldName(name []byte) bool {
	for _, c := range name {
		if !isNameByte(c) {
			return false
		}
	}
	return true
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// continues reports whether line is the rest of the last field: of its
// parameters, or of its list.
func (h *header) continues(line []byte) bool {
	if len(h.fields) == 0 {
		return false
	}
	last := h.fields[len(h.fields)-1]
	v := h.block[last.colon+1 : last.end]
	v = bytes.TrimRight(v[max(0, len(v)-lookahead):], " \t\r\n") // it may be called for each of many lines
	return len(v) > 0 && (v[len(v)-1] == ';' || v[len(v)-1] == ',')
}

// addField adds the field that the current line begins.
func (r *partReader) addField(h *header, colon int) {
	if h.dropped = len(h.fields) >= r.limits.Fields; h.dropped {
		r.warn("more header fields than the limit")
		r.skipLine()
		return
	}
	start := len(h.block)
	h.fields = append(h.fields, field{name: start, colon: start + colon, end: start})
	r.addLine(h, false)
	if f := &h.fields[len(h.fields)-1]; f.end <= f.colon {
		h.block, h.fields, h.dropped = h.block[:start], h.fields[:len(h.fields)-1], true // no room for it
	}
}

// addLine adds the current line to the last field, as far as limits allow.
func (r *partReader) addLine(h *header, continued bool) {
	if continued && h.dropped {
		r.skipLine()
		return
	}
	last := &h.fields[len(h.fields)-1]
	for {
		piece := r.line()
		fits := piece
		if room := r.limits.ValueBytes - (len(h.block) - last.colon); len(fits) > max(room, 0) {
			fits = fits[:max(room, 0)]
			r.warn("a header field is longer than the limit")
		}
		if room := r.limits.HeaderBytes - len(h.block); len(fits) > room {
			fits = fits[:max(room, 0)]
			r.warn("a header is longer than the limit")
		}
		h.block = append(h.block, fits...)
		last.end = len(h.block)
		if len(piece) == 0 || piece[len(piece)-1] == '\n' {
			return
		}
	}
}
