package email

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/charset"
)

// headerText makes a value of a header readable: decoded, valid UTF-8, without
// control and bidirectional-override characters. fallback is the charset of raw 8-bit
// text; what can only be UTF-8 is not in it.
func headerText(value, fallback string) string {
	return clean(decodeWords(rawText(value, fallback)))
}

// rawText makes a value of a header valid UTF-8.
func rawText(value, fallback string) string {
	switch {
	case strings.Contains(value, "\x1b$"), fallback == "" && !utf8.ValidString(value):
		text, _ := charset.Decode([]byte(value), "")
		return text
	case fallback != "" && !isASCII(value):
		return charset.DecodeBeside([]byte(value), fallback)
	}
	return value
}

// clean removes what could break a log line, a header or a screen: control characters
// and those that override the direction of text. Line breaks and tabs become spaces. It
// also removes characters that only hide in a text.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	unwanted := func(r rune) bool { return isHarmful(r) || isHidden(r) }
	if strings.IndexFunc(s, unwanted) < 0 {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\u2028' || r == '\u2029':
			return ' '
		case unwanted(r):
			return -1
		}
		return r
	}, s))
}

func isHarmful(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\uFEFF':
		return true
	case '\u202A' <= r && r <= '\u202E', '\u2066' <= r && r <= '\u2069': // directions
		return true
	}
	return false
}

// isHidden reports a character that nobody sees and that changes nothing around it, such
// as a zero-width space or a tag. Joiners, marks of direction and variation selectors
// change how the letters and emoji beside them look.
func isHidden(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return false
	case r == '\u00AD', r == '\u180E', r == '\u200B':
		return true
	case '\u2060' <= r && r <= '\u206F', '\uFFF9' <= r && r <= '\uFFFB', '\U000E0000' <= r && r <= '\U000E007F':
		return true
	}
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// firstWord returns the first word of a value, without what follows a semicolon or a
// comment.
func firstWord(s string) string {
	s = clean(rawText(s, ""))
	if i := strings.IndexAny(s, " \t;("); i >= 0 {
		s = s[:i]
	}
	return s
}

// withoutComments removes what stands in parentheses, nested or not.
func withoutComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
