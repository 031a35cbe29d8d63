package email

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"

	"github.com/postroom/postroom/internal/confusable"
)

// maxAuthResults is more Authentication-Results than a provider writes in a row.
const maxAuthResults = 20

// topmostResults returns the values of the topmost run of Authentication-Results:
// those further down may be the sender's own (RFC 8601, section 7.1). Fields that
// providers write among them do not end the run.
func topmostResults(h *header) []string {
	var list []string
	for i := range h.fields {
		switch {
		case h.is(i, "Authentication-Results"):
			if len(list) < maxAuthResults {
				list = append(list, h.value(i))
			}
		case len(list) > 0 && !h.is(i, "Received-SPF") && !h.hasPrefix(i, "ARC-") && !h.hasPrefix(i, "X-"):
			return list
		}
	}
	return list
}

// DMARC returns what the provider with that authserv-id (RFC 8601, section 2.5)
// found out about the author's domain: "pass", "fail", "none" or another result
// of RFC 8601, in lower case; "" when it says nothing or authservID is "".
//
// A "pass" is returned as "none" if it is about a domain other than that of From; if
// From has several addresses: the others may be forged; and if the address had to be
// repaired or decoded: the provider may have read a different one. Only the topmost block
// of Authentication-Results fields counts, since the sender can write those further down.
// If there are several verdicts, one "fail" is enough for "fail", and all have to be
// "pass" for "pass".
func (m *Message) DMARC(authservID string) string {
	if authservID == "" {
		return ""
	}
	domain := domainOf(m.From.Address)
	verdict := ""
	for _, value := range m.authResults {
		id, results := cutAuthservID(value)
		if !equalFold(id, authservID) {
			continue
		}
		// One by one, so that one that is not valid does not hide the others.
		for result := range strings.SplitSeq(bareResults(results), ";") {
			_, parsed, err := authres.Parse(";" + result)
			if err != nil || len(parsed) == 0 {
				continue
			}
			r, ok := parsed[0].(*authres.DMARCResult)
			if !ok {
				continue
			}
			v := clean(string(r.Value))
			if v == "pass" && (m.severalAuthors || m.repairedFrom || domain == "" || domainOf(r.From) != domain ||
				v != string(r.Value) || strings.Count(strings.ToLower(result), "header.from=") > 1) {
				v = "none"
			}
			if verdict == "" || verdict == "pass" || v == "fail" {
				verdict = v
			}
		}
	}
	return verdict
}

// longestDomain is longer than any domain in UTF-8: in ASCII, none has more than 253
// bytes (RFC 1035, section 2.3.4). Punycode takes time quadratic in the length.
const longestDomain = 1 << 10

// domainOf returns the domain of an address, or of a domain, in a form that can be
// compared.
func domainOf(address string) string {
	domain := strings.TrimSuffix(address[strings.LastIndexByte(address, '@')+1:], ".")
	if len(domain) > longestDomain {
		return lowerASCII(domain)
	}
	if ascii, ok := confusable.ASCIIDomain(domain); ok {
		return ascii
	}
	return lowerASCII(domain)
}

// cutAuthservID splits a value of Authentication-Results behind the authserv-id, a word
// or a quoted string that a version may follow. An ID with anything else, such as a quote
// within a word, is "": a provider that removes forged fields with its own ID may not
// know it as such.
func cutAuthservID(value string) (id, results string) {
	rest := skipComments(value)
	switch end := strings.IndexAny(rest, " \t;(\""); {
	case strings.HasPrefix(rest, `"`):
		if end = strings.IndexByte(rest[1:], '"'); end < 0 {
			return "", ""
		}
		id, rest = rest[1:1+end], rest[2+end:]
	case end < 0:
		return rest, ""
	default:
		id, rest = rest[:end], rest[end:]
	}
	rest = skipComments(strings.TrimPrefix(skipComments(rest), "1"))
	results, ok := strings.CutPrefix(rest, ";")
	if !ok && rest != "" || strings.ContainsAny(id, `\`) {
		return "", ""
	}
	return id, results
}

// skipComments returns s without the spaces and comments that it begins with.
func skipComments(s string) string {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && depth > 0:
			i++
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0 && c != ' ' && c != '\t':
			return s[i:]
		}
	}
	return ""
}

// equalFold reports whether two texts are the same but for the case of ASCII letters:
// strings.EqualFold takes the Kelvin sign for a "k".
func equalFold(a, b string) bool { return len(a) == len(b) && lowerASCII(a) == lowerASCII(b) }

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		return r
	}, s)
}

// bareResults removes comments, and what separates results within quoted strings,
// from Authentication-Results: senders choose what is in them, such as "; dmarc=pass"
// in the local part of an address.
func bareResults(value string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && depth > 0:
			i++
		case c == '\\' && quoted:
			if i++; i < len(value) && strings.IndexByte("; \t()", value[i]) < 0 {
				b.WriteByte(value[i])
			}
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
			if strings.IndexByte("; \t()", c) < 0 {
				b.WriteByte(c)
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
