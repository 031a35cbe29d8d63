package charset

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// orderMark is the byte order mark in UTF-8.
const orderMark = "\xef\xbb\xbf"

// decodeUTF8 makes valid UTF-8 of text that is meant as UTF-8. ok is false when bytes do
// not belong to it. Surrogate pairs in three bytes each (CESU-8, from Java and old
// databases) become the characters that they mean.
func decodeUTF8(b []byte) (text string, ok bool) {
	b = bytes.TrimPrefix(b, []byte(orderMark))
	if utf8.Valid(b) {
		return string(b), true
	}
	var out strings.Builder
	out.Grow(len(b) + 8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r, n = surrogates(b)
		}
		if n == 0 { // broken: one mark for all bytes of a character that is cut
			n = brokenLength(b)
			r = utf8.RuneError
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.String(), false
}

// brokenLength returns how many bytes at the beginning of b are a character that was cut,
// at least 1.
func brokenLength(b []byte) int {
	want := 1
	switch {
	case within(b[0], 0xc0, 0xdf):
		want = 2
	case within(b[0], 0xe0, 0xef):
		want = 3
	case within(b[0], 0xf0, 0xf4):
		want = 4
	}
	n := 1
	for n < want && n < len(b) && within(b[n], 0x80, 0xbf) {
		n++
	}
	return n
}

// surrogates decodes the surrogate pair, or the half of one, that b begins with, each half
// in three bytes. n is 0 when it begins with none.
func surrogates(b []byte) (r rune, n int) {
	first, ok := surrogate(b)
	if !ok {
		return utf8.RuneError, 0
	}
	if second, ok := surrogate(b[3:]); ok {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			return r, 6
		}
	}
	return utf8.RuneError, 3
}

func surrogate(b []byte) (r rune, ok bool) {
	if len(b) < 3 || b[0] != 0xed || !within(b[1], 0xa0, 0xbf) || !within(b[2], 0x80, 0xbf) {
		return 0, false
	}
	return 0xd000 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f), true
}

// countUTF8 counts the characters of several bytes that are UTF-8, and the bytes beyond
// ASCII that are not. A character that is cut at the end counts for neither. It stops
// early where the text is no UTF-8 anyway.
func countUTF8(b []byte) (good, bad int) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		switch {
		case r != utf8.RuneError || n > 1:
			good++
		default:
			if r, pair := surrogates(b); pair > 0 {
				n = pair
				if r != utf8.RuneError {
					good++
				} else {
					bad++
				}
			} else if n = brokenLength(b); n < len(b) || !within(b[0], 0xc2, 0xf4) {
				bad++
			}
		}
		if bad > 8 && bad > 2*good {
			return good, bad
		}
		b = b[n:]
	}
	return good, bad
}

// mostlyUTF8 tells text that was cut or damaged from text in another charset.
func mostlyUTF8(b []byte) bool {
	good, bad := countUTF8(b)
	return good > bad
}
