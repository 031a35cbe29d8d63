package transfer

import (
	"bytes"
	"encoding/binary"
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

// base64Places has the bits of each character at its place in a quantum of four, and
// noBase64 for what is not base64.
var base64Places = func() (t [4][256]uint32) {
	for place := range t {
		for c, v := range base64Values {
			t[place][c] = noBase64
			if v < base64Space {
				t[place][c] = uint32(v) << (18 - 6*place)
			}
		}
	}
	return t
}()

const noBase64 = 1 << 31

// decodeWhole decodes the whole quanta at the beginning of src, up to what is not base64,
// and adds them to dst, which has room for them and 8 bytes more.
func decodeWhole(dst, src []byte) (_ []byte, read int) {
	out, at, i := dst[:cap(dst)], len(dst), 0
	for ; i+8 <= len(src); i += 8 {
		s := src[i : i+8]
		first := base64Places[0][s[0]] | base64Places[1][s[1]] | base64Places[2][s[2]] | base64Places[3][s[3]]
		second := base64Places[0][s[4]] | base64Places[1][s[5]] | base64Places[2][s[6]] | base64Places[3][s[7]]
		if (first|second)&noBase64 != 0 {
			break
		}
		binary.BigEndian.PutUint64(out[at:], uint64(first)<<40|uint64(second)<<16)
		at += 6
	}
	if i+4 <= len(src) { // lines usually have an odd number of quanta
		s := src[i : i+4]
		v := base64Places[0][s[0]] | base64Places[1][s[1]] | base64Places[2][s[2]] | base64Places[3][s[3]]
		if v&noBase64 == 0 {
			binary.BigEndian.PutUint32(out[at:], v<<8)
			at, i = at+3, i+4
		}
	}
	return dst[:at], i
}

func (d *base64Decoder) decode(dst, src []byte) []byte {
	dst = slices.Grow(dst, len(src)/4*3+8)
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
			var read int
			dst, read = decodeWhole(dst, src[i:])
			i += read
			if i+2 <= len(src) && src[i] == '\r' && src[i+1] == '\n' {
				i += 2
				continue
			}
			if i == len(src) {
				break
			}
		}
		c := src[i]
		i++
		switch v := base64Values[c]; {
		case v < base64Space:
			dst = d.character(dst, v)
		case c == '=':
			d.padded = d.n > 0
			dst = d.quantum(dst)
		case v == base64Junk:
			d.junk = true
		}
	}
	return dst
}

// character takes the six bits of one character, and adds the quantum that it completes.
func (d *base64Decoder) character(dst []byte, bits byte) []byte {
	d.acc = d.acc<<6 | uint32(bits)
	if d.n++; d.n < 4 {
		return dst
	}
	d.n = 0
	return append(dst, byte(d.acc>>16), byte(d.acc>>8), byte(d.acc))
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
