package transfer

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// repairedBase64 decodes base64 as mail brings it: in pieces that were encoded one by one
// and joined, with "=" where none belongs, and with lines of words around it, which
// gateways and lists add to a message without looking how it is encoded. It goes by
// whole lines, so that it does not matter how a body is cut into pieces.
type repairedBase64 struct {
	base64Decoder
	keepWords bool   // words behind base64 are text; else they are left out
	words     bool   // the lines are words
	some      bool   // there was base64
	mid       bool   // the line has begun before
	broken    bool   // what was decoded last ends in a line break, or there is nothing
	last      int    // length of the last line of base64, or of the last piece of a long one
	longest   int    // of the longest
	wraps     bool   // several are as long as that
	held      []byte // the beginning of a line whose end has not come yet
}

// longestUnit is how much of a line is looked at together. Lines of base64 have 76
// characters; only those of programs that do not wrap it are longer.
const longestUnit = 1 << 10

func (d *repairedBase64) reset(keepWords bool) {
	*d = repairedBase64{keepWords: keepWords, broken: true, held: d.held[:0]}
}

func (d *repairedBase64) decode(dst, src []byte) []byte {
	dst = slices.Grow(dst, len(src)+longestUnit+16)
	for len(src) > 0 {
		if len(d.held) == 0 {
			var read int
			if dst, read = d.clean(dst, src); read > 0 {
				src = src[read:]
				continue
			}
		}
		take := min(len(src), longestUnit-len(d.held))
		nl := bytes.IndexByte(src[:take], '\n')
		if nl >= 0 {
			take = nl + 1
		}
		unit := src[:take]
		if src = src[take:]; len(d.held) > 0 || nl < 0 {
			d.held = append(d.held, unit...)
			unit = d.held
		}
		if nl >= 0 || len(unit) == longestUnit {
			dst = d.unit(dst, unit)
			d.held = d.held[:0]
		}
	}
	return dst
}

// clean decodes a line, or the piece of one, that is nothing but whole quanta: nearly
// all are. It returns how much it has read, or 0.
func (d *repairedBase64) clean(dst, src []byte) (_ []byte, read int) {
	if d.n > 0 || d.words || src[0] == '-' || src[0] == '_' {
		return dst, 0
	}
	out, read := decodeWhole(dst, src[:min(len(src), longestUnit)])
	rest, length := src[read:], read
	switch {
	case read == 0, d.isLoneWord(src[:read]):
		return dst, 0
	case read == longestUnit:
		d.mid = true
	case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
		d.mid, read = false, read+2
	case len(rest) > 0 && rest[0] == '\n':
		d.mid, read = false, read+1
	default:
		return dst, 0
	}
	d.broken, d.some = out[len(out)-1] == '\n', true
	d.note(length)
	return out, read
}

// note notes how long a line of base64 is.
func (d *repairedBase64) note(length int) {
	switch {
	case length > d.longest:
		d.longest, d.wraps = length, false
	case length == d.longest:
		d.wraps = true
	}
	d.last = length
}

// mayEnd reports whether the last line of base64 may be the end of it: programs write lines
// of one length, mostly 76, up to the last one, or do not wrap them at all.
func (d *repairedBase64) mayEnd() bool {
	return d.last < d.longest || !d.wraps && (d.last < shortestWrapped || d.last > longestWrapped)
}

// How long lines of base64 are that programs wrap.
const shortestWrapped, longestWrapped = 60, 76

func (d *repairedBase64) finish(dst []byte) []byte {
	dst = d.unit(dst, d.held)
	d.held = d.held[:0]
	return d.base64Decoder.finish(dst)
}

// unit decodes a line, or a piece of a long one.
func (d *repairedBase64) unit(dst, line []byte) []byte {
	if len(line) == 0 {
		return dst
	}
	begins := !d.mid
	d.mid = line[len(line)-1] != '\n'
	bare := bytes.Trim(line, " \t\r\n\x00")
	if begins {
		switch {
		case len(bare) == 0:
			if d.words {
				return d.wordLine(dst, line)
			}
			return dst
		case d.words:
			d.words = !isBase64Line(bare)
		case isBoundaryLike(bare):
			d.junk = true
			return dst
		case isWords(bare), d.isLoneWord(bare):
			d.words, d.junk, d.cut = true, true, d.cut || d.n > 0
			if dst = d.quantum(dst); len(dst) > 0 {
				d.broken = dst[len(dst)-1] == '\n'
			}
			if d.keepWords && !d.broken {
				dst = append(dst, '\n')
			}
		}
	}
	if d.words {
		return d.wordLine(dst, line)
	}
	d.some = true
	d.note(len(bare))
	before := len(dst)
	if dst = d.quanta(dst, bare); len(dst) > before {
		d.broken = dst[len(dst)-1] == '\n'
	}
	return dst
}

func (d *repairedBase64) wordLine(dst, line []byte) []byte {
	if d.some && !d.keepWords {
		return dst
	}
	d.broken = line[len(line)-1] == '\n'
	return append(dst, line...)
}

// quanta decodes a line of base64.
func (d *repairedBase64) quanta(dst, line []byte) []byte {
	for i := 0; i < len(line); {
		if d.n == 0 {
			var read int
			if dst, read = decodeWhole(dst, line[i:]); read > 0 {
				i += read
				continue
			}
		}
		c := line[i]
		i++
		switch v := base64Values[c]; {
		case v < base64Space:
			dst = d.character(dst, v)
		case c == '=' && d.n > 0:
			rest := withoutPadding(line[i:])
			more, next := base64Run(rest)
			switch {
			case more == 0 && d.n == 1 && next == base64Space: // it pads nothing
			case more == 0 || next == base64Junk:
				// Behind padding nothing counts up to the end of the line.
				dst = d.quantum(dst)
				d.junk = d.junk || len(bytes.Trim(rest, "= \t\r\x00")) > 0
				return dst
			case d.isStray(more, next):
				d.junk = true
			default: // the next piece begins
				dst = d.quantum(dst)
			}
			i = len(line) - len(rest)
		case v == base64Junk:
			d.junk = true
		}
	}
	return dst
}

