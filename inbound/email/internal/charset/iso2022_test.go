package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDecodeISO2022_Broken(t *testing.T) {
	for raw, want := range map[string]string{
		"\x1b$B$":               "\uFFFD",
		"\x1b$B$3\n$3":          "こ\nこ",
		"\x1b$B$\xff":           "\uFFFD\uFFFD",
		"\x1b$)G\x0e0!\x0f":     "\uFFFD", // CNS 11643 is not read
		"a\x1bZb":               "a\x1bZb",
		"\x1b(I\x7e":            "\uFFFD",
		"\x1b$(D0!\x1b(Ba":      "丂a",
		"\x1b(J\\~\x1b(B":       "¥‾",
		"\x1b.F\x1bNa\x1b$(C0!": "α가",
	} {
		text, ok := decodeISO2022([]byte(raw), katakanaSet)
		assert.Equal(t, want, text, "%q", raw)
		assert.Equal(t, !strings.ContainsAny(want, "\uFFFD\x1b"), ok, "%q", raw)
	}
}
