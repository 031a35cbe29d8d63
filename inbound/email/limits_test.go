package email

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLimits_EachIsAWarning: what is beyond it is left out, and the rest is there.
func TestLimits_EachIsAWarning(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		limits  Limits
		raw     string
		warning string
		check   func(t *testing.T, m *Message)
	}{
		"header": {Limits{HeaderBytes: 100}, "Subject: kept\r\n" + many(10, "X%d: 1234567890\r\n") + "\r\nbody",
			"a header is longer than the limit",
			func(t *testing.T, m *Message) { assert.Equal(t, "kept", m.Subject); assert.Equal(t, "body", m.Text) }},
		"fields": {Limits{Fields: 3}, "Subject: kept\r\n" + many(10, "X%d: y\r\n") + "To: a@b\r\n\r\nbody",
			"more header fields than the limit",
			func(t *testing.T, m *Message) {
				assert.Equal(t, "kept", m.Subject)
				assert.Empty(t, m.To)
				assert.Equal(t, "body", m.Text)
			}},
		"value": {Limits{ValueBytes: 20}, "Subject: 12345678901234567890 and more\r\nTo: a@b\r\n\r\n",
			"a header field is longer than the limit",
			func(t *testing.T, m *Message) {
				assert.True(t, strings.HasPrefix(m.Subject, "123456789"))
				assert.Len(t, m.To, 1)
			}},
		"depth": {Limits{Depth: 1}, "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nouter\r\n--a\r\n" +
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ninner\r\n--b--\r\n--a--\r\n",
			"parts are nested deeper than the limit",
			func(t *testing.T, m *Message) { assert.Contains(t, m.Text, "outer"); assert.Len(t, m.Attachments, 1) }},
		"parts": {Limits{Parts: 2}, multipart("--b\r\nContent-Type: a/b\r\n\r\nx\r\n", 5), "more parts than the limit",
			func(t *testing.T, m *Message) { assert.Len(t, m.Attachments, 2) }},
		"text": {Limits{TextBytes: 10}, "X: y\r\n\r\n" + strings.Repeat("é", 10), "the text is longer than the limit",
			func(t *testing.T, m *Message) { assert.Equal(t, "ééééé", m.Text) }},
		"attachments": {Limits{Attachments: 2}, multipart("--b\r\nContent-Type: a/b\r\n\r\nx\r\n", 5),
			"more attachments than the limit",
			func(t *testing.T, m *Message) { assert.Len(t, m.Attachments, 2) }},
		"references": {Limits{References: 2}, "References: <a@b> <c@d> <e@f>\r\n\r\n", "more References than the limit",
			func(t *testing.T, m *Message) { assert.Len(t, m.References, 2) }},
		"addresses": {Limits{References: 2}, "To: a@b\r\nTo: c@d\r\nTo: e@f\r\n\r\n", "more addresses than the limit",
			func(t *testing.T, m *Message) { assert.Len(t, m.To, 2) }},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsedWithin(t, c.raw, c.limits)
			assert.Contains(t, m.Warnings, c.warning)
			c.check(t, m)
			assert.NotContains(t, parsed(t, c.raw).Warnings, c.warning, "the defaults have room for it")
		})
	}
}
