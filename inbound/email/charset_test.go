package email

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestToUnicode(t *testing.T) {
	for name, test := range map[string]struct {
		label, raw, want string
		ok               bool
	}{
		"UTF-8":                            {"utf-8", "Grüße", "Grüße", true},
		"no label, UTF-8":                  {"", "Grüße", "Grüße", true},
		"no label, Latin-1":                {"", "Gr\xfc\xdfe", "Grüße", false},
		"US-ASCII that is UTF-8":           {"us-ascii", "Grüße", "Grüße", true},
		"UTF-8 that is Latin-1":            {"utf-8", "Gr\xfc\xdfe", "Grüße", false},
		"UTF-8 that is cut":                {"utf-8", "Grüße \xc3", "Grüße \uFFFD", false},
		"byte order mark":                  {"utf-8", "\xef\xbb\xbfGrüße", "Grüße", true},
		"windows-1251":                     {"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет", true},
		"koi8-r in quotes":                 {`"KOI8-R";`, "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет", true},
		"an alias of Windows":              {"cp-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет", true},
		"gb2312 is read as the wider one":  {"gb2312", "\x81\x40", "丂", true},
		"Shift JIS by Microsoft's name":    {"cp932", "\x82\xb1\x82\xf1", "こん", true},
		"ISO-2022-JP":                      {"iso-2022-jp", "\x1b$B$3$s\x1b(B", "こん", true},
		"ISO-2022-JP without label":        {"", "\x1b$B$3$s\x1b(B", "こん", true},
		"UTF-7":                            {"utf-7", "Gr+APwA3w-e, 1+-1", "Grüße, 1+1", true},
		"UTF-7 that is cut":                {"unicode-1-1-utf-7", "+AP", "", true},
		"UTF-16 with its mark":             {"utf-16", "\xff\xfeH\x00i\x00", "Hi", true},
		"UTF-16 without":                   {"utf-16", "\x00H\x00i", "Hi", true},
		"UTF-16 that is ASCII":             {"utf-16", "Hello", "Hello", false},
		"UTF-32 that is cut":               {"utf-32", "\x00\x00\x00H\x00", "H\uFFFD", false},
		"language of RFC 2231":             {"iso-8859-1*de", "\xfc", "ü", true},
		"a label that nobody knows":        {"x-mystery", "Grüße", "Grüße", false},
		"a label of WHATWG that reads not": {"iso-2022-kr", "abc", "abc", false},
		"bytes that the charset has not":   {"shift_jis", "\x82\xb1\xff\xff", "こ\uFFFD\uFFFD", false},
	} {
		t.Run(name, func(t *testing.T) {
			text, ok := toUnicode([]byte(test.raw), test.label)
			assert.Equal(t, test.want, text)
			assert.Equal(t, test.ok, ok)
		})
	}
}

// Every label that is known must make UTF-8 of every byte.
func TestToUnicodeIsAlwaysUTF8(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i), byte(255-i), byte(i*7))
	}
	for label := range aliases {
		text, _ := toUnicode(all, label)
		assert.True(t, utf8.ValidString(text), label)
	}
}
