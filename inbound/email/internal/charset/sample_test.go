package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNewSample_KeepsLinesBeyondASCII(t *testing.T) {
	s := newSample([]byte("Hello\nGr\xfc\xdfe an Jo\nBye\n"))
	assert.Equal(t, "Gr\xfc\xdfe an Jo\n", string(s.text))
	assert.False(t, s.cut)
	assert.Equal(t, 1, s.switches)
	counted := ""
	for i, c := range s.text {
		if s.counts[i] {
			counted += string(rune(c))
		}
	}
	assert.Equal(t, "Gr\u00fc\u00dfe", counted)
}

func TestNewSample_LeavesTagsOut(t *testing.T) {
	for line, want := range map[string]string{
		"<p class=x>Gr\xfc\xdfe</p>": " Gr\xfc\xdfe ",
		"<!-- x -->\xfc<br>":         " \xfc ",
		"a < b > \xfc":               "a < b > \xfc",
		"<a\xfc> <b":                 "<a\xfc> <b",
		"\xfc<":                      "\xfc<",
		"\xfc<>":                     "\xfc<>",
	} {
		assert.Equal(t, want, string(newSample([]byte(line)).text))
	}
}

func TestNewSample_IsBounded(t *testing.T) {
	s := newSample([]byte(strings.Repeat("\xe4\xe5 \xe6\n", sampleBytes)))
	assert.Len(t, s.text, sampleBytes)
	assert.True(t, s.cut)
	assert.Empty(t, newSample(nil).text)
}

func TestIsASCII(t *testing.T) {
	for n := range 20 {
		b := []byte(strings.Repeat("x", n))
		assert.True(t, IsASCII(b))
		for i := range b {
			b[i] |= 0x80
			assert.False(t, IsASCII(b), "byte %d of %d", i, n)
			b[i] &= 0x7F
		}
	}
}
