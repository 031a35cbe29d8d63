// Package terminal formats text for a person who reads it on a terminal.
package terminal

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// Wrap breaks text between words into lines of at most that many columns, as far as
// its words allow that. The first line begins with first, the others with indent; each
// ends with a line feed.
func Wrap(text string, columns int, first, indent string) string {
	var b strings.Builder
	b.WriteString(first)
	used, begun := runewidth.StringWidth(first), false
	for word := range strings.FieldsSeq(text) {
		n := runewidth.StringWidth(word)
		switch {
		case begun && used+1+n > columns:
			b.WriteString("\n" + indent)
			used = runewidth.StringWidth(indent)
		case begun:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used, begun = used+n, true
	}
	b.WriteByte('\n')
	return b.String()
}
