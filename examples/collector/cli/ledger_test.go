package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The ledger names the senders as replay takes them, and mail of the company's own
// domain is ignored.
func TestLedger_NamesSendersForReplay(t *testing.T) {
	const (
		form = "From: form@forms.example\r\nReply-To: Kai <Kai@Example.org>\r\nSubject: form\r\n\r\nHello\r\n"
		list = "List-ID: <support.shop.example>\r\nX-Original-From: Ada <ada@example.org>\r\n" +
			"From: \"'Ada' via Support\" <support@shop.example>\r\nReply-To: support@shop.example\r\n" +
			"Subject: group\r\n\r\nHello\r\n"
		staff = "From: Maria <maria@mail.shop.example>\r\nSubject: sent\r\n\r\nHello\r\n"
	)
	s := newSite(t, serve(t, form, list, staff), strings.Replace(shop, "create_customer: true",
		"create_customer: false\n    reply_to: true", 1)+"own_domains: [Shop.example]\n")
	s.ok("run", "-once")
	ledger := lines(t, s.ok("ledger", "-account", "shop"))
	assert.Equal(t, []any{"unmatched", "unmatched", "ignored"}, column(ledger, "outcome"))
	assert.Equal(t, []any{"kai@example.org", "ada@example.org", "maria@mail.shop.example"}, column(ledger, "from"))
	for _, row := range ledger[:2] {
		replayed := lines(t, s.ok("replay", "-account", "shop", "-from", row["from"].(string)))[0]
		assert.Equal(t, map[string]any{"uploaded": 1.0}, replayed["outcomes"])
	}
	assert.Equal(t, []any{"kai@example.org", "ada@example.org"}, column(lines(t, s.ok("emails")), "from"))
}
