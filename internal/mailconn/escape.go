package mailconn

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MostShown is how many bytes of a server's text an error shows.
const MostShown = 200

// unseen are characters that count as printable and have no shape of their own, such as
// fillers and variation selectors.
var unseen = []*unicode.RangeTable{unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector}

// Escaped returns the beginning of a server's text, at most so many bytes. Characters that
// control a terminal or the direction of writing, or that nobody sees, are escaped.
func Escaped(text string, most int) string {
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

// Quoted is the same in quotation marks, and bounded to MostShown.
func Quoted(text string) string { return `"` + Escaped(text, MostShown) + `"` }
