package email

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"
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
// of RFC 8601, in lower case; "" when it says nothing, when its verdict is about
// another domain than that of From, or when authservID is "". Only the topmost
// Authentication-Results count, and of several verdicts the worst.
func (m *Message) DMARC(authservID string) string {
	if authservID == "" {
		return ""
	}
	_, domain, _ := strings.Cut(m.From.Address, "@")
	verdict := ""
	for _, value := range m.authResults {
		id, results, err := authres.Parse(value)
		id, _, _ = strings.Cut(strings.TrimSpace(id), " ") // the version may follow
		if err != nil || !strings.EqualFold(id, authservID) {
			continue
		}
		for _, result := range results {
			r, ok := result.(*authres.DMARCResult)
			if !ok {
				continue
			}
			v := strings.ToLower(string(r.Value))
			if v == "pass" && r.From != "" && !strings.EqualFold(r.From, domain) {
				v = "none"
			}
			if verdict == "" || verdict == "pass" || v == "fail" {
				verdict = v
			}
		}
	}
	return verdict
}
