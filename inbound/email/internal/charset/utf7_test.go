package charset

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecodeUTF7(t *testing.T) {
	for raw, want := range map[string]string{
		"Gr+APwA3w-e, 1+-1": "Gr\u00fc\u00dfe, 1+1",
		"+2D3eAA-":          "\U0001f600",
		"+AP":               "", // cut off
		"+APwA3wA":          "\u00fc\u00df",
		"+APwA3":            "\u00fc",
		"+2D0-":             "\uFFFD", // half a surrogate pair
		"a\xfcb":            "a\uFFFDb",
		"+":                 "+",
	} {
		assert.Equal(t, want, decodeUTF7([]byte(raw)), raw)
	}
}

// The text is valid UTF-8, and what has no "+" is ASCII that stays as it is.
func FuzzDecodeUTF7(f *testing.F) {
	for _, seed := range [...]string{"Gr+APwA3w-e, 1+-1", "+AP", "+2D0-+3gA", "++", "a\xfc"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text := decodeUTF7(b)
		require.True(t, utf8.ValidString(text))
		for i, c := range b {
			if c == '+' {
				break
			}
			if c >= utf8.RuneSelf {
				return
			}
			require.Equal(t, c, text[i])
		}
	})
}
