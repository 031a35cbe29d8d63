package email

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"
	"golang.org/x/net/idna"
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
// A "pass" is returned as "none" if it is about a domain other than that of From, or
// if From has several addresses: the others may be forged. Only the topmost block of
// Authentication-Results fields counts, since the sender can write those further down.
// If there are several verdicts, one "fail" is enough for "fail", and all have to be
// "pass" for "pass".
func (m *Message) DMARC(authservID string) string {
	if authservID == "" {
		return ""
	}
	domain := domainOf(m.From.Address)
	verdict := ""
	for _, value := range m.authResults {
		id, results, _ := strings.Cut(bareResults(value), ";")
		id, _, _ = strings.Cut(strings.TrimSpace(id), " ") // the version may follow
		if !strings.EqualFold(id, authservID) {
			continue
		}
		// One by one, so that one that is not valid does not hide the others.
		for result := range strings.SplitSeq(results, ";") {
			_, parsed, err := authres.Parse(";" + result)
			if err != nil || len(parsed) == 0 {
				continue
			}
			r, ok := parsed[0].(*authres.DMARCResult)
			if !ok {
				continue
			}
			v := clean(string(r.Value))
			if v == "pass" && (m.severalAuthors || domain == "" || domainOf(r.From) != domain) {
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
	domain := strings.ToLower(strings.TrimSuffix(address[strings.LastIndexByte(address, '@')+1:], "."))
	if len(domain) > longestDomain {
		return domain
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}

// bareResults removes comments, and what separates results within quoted strings,
// from Authentication-Results: senders choose what is in them, such as "; dmarc=pass"
// in the local part of an address.
func bareResults(value string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
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
