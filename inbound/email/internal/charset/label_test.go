package charset

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLabels(t *testing.T) {
	for label, want := range map[string]struct{ declares, known, hint bool }{
		"windows-1251":      {true, true, true},
		`"KOI8-R";`:         {true, true, true},
		"iso-8859-1*de":     {true, true, true},
		"utf-8":             {true, true, false},
		"UTF8":              {true, true, false},
		"unicode-1-1-utf-8": {true, true, false},
		"utf-16":            {true, true, false},
		"iso-2022-jp":       {true, true, true},
		"us-ascii":          {false, true, false},
		"unknown-8bit":      {false, false, false},
		"x-mystery":         {true, false, false},
		"iso-2022-kr":       {true, true, true},
		"":                  {false, false, false},
	} {
		assert.Equal(t, want.declares, Declares(label), "Declares(%q)", label)
		assert.Equal(t, want.known, IsKnown(label), "IsKnown(%q)", label)
		assert.Equal(t, want.hint, IsHint(label), "IsHint(%q)", label)
	}
}

func TestDecodeAs_UndecodableBytes(t *testing.T) {
	assert.Equal(t, "\u3053\uFFFD", decodeAs(lookup("shift_jis"), []byte("\x82\xb1\xff")))
	assert.Empty(t, decodeAs(lookup("utf-16"), nil))
}

func TestDecode_ManyLabels(t *testing.T) {
	n := 0
	for _, c := range labelCases() {
		for _, label := range c.labels {
			n++
			text, _ := Decode([]byte(c.raw), label)
			assert.Equal(t, c.want, text, label)
			f, _ := find(cleanLabel(label))
			assert.NotEqual(t, unknownForm, f, label)
		}
	}
	t.Log(n, "labels")
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
