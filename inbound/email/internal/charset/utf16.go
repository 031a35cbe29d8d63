package charset

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// orderSample is how much is looked at to find the order of the bytes of UTF-16.
const orderSample = 1 << 10

// decodeUTF16 decodes UTF-16, and UCS-2. Without a byte order mark, that order counts in
// which the text can be read; the label decides where both can. ok is false when there
// is half a character.
func decodeUTF16(b []byte, label string) (text string, ok bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return unitsOf(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return unitsOf(b[2:], binary.BigEndian)
	}
	head := b[:min(len(b), orderSample)&^1]
	little, _ := unitsOf(head, binary.LittleEndian)
	big, _ := unitsOf(head, binary.BigEndian)
	advantage := reading(big) - reading(little)
	if !strings.Contains(label, "le") && label != "unicode" && label != "unicodefeff" {
		advantage++ // as RFC 2781 has it
	}
	if advantage > 0 {
		return unitsOf(b, binary.BigEndian)
	}
	return unitsOf(b, binary.LittleEndian)
}

func unitsOf(b []byte, order binary.ByteOrder) (text string, ok bool) {
	var out strings.Builder
	out.Grow(len(b))
	ok = true
	for len(b) >= 2 {
		r := rune(order.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) {
			half := r
			r = utf8.RuneError
			if len(b) >= 2 {
				r = utf16.DecodeRune(half, rune(order.Uint16(b)))
			}
			if r == utf8.RuneError {
				ok = false
			} else {
				b = b[2:]
			}
		}
		out.WriteRune(r)
	}
	if len(b) > 0 {
		out.WriteRune(utf8.RuneError)
		ok = false
	}
	return out.String(), ok
}

// decodeUTF32 decodes UTF-32, in the order in which it makes characters.
func decodeUTF32(b []byte, label string) (text string, ok bool) {
	order := binary.ByteOrder(binary.BigEndian)
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")):
		b, order = b[4:], binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\x00\x00\xfe\xff")):
		b = b[4:]
	case len(b) >= 4 && b[0] != 0 && b[3] == 0, strings.HasSuffix(label, "le") && (len(b) < 4 || b[0] != 0):
		order = binary.LittleEndian
	}
	var out strings.Builder
	ok = true
	for ; len(b) >= 4; b = b[4:] {
		r := order.Uint32(b)
		if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
			r, ok = utf8.RuneError, false
		}
		out.WriteRune(rune(r))
	}
	if len(b) > 0 {
		out.WriteRune(utf8.RuneError)
		ok = false
	}
	return out.String(), ok
}

// wideForm recognizes UTF-16 and UTF-32 in text that is not labeled so by where its zeros
// stand: every ASCII character has its zeros in the same places. It returns noForm for
// other text, also for such with some zeros in it.
func wideForm(b []byte) form {
	if bytes.IndexByte(b, 0) < 0 || len(b) < 4 {
		return noForm
	}
	head := b[:min(len(b), orderSample)&^3]
	if len(b) < 64 {
		head = b
	}
	var zeros [4]int
	for i, c := range head {
		if c == 0 {
			zeros[i&3]++
		}
	}
	quarter := len(head) / 4
	even, odd := zeros[0]+zeros[2], zeros[1]+zeros[3]
	switch {
	case hasUTF16Mark(b):
		return utf16Form
	case len(b) >= 8 && zeros[0] >= quarter && zeros[1]*10 >= 9*quarter && zeros[3]*4 <= quarter,
		len(b) >= 8 && zeros[3] >= quarter && zeros[2]*10 >= 9*quarter && zeros[0]*4 <= quarter:
		return utf32Form
	case max(even, odd)*32 >= len(head) && min(even, odd)*8 <= max(even, odd) && decodesWide(head):
		return utf16Form
	}
	return noForm
}

// decodesWide reports whether text that may be UTF-16 is more readable as UTF-16.
func decodesWide(b []byte) bool {
	text, ok := decodeUTF16(b[:len(b)&^1], "")
	narrow := bytes.ReplaceAll(bytes.ToValidUTF8(b, []byte("\uFFFD")), []byte{0}, nil)
	return ok && reading(text) > reading(string(narrow))-1
}

func hasUTF16Mark(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))
}
