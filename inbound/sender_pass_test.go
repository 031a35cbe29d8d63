package inbound_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// groupMail is mail of an author to the shop's group, which puts its own address into
// From.
func groupMail(author, subject, replyTo string) []byte {
	return mail(`"'Somebody' via Support" <support@shop.example>`, subject,
		"List-ID: <support.shop.example>", "X-Original-Sender: "+author, "Reply-To: "+replyTo,
		"Authentication-Results: mx.shop.example; dmarc=pass header.from=shop.example")
}

// Explain, the ledger, Replay, the email and its notification have the same sender.
func TestSender_SameEverywhere(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.manager("kim", assign.Free)
		h.config.OwnAddresses = []string{"support@shop.example"}
		h.account.CreateCustomer, h.account.ReplyTo, h.account.AuthservID = false, true, "mx.shop.example"
		raw := map[string][]byte{
			"iris@example.com":        groupMail("Iris@Example.com", "to the group", "support@shop.example"),
			`"noor of x"@example.com`: groupMail(`"Noor of X"@example.com`, "quoted", "Support+eu@shop.example"),
			"kai@example.com":         groupMail("iris@example.com", "to the author", "Kai@example.com"),
			"ada@example.com":         mail(`"ada"@example.com`, "direct", "Reply-To: support@shop.example"),
		}
		for _, text := range raw {
			h.box.Deliver(text)
		}
		require.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: len(raw)}, h.pass().Outcomes)
		var recorded, replayable []string
		for _, row := range h.rows() {
			address, err := h.syncer().SenderOf("shop", row)
			require.NoError(t, err)
			recorded = append(recorded, address)
		}
		for address := range raw {
			replayable = append(replayable, address)
		}
		assert.ElementsMatch(t, replayable, recorded)
		uploaded := 0
		for address, text := range raw {
			explained := h.explain(text)
			assert.Equal(t, address, explained.From)
			assert.False(t, explained.Verified)
			report, err := h.syncer().Replay(t.Context(), "shop", address)
			require.NoError(t, err)
			require.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes, address)
			uploaded++
			emails := h.emails()
			require.Len(t, emails, uploaded)
			last := emails[uploaded-1]
			assert.Equal(t, address, last.From)
			assert.False(t, last.Verified)
			found, err := h.customers.FindByEmail(t.Context(), h.account.Shop, address)
			require.NoError(t, err)
			require.Len(t, found, 1)
			assert.Equal(t, found[0].ID, last.CustomerID)
		}
		assert.Len(t, h.customers.All(), len(raw))
	})
}

// The company's own mail is ignored in each spelling, and no customer is created.
func TestSender_OwnMailIsIgnored(t *testing.T) {
	h := newHost(t)
	h.config.OwnAddresses = []string{"support@shop.example", "our.shop@gmail.com"}
	h.config.OwnDomains = []string{"brand.example"}
	h.account.CreateFor = []inbound.Class{"personal", "list"}
	for i, from := range []string{"Shop <SUPPORT@Shop.example>", "support+orders@shop.example", "ourshop+x@googlemail.com",
		`"o.u.r.shop"@gmail.com`, "Maria <maria@brand.example>", "robot@mail.BRAND.example", `"support"@shop.example`} {
		raw := mail(from, "own", "Reply-To: support@shop.example", "X-Number: "+string(rune('a'+i)))
		h.box.Deliver(raw)
		assert.Equal(t, inbound.Ignored, h.explain(raw).Outcome, from)
	}
	h.box.Deliver(groupMail("maria@brand.example", "an employee's", "support@shop.example"))
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 8}, report.Outcomes)
	assert.Empty(t, h.customers.All())

	customers := []string{"support+orders@example.com", "ourshop@gmail.example", "a.nna@gmail.com", "anna+tag@gmail.com"}
	for _, from := range customers {
		h.box.Deliver(mail(from, "customer "+from))
	}
	h.pass()
	var created []string
	for _, c := range h.customers.All() {
		created = append(created, c.Email)
	}
	assert.ElementsMatch(t, customers, created, "addresses of customers are not changed")
}

// A quoted local part is an address, and has one spelling.
func TestSender_QuotedAddress(t *testing.T) {
	h := newHost(t)
	for from, want := range map[string]string{
		`"jane roe"@example.com`:               `"jane roe"@example.com`,
		`Jane <"Jane \"JR\" Roe"@Example.com>`: `"jane \"jr\" roe"@example.com`,
		`"jane..roe."@example.com`:             "jane..roe.@example.com",
		`Jane <"j\ane"@example.com>`:           "jane@example.com",
	} {
		e := h.explain(mail(from, "quoted"))
		assert.Equal(t, inbound.Uploaded, e.Outcome, from)
		assert.Equal(t, want, e.From)
	}
}
