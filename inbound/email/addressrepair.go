package email

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// brackets are what programs put around an address in place of angle brackets.
const brackets = "<>[]«»‹›＜＞【】〈〉《》（）"

// around returns what stands on both sides of an address without brackets, without what
// belongs to the address: brackets that touch it, also those without a pair, quotation
// marks on both sides, and a scheme.
func around(left, right string) string {
	if cut := withoutSchemeBehind(left); len(cut) < len(strings.TrimRight(left, " \t")) {
		left = cut
	}
	for {
		l, lsize := utf8.DecodeLastRuneInString(left)
		r, rsize := utf8.DecodeRuneInString(right)
		switch {
		case lsize > 0 && (l == '(' || l == '{' || strings.ContainsRune(brackets, l)):
			left = left[:len(left)-lsize]
		case rsize > 0 && (r == ')' || r == '}' || strings.ContainsRune(brackets, r)):
			right = right[rsize:]
		case lsize > 0 && l == r && (l == '"' || l == '\''):
			left, right = left[:len(left)-1], right[1:]
		default:
			return strings.TrimRight(strings.TrimSpace(left+" "+right), " \t:-–—")
		}
	}
}

// withoutEnd cuts off what closes an address without belonging to it: a bracket that was not
// opened, and the dot of a domain that is written to its root.
func withoutEnd(s string) string {
	domain := s[strings.LastIndexByte(s, '@')+1:]
	if strings.ContainsAny(domain, "[{") { // a literal
		return s
	}
	if rest := strings.TrimRight(domain, "]}."); rest != "" && len(domain) < len(s) {
		return s[:len(s)-len(domain)+len(rest)]
	}
	return s
}

// entities are what HTML has for what stands around an address.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&")

// withoutEntities repairs a list that a program has written as HTML.
func withoutEntities(s string) string {
	if strings.Contains(s, "&lt;") && !strings.Contains(s, "<") {
		return entities.Replace(s)
	}
	return s
}

// schemes are what programs write in front of an address: the kinds of address of a
// directory, and of links.
var schemes = [...]string{"mailto:", "smtp:", "email:", "e-mail:", "mail:", "internet:", "rfc822:"}

// withoutScheme cuts a scheme off the beginning of an address, and what follows a
// question mark in a link.
func withoutScheme(s string) string {
	for _, scheme := range schemes {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			s = strings.TrimLeft(s[len(scheme):], " \t/")
			if i := strings.IndexByte(s, '?'); i > strings.IndexByte(s, '@') && strings.Contains(s, "@") {
				s = s[:i]
			}
			return s
		}
	}
	return s
}

// withoutSchemeBehind cuts a scheme off the end of what stands in front of an address.
func withoutSchemeBehind(s string) string {
	s = strings.TrimRight(s, " \t")
	for _, scheme := range schemes {
		n := len(s) - len(scheme)
		if n >= 0 && strings.EqualFold(s[n:], scheme) && (n == 0 || !isASCIILetter(s[n-1])) {
			return s[:n]
		}
	}
	return s
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// encapsulated returns the address that Exchange has put into the local part of a different
// one, as in IMCEASMTP-jane+40example+2Ecom@gateway.example. Those of kinds other than
// SMTP, which are names of a directory, stay as they are.
func encapsulated(s string) (string, bool) {
	if len(s) < 6 || !strings.EqualFold(s[:5], "IMCEA") {
		return "", false
	}
	kind, local, ok := strings.Cut(s[5:max(strings.LastIndexByte(s, '@'), 5)], "-")
	switch strings.ToUpper(kind) {
	case "SMTP", "MAILTO", "INVALID", "RFC822":
	default:
		return "", false
	}
	if !ok || !strings.Contains(local, "+40") {
		return "", false
	}
	inner := make([]byte, 0, len(local))
	for i := 0; i < len(local); i++ {
		c := local[i]
		switch {
		case c == '_':
			c = '/'
		case c == '+' && i+2 < len(local):
			if b, ok := transfer.HexPair(local[i+1], local[i+2]); ok {
				c, i = b, i+2
			}
		}
		if c <= ' ' || c >= 0x7f {
			return "", false
		}
		inner = append(inner, c)
	}
	found := string(inner)
	at := strings.LastIndexByte(found, '@')
	return found, at > 0 && at < len(found)-1
}

// isLeftover reports whether what follows an address in angle brackets means nothing, or is
// the same address once more.
func isLeftover(s, address string) bool {
	if strings.Contains(address, "@") && strings.Contains(s, address) {
		return true
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r >= utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r)
	}) < 0
}

// localAddress returns the mailbox of a field that has nothing but a word without a
// domain, with the name in a comment: "nora (Nora Lindqvist)", as mail servers and
// programs write of their own users.
func (s *addressScanner) localAddress(a Address) Address {
	word := strings.TrimSpace(s.raw.String())
	if s.hasAngle || s.comment == "" || !isLocalUser(strings.Trim(word, `"`)) {
		return a
	}
	if name := displayName(s.comment); name != "" {
		return Address{Name: name, Address: addrSpec(word)}
	}
	return a
}

// isLocalUser reports whether a word may name a user of a server.
func isLocalUser(word string) bool {
	for i := range len(word) {
		if c := word[i]; !isNameByte(c) && c != '.' && c != '+' {
			return false
		}
	}
	return word != ""
}

// withAddress returns the entries of a list that have an address.
func withAddress(list []Address) []Address {
	kept := list[:0]
	for _, a := range list {
		if strings.Contains(a.Address, "@") {
			kept = append(kept, a)
		}
	}
	return kept
}

// hasAddress reports whether a list has an address, in any case.
func hasAddress(list []Address, address string) bool {
	return slices.ContainsFunc(list, func(a Address) bool { return equalFold(a.Address, address) })
}

// isAddressee reports whether an address is one that the message was sent or delivered to.
func isAddressee(m *Message, address string) bool {
	return hasAddress(m.To, address) ||
		slices.ContainsFunc(m.DeliveredTo, func(to string) bool { return equalFold(to, address) })
}

// isWrittenIn reports whether what follows the last opening bracket of a value, or all of
// a value without one, has the address as a word of its own. What has anything else around
// it than RFC 5322 allows, such as a different kind of bracket or a scheme, was repaired.
func isWrittenIn(value, address string) bool {
	tail := strings.LastIndexByte(value, '<') + 1
	i := strings.Index(value[tail:], address)
	if i < 0 {
		return false
	}
	before, behind := value[:tail+i], value[tail+i+len(address):]
	if before != "" && strings.IndexByte(" \t<\"',;:", before[len(before)-1]) < 0 ||
		behind != "" && strings.IndexByte(" \t>\"',;(<", behind[0]) < 0 {
		return false
	}
	before = strings.TrimRight(before, " \t")
	if before != "" && strings.IndexByte("([{", before[len(before)-1]) >= 0 || withoutSchemeBehind(before) != before {
		return false
	}
	return !strings.HasPrefix(strings.TrimLeft(behind, " \t"), ">") || strings.HasSuffix(before, "<")
}
