package transfer

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecoder_ResetRepair(t *testing.T) {
	long := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("0123456789ab", 300)))
	for name, test := range map[string]struct {
		body, text, file string // file "": as text
		junk             bool
	}{
		"valid":                        {"SGVs\r\nbG8=\r\n", "Hello", "", false},
		"joined pieces":                {"SGVsbG8=SGVsbG8=", "HelloHello", "", false},
		"joined, two signs of padding": {"SGFsbw==SGFsbw==\n", "HaloHalo", "", false},
		"joined, then a line":          {"SGVsbG8=SGVs\nbG8=", "HelloHello", "", false},
		"stray behind one":             {"S=GVsbG8=", "Hello", "", true},
		"stray behind two":             {"SG=VsbG8=", "Hello", "", true},
		"stray behind three":           {"SGV=sbG8=", "Hello", "", true},
		"stray, then a space":          {"S= GVsbG8=", "Hello", "", false},
		"padding, then a word":         {"SGVsbA== ignored", "Hell", "", true},
		"stray at the end of a line":   {"SGVsb=\nG8=", "Hello", "", false},
		"stray in a long line":         {long[:1501] + "=" + long[1501:], strings.Repeat("0123456789ab", 300), "", true},
		"quoted padding":               {"SGVsbG8=3D\n", "Hello", "", false},
		"junk behind padding":          {"SGVsbG8=**\n", "Hello", "", true},
		"words behind it": {"SGVsbG8=\nSent by a list\nof friends.\n",
			"Hello\nSent by a list\nof friends.\n", "Hello", true},
		"words behind what is whole": {"SGVs\r\n\r\nSent by a list\r\n", "Hel\nSent by a list\r\n", "Hel", true},
		"words behind a line break":  {"SGVsCg==\nA list\n", "Hel\nA list\n", "Hel\n", true},
		"words in Chinese":           {"SGVs\n此邮件由列表发送\n", "Hel\n此邮件由列表发送\n", "Hel", true},
		"a rule":                     {"SGVs\n-----------\nA list\n", "Hel\n-----------\nA list\n", "Hel", true},
		"an address":                 {"SGVs\nhttps://l.example/u?x=1\n", "Hel\nhttps://l.example/u?x=1\n", "Hel", true},
		"words above it": {"To be read.\nSGVsbG8gSGVsbG8gSGVsbG8=\n", "To be read.\nHello Hello Hello", "",
			true},
		"nothing but words": {"No base64 here.\n", "No base64 here.\n", "", true},
		"words, base64, words": {"To be read.\nSGVsbG8gSGVsbG8gSGVsbG8=\nBye for now.\n",
			"To be read.\nHello Hello Hello\nBye for now.\n", "To be read.\nHello Hello Hello", true},
		"spaces within base64":       {"SGVs bG8h SGVs\n", "Hello!Hel", "", false},
		"a line of another boundary": {"SGVs\n--=_Part_1--\n", "Hel", "", true},
		"a lone word":                {"SGVsbG8=\nGesendet\n", "Hello\nGesendet\n", "Hello\x19\xeb\x1e\x9d\xd7\xad", true},
		"a piece like a word":        {"SGVsbG8=\nMDBB\n", "Hello00A", "", false},
		"a rule of three":            {"SGVsbG8h\n---\nA list\n", "Hello!\n---\nA list\n", "Hello!", true},
		"elements of HTML":           {"SGVs\n<br><hr>\n<p>Scanned</p>\n", "Hel\n<br><hr>\n<p>Scanned</p>\n", "Hel", true},
		"one word alone":             {"Thanks!\n", "Thanks!\n", "", true},
		"base64 for addresses":       {"-_-_\n", "\xfb\xff\xbf", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if test.file == "" {
				test.file = test.text
			}
			var d Decoder
			for _, size := range [...]int{1, 3, 7, 1 << 12} {
				assert.Equal(t, test.text, repaired(&d, true, test.body, size))
				assert.Equal(t, test.junk, d.Junk(), "Junk")
				assert.Equal(t, test.file, repaired(&d, false, test.body, size), "file")
			}
		})
	}
}

// A fingerprint goes by what Reset decodes: that may never change.
func TestDecoder_ResetDoesNotRepair(t *testing.T) {
	var d Decoder
	d.ResetRepair(Base64, true)
	for body, want := range map[string]string{
		"SGVsbG8=SGVsbG8=":    "Hello",
		"S=GVsbG8=\nSGVsbG8=": "Hello",
		"SGVsbG8=\nA list":    "Hello\x02X\xac",
	} {
		assert.Equal(t, want, decoded(&d, Base64, body, 100), body)
	}
}

// It must not matter how a body is cut into pieces, nothing decodes to more than it was,
// and what is valid decodes to what it was made of.
func FuzzDecoder_ResetRepair(f *testing.F) {
	f.Add("SGVsbG8=SGVsbG8=\nA list\n", 2, 76)
	f.Add("S=GVs\n--x--\n-----\nSGVsbG8gSGVsbG8gSGVsbG8=", 1, 60)
	f.Add(strings.Repeat("QUJD", 600)+"=3D=", 3, 4)
	f.Fuzz(func(t *testing.T, body string, size, width int) {
		var d Decoder
		for _, keepWords := range [...]bool{true, false} {
			whole := repaired(&d, keepWords, body, len(body)+1)
			junk, truncated := d.Junk(), d.Truncated()
			require.LessOrEqual(t, len(whole), len(body))
			require.Equal(t, whole, repaired(&d, keepWords, body, max(1, size)))
			require.Equal(t, junk, d.Junk())
			require.Equal(t, truncated, d.Truncated())
		}
		encoded, lines := base64.StdEncoding.EncodeToString([]byte(body)), ""
		const widths = longestWrapped - shortestWrapped + 1
		for width = shortestWrapped + int(uint(width)%widths); len(encoded) > width; encoded = encoded[width:] {
			lines += encoded[:width] + "\r\n"
		}
		require.Equal(t, body, repaired(&d, true, lines+encoded, max(1, size)))
	})
}
