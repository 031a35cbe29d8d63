package transfer

import "bytes"

// quotedDecoder decodes quoted-printable (RFC 2045, section 6.7) that comes in
// pieces. What is not valid stays as it is.
type quotedDecoder struct {
	held []byte // the end of a piece that the next one may change: spaces, "=", "=4"
	junk bool
}

// longestHeld bounds held: nothing real has so many spaces at the end of a line.
const longestHeld = 1 << 10

func (d *quotedDecoder) decode(dst, src []byte) []byte {
	for len(src) > 0 {
		segment, rest, ended := bytes.Cut(src, []byte("\n"))
		src = rest
		if len(d.held) > 0 {
			d.held = append(d.held, segment...)
			segment = d.held
		}
		if !ended {
			keep := heldFrom(segment)
			if len(segment)-keep > longestHeld {
				keep = len(segment)
			}
			var before bool // an "=" in front of what is held, which is no soft break
			if dst, before = d.literal(dst, segment[:keep]); before {
				dst, d.junk = append(dst, '='), true
			}
			d.held = append(d.held[:0], segment[keep:]...)
			return dst
		}
		br := "\n"
		if n := len(segment); n > 0 && segment[n-1] == '\r' {
			br = "\r\n"
		}
		var soft bool
		dst, soft = d.literal(dst, bytes.TrimRight(segment, " \t\r"))
		if !soft {
			dst = append(dst, br...)
		}
		d.held = d.held[:0]
	}
	return dst
}

// heldFrom returns where the part of an unfinished line begins that depends on
// what comes next.
func heldFrom(s []byte) int {
	n := len(bytes.TrimRight(s, " \t\r"))
	switch {
	case n > 0 && s[n-1] == '=':
		return n - 1
	case n > 1 && n == len(s) && s[n-2] == '=':
		return n - 2
	}
	return n
}

// literal decodes a line, or a piece of one. It reports whether the line ends in
// a soft break.
func (d *quotedDecoder) literal(dst, s []byte) ([]byte, bool) {
	for {
		i := bytes.IndexByte(s, '=')
		if i < 0 {
			return append(dst, s...), false
		}
		dst, s = append(dst, s[:i]...), s[i+1:]
		if len(s) == 0 {
			return dst, true
		}
		if len(s) > 1 {
			if c, ok := HexPair(s[0], s[1]); ok {
				dst, s = append(dst, c), s[2:]
				continue
			}
		}
		dst, d.junk = append(dst, '='), true
	}
}

func (d *quotedDecoder) finish(dst []byte) []byte {
	dst, _ = d.literal(dst, bytes.TrimRight(d.held, " \t\r"))
	d.held = d.held[:0]
	return dst
}

// HexPair returns the byte that two hexadecimal digits of either case stand for. ok
// is false when one of them is no digit.
func HexPair(high, low byte) (c byte, ok bool) {
	h, l := hexValues[high], hexValues[low]
	return h<<4 | l, h|l < 16
}

const noHex = 0xF0

var hexValues = func() (t [256]byte) {
	for i := range t {
		t[i] = noHex
	}
	for i, c := range "0123456789abcdef" {
		t[c] = byte(i)
	}
	for i, c := range "ABCDEF" {
		t[c] = byte(10 + i)
	}
	return t
}()
