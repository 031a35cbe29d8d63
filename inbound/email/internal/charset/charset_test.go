package charset

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecode(t *testing.T) {
	for name, test := range map[string]struct {
		label, raw, want string
		ok               bool
	}{
		"UTF-8":                           {"utf-8", "Grüße", "Grüße", true},
		"no label, UTF-8":                 {"", "Grüße", "Grüße", true},
		"no label, Latin-1":               {"", "Gr\xfc\xdfe", "Grüße", false},
		"US-ASCII that is UTF-8":          {"us-ascii", "Grüße", "Grüße", true},
		"UTF-8 that is Latin-1":           {"utf-8", "Gr\xfc\xdfe", "Grüße", false},
		"UTF-8 that is cut":               {"utf-8", "Grüße \xc3", "Grüße \uFFFD", false},
		"byte order mark":                 {"utf-8", "\xef\xbb\xbfGrüße", "Grüße", true},
		"windows-1251":                    {"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет", true},
		"koi8-r in quotes":                {`"KOI8-R";`, "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет", true},
		"an alias of Windows":             {"cp-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет", true},
		"gb2312 is read as the wider one": {"gb2312", "\x81\x40", "丂", true},
		"Shift JIS by Microsoft's name":   {"cp932", "\x82\xb1\x82\xf1", "こん", true},
		"ISO-2022-JP":                     {"iso-2022-jp", "\x1b$B$3$s\x1b(B", "こん", true},
		"ISO-2022-JP without label":       {"", "\x1b$B$3$s\x1b(B", "こん", true},
		"UTF-7":                           {"utf-7", "Gr+APwA3w-e, 1+-1", "Grüße, 1+1", true},
		"UTF-7 that is cut":               {"unicode-1-1-utf-7", "+AP", "", true},
		"UTF-16 with its mark":            {"utf-16", "\xff\xfeH\x00i\x00", "Hi", true},
		"UTF-16 without":                  {"utf-16", "\x00H\x00i", "Hi", true},
		"UTF-16 that is ASCII":            {"utf-16", "Hello", "Hello", false},
		"UTF-32 that is cut":              {"utf-32", "\x00\x00\x00H\x00", "H\uFFFD", false},
		"language of RFC 2231":            {"iso-8859-1*de", "\xfc", "ü", true},
		"a label that nobody knows":       {"x-mystery", "Grüße", "Grüße", false},
		"ASCII in ISO-2022-KR":            {"iso-2022-kr", "abc", "abc", true},
		"bytes that the charset has not":  {"shift_jis", "\x82\xb1\xff\xff", "こ\uFFFD\uFFFD", false},
	} {
		t.Run(name, func(t *testing.T) {
			text, ok := Decode([]byte(test.raw), test.label)
			assert.Equal(t, test.want, text)
			assert.Equal(t, test.ok, ok)
		})
	}
}

// Every known label must make UTF-8 of every byte.
func TestDecode_AlwaysUTF8(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i), byte(255-i), byte(i*7))
	}
	labels := slices.Concat(slices.Collect(maps.Keys(aliases)), slices.Collect(maps.Keys(forms)))
	for page := range codePages {
		labels = append(labels, fmt.Sprint("cp", page))
	}
	for _, label := range labels {
		require.True(t, IsKnown(label) || !Declares(label), label)
		text, _ := Decode(all, label)
		assert.True(t, utf8.ValidString(text), label)
	}
}

func TestDecode_WrongLabels(t *testing.T) {
	encode := func(label, s string) string {
		b, ok := encodeFor(label, s)
		require.True(t, ok, s)
		return string(b)
	}
	const russian, japanese = "Спасибо, посылку я получила.", "お世話になっております。先週注文した商品がまだ届いておりません。"
	for name, test := range map[string]struct{ label, raw, want string }{
		"UTF-8 as Latin-1":        {"iso-8859-1", "Grüße", "Grüße"},
		"UTF-8 as windows-1251":   {"windows-1251", russian, russian},
		"windows-1251 as Latin-1": {"iso-8859-1", encode("windows-1251", russian), russian},
		"Shift JIS as Latin-1":    {"windows-1252", encode("shift_jis", japanese), japanese},
		"Latin-1 as GB 2312": {"gb2312", encode("windows-1252", strings.Repeat("Schöne Grüße – à bientôt! ", 5)),
			strings.Repeat("Schöne Grüße – à bientôt! ", 5)},

		// What can be right stays.
		"Latin-1, mostly accents":   {"iso-8859-1", encode("windows-1252", "Ää, öö, åå: ÄÖÅ"), "Ää, öö, åå: ÄÖÅ"},
		"windows-1251 that it is":   {"windows-1251", encode("windows-1251", russian), russian},
		"koi8-r with a single word": {"koi8-r", encode("koi8-r", "Да"), "Да"},
		"spaces of Latin-1":         {"iso-8859-1", strings.Repeat("\xa0", 100), strings.Repeat("\u00a0", 100)},
	} {
		t.Run(name, func(t *testing.T) {
			text, _ := Decode([]byte(test.raw), test.label)
			assert.Equal(t, test.want, text)
		})
	}
}

// The text is valid UTF-8, whatever the bytes and the label are, and UTF-8 stays.
func FuzzDecode(f *testing.F) {
	for _, seed := range [...]string{"Gr\xfc\xdfe", "\xcf\xf0\xe8\xe2\xe5\xf2", "\x82\xb1\x82\xf1", "\xff\xfeH\x00",
		"\x1b$B$3", "a\xc3", "\x81\x30\x81\x30", "\xef\xbb\xbfx", "G\x00r\x00\xfc\x00", "\xed\xa0\xbd\xed\xb8\x80",
		"\x1b$)C\x0e0!3*\x0f", "\x1b.ACaf\x1bNi", "Größe", "ｻｳﾅﾄｾｦﾅｹ", "~{Dc:C~}"} {
		f.Add([]byte(seed), "")
		f.Add([]byte(seed), "iso-8859-1")
		f.Add([]byte(seed), "shift_jis")
		f.Add([]byte(seed), "utf-16")
		f.Add([]byte(seed), "iso-2022-kr")
		f.Add([]byte(seed), "tcvn")
	}
	f.Fuzz(func(t *testing.T, b []byte, label string) {
		text, _ := Decode(b, label)
		require.True(t, utf8.ValidString(text))
		require.True(t, utf8.ValidString(DecodeBeside(b, label)))
		require.True(t, IsKnown(DetectNear(b, label, true)))
		require.True(t, utf8.ValidString(JoinSurrogates(text)))
		if better := Correct(b, label); better != "" {
			require.True(t, IsKnown(better), better)
		}
		text, ok := decodeDetected(b)
		require.True(t, utf8.ValidString(text))
		if utf8.Valid(b) && bytes.IndexByte(b, 0x1b) < 0 && wideForm(b) == noForm {
			require.True(t, ok)
			require.Equal(t, strings.TrimPrefix(string(b), "\uFEFF"), text)
		}
		require.NotNil(t, lookup(guess(b)))
		require.True(t, IsKnown(Detect(b)))
	})
}
