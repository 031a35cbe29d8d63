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

// encoded encodes a text. ok is false when the charset lacks a character of it,
// such as a dash.
func encoded(label, text string) (raw []byte, ok bool) {
	raw, err := lookup(label).NewEncoder().Bytes([]byte(text))
	return raw, err == nil
}

func TestDetect_Phrases(t *testing.T) {
	file := phrases(t)
	hold, all := make(map[string]int), make(map[string]int)
	for _, p := range file.Phrases {
		for _, label := range p.Charsets {
			for _, subject := range p.Subjects {
				raw, ok := encoded(label, subject)
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
				raw, ok := encoded(label, body)
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
