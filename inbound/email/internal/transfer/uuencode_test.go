package transfer

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// uuRecord is a sink that keeps everything.
type uuRecord struct{ events bytes.Buffer }

func (r *uuRecord) Text(b []byte)     { r.events.Write(b) }
func (r *uuRecord) Begin(name string) { fmt.Fprintf(&r.events, "<%s>", name) }
func (r *uuRecord) Decoded(b []byte)  { r.events.WriteString(hex.EncodeToString(b)) }
func (r *uuRecord) End(whole bool)    { fmt.Fprintf(&r.events, "<%v>", whole) }

// scanned records what is found in a text that comes in pieces of a size.
func scanned(text string, size int) string {
	var record uuRecord
	var u UUScanner
	u.Reset(&record)
	for text != "" {
		n := min(size, len(text))
		u.Write([]byte(text[:n]))
		text = text[n:]
	}
	u.Finish()
	return record.events.String()
}

func TestUUScanner(t *testing.T) {
	const cat = "begin 644 cat.txt\n#0V%T\n`\nend\n"
	for name, test := range map[string]struct{ text, want string }{
		"text":                    {"Hi\nbegin\nBye", "Hi\nbegin\nBye"},
		"a block":                 {cat, "<cat.txt>436174<true>"},
		"in text":                 {"Hi\n" + cat + "Bye\n", "Hi\n<cat.txt>436174<true>Bye\n"},
		"two blocks":              {cat + cat, "<cat.txt>436174<true><cat.txt>436174<true>"},
		"CRLF":                    {strings.ReplaceAll(cat, "\n", "\r\n"), "<cat.txt>436174<true>"},
		"four digits of the mode": {strings.Replace(cat, "644", "0644", 1), "<cat.txt>436174<true>"},
		"spaces in the name":      {strings.Replace(cat, "cat.txt", " a cat ", 1), "<a cat>436174<true>"},
		"not at the line's start": {"x" + cat, "x" + cat},
		"one short line, no end":  {"begin 644 a\n#0V%T\nBye\n", "begin 644 a\n#0V%T\nBye\n"},
		"two lines, no end":       {"begin 644 a\n#0V%T\n#0V%T\nBye\n", "<a>436174436174<false>Bye\n"},
		"cut off":                 {"begin 644 a\n#0V%T\n#0V%T", "<a>436174436174<false>"},
		"no name":                 {"begin 644\n#0V%T\n`\nend\n", "begin 644\n#0V%T\n`\nend\n"},
		"no mode":                 {"begin to write\n#0V%T\n`\nend\n", "begin to write\n#0V%T\n`\nend\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range [...]int{1, 2, 1 << 10} {
				assert.Equal(t, test.want, scanned(test.text, size))
			}
		})
	}
}

func TestUULine_NeverGrows(t *testing.T) {
	for n := range 64 {
		for length := range 70 {
			line := string(rune(' '+n)) + strings.Repeat("M", length)
			data, ok := uuLine(nil, []byte(line))
			assert.LessOrEqual(t, len(data), len(line))
			if ok {
				assert.Len(t, data, n)
			}
		}
	}
}

// It must not matter how a text is cut into pieces, and nothing of a text without
// blocks may be lost.
func FuzzUUScanner(f *testing.F) {
	f.Add("Hi\nbegin 644 a\n#0V%T\n`\nend\nBye\n", 7)
	f.Add("begin 644 a\n`\n\nM\nend\n", 1)
	f.Add("begin \nbegin 644 a\n!  \n\"\nbegin 644 b\n", 2)
	f.Add("beginbegin 644 a\r\nbegi", 3)
	f.Fuzz(func(t *testing.T, text string, size int) {
		whole := scanned(text, len(text)+1)
		require.Equal(t, whole, scanned(text, max(1, size)))
		if !strings.Contains(text, "begin ") {
			require.Equal(t, text, whole)
		}
	})
}
