package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a person sees on a terminal has nothing hidden, and a program reads the same text.
func TestPrint_EscapesWhatNobodySees(t *testing.T) {
	for name, text := range map[string]string{
		"zero-width space": "a\u200bb", "soft hyphen": "a\u00adb", "no-break space": "a\u00a0b", "joiner": "a\u200db",
		"direction override": "a\u202eb", "isolate": "a\u2066b", "mark of direction": "a\u200eb", "C1": "a\u009bb",
		"delete": "a\x7fb", "escape": "a\x1b[31mb", "line separator": "a\u2028b", "byte order mark": "a\ufeffb",
		"variation selector": "a\ufe0fb", "Hangul filler": "a\u3164b", "grapheme joiner": "a\u034fb",
		"tag": "a\U000e0061b", "private use": "a\ue000b", "plane 16": "a\U0010fffdb", "quote and backslash": `a"\b`,
	} {
		out := printed(t, map[string]string{"text": text})
		line := strings.TrimSuffix(out, "\n")
		assert.Empty(t, strings.Trim(line, printableASCII), name)
		var read map[string]string
		require.NoError(t, json.Unmarshal([]byte(out), &read), name)
		assert.Equal(t, text, read["text"], name)
	}
	const plain = "Grüße <b> 田中, привет ❤ e\u0301 \ufffd"
	assert.Equal(t, `"`+plain+"\"\n", printed(t, plain))
}

func printed(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	p := &app{stdout: bufio.NewWriter(&out)}
	require.NoError(t, p.print(v))
	require.NoError(t, p.stdout.Flush())
	return out.String()
}

var printableASCII = func() string {
	var b strings.Builder
	for c := byte(' '); c <= '~'; c++ {
		b.WriteByte(c)
	}
	return b.String()
}()
