package transfer

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendBase64(t *testing.T) {
	for encoded, want := range map[string]string{
		"SGVsbG8=":           "Hello",
		"SGVs\r\nbG8=":       "Hello",
		"SGVsbG8":            "Hello",
		"SGVsbG8=\nSGVsbG8=": "HelloHello",
		"SGVsbG8=SGVsbG8=":   "Hello", // behind padding, only a new line counts
		"S*G\x00Vs\xffbG8=":  "Hello",
		"":                   "",
		"=":                  "",
		"A":                  "",
		"-_-_":               "\xfb\xff\xbf",
		"+/+/":               "\xfb\xff\xbf",
	} {
		assert.Equal(t, "x"+want, string(AppendBase64([]byte("x"), []byte(encoded))), encoded)
	}
}

// What is valid decodes as with encoding/base64, whatever the lengths of lines.
func FuzzAppendBase64(f *testing.F) {
	f.Add([]byte("Hello"), 76)
	f.Add([]byte{0xFB, 0xFF, 0xBF}, 1)
	f.Fuzz(func(t *testing.T, content []byte, width int) {
		encoded := base64.StdEncoding.EncodeToString(content)
		var lines strings.Builder
		for width = max(1, width); len(encoded) > width; encoded = encoded[width:] {
			lines.WriteString(encoded[:width] + "\r\n")
		}
		lines.WriteString(encoded)
		require.True(t, bytes.Equal(content, AppendBase64(nil, []byte(lines.String()))))
	})
}

// Whatever it is, it decodes to the same byte by byte: quanta are not decoded as a whole then.
func FuzzBase64_ByteByByte(f *testing.F) {
	f.Add([]byte("SGVsbG8gSGVsbG8=\r\nSGVsbG8g\rSGVs*bG8gSGVsbG8gSGVsbG8"))
	f.Add([]byte("\r\n\r\nAAAAAAA=\r\n=AAAAAAAAAAAA-_\x00AAAAAAAAAAAA"))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		var whole, pieces base64Decoder
		want := whole.finish(whole.decode(nil, encoded))
		var got []byte
		for _, c := range encoded {
			got = pieces.decode(got, []byte{c})
		}
		got = pieces.finish(got)
		require.Equal(t, string(want), string(got))
		whole.acc, pieces.acc = 0, 0 // what is left there does not count any more
		require.Equal(t, whole, pieces)
	})
}

func BenchmarkBase64(b *testing.B) {
	line := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 57)) + "\r\n"
	body := []byte(strings.Repeat(line, 64<<10/len(line)))
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		var d Decoder
		for b.Loop() {
			d.Reset(Base64)
			d.Decode(body)
		}
	})
	b.Run("encoding/base64", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		dst := make([]byte, len(body))
		for b.Loop() {
			if _, err := base64.StdEncoding.Decode(dst, body); err != nil {
				b.Fatal(err)
			}
		}
	})
}
