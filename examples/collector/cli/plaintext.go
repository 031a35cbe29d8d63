package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plainLimit is how many bytes of a text of a server are shown.
const plainLimit = 300

// plainText returns text of a server or of settings as it may be shown on a terminal:
// cut, and escaped.
func plainText(s string) string {
	if n := plainLimit; len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		return escaped(s[:n]) + "..."
	}
	return escaped(s)
}

// escaped returns text without characters that control the terminal or the direction of
// writing, or that nobody sees.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if isShown(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

// isShown reports whether a person sees a character as what it is.
func isShown(r rune) bool {
	return r != utf8.RuneError && unicode.IsPrint(r) &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// nameLimit is how many bytes of a folder's or certificate's name are shown.
const nameLimit = 40

// someOf returns the first of the names, and how many there are more.
func someOf(names []string, most int) string {
	var shown []string
	for _, name := range names[:min(len(names), most)] {
		if name = plainText(name); len(name) > nameLimit {
			name = strings.ToValidUTF8(name[:nameLimit], "") + "..."
		}
		shown = append(shown, name)
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %s more", groupedText(int64(more)))
	}
	return text
}

func texts[T fmt.Stringer](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v.String()
	}
	return list
}

// countText returns a number with its noun.
func countText(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return groupedText(n) + " " + noun + "s"
}

// groupedText returns a number with its digits in groups of three.
func groupedText(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
