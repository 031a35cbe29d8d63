package customer

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxAddress is the longest address SMTP can carry (RFC 5321, section 4.5.3.1:
// a path of 256 octets with its angle brackets).
const maxAddress = 254

// Normalize returns address in the form in which addresses are compared and
// stored. It trims surrounding space and converts the local part to lower case
// and the domain to lower-case ASCII (IDNA, so "käse.example" and
// "xn--kse-qla.example" are the same). If address is not an email address, the
// error wraps [ErrAddress].
func Normalize(address string) (string, error) {
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || len(address) > maxAddress || !utf8.ValidString(address) {
		return "", fmt.Errorf("%w: %.80q", ErrAddress, address)
	}
	local, domain := address[:at], strings.TrimSuffix(address[at+1:], ".")
	if strings.ContainsFunc(address, forbidden) {
		return "", fmt.Errorf("%w: %.80q", ErrAddress, address)
	}
	if !isPlainDomain(domain) && !isLiteral(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil || !isPlainDomain(ascii) {
			return "", fmt.Errorf("%w: %.80q has no valid domain", ErrAddress, address)
		}
		domain = ascii
	}
	return strings.ToLower(local) + "@" + strings.ToLower(domain), nil
}

// forbidden reports whether r may not be in an address outside of quotes. Such a
// character would let a sender break out of a header, a log line or a list.
func forbidden(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune("<>,;\"\\()", r)
}

// isPlainDomain reports whether domain is an ASCII host name. Underscores are
// allowed because the domains of real senders have them. The common case thus
// needs no IDNA tables.
func isPlainDomain(domain string) bool {
	if domain == "" || domain[0] == '.' || domain[len(domain)-1] == '.' || strings.Contains(domain, "..") {
		return false
	}
	for i := range len(domain) {
		c := domain[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_':
		default:
			return false
		}
	}
	return true
}

// isLiteral reports whether domain is an address literal, such as [192.0.2.1].
func isLiteral(domain string) bool {
	return len(domain) > 2 && domain[0] == '[' && domain[len(domain)-1] == ']'
}
