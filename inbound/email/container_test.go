package email

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func itoa(n int) string { return strconv.Itoa(n) }

// problems are what does not hold of a message.
func (c containerCase) problems(m *Message) []string {
	var list []string
	for _, s := range c.text {
		if !strings.Contains(m.Text, s) {
			list = append(list, fmt.Sprintf("the text lacks %q: %q", s, m.Text))
		}
	}
	if reply := m.ReplyText(); c.text != nil && !strings.Contains(reply, strings.TrimSpace(c.text[len(c.text)-1])) {
		list = append(list, fmt.Sprintf("the reply text lacks the last of them: %q", reply))
	}
	if c.lacks != "" && strings.Contains(m.Text, c.lacks) {
		list = append(list, fmt.Sprintf("the text has %q: %q", c.lacks, m.Text))
	}
	var files []string
	for _, a := range m.Attachments {
		files = append(files, fmt.Sprintf("%s %s %d", a.Name, a.Type, a.Size))
	}
	if !assert.ObjectsAreEqual(c.files, files) {
		list = append(list, fmt.Sprintf("files are %q", files))
	}
	if warnings := strings.Join(m.Warnings, "; "); c.warning == "" && warnings != "" || !strings.Contains(warnings,
		c.warning) {
		list = append(list, fmt.Sprintf("warnings are %q", warnings))
	}
	return list
}

func TestContainers(t *testing.T) {
	for kind, cases := range map[string][]containerCase{
		"TNEF": tnefCases(), "calendars": calendarCases(), "sealed": sealedCases(),
	} {
		t.Run(kind, func(t *testing.T) {
			held := 0
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					m := requireOpens(t, []byte(c.raw), Limits{})
					checkInvariants(t, c.raw, Limits{}, m)
					problems := c.problems(m)
					assert.Empty(t, problems)
					if len(problems) == 0 {
						held++
					}
				})
			}
			t.Logf("%s: %d of %d hold", kind, held, len(cases))
		})
	}
}
