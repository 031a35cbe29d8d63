package email

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestParse_Framing: the words and files of a letter are found whatever a sender or a
// server has done to its framing.
func TestParse_Framing(t *testing.T) {
	var kinds []string
	held, all := map[string]int{}, map[string]int{}
	for _, test := range slices.Concat(framingCases, contentCases) {
		if all[test.kind] == 0 {
			kinds = append(kinds, test.kind)
		}
		all[test.kind]++
		if t.Run(test.kind+": "+test.name, func(t *testing.T) { checkFraming(t, test) }) {
			held[test.kind]++
		}
	}
	table := ""
	for _, kind := range kinds {
		table += fmt.Sprintf("%-20s %3d of %d\n", kind, held[kind], all[kind])
	}
	t.Log("hold:\n" + table)
}

func checkFraming(t *testing.T, test framingCase) {
	for _, raw := range [...]string{test.raw, crlf(test.raw)} {
		m := parsed(t, raw)
		text := strings.TrimSpace(m.Text)
		if test.from != "" {
			assert.Equal(t, test.from, m.From.Address)
		}
		if test.subject != "" {
			assert.Equal(t, test.subject, m.Subject)
		}
		if test.text != "" {
			assert.Equal(t, test.text, text)
		}
		for _, words := range [...]struct {
			in, list string
			want     bool
		}{{m.Text, test.has, true}, {m.Text, test.lacks, false}, {m.HTML, test.html, true}, {m.HTML, test.noHTML, false}} {
			for part := range strings.SplitSeq(words.list, "|") {
				if part != "" {
					assert.Equal(t, words.want, strings.Contains(words.in, part), "%q in %q", part, words.in)
				}
			}
		}
		if test.files == "" || strings.Contains(test.raw, "\r") {
			continue
		}
		var files []string
		for _, a := range m.Attachments {
			shown := map[bool]string{true: "*"}[a.Inline]
			files = append(files, fmt.Sprint(a.Name, " ", a.Size, shown))
		}
		if raw == test.raw { // line ends count in a size
			assert.Equal(t, test.files, strings.Join(append(files, "-")[:max(1, len(files))], ", "))
		}
	}
}
