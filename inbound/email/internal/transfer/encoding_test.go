package transfer

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseEncoding(t *testing.T) {
	for value, want := range map[string]struct {
		encoding Encoding
		known    bool
	}{
		"":                                  {Identity, true},
		"7bit":                              {Identity, true},
		"8-bit":                             {Identity, true},
		"Binary":                            {Identity, true},
		" BASE64 ":                          {Base64, true},
		`"base64"`:                          {Base64, true},
		"base64; x=y":                       {Base64, true},
		"Quoted-Printable":                  {QuotedPrintable, true},
		"quoted-printable\r\n":              {QuotedPrintable, true},
		"x-uuencode":                        {UUEncode, true},
		"uue":                               {UUEncode, true},
		"x_uuencoded":                       {UUEncode, true},
		"Quoted_Printable":                  {QuotedPrintable, true},
		"QUOTED PRINTABLE":                  {QuotedPrintable, true},
		"quoted-printible":                  {QuotedPrintable, true},
		"qp (by hand)":                      {QuotedPrintable, true},
		"quoted-printable charset=utf-8":    {QuotedPrintable, true},
		"Content-Transfer-Encoding: base64": {Base64, true},
		"x-base64":                          {Base64, true},
		"base 64":                           {Base64, true},
		"B64":                               {Base64, true},
		"base64, 7bit":                      {Base64, true},
		"8bits":                             {Identity, true},
		"x":                                 {Identity, true},
		"utf-8":                             {Identity, false},
		"base64url":                         {Identity, false},
		"quoted":                            {Identity, false},
		"x-gzip":                            {Identity, false},
		"base65":                            {Identity, false},
	} {
		encoding, known := ParseEncoding(value)
		assert.Equal(t, want.encoding, encoding, value)
		assert.Equal(t, want.known, known, value)
	}
}

func TestFits(t *testing.T) {
	for body, want := range map[string]Encoding{
		"\r\nSGVsbG8=\r\n":       Base64,
		"Gr=C3=B6=C3=9Fe\n":      QuotedPrintable,
		"soft =\nbreak":          QuotedPrintable,
		"begin 644 a\n":          UUEncode,
		"Just some words, a = b": Identity,
		"":                       Identity,
	} {
		for _, e := range [...]Encoding{Identity, Base64, QuotedPrintable, UUEncode} {
			assert.Equal(t, e == want && e != Identity, Fits(e, []byte(body)), "%q, %d", body, e)
		}
	}
}
