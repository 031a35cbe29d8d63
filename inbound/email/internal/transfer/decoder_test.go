package transfer

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// repaired decodes a body that comes in pieces of a size, and repairs it.
func repaired(d *Decoder, keepWords bool, body string, size int) string {
	d.ResetRepair(Base64, keepWords)
	var out []byte
	for body != "" {
		n := min(size, len(body))
		out = append(out, d.Decode([]byte(body[:n]))...)
		body = body[n:]
	}
	return string(append(out, d.Finish()...))
}

// decoded decodes a body that comes in pieces of a size.
func decoded(d *Decoder, e Encoding, body string, size int) string {
	d.Reset(e)
	var out []byte
	for body != "" {
		n := min(size, len(body))
		out = append(out, d.Decode([]byte(body[:n]))...)
		body = body[n:]
	}
	return string(append(out, d.Finish()...))
}

func TestDecoder(t *testing.T) {
	for name, test := range map[string]struct {
		encoding                    Encoding
		body, want                  string
		junk, truncated, incomplete bool
	}{
		"identity":                 {Identity, "a=3D\r\n", "a=3D\r\n", false, false, false},
		"base64":                   {Base64, "SGVs\r\nbG8=\r\n", "Hello", false, false, false},
		"base64 with junk":         {Base64, "SGVs!bG8g\n*dGhlcmU", "Hello there", true, true, false},
		"quoted-printable":         {QuotedPrintable, "a=3D=\r\nb  \r\n", "a=b\r\n", false, false, false},
		"quoted-printable, broken": {QuotedPrintable, "=XY", "=XY", true, false, false},
		"quoted-printable, double": {QuotedPrintable, "a==\r\nb==4=\nc==", "a=b==4c=", true, false, false},
		"uuencode":                 {UUEncode, "begin 644 a\n#0V%T\n`\nend\n", "Cat", false, false, false},
		"uuencode, text around":    {UUEncode, "Hi\nbegin 644 a\n#0V%T\n`\nend\nBye\n", "Cat", false, false, false},
		"uuencode, no end":         {UUEncode, "begin 644 a\n#0V%T\n#0V%T\n", "CatCat", false, false, true},
		"uuencode, none":           {UUEncode, "Hello\n", "", false, false, true},
		"uuencode, empty":          {UUEncode, "", "", false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			for _, size := range [...]int{1, 3, 1 << 10} {
				assert.Equal(t, test.want, decoded(&d, test.encoding, test.body, size))
				assert.Equal(t, test.junk, d.Junk(), "Junk")
				assert.Equal(t, test.truncated, d.Truncated(), "Truncated")
				assert.Equal(t, test.incomplete, d.Incomplete(), "Incomplete")
			}
		})
	}
}

func TestDecoder_ResetForgets(t *testing.T) {
	var d Decoder
	decoded(&d, Base64, "SGV*sbG", 100)
	require.True(t, d.Junk())
	require.True(t, d.Truncated())
	assert.Equal(t, "Cat", decoded(&d, UUEncode, "begin 644 a\n#0V%T\n`\nend\n", 100))
	assert.False(t, d.Junk() || d.Truncated() || d.Incomplete())
	assert.Equal(t, "a", decoded(&d, QuotedPrintable, "a", 100))
	assert.False(t, d.Incomplete())
}

func TestDecoder_Trim(t *testing.T) {
	var d Decoder
	decoded(&d, Base64, "SGVsbG8=", 100)
	kept := cap(d.scratch)
	d.Trim(kept)
	assert.Equal(t, kept, cap(d.scratch))
	d.Trim(kept - 1)
	assert.Zero(t, cap(d.scratch))
}

// It must not matter how a body is cut into pieces, and nothing decodes to more
// than it was: for quoted-printable, apart from the line breaks that were CRLF.
func FuzzDecoder(f *testing.F) {
	f.Add("SGVs!bG8g\n*dGhlcmU", int(Base64), 2)
	f.Add("a=3D=\r\nb  \r\n=", int(QuotedPrintable), 1)
	f.Add("begin 644 a\n#0V%T\n`\nend\n", int(UUEncode), 5)
	f.Fuzz(func(t *testing.T, body string, encoding, size int) {
		e := Encoding(encoding)
		var d Decoder
		whole := decoded(&d, e, body, len(body)+1)
		junk, truncated, incomplete := d.Junk(), d.Truncated(), d.Incomplete()
		require.LessOrEqual(t, len(whole), len(body))
		require.Equal(t, whole, decoded(&d, e, body, max(1, size)))
		require.Equal(t, incomplete, d.Incomplete())
		require.Equal(t, junk, d.Junk())
		require.Equal(t, truncated, d.Truncated())
	})
}
