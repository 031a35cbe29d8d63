package cli

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// notes say of accounts why mail was not uploaded, and what to do about it.
type notes struct {
	settings func() *config.Settings // as they are now
	left     map[string]int          // the result of leftUnmatched
}

// of returns the note on an account, given what its passes did; "" is none.
func (n notes) of(id string, r inbound.Report) string {
	a, err := n.settings().Account(id)
	if err != nil {
		return ""
	}
	parts := []string{n.unmatched(a, r), ignoredText(a, r, time.Now())}
	return strings.Join(slices.DeleteFunc(parts, func(text string) bool { return text == "" }), "; ")
}

// unmatched says what to do about mail that is left unmatched, or was, because the
// account creates no customers.
func (n notes) unmatched(a inbound.Account, r inbound.Report) string {
	command := fmt.Sprintf("\"collector replay -config %s -account %s\"", n.settings().File, a.ID)
	switch left := int64(n.left[a.ID]); {
	case !a.CreateCustomer && r.Outcomes[inbound.Unmatched] > 0:
		return "mail of unknown senders is not uploaded: set create_customer: true, then " + command +
			" decides on it again"
	case left > 0:
		return countText(left, "message") + " left unmatched before create_customer was true: " + command +
			" decides on it again"
	}
	return ""
}

// log logs the mail that was left unmatched by earlier runs.
func (n notes) log(logger *slog.Logger) {
	for _, a := range n.settings().Accounts {
		if left := n.left[a.ID]; left > 0 {
			logger.Warn("mail was left unmatched", "account", a.ID, "messages", left,
				"hint", n.unmatched(a, inbound.Report{}))
		}
	}
}

// ignoredText says why mail was ignored where the account's start leaves out what was
// there.
func ignoredText(a inbound.Account, r inbound.Report, now time.Time) string {
	switch {
	case r.Outcomes[inbound.Ignored] == 0:
	case a.Start.Since.After(now):
		return "arrived before the start (start: " + dateText(a.Start.Since) + ")"
	case a.Start.Now:
		return "arrived before the first run, are the company's own, or are marked as deleted or drafts (start: now)"
	}
	return ""
}
