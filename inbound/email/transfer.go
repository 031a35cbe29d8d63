package email

import (
	"bytes"
	"slices"
)

// base64Decoder decodes base64 (RFC 2045, section 6.8) that comes in pieces. It
// passes over what is not base64 and needs no padding. The package's own because
// encoding/base64 gives up at the first stray byte and loses the rest.
type base64Decoder struct {
	acc    uint32
	n      int  // characters in acc
	junk   bool // there were bytes that are neither base64 nor space
	cut    bool // there was a quantum that is neither whole nor padded
	padded bool // behind padding nothing counts up to the end of the line
}

const (
	base64Space = 0x40
	base64Junk  = 0x80
)

// base64Values gives the six bits of a character; those of base64url are taken
// too.
var base64Values = func() (t [256]byte) {
	for i := range t {
		t[i] = base64Junk
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		t[c] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	for _, c := range " \t\r\n\x00" {
		t[c] = base64Space
	}
	return t
}()

func (d *base64Decoder) decode(dst, src []byte) []byte {
	dst = slices.Grow(dst, len(src)/4*3+4)
	for i := 0; i < len(src); {
		if d.padded {
			rest, _, ended := bytes.Cut(src[i:], []byte("\n"))
			d.junk = d.junk || len(bytes.TrimLeft(rest, "= \t\r\x00")) > 0
			if !ended {
				break
			}
			d.padded = false
			i += len(rest) + 1
			continue
		}
		if d.n == 0 {
			out, at := dst[:cap(dst)], len(dst)
			for ; i+4 <= len(src); i += 4 {
				a, b, c, e := base64Values[src[i]], base64Values[src[i+1]], base64Values[src[i+2]], base64Values[src[i+3]]
				if (a|b|c|e)&(base64Space|base64Junk) != 0 {
					break
				}
				out[at+2] = c<<6 | e
				out[at+1] = b<<4 | c>>2
				out[at] = a<<2 | b>>4
				at += 3
			}
			dst = dst[:at]
			if i == len(src) {
				break
			}
		}
		c := src[i]
		i++
		switch v := base64Values[c]; {
		case v < base64Space:
			d.acc = d.acc<<6 | uint32(v)
			if d.n++; d.n == 4 {
				dst = append(dst, byte(d.acc>>16), byte(d.acc>>8), byte(d.acc))
				d.n = 0
			}
		case c == '=':
			d.padded = d.n > 0
			dst = d.quantum(dst)
		case v == base64Junk:
			d.junk = true
		}
	}
	return dst
}

// finish adds what stands at the end without padding.
func (d *base64Decoder) finish(dst []byte) []byte {
	d.cut = d.cut || d.n > 0
	return d.quantum(dst)
}

// quantum adds what a quantum without all its characters still says.
func (d *base64Decoder) quantum(dst []byte) []byte {
	switch d.n {
	case 1:
		d.cut = true
	case 2:
		dst = append(dst, byte(d.acc>>4))
	case 3:
		dst = append(dst, byte(d.acc>>10), byte(d.acc>>2))
	}
	d.n = 0
	return dst
}

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
			dst, _ = d.literal(dst, segment[:keep])
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
		if len(s) > 1 && isHex(s[0]) && isHex(s[1]) {
			dst, s = append(dst, unhex(s[0])<<4|unhex(s[1])), s[2:]
			continue
		}
		dst, d.junk = append(dst, '='), true
	}
}

func (d *quotedDecoder) finish(dst []byte) []byte {
	dst, _ = d.literal(dst, bytes.TrimRight(d.held, " \t\r"))
	d.held = d.held[:0]
	return dst
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// unhex gives the value of a hexadecimal digit.
func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}
