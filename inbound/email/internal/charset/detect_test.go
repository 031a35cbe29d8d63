package charset

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// phraseFile is testdata/phrases.json: subjects and bodies as customers write them,
// by the charsets that their language is sent in.
type phraseFile struct {
	// Floors are the shares, in percent, of subject lines that must be detected; the
	// default is 100. Central European ones with a single accent are ambiguous.
	Floors  map[string]int
	Phrases []struct{ Charsets, Subjects, Bodies []string }
}

func phrases(t testing.TB) (file phraseFile) {
	t.Helper()
	b, err := os.ReadFile("testdata/phrases.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &file))
	return file
}

func TestDetect_Phrases(t *testing.T) {
	file := phrases(t)
	hold, all := make(map[string]int), make(map[string]int)
	for _, p := range file.Phrases {
		for _, label := range p.Charsets {
			for _, subject := range p.Subjects {
				raw, ok := encodeFor(label, subject)
				if !ok {
					continue
				}
				all[label]++
				if text, _ := Decode(raw, ""); text == subject {
					hold[label]++
				} else {
					t.Logf("%s: %q was read as %q", label, subject, text)
				}
			}
			for _, body := range p.Bodies {
				raw, ok := encodeFor(label, body)
				require.True(t, ok, body)
				for _, wrong := range [...]string{"", "us-ascii", "unknown-8bit", "utf-8", Detect(raw)} {
					text, _ := Decode(raw, wrong)
					assert.Equalf(t, body, text, "%s labeled %q", label, wrong)
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
	t.Log("subjects detected:\n" + table)
}

func TestDetect_LeavesUTF8(t *testing.T) {
	for _, p := range phrases(t).Phrases {
		for _, text := range append(p.Subjects, p.Bodies...) {
			got, ok := decodeDetected([]byte(text))
			assert.Equal(t, text, got)
			assert.True(t, ok)
			for _, label := range [...]string{"", "utf-8", "us-ascii", "iso-8859-1"} {
				got, _ = Decode([]byte(text), label)
				assert.Equal(t, text, got, label)
			}
		}
	}
	got, ok := decodeDetected([]byte("\xff\xfeH\x00i\x00"))
	assert.Equal(t, "Hi", got)
	assert.False(t, ok)
}

// A guess looks at a few KiB only.
func TestGuess_TakesLittleTime(t *testing.T) {
	long := []byte(strings.Repeat("\xcf\xf0\xe8\xe2\xe5\xf2 ", 1<<20))
	start := time.Now()
	for range 10 {
		guess(long)
	}
	assert.Less(t, time.Since(start), time.Second)
	for _, odd := range [...]string{"\x80", "\xff", "\x81\x30", "\n\xa0", strings.Repeat("\x81", 5000),
		strings.Repeat("a\n\xff", 5000)} {
		assert.NotNil(t, lookup(guess([]byte(odd))))
	}
}

func TestDetectNear(t *testing.T) {
	for name, test := range map[string]struct {
		raw, hint string
		proven    bool
		want      string
	}{
		"a label from elsewhere":      {"\xc4\xe0", "windows-1251", false, "windows-1251"},
		"the same, seen":              {"\xc4\xc1", "koi8-r", true, "koi8-r"},
		"a western label says little": {"\xcf\xf0\xe8\xe2\xe5\xf2", "iso-8859-1", false, "windows-1251"},
		"bytes that say otherwise": {"\xc7\xe4\xe5 \xec\xee\xe9 \xe7\xe0\xea\xe0\xe7", "iso-8859-1", true,
			"windows-1251"},
		"one that no guess finds":      {"A\xe8i\xfb", "windows-1257", true, "windows-1257"},
		"the same, not seen":           {"Gr\xfc\xdfe", "windows-1257", false, "windows-1252"},
		"more characters than the one": {"5 \xa4 m\xe9s", "iso-8859-15", true, "iso-8859-15"},
		"UTF-8":                        {"Grüße", "gbk", true, "utf-8"},
		"an unknown one":               {"Gr\xfc\xdfe", "x-mystery", true, "windows-1252"},
	} {
		assert.Equal(t, test.want, DetectNear([]byte(test.raw), test.hint, test.proven), name)
	}
}

// A score that is given up early would have been less than what was asked for.
func TestCandidate_GivesUpOnlyWhatIsLess(t *testing.T) {
	for _, text := range []string{
		"Gr\xfc\xdfe aus M\xfcnchen", "\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0?",
		"\xc4\xe3\xba\xc3\xa3\xac\xd0\xbb\xd0\xbb",
		"za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1 ja\xbc\xf1 and many words of English beside it, and more, and more of them",
		"\x93\xfa\x96{\x8c\xea\x82\xc5 hello", "\xe9", "\x81\x40",
	} {
		s := newSample([]byte(text))
		for _, c := range candidates() {
			whole := c.score(s, impossible)
			assert.Equal(t, whole, c.score(s, whole), "%s: %q", c.label, text)
			for _, less := range []float32{0.5, 5, 50} {
				got := c.score(s, whole+less)
				assert.True(t, got == whole || got == impossible, "%s: %q", c.label, text)
				assert.Equal(t, whole, c.score(s, whole-less), "%s: %q", c.label, text)
			}
		}
	}
}

func BenchmarkDetect(b *testing.B) {
	for name, text := range map[string]string{
		"subject": "R\xfcckfrage zur Bestellung",
		"body":    strings.Repeat("\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0?\n", 2000),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			raw := []byte(text)
			for b.Loop() {
				Detect(raw)
			}
		})
	}
}
