package sqlstore

import (
	"strings"
	"unicode/utf8"
)

// Texts come from servers and senders, with bytes that a database may refuse: what is not
// UTF-8 (among it surrogates), and NUL. Such a byte is kept as a character of its own, U+EF00
// plus the byte, and read as the byte that it was, so that no two texts become the same. The
// characters themselves are for private use, and a text that has one is kept with its bytes
// written like this: all texts are read as they were written. No text gets more than three
// times as long.

// textByte is the character for the byte 0. Those for the bytes from 0x80 on follow.
const textByte = 0xEF00

// textRow is a row of a database that has texts as harmless has returned them.
type textRow struct{ scanner }

// Scan implements scanner.
func (r textRow) Scan(into ...any) error {
	for i, v := range into {
		if list, ok := v.(intoJSON); ok {
			list.harmless = true
			into[i] = list
		}
	}
	err := r.scanner.Scan(into...)
	for _, v := range into {
		if text, ok := v.(*string); ok {
			*text = original(*text)
		}
	}
	return err
}

// isTextByte reports one of the characters that stand for a byte.
func isTextByte(r rune) bool {
	return r == textByte || r >= textByte+0x80 && r <= textByte+0xFF
}

// harmless returns a text as every database keeps it.
func harmless(text string) string {
	if isHarmless(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == 0 || r == utf8.RuneError && size == 1 || isTextByte(r) {
			for i := range size {
				b.WriteRune(textByte + rune(text[i]))
			}
		} else {
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
	return b.String()
}

func isHarmless(text string) bool {
	for i := 0; i < len(text); {
		if c := text[i]; c != 0 && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == 0 || r == utf8.RuneError && size == 1 || isTextByte(r) {
			return false
		}
		i += size
	}
	return true
}

// original returns the text of which harmless has made this one.
func original(text string) string {
	if !strings.Contains(text, "\xee\xbc") && !strings.Contains(text, "\xee\xbe") && !strings.Contains(text, "\xee\xbf") {
		return text // no character from U+EF00 to U+EF3F or from U+EF80 on
	}
	var b strings.Builder
	for _, r := range text {
		if isTextByte(r) {
			b.WriteByte(byte(r - textByte))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
