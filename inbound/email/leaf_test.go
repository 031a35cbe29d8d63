package email

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/htmlindex"
)

// TestReadText_DetectsCharset: raw subjects and unlabeled bodies, as programs send
// them that know no MIME. The phrases are those of package charset.
func TestReadText_DetectsCharset(t *testing.T) {
	var file struct {
		Floors  map[string]int
		Phrases []struct{ Charsets, Subjects, Bodies []string }
	}
	b, err := os.ReadFile("internal/charset/testdata/phrases.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &file))

	hold, all := make(map[string]int), make(map[string]int)
	for _, p := range file.Phrases {
		for _, label := range p.Charsets {
			set, err := htmlindex.Get(label)
			require.NoError(t, err)
			encode := func(text string) (string, bool) {
				raw, err := set.NewEncoder().String(text)
				return raw, err == nil // a charset may lack a dash
			}
			for _, subject := range p.Subjects {
				raw, ok := encode(subject)
				if !ok {
					continue
				}
				all[label]++
				if m := parsed(t, "From: a@example.com\nSubject: "+raw+"\n\nHello\n"); m.Subject == subject {
					hold[label]++
				}
			}
			for _, body := range p.Bodies {
				raw, ok := encode(body)
				require.True(t, ok, body)
				for _, header := range [...]string{
					"",
					"Content-Type: text/plain; charset=us-ascii\n",
					"Content-Type: text/plain; charset=unknown-8bit\n",
					"Content-Type: text/plain; charset=utf-8\n",
				} {
					assert.Equalf(t, body, parsed(t, header+"\n"+raw).Text, "%s %s", label, header)
				}
			}
		}
	}
	table := ""
	for label, n := range all {
		floor := 100
		if f, ok := file.Floors[label]; ok {
			floor = f
		}
		table += fmt.Sprintf("%-14s %d of %d\n", label, hold[label], n)
		assert.GreaterOrEqual(t, 100*hold[label]/n, floor, label)
	}
	t.Log("subjects read right:\n" + table)
}

func TestReadText_CharsetOfHTML(t *testing.T) {
	const head, cyrillic = "From: a@example.com\nContent-Type: text/html\n\n", "\xc4\xe0"
	for name, test := range map[string]struct {
		raw, want string
		warnings  int
	}{
		"meta charset": {`<meta charset="windows-1251"><p>` + cyrillic, "Да\n", 0},
		"meta http-equiv": {`<META http-equiv=Content-Type content="text/html; charset=koi8-r"><p>` + cyrillic,
			"дЮ\n", 0},
		"UTF-8 and it is":         {`<meta charset=utf-8><p>Да`, "Да\n", 0},
		"UTF-8 and it is not":     {`<meta charset=utf-8><p>Gr` + "\xfc\xdfe", "Grüße\n", 1},
		"UTF-16, which it is not": {`<meta charset=utf-16><p>Gr` + "\xfc\xdfe", "Grüße\n", 1},
		"nobody knows it":         {`<meta charset="x-mystery"><p>Gr` + "\xfc\xdfe", "Grüße\n", 1},
		"not in a meta":           {`<p title="charset=windows-1251">Gr` + "\xfc\xdfe", "Grüße\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, head+test.raw)
			assert.Equal(t, test.want, m.Text)
			assert.Len(t, m.Warnings, test.warnings, "%q", m.Warnings)
		})
	}
}

func TestLeaf_ContentWarnings(t *testing.T) {
	const (
		junk      = "base64 with bytes that do not belong there"
		cut       = "base64 that is truncated, or not padded"
		undeclare = "text beyond ASCII without a declared charset"
		mislabel  = "text does not have the charset that it is labelled with"
	)
	const from, coded = "From: a@example.com\n", "Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"
	for name, test := range map[string]struct {
		raw  string
		want []string
	}{
		"base64":                       {coded + "SGVs\nbG8=\n", nil},
		"two pieces of base64":         {coded + "SGVsbG8=\nSGVsbG8=\n", nil},
		"spaces behind the padding":    {coded + "SGVsbG8= \t\n", nil},
		"junk behind the padding":      {coded + "SGVsbG8=3D**\n", []string{junk}},
		"junk behind the padding, cut": {coded + "SGVsbA==**", []string{junk}},
		"junk":                         {coded + "SGV*sbG8=\n", []string{junk}},
		"one character left":           {coded + "SGVsbG8hI\n", []string{cut}},
		"one character and padding":    {coded + "SGVsbG8hI=\n", []string{cut}},
		"not padded":                   {coded + "SGVsbG8\n", []string{cut}},
		"ASCII without a charset":      {"\nHello\n", nil},
		"UTF-8 without a charset":      {"\nGrüße\n", []string{undeclare}},
		"Latin-1 without a charset":    {"\nGr\xfc\xdfe\n", []string{undeclare}},
		"Latin-1 labelled US-ASCII": {"Content-Type: text/plain; charset=us-ascii\n\nGr\xfc\xdfe\n",
			[]string{undeclare}},
		"UTF-8 labelled UTF-8": {"Content-Type: text/plain; charset=utf-8\n\nGrüße\n", nil},
		"Latin-1 labelled UTF-8": {"Content-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe\n",
			[]string{mislabel}},
		"a charset nobody knows, and ASCII": {"Content-Type: text/plain; charset=x-mystery\n\nHello\n",
			[]string{mislabel}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, parsed(t, from+test.raw).Warnings)
		})
	}
}

func TestLeaf_GeneratedNames(t *testing.T) {
	raw := "Content-Type: multipart/report; boundary=b\n"
	for _, mediaType := range [...]string{"message/delivery-status", "message/rfc822", "message/rfc822",
		"message/disposition-notification",
		"text/rfc822-headers", "message/feedback-report", "text/calendar", "image/png", "image/png"} {
		raw += "\n--b\nContent-Type: " + mediaType + "\n\nX: y\n"
	}
	var names []string
	for _, a := range parsed(t, raw+"\n--b--\n").Attachments {
		names = append(names, a.Name)
	}
	assert.Equal(t, []string{"delivery-status.txt", "message.eml", "message-3.eml", "disposition-notification.txt",
		"headers.txt", "feedback-report.txt", "invite.ics", "attachment-8.png", "attachment-9.png"}, names)
}
