// Package escape shows text of servers and senders in errors and logs: bounded, and without
// characters that control a terminal or deceive the reader.
package escape

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Most is how many bytes of a server's text an error shows, as they are shown.
const Most = 200

// unseen are characters that count as printable and have no shape of their own, such as
// fillers and variation selectors.
var unseen = []*unicode.RangeTable{unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector}

// Text returns the beginning of a server's text, at most so many bytes. Characters that
// control a terminal or the direction of writing, or that nobody sees, are escaped.
func Text(text string, most int) string {
	var b strings.Builder
	for _, r := range text {
		shown := string(r)
		if r == utf8.RuneError || !unicode.IsPrint(r) || unicode.In(r, unseen...) {
			shown = strings.Trim(strconv.QuoteRuneToASCII(r), "'")
		}
		if b.Len()+len(shown) > most {
			break
		}
		b.WriteString(shown)
	}
	return b.String()
}

// Quoted returns the beginning of a server's text in quotation marks, escaped and bounded to Most.
func Quoted(text string) string { return `"` + Text(text, Most) + `"` }
