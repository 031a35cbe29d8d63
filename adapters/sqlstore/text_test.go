package sqlstore

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

// hardTexts are texts that a database may refuse, change or take for each other.
var hardTexts = []string{
	"", " ", "a", "a ", "A", "é", "e\u0301", "€", "\U0001F600", "\uFFFD", "\uFDD0", "\U0010FFFF", "\uE000", "\uF8FF",
	"\x00", "a\x00b", "\xff", "\xfe", "a\xff", "\xc3", "\xc3(", "\xed\xa0\x80", "\xed\xb0\x80", "\xf5\x80\x80\x80",
	"\uef00", "\uef80", "\uefff", "\uef7f", "\uef01", "\uf000", "\uefff\xff\x00\uef00", "\xee\xbe", "\xee\xbf",
}

func TestHarmless_KeepsAllTextsApart(t *testing.T) {
	seen := make(map[string]string)
	for _, text := range hardTexts {
		kept := harmless(text)
		assert.True(t, utf8.ValidString(kept) && !strings.Contains(kept, "\x00"), "%+q becomes %+q", text, kept)
		assert.LessOrEqual(t, len(kept), 3*len(text))
		assert.Equal(t, text, original(kept), "%+q became %+q", text, kept)
		assert.NotContains(t, seen, kept, "%+q and %+q", text, seen[kept])
		seen[kept] = text
	}
	for _, text := range hardTexts[:14] {
		assert.Equal(t, text, harmless(text), "valid text stays the same")
	}
	assert.Equal(t, "caf\uefe9", harmless("caf\xe9"))
}

func FuzzHarmless(f *testing.F) {
	for _, text := range hardTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kept := harmless(text)
		if !utf8.ValidString(kept) || strings.Contains(kept, "\x00") || len(kept) > 3*len(text) {
			t.Fatalf("%+q becomes %+q", text, kept)
		}
		if back := original(kept); back != text {
			t.Fatalf("%+q becomes %+q and then %+q", text, kept, back)
		}
	})
}
