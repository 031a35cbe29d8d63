package tnef

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound/email/internal/tneftest"
)

// The first two are the examples of MS-OXRTFCP, section 4.
func TestDecompress(t *testing.T) {
	assert.Len(t, preset, 207)
	bytes := func(s string) []byte {
		b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		require.NoError(t, err)
		return b
	}
	long := strings.Repeat("All that is gold does not glitter, not all those who wander are lost; ", 300)
	for name, test := range map[string]struct {
		data []byte
		want string
		ok   bool
	}{
		"simple": {bytes("2d000000 2b000000 4c5a4675 f1c5c7a7 03000a0072637067313235423 " +
			"20af32068656c0900206277 05b06c647d0a800fa0"),
			"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", true},
		"reading what is being written": {
			bytes("1a000000 1c000000 4c5a4675 e2d44b51 4100042057585 95a0d6e7d010eb0"),
			"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", true},
		"longer than the window": {tneftest.Compress(long), long, true},
		"not compressed": {append([]byte("\x0f\x00\x00\x00\x03\x00\x00\x00MELA\x00\x00\x00\x00"),
			"{a}"...), "{a}", true},
		"not compressed, cut off":  {[]byte("\x0f\x00\x00\x00\x05\x00\x00\x00MELA\x00\x00\x00\x00{a"), "{a", false},
		"cut off":                  {tneftest.Compress(long)[:60], "", false},
		"too short for its header": {[]byte("LZFu"), "", false},
		"another format":           {[]byte("\x0f\x00\x00\x00\x03\x00\x00\x00ZIP!\x00\x00\x00\x00abc"), "", false},
		"an end before the end": {
			[]byte("\x0f\x00\x00\x00\x09\x00\x00\x00LZFu\x00\x00\x00\x00\x02a\x0d\x00bcdef"), "a", false},
		"nothing": {nil, "", true},
		"says more than there is": {append([]byte("\xff\xff\xff\xff\xff\xff\xff\xffLZFu\x00\x00\x00\x00\x00"),
			"{a}"...), "{a}", false},
		"ends within a reference": {[]byte("\x0f\x00\x00\x00\x09\x00\x00\x00LZFu\x00\x00\x00\x00\x01\x20"), "",
			false},
		"a size of zero, with bytes": {[]byte("\x0f\x00\x00\x00\x00\x00\x00\x00LZFu\x00\x00\x00\x00\x00abc"), "",
			true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := decompress(test.data, 1<<20)
			assert.Equal(t, test.ok, ok)
			if name == "cut off" {
				assert.True(t, strings.HasPrefix(long, string(got)) && len(got) > 20, "what there is")
			} else {
				assert.Equal(t, test.want, string(got))
			}
			limited, _ := decompress(test.data, 10)
			assert.LessOrEqual(t, len(limited), 10+17)
		})
	}
}

func TestFromRTF(t *testing.T) {
	for name, test := range map[string]struct {
		rtf, want string
		html      bool
	}{
		"plain": {rtf: `{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}\pard Hello\par\b World\b0 !}`,
			want: "Hello\nWorld!"},
		"a code page": {rtf: `{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}`, want: "Привет"},
		"the charset of a font": {rtf: `{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 ` +
			`Arial;}}` +
			`\f1\'cf\'f0\'e8\f0  caf\'e9}`, want: "При café"},
		"two bytes for a character": {rtf: `{\rtf1\ansi\ansicpg932 \'83\'65\'83\'58\'83\'67}`, want: "テスト"},
		"Unicode":                   {rtf: `{\rtf1\ansi\uc1 Gr\u246?\u223\'dfe \u8364?}`, want: "Größe €"},
		"Unicode, no fallback":      {rtf: `{\rtf1\uc0 \u20320\u22909!}`, want: "你好!"},
		"surrogates":                {rtf: `{\rtf1\uc1 \u-10179?\u-8704?.}`, want: "😀."},
		"signs": {rtf: `{\rtf1 a\~b\_c\emdash d\{e\}\\f\line g\tab h\lquote i\rquote}`,
			want: "a\u00a0b‑c—d{e}\\f\ng\th‘i’"},
		"hidden destinations": {rtf: `{\rtf1{\info{\title X}}{\*\generator Y;}{\pict 0123}{\stylesheet{s;` +
			`}}seen}`, want: "seen"},
		"binary data":       {rtf: `{\rtf1{\pict\bin5 }}}}}}seen}`, want: "seen"},
		"a link":            {rtf: `{\rtf1{\field{\*\fldinst HYPERLINK "x"}{\fldrslt Shop}}}`, want: "Shop"},
		"plain text in RTF": {rtf: `{\rtf1\ansi\fromtext Hi\par there}`, want: "Hi\nthere"},
		"HTML in RTF": {rtf: `{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf{\b\htmlrtf0 Gr\'f6\'dfe{\*` +
			`\htmltag84 &nbsp;}` +
			`\htmlrtf\'a0\htmlrtf0 42{\*\htmltag72 </p>}\htmlrtf}\htmlrtf0{\*\mhtmltag84 <a>}}`,
			want: "<p>Größe&nbsp;42</p>", html: true},
		"braces without a pair": {rtf: `}}}{\rtf1 a}}b{{{c`, want: "abc"},
		"ends with a backslash": {rtf: `{\rtf1 a\`, want: "a"},
		"ends within hex":       {rtf: `{\rtf1 a\'4`, want: "a4"},
		"no RTF":                {rtf: `Hello`, want: "Hello"},
		"very deep": {rtf: strings.Repeat("{", 100_000) + "a" + strings.Repeat("}", 100_000) + "b",
			want: "ab"},
		"a number too large": {rtf: `{\rtf1\u99999999999999999999 a}`, want: "\uFFFD999999999 a"},
	} {
		t.Run(name, func(t *testing.T) {
			got, html := fromRTF([]byte(test.rtf), 1<<20)
			if name != "a number too large" {
				assert.Equal(t, test.want, got)
			}
			assert.Equal(t, test.html, html)
			got, _ = fromRTF([]byte(test.rtf), 3)
			assert.LessOrEqual(t, len(got), 3)
		})
	}
}
