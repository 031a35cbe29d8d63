package transfer

import "strings"

// Encoding is a content transfer encoding (RFC 2045, section 6).
type Encoding int

// The encodings.
const (
	Identity Encoding = iota // 7bit, 8bit, binary
	Base64
	QuotedPrintable
	UUEncode // not in the RFC, but older than it
)

// ParseEncoding reads a Content-Transfer-Encoding, with the misspellings of real
// mail. An unknown one is Identity, and known is false; "" is known.
func ParseEncoding(value string) (e Encoding, known bool) {
	value = strings.ToLower(strings.TrimLeft(value, " \t\"'"))
	if i := strings.IndexFunc(value, isNoTokenRune); i >= 0 {
		value = value[:i]
	}
	switch value {
	case "base64", "base-64", "b":
		return Base64, true
	case "quoted-printable", "quotedprintable", "q":
		return QuotedPrintable, true
	case "x-uuencode", "uuencode", "x-uue", "uue", "x-uu":
		return UUEncode, true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
		return Identity, true
	}
	return Identity, false
}

func isNoTokenRune(r rune) bool { return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }
