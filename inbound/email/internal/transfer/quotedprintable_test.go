package transfer

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuotedPrintable(t *testing.T) {
	for encoded, want := range map[string]string{
		"a=3Db":                       "a=b",
		"a=3db":                       "a=b",
		"soft=\nbreak":                "softbreak",
		"soft=  \r\nbreak":            "softbreak",
		"spaces  \nat the end \t\r\n": "spaces\nat the end\r\n",
		"100%=25 =XY":                 "100%% =XY",
		"=":                           "",
		"a =":                         "a ",
		"=4":                          "=4",
		"\n\r\n":                      "\n\r\n",
		"8-bit \xfc":                  "8-bit \xfc",
	} {
		var d Decoder
		for _, size := range [...]int{1, 2, 1 << 10} {
			assert.Equal(t, want, decoded(&d, QuotedPrintable, encoded, size), encoded)
		}
	}
}

// A line of spaces without an end must not be held in memory.
func TestQuotedPrintable_HoldsLittle(t *testing.T) {
	var d Decoder
	d.Reset(QuotedPrintable)
	for range 100 {
		d.Decode(bytes.Repeat([]byte(" "), longestHeld))
		assert.LessOrEqual(t, len(d.quoted.held), 2*longestHeld)
	}
}

func TestHexPair(t *testing.T) {
	for pair, want := range map[string]byte{"00": 0, "3d": '=', "3D": '=', "fF": 0xFF, "a9": 0xA9} {
		c, ok := HexPair(pair[0], pair[1])
		assert.True(t, ok, pair)
		assert.Equal(t, want, c, pair)
	}
	for _, pair := range []string{"g0", "0g", "  ", "\xff0", "0/", ":0"} {
		_, ok := HexPair(pair[0], pair[1])
		assert.False(t, ok, pair)
	}
}

// What is valid decodes as with mime/quotedprintable.
func FuzzQuotedPrintable(f *testing.F) {
	f.Add([]byte("Gr\xc3\xbc\xc3\x9fe = \r\n"))
	f.Add([]byte(strings.Repeat("long ", 30)))
	f.Fuzz(func(t *testing.T, content []byte) {
		var encoded bytes.Buffer
		w := quotedprintable.NewWriter(&encoded)
		_, err := w.Write(content)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		want, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(encoded.Bytes())))
		require.NoError(t, err)
		var d Decoder
		require.Equal(t, string(want), decoded(&d, QuotedPrintable, encoded.String(), 7))
		require.False(t, d.Junk())
	})
}

func BenchmarkQuotedPrintable(b *testing.B) {
	body := []byte(strings.Repeat("Sch=C3=B6ne Gr=C3=BC=C3=9Fe aus M=C3=BCnchen, und bis n=C3=A4chste Woche=\r\n",
		1000))
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		var d Decoder
		for b.Loop() {
			d.Reset(QuotedPrintable)
			d.Decode(body)
		}
	})
	b.Run("mime/quotedprintable", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if _, err := io.Copy(io.Discard, quotedprintable.NewReader(bytes.NewReader(body))); err != nil {
				b.Fatal(err)
			}
		}
	})
}