// withoutPadding takes "=" off the beginning of s, also as quoted-printable has it.
func withoutPadding(s []byte) []byte {
	for {
		t := bytes.TrimLeft(s, "=")
		if u, ok := bytes.CutPrefix(t, []byte("3D")); ok && len(u) < 8 && len(bytes.Trim(u, "=3D \t\r")) == 0 {
			t = u
		}
		if len(t) == len(s) {
			return t
		}
		s = t
	}
}

// base64Run returns how many characters of base64 s begins with, and what stands behind
// them: base64Space also for the end of s, base64Junk, or '='.
func base64Run(s []byte) (n int, next byte) {
	for ; n < len(s); n++ {
		if v := base64Values[s[n]]; v >= base64Space {
			if s[n] == '=' {
				return n, '='
			}
			return n, v
		}
	}
	return n, base64Space
}

// isStray reports whether an "=" behind d.n characters of a quantum does not end it.
// Padding leaves no bits over, and what was encoded by itself is whole quanta.
func (d *repairedBase64) isStray(more int, next byte) bool {
	switch {
	case d.n == 1, d.n == 2 && d.acc&0x0F != 0, d.n == 3 && d.acc&0x03 != 0:
		return true
	case next == '=':
		return more%4 == 1
	}
	return more%4 != 0 && (d.n+more)%4 == 0
}

// isWords reports whether a line is no base64 but written for people: a rule, words, or
// an address.
func isWords(line []byte) bool {
	if line[0] == '_' || line[0] == '-' || line[0] == '=' || base64Values[line[0]] == base64Junk {
		isRule := len(bytes.Trim(line, string(line[:1]))) == 0 && len(line) > 1
		if isRule && (len(line) > 4 || line[0] != '=') {
			return true
		}
		if line[0] == '<' && bytes.IndexByte(line, '>') > 0 {
			return true // an element of HTML
		}
	}
	plain, odd, junk, beyond, longest := 0, 0, 0, 0, 0
	for rest := line; len(rest) > 0; {
		n := 0
		for n < len(rest) && base64Values[rest[n]] != base64Space {
			if base64Values[rest[n]] == base64Junk && rest[n] != '=' {
				junk++
			}
			if rest[n] >= utf8.RuneSelf {
				beyond++
			}
			n++
		}
		switch word := rest[:n]; {
		case isWord(word):
			plain++
			longest = max(longest, n)
		default:
			odd++
		}
		rest = bytes.TrimLeft(rest[n:], " \t\r\n\x00")
	}
	switch {
	case beyond > 2:
		return true // a word in a script without spaces
	case plain+odd < 2: // an address, or damaged base64
		return junk > 1 && junk*12 >= len(line) && bytes.ContainsAny(line, ".@:")
	}
	return plain > odd && longest > 2
}

// isLoneWord reports whether a line is one word: with a sign behind it that ends a sentence,
// or in a text whose base64 may have ended, and no base64 of ASCII.
func (d *repairedBase64) isLoneWord(line []byte) bool {
	if len(line) > longestWord+longestEnd {
		return false // as most lines are
	}
	word := bytes.TrimRight(line, ".,!?:")
	if len(word) < 2 || len(word) > longestWord || len(line) == len(word) && !(d.keepWords && d.some && d.mayEnd()) {
		return false
	}
	for _, c := range word {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return isWord(word) && (len(line) > len(word) || !isASCIIText(AppendBase64(nil, word)))
}

func isASCIIText(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool {
		return r >= 0x7F || r < ' ' && r != '\n' && r != '\r' && r != '\t'
	})
}

// longestWord is how long a word may be that stands by itself, in bytes.
const longestWord = 30

// longestEnd is how many signs end a sentence, at most.
const longestEnd = 5

// isWord reports whether a word has only letters, at most the first of them a capital
// one or all, or signs that base64 does not have.
func isWord(word []byte) bool {
	lower, upper := 0, 0
	for i, c := range word {
		switch {
		case 'a' <= c && c <= 'z':
			lower++
		case 'A' <= c && c <= 'Z':
			if i > 0 {
				upper++
			}
		case base64Values[c] == base64Junk && c != '=':
			return true
		default:
			return false
		}
	}
	return lower == 0 || upper == 0
}

// isBoundaryLike reports whether a line looks like one between the parts of a multipart
// that is not open.
func isBoundaryLike(line []byte) bool {
	return len(line) > 4 && line[0] == '-' && line[1] == '-' && len(bytes.Trim(line, "-")) > 0 &&
		!bytes.ContainsAny(line, " \t")
}

// isBase64Line reports whether a line among words is base64 again.
func isBase64Line(line []byte) bool {
	if len(line) < 16 || len(line)%4 != 0 {
		return false
	}
	changes, digits := 0, 0
	for i, c := range bytes.TrimRight(line, "=") {
		switch v := base64Values[c]; {
		case v >= base64Space || c == '-' || c == '_':
			return false
		case v >= 52:
			digits++
		case i > 0 && (c^line[i-1])&0x20 != 0:
			changes++
		}
	}
	return changes+digits > 3
}
