package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestJoinSurrogates(t *testing.T) {
	for html, want := range map[string]string{
		"&#55357;&#56832;":             "😀",
		"a&#xD83D;&#xDE00;b":           "a😀b",
		"&#Xd83d&#xde00;":              "😀",
		"&#55357;x":                    "\uFFFDx",
		"&#56832;&#55357;":             "\uFFFD\uFFFD",
		"&#55357;&#55357;&#56832;":     "\uFFFD😀",
		"&#128512;&#8364;&amp;&#&#x&#": "&#128512;&#8364;&amp;&#&#x&#",
		"&#553570;&#xD83DA;&#5535":     "&#553570;&#xD83DA;&#5535",
		"":                             "",
	} {
		assert.Equal(t, want, JoinSurrogates(html), html)
	}
}

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

func TestWideForm(t *testing.T) {
	for text, want := range map[string]form{
		"H\x00i\x00 \x00J\x00":                    utf16Form,
		"\x00H\x00i\x00!\x00!":                    utf16Form,
		"H\x00\x00\x00i\x00\x00\x00":              utf32Form,
		"\x00\x00\x00H\x00\x00\x00i":              utf32Form,
		"\x14\x04\x30\x04 \x00\x14\x04\x30\x04":   utf16Form, // "Да Да"
		"Hello, here is text\x00 with one zero":   noForm,
		"\x00\x00\x00\x00\x00\x00\x00\x00":        noForm,
		"text\x00text\x00text\x00text\x00text":    noForm,
		strings.Repeat("no zeros at all ", 10):    noForm,
		"a\x00":                                   noForm,
		"\xff\xfeH\x00i\x00":                      utf16Form,
		"PNG\x00\x01\x02\x03\x00\xff\xf0\x00\x91": noForm,
	} {
		assert.Equal(t, want, wideForm([]byte(text)), "%q", text)
	}
}

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
		text, _ := decodeISO2022([]byte(raw), katakanaSet)
		assert.Equal(t, want, text, "%q", raw)
	}
}

func TestDetectNear(t *testing.T) {
	for name, test := range map[string]struct {
		raw, hint string
		proven    bool
		want      string
	}{
		"a label from elsewhere":      {"\xc4\xe0", "windows-1251", false, "windows-1251"},
		"the same, seen":              {"\xc4\xc1", "koi8-r", true, "koi8-r"},
		"a western label says little": {"\xcf\xf0\xe8\xe2\xe5\xf2", "iso-8859-1", false, "windows-1251"},
		"bytes that say otherwise": {"\xc7\xe4\xe5 \xec\xee\xe9 \xe7\xe0\xea\xe0\xe7", "iso-8859-1", true,
			"windows-1251"},
		"one that no guess finds":      {"A\xe8i\xfb", "windows-1257", true, "windows-1257"},
		"the same, not seen":           {"Gr\xfc\xdfe", "windows-1257", false, "windows-1252"},
		"more characters than the one": {"5 \xa4 m\xe9s", "iso-8859-15", true, "iso-8859-15"},
		"UTF-8":                        {"Grüße", "gbk", true, "utf-8"},
		"an unknown one":               {"Gr\xfc\xdfe", "x-mystery", true, "windows-1252"},
	} {
		assert.Equal(t, test.want, DetectNear([]byte(test.raw), test.hint, test.proven), name)
	}
}

func TestSame(t *testing.T) {
	for _, pair := range [...][2]string{{"utf-8", "UTF8"}, {"gb2312", "GBK"}, {"windows-1251", "cp1251"}, {"x", "X"},
		{`"koi8-r"`, "koi8-r"}, {"iso-2022-jp", "ISO-2022-JP"}} {
		assert.True(t, Same(pair[0], pair[1]), pair)
	}
	for _, pair := range [...][2]string{{"utf-8", "gbk"}, {"x", "y"}, {"iso-2022-jp", "iso-2022-kr"},
		{"utf-16le", "utf-16be"}, {"us-ascii", "unknown"}, {"", "x"}} {
		assert.False(t, Same(pair[0], pair[1]), pair)
	}
}

// The same bytes in another charset are hardly ever as readable as what was meant.
func TestReading_PrefersWhatWasMeant(t *testing.T) {
	for meant, other := range map[string]string{
		"Да": "Р”Р°", "é": "Ã©", "您好！": "鎮ㄥソ锛�", "Größe": "GrÃ¶ÃŸe", "заказ": "ъБЛБЪ",
		"Łódź": "£ódŸ", "Заказ": "ᜄ〄㨄", "שלום": "ùìåí", "über": "체ber",
	} {
		assert.Greater(t, reading(meant), reading(other), meant)
	}
}
