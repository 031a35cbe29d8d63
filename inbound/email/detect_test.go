package email

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// TestParse_DetectsCharset: raw subjects and unlabeled bodies, as programs send
// them that know no MIME. The phrases are those of package charset.
func TestParse_DetectsCharset(t *testing.T) {
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

// The body tells which charset a short raw subject and the name are in.
func TestParse_RawHeadersInCharsetOfBody(t *testing.T) {
	encode := func(s string) string {
		b, err := charmap.KOI8R.NewEncoder().String(s)
		require.NoError(t, err)
		return b
	}
	m := parsed(t, "From: "+encode("Ия")+" <a@example.com>\nSubject: "+encode("ОК")+"\n\n"+encode("Спасибо, посылку я получила."))
	assert.Equal(t, "Спасибо, посылку я получила.", m.Text)
	assert.Equal(t, "ОК", m.Subject)
	assert.Equal(t, "Ия", m.From.Name)
}

func TestParse_CharsetOfHTML(t *testing.T) {
	const head, cyrillic = "From: a@example.com\nContent-Type: text/html\n\n", "\xc4\xe0"
	for name, test := range map[string]struct {
		raw, want string
		warnings  int
	}{
		"meta charset":            {`<meta charset="windows-1251"><p>` + cyrillic, "Да\n", 0},
		"meta http-equiv":         {`<META http-equiv=Content-Type content="text/html; charset=koi8-r"><p>` + cyrillic, "дЮ\n", 0},
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
