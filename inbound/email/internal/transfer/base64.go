package transfer

import (
	"bytes"
	"slices"
)

// base64Decoder decodes base64 (RFC 2045, section 6.8) that comes in pieces. It
// skips what is not base64 and needs no padding.
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

// base64Values has the six bits of each character, also of those of base64url.
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
				a, b := base64Values[src[i]], base64Values[src[i+1]]
				c, e := base64Values[src[i+2]], base64Values[src[i+3]]
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

// AppendBase64 appends what src decodes to, all of which is there. It skips what is
// not base64 and needs no padding.
func AppendBase64(dst, src []byte) []byte {
	var d base64Decoder
	return d.finish(d.decode(dst, src))
}
