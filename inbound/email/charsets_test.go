package email

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// inCharset encodes a text.
func inCharset(t *testing.T, label, text string) string {
	t.Helper()
	e, err := htmlindex.Get(label)
	if err != nil {
		e, err = ianaindex.MIME.Encoding(label)
	}
	require.NoError(t, err, label)
	raw, err := e.NewEncoder().String(text)
	require.NoError(t, err, label)
	return raw
}

func (c charsetCase) message(t *testing.T) string {
	encode := func(s string) string {
		raw := inCharset(t, c.real, s)
		if c.kind == rawNames {
			return raw
		}
		return "=?" + c.label + "?B?" + base64.StdEncoding.EncodeToString([]byte(raw)) + "?="
	}
	m := "From: " + encode(c.name) + " <nora@buyer.example>\r\nSubject: " + encode(c.subject) +
		"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain"
	if c.label != "" {
		m += "; charset=" + c.label
	}
	text := "see subject"
	if c.text != "" {
		text = inCharset(t, c.real, c.text)
	}
	return m + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(text)) + "\r\n"
}

func TestParse_Charsets(t *testing.T) {
	held, all := map[string]int{}, map[string]int{}
	for _, c := range charsetCases {
		t.Run(c.kind+"/"+c.real+" as "+c.label+" "+c.subject, func(t *testing.T) {
			m, err := Parse(strings.NewReader(c.message(t)), Limits{})
			require.NoError(t, err)
			text := c.text
			if text == "" {
				text = "see subject"
			}
			all[c.kind]++
			got := [3]string{m.From.Name, m.Subject, strings.TrimSpace(m.Text)}
			if assert.Equal(t, [3]string{c.name, c.subject, text}, got) {
				held[c.kind]++
			}
			if c.kind != rightLabels {
				assert.NotEmpty(t, m.Warnings)
			} else {
				assert.Empty(t, m.Warnings)
			}
		})
	}
	for kind, n := range all {
		t.Logf("%s: %d of %d held", kind, held[kind], n)
	}
}
