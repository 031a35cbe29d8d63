package charset

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDecodeUTF8_Surrogates(t *testing.T) {
	for raw, want := range map[string]string{
		"\xed\xa0\xbd\xed\xb8\x80":             "😀",
		"a\xed\xa0\xbdb":                       "a\uFFFDb",
		"\xed\xb8\x80\xed\xa0\xbd":             "\uFFFD\uFFFD",
		"\xed\xa0\xbd\xed\xa0\xbd\xed\xb8\x80": "\uFFFD😀",
		"\xed\xa0":                             "\uFFFD",
		"ü\xe4\xbd x":                          "ü\uFFFD x",
		"\xf0\x9f\x98":                         "\uFFFD",
		"ü\xc0\x80ß":                           "ü\uFFFDß", // NUL, as Java writes it
		"\xff\xfeü":                            "\uFFFD\uFFFDü",
	} {
		text, ok := decodeUTF8([]byte(raw))
		assert.Equal(t, want, text, "%x", raw)
		assert.False(t, ok)
	}
}
