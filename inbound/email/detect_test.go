package email

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guessFloors are the shares, in percent, of subject lines that must be read
// right; the default is 100. Of central European ones with a single accent
// nobody can be sure.
var guessFloors = map[string]int{"windows-1250": 85, "iso-8859-2": 80, "windows-1254": 50}

func TestGuessedCharsets(t *testing.T) {
	hold, all := make(map[string]int), make(map[string]int)
	for _, p := range phrases {
		for label := range strings.FieldsSeq(p.charsets) {
			encode := func(text string) (string, bool) {
				b, err := lookup(label).NewEncoder().Bytes([]byte(text))
				return string(b), err == nil // a charset may lack a dash
			}
			for _, subject := range p.subjects {
				raw, ok := encode(subject)
				if !ok {
					continue
				}
				all[label]++
				// As a program would send it that knows no RFC 2047.
				if m := parsed(t, "From: a@example.com\nSubject: "+raw+"\n\nHello\n"); m.Subject == subject {
					hold[label]++
				} else {
					t.Logf("%s: %q was read as %q", label, subject, m.Subject)
				}
			}
			for _, body := range p.bodies {
				raw, ok := encode(body)
				require.True(t, ok, body)
				for _, header := range [...]string{"", "Content-Type: text/plain; charset=us-ascii\n", "Content-Type: text/plain; charset=unknown-8bit\n", "Content-Type: text/plain; charset=utf-8\n"} {
					assert.Equalf(t, body, parsed(t, header+"\n"+raw).Text, "%s %s", label, header)
				}
			}
		}
	}
	table := ""
	for label, n := range all {
		floor := 100
		if f, ok := guessFloors[label]; ok {
			floor = f
		}
		table += fmt.Sprintf("%-14s %d of %d\n", label, hold[label], n)
		assert.GreaterOrEqual(t, 100*hold[label]/n, floor, label)
	}
	t.Log("subjects read right:\n" + table)
}

// The body tells which charset a short raw subject and the name are in.
func TestRawHeadersAreInTheCharsetOfTheBody(t *testing.T) {
	encode := func(s string) string {
		b, err := lookup("koi8-r").NewEncoder().String(s)
		require.NoError(t, err)
		return b
	}
	m := parsed(t, "From: "+encode("Ия")+" <a@example.com>\nSubject: "+encode("ОК")+"\n\n"+encode("Спасибо, посылку я получила."))
	assert.Equal(t, "Спасибо, посылку я получила.", m.Text)
	assert.Equal(t, "ОК", m.Subject)
	assert.Equal(t, "Ия", m.From.Name)
}

func TestLabelsThatAreWrong(t *testing.T) {
	encode := func(label, s string) string {
		b, err := lookup(label).NewEncoder().String(s)
		require.NoError(t, err)
		return b
	}
	const russian, japanese = "Спасибо, посылку я получила.", "お世話になっております。先週注文した商品がまだ届いておりません。"
	for name, test := range map[string]struct{ label, raw, want string }{
		"UTF-8 as Latin-1":        {"iso-8859-1", "Grüße", "Grüße"},
		"UTF-8 as windows-1251":   {"windows-1251", russian, russian},
		"windows-1251 as Latin-1": {"iso-8859-1", encode("windows-1251", russian), russian},
		"Shift JIS as Latin-1":    {"windows-1252", encode("shift_jis", japanese), japanese},
		"Latin-1 as GB 2312":      {"gb2312", encode("windows-1252", strings.Repeat("Schöne Grüße – à bientôt! ", 5)), strings.Repeat("Schöne Grüße – à bientôt! ", 5)},

		// What can be right stays.
		"Latin-1, mostly accents":   {"iso-8859-1", encode("windows-1252", "Ää, öö, åå: ÄÖÅ"), "Ää, öö, åå: ÄÖÅ"},
		"windows-1251 that it is":   {"windows-1251", encode("windows-1251", russian), russian},
		"koi8-r with a single word": {"koi8-r", encode("koi8-r", "Да"), "Да"},
		"spaces of Latin-1":         {"iso-8859-1", strings.Repeat("\xa0", 100), strings.Repeat("\u00a0", 100)},
	} {
		t.Run(name, func(t *testing.T) {
			text, _ := toUnicode([]byte(test.raw), test.label)
			assert.Equal(t, test.want, text)
		})
	}
}

func TestCharsetOfHTML(t *testing.T) {
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

func TestDetectLeavesUTF8(t *testing.T) {
	for _, p := range phrases {
		for _, text := range append(p.subjects, p.bodies...) {
			got, ok := detect([]byte(text))
			assert.Equal(t, text, got)
			assert.True(t, ok)
			for _, label := range [...]string{"", "utf-8", "us-ascii", "iso-8859-1"} {
				got, _ = toUnicode([]byte(text), label)
				assert.Equal(t, text, got, label)
			}
		}
	}
	got, ok := detect([]byte("\xff\xfeH\x00i\x00"))
	assert.Equal(t, "Hi", got)
	assert.False(t, ok)
}

// A guess looks at a few KiB only.
func TestGuessTakesLittleTime(t *testing.T) {
	long := []byte(strings.Repeat("\xcf\xf0\xe8\xe2\xe5\xf2 ", 1<<20))
	start := time.Now()
	for range 10 {
		guess(long)
	}
	assert.Less(t, time.Since(start), time.Second)
	for _, odd := range [...]string{"\x80", "\xff", "\x81\x30", "\n\xa0", strings.Repeat("\x81", 5000), strings.Repeat("a\n\xff", 5000)} {
		assert.NotNil(t, lookup(guess([]byte(odd))))
	}
}

func BenchmarkGuess(b *testing.B) {
	for name, text := range map[string]string{
		"subject": "R\xfcckfrage zur Bestellung",
		"body":    strings.Repeat("\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0?\n", 2000),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			raw := []byte(text)
			for b.Loop() {
				guess(raw)
			}
		})
	}
}

func FuzzDetect(f *testing.F) {
	for _, seed := range [...]string{"Gr\xfc\xdfe", "\xcf\xf0\xe8\xe2\xe5\xf2", "\x82\xb1\x82\xf1", "\xff\xfeH\x00", "\x1b$B$3", "a\xc3", "\x81\x30\x81\x30", "\xef\xbb\xbfx"} {
		f.Add([]byte(seed), "")
		f.Add([]byte(seed), "iso-8859-1")
		f.Add([]byte(seed), "shift_jis")
	}
	f.Fuzz(func(t *testing.T, b []byte, label string) {
		text, _ := toUnicode(b, label)
		require.True(t, utf8.ValidString(text))
		text, ok := detect(b)
		require.True(t, utf8.ValidString(text))
		if utf8.Valid(b) && !bytes.Contains(b, []byte("\x1b$")) {
			require.True(t, ok)
			require.Equal(t, strings.TrimPrefix(string(b), "\uFEFF"), text)
		}
		require.NotNil(t, lookup(guess(b)))
	})
}
