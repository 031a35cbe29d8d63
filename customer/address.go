package customer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxAddress is the longest address SMTP can carry (RFC 5321, section 4.5.3.1:
// a path of 256 octets with its angle brackets).
const maxAddress = 254

// Normalize returns address in the form in which addresses are compared and
// stored. It trims surrounding space and converts the local part to lower case
// and the domain to lower-case ASCII (IDNA, so "käse.example" and
// "xn--kse-qla.example" are the same). Quotes in the local part (RFC 5321, section
// 4.1.2) are removed where the address can be written without them. An address that
// needs them, such as "jane roe"@example.com, has them around the whole local part,
// and may have any printable character between them. If address is not an email
// address, the error wraps [ErrAddress].
func Normalize(address string) (string, error) {
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || len(address) > maxAddress || !utf8.ValidString(address) {
		return "", fmt.Errorf("%w: %.80q", ErrAddress, address)
	}
	local, ok := normalLocal(address[:at])
	domain := address[at+1:]
	if !ok || strings.ContainsFunc(domain, forbidden) {
		return "", fmt.Errorf("%w: %.80q", ErrAddress, address)
	}
	if literal := strings.TrimSuffix(domain, "."); isLiteral(literal) {
		return local + "@" + strings.ToLower(literal), nil
	}
	domain, err := NormalizeDomain(domain)
	if err != nil {
		return "", fmt.Errorf("%w: %.80q has no valid domain", ErrAddress, address)
	}
	return local + "@" + domain, nil
}

// NormalizeDomain returns a domain as [Normalize] returns that of an address: in
// lower-case ASCII (IDNA), without the dot that may end it. If domain is not the name
// of a domain, the error wraps [ErrAddress].
func NormalizeDomain(domain string) (string, error) {
	name := strings.TrimSuffix(strings.TrimSpace(domain), ".")
	if !isPlainDomain(name) {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil || !isPlainDomain(ascii) {
			return "", fmt.Errorf("%w: %.80q is not a domain", ErrAddress, domain)
		}
		name = ascii
	}
	return strings.ToLower(name), nil
}

// normalLocal returns the normal form of a local part, or false if it is none. It is
// words between dots, each of which may be a quoted string (RFC 5322, section 4.4).
func normalLocal(local string) (string, bool) {
	if !strings.ContainsAny(local, `"`) {
		return strings.ToLower(local), !strings.ContainsFunc(local, forbidden)
	}
	var content strings.Builder
	quoted, wordBegins := false, true
	for i := 0; i < len(local); i++ {
		c := local[i]
		switch {
		case c == '"' && !quoted && wordBegins:
			quoted = true
		case c == '"' && quoted && (i == len(local)-1 || local[i+1] == '.'):
			quoted = false
		case c == '"', !quoted && c < utf8.RuneSelf && forbidden(rune(c)):
			return "", false
		case c == '\\' && i == len(local)-1:
			return "", false
		case c == '\\':
			i++
			content.WriteByte(local[i])
		default:
			content.WriteByte(c)
		}
		wordBegins = c == '.'
	}
	text := strings.ToLower(content.String())
	switch {
	case quoted || text == "" || strings.ContainsFunc(text, unicode.IsControl):
		return "", false
	case strings.ContainsRune(text, '@') || strings.ContainsFunc(text, forbidden):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`, true
	}
	return text, true
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
