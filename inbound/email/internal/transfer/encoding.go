package transfer

import (
	"bytes"
	"slices"
	"strings"
)

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
	switch value { // as nearly always
	case "base64":
		return Base64, true
	case "quoted-printable":
		return QuotedPrintable, true
	case "7bit", "8bit":
		return Identity, true
	}
	value = strings.ToLower(strings.TrimLeft(value, " \t\"'"))
	value = strings.TrimPrefix(value, "content-transfer-encoding:") // written twice
	if i := strings.IndexAny(value, ";,("); i >= 0 {
		value = value[:i]
	}
	value = strings.TrimPrefix(strings.Map(letterOrDigit, value), "x")
	switch {
	case isOneOf(value, "base64", "b64", "based64", "b"):
		return Base64, true
	case isOneOf(value, "quotedprintable", "quotedprintible", "quoteprintable", "quotedprint", "qp", "q"):
		return QuotedPrintable, true
	case isOneOf(value, "uuencode", "uuencoded", "uue", "uu"):
		return UUEncode, true
	case isOneOf(value, "7bit", "8bit", "7bits", "8bits", "binary", ""):
		return Identity, true
	}
	return Identity, false
}

// isOneOf reports whether a value is one of the words, or begins with one and goes on with
// a parameter that no semicolon divides from it.
func isOneOf(value string, words ...string) bool {
	value, _, _ = strings.Cut(value, "charset")
	return slices.Contains(words, value)
}

// letterOrDigit drops what is neither: programs write spaces, "_" or nothing for the hyphen.
func letterOrDigit(r rune) rune {
	if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
		return -1
	}
	return r
}

// Fits reports whether a body may have that transfer encoding, as far as its beginning
// says. Anything may be Identity, so that is never reported.
func Fits(e Encoding, body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	line, _, _ := bytes.Cut(body, []byte("\n"))
	line = bytes.TrimRight(line, " \t\r")
	switch e {
	case Base64:
		line = line[:min(len(line), longestUnit)]
		run, next := base64Run(line)
		isWhole := next == base64Space && run == len(line) || next == '=' && len(bytes.Trim(line[run:], "=")) == 0
		return run > 1 && isWhole && len(line)%4 == 0
	case QuotedPrintable:
		if Fits(Base64, body) {
			return false
		}
		for {
			i := bytes.IndexByte(body, '=')
			if i < 0 || i+2 >= len(body) {
				return false
			}
			if _, ok := HexPair(body[i+1], body[i+2]); ok || body[i+1] == '\n' || body[i+1] == '\r' {
				return true
			}
			body = body[i+1:]
		}
	case UUEncode:
		return bytes.HasPrefix(body, uuBegin)
	}
	return false
}
