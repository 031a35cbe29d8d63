package customer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/internal/confusable"
)

// maxAddress is the longest address SMTP can carry (RFC 5321, section 4.5.3.1:
// a path of 256 octets with its angle brackets).
const maxAddress = 254

// Normalize returns address in the form in which addresses are compared and
// stored. It trims surrounding ASCII space and converts the local part to lower case
// and the domain to lower-case ASCII (IDNA, so "käse.example" and
// "xn--kse-qla.example" are the same). Quotes in the local part (RFC 5321, section
// 4.1.2) are removed where the address can be written without them. An address that
// needs them, such as "jane roe"@example.com, has them around the whole local part,
// and may have any printable ASCII character between them. If address is not an email
// address, the error wraps [ErrAddress].
//
// No character outside of ASCII is taken for an ASCII one, or left out: an address that
// only looks like a customer's is not that customer's. An address is refused that
//
//   - has an invisible character, such as a zero-width space, a soft hyphen, a no-break
//     space, a control or what turns the direction of writing;
//   - has a character that stands for others, such as the Kelvin sign, the Turkish dotted
//     capital I, or full-width and mathematical letters; or, outside of ASCII, anything
//     but letters, combining marks and digits in the local part;
//   - mixes scripts in one word of the local part, such as Latin and Cyrillic (Latin may
//     stand beside Japanese, Chinese or Korean), or consists of letters that look like
//     ASCII while the domain does not show their script;
//   - has two "@" outside of quotes.
func Normalize(address string) (string, error) {
	address = strings.Trim(address, asciiSpace)
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || len(address) > maxAddress || !utf8.ValidString(address) {
		return "", fmt.Errorf("%w: %+.80q", ErrAddress, address)
	}
	local, ok := unquoted(address[:at])
	domain := address[at+1:]
	if !ok && strings.Contains(address[:at], "@") {
		return "", fmt.Errorf("%w: %+.80q: it has two \"@\"", ErrAddress, address)
	}
	if !ok || strings.ContainsFunc(domain, forbidden) {
		return "", fmt.Errorf("%w: %+.80q", ErrAddress, address)
	}
	if literal := strings.TrimSuffix(domain, "."); isLiteral(literal) {
		domain = strings.ToLower(literal)
	} else if normal, err := NormalizeDomain(domain); err == nil {
		domain = normal
	} else {
		return "", fmt.Errorf("%w: %+.80q has no valid domain", ErrAddress, address)
	}
	if fault := confusable.Fault(local, confusable.ShowDomain(domain)); fault != "" {
		return "", fmt.Errorf("%w: %+.80q: %s", ErrAddress, address, fault)
	}
	local, _ = confusable.Lower(local) // a local part without a fault has a lower case
	return quotedIfNeeded(local) + "@" + domain, nil
}

// asciiSpace is what may surround an address.
const asciiSpace = " \t\r\n"

// NormalizeDomain returns a domain as [Normalize] returns that of an address: in
// lower-case ASCII (IDNA), without the dot that may end it. If domain is not the name
// of a domain, or has characters that a look-up would replace or leave out, such as
// full-width letters or a soft hyphen, the error wraps [ErrAddress].
func NormalizeDomain(domain string) (string, error) {
	name := strings.TrimSuffix(strings.Trim(domain, asciiSpace), ".")
	if isPlainDomain(name) {
		return strings.ToLower(name), nil
	}
	ascii, ok := confusable.ASCIIDomain(name)
	if !ok || !isPlainDomain(ascii) {
		return "", fmt.Errorf("%w: %+.80q is not a domain", ErrAddress, domain)
	}
	return ascii, nil
}

// Display returns an address as a person should see it. Parts of the domain that
// are not ASCII are in Unicode, unless they could be mistaken for others: these stay in
// the form xn--... that [Normalize] gives. Of an address that Normalize refuses because
// of a character outside of ASCII, all such characters are escaped, as in
// vi\u200bp@bank.example.
func Display(address string) string { return confusable.ShowAddress(address) }

// unquoted returns a local part without its quotes and backslashes, or false if it is
// none. It is words between dots, each of which may be a quoted string (RFC 5322, section
// 4.4).
func unquoted(local string) (string, bool) {
	if !strings.ContainsAny(local, `"`) {
		return local, !strings.ContainsFunc(local, forbiddenInLocal)
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
		case c == '"', !quoted && c < utf8.RuneSelf && forbiddenInLocal(rune(c)):
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
	text := content.String()
	return text, !quoted && text != "" && !strings.ContainsFunc(text, unicode.IsControl)
}

// quotedIfNeeded returns a local part as it is written in an address.
func quotedIfNeeded(local string) string {
	if !strings.ContainsFunc(local, forbiddenInLocal) {
		return local
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
}

// forbidden reports whether r may not be in an address outside of quotes. Such a
// character would let a sender break out of a header, a log line or a list.
func forbidden(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune("<>,;\"\\()", r)
}

func forbiddenInLocal(r rune) bool { return r == '@' || forbidden(r) }

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
	return len(domain) > 2 && domain[0] == '[' && domain[len(domain)-1] == ']' &&
		strings.Trim(strings.ToLower(domain[1:len(domain)-1]), "0123456789abcdefghijklmnopqrstuvwxyz.:-") == ""
}
