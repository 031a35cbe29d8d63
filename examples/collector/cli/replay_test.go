package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// strangers are messages of n senders, each of whom has sent two.
func strangers(n int) []string {
	var messages []string
	for i := range 2 * n {
		messages = append(messages, fmt.Sprintf("From: p%d@example.org\r\nTo: shop@shop.example\r\n"+
			"Message-ID: <p%d@example.org>\r\nSubject: %d\r\n\r\nHello\r\n", i%n, i, i))
	}
	return messages
}

func TestReplay_AllThatWasLeftWithoutCreation(t *testing.T) {
	noReply := strings.NewReplacer("bert@", "no-reply@", "<2@", "<5@").Replace(stranger)
	box := serve(t, append(strangers(5), known, own, noReply)...)
	s := newSite(t, box, noCreation)
	s.ok("run", "-once")
	assert.Equal(t, `{"account":"shop","outcomes":{},"customers_created":0}`+"\n", s.ok("replay", "-account", "shop"),
		"nobody has become a customer")

	s.write(box, shop)
	box.deliver(t, newsletter)
	s.ok("run", "-once")
	assert.Equal(t, `{"account":"shop","outcomes":{"uploaded":10},"customers_created":5}`+"\n",
		s.ok("replay", "-account", "shop"))
	left := lines(t, s.ok("ledger", "-account", "shop", "-outcome", "unmatched"))
	assert.Equal(t, []any{"no-reply@example.org", "news@example.net"}, column(left, "from"))
	assert.Len(t, lines(t, s.ok("notifications")), 1+2*5+5, "Anna's, and each customer with two emails")
	assert.Equal(t, `{"account":"shop","outcomes":{},"customers_created":0}`+"\n", s.ok("replay", "-account", "shop"))
}

// Without creation, mail of those is uploaded who were added to the customers since.
func TestReplay_AllOfNewCustomers(t *testing.T) {
	box := serve(t, stranger, newsletter)
	s := newSite(t, box, noCreation)
	s.ok("run", "-once")
	s.write(box, strings.Replace(noCreation, "customers:\n",
		"customers:\n  - {email: news@example.net, shop: main, manager: m2}\n", 1))
	s.ok("run", "-once")
	assert.Equal(t, `{"account":"shop","outcomes":{"uploaded":1},"customers_created":0}`+"\n",
		s.ok("replay", "-account", "shop"))
	left := lines(t, s.ok("ledger", "-account", "shop", "-outcome", "unmatched"))
	assert.Equal(t, []any{"bert@example.org"}, column(left, "from"))
}

func TestReplay_AllSaysWhyItFails(t *testing.T) {
	box := serve(t, stranger)
	s := newSite(t, box, noCreation)
	s.ok("run", "-once")
	s.write(box, shop)
	s.password = "changed"
	r := s.do("replay", "-config", s.config, "-account", "shop")
	assert.Equal(t, exitFailure, r.code)
	assert.Empty(t, r.stdout, "nothing")
	assert.Regexp(t, `^account shop: sync: log in: .+; check the username`, r.stderr)
}

// Each sender comes once, although only a page of them is in memory.
func TestUnmatchedSenders_EachOnce(t *testing.T) {
	const n = sendersPage + 7
	s := newSite(t, &mailbox{port: 1}, shop)
	c, err := config.Read(s.config, s.env)
	require.NoError(t, err)
	opened, err := openInMemory(t.Context(), c)
	require.NoError(t, err)
	defer opened.close()
	a := c.Accounts[0]
	for half := range 2 {
		var entries []inbound.LedgerEntry
		for i := range n {
			entries = append(entries, inbound.LedgerEntry{
				SourceID: inbound.SourceID{Folder: "INBOX", Generation: "1", Key: fmt.Sprint(half*n + i + 1)},
				Outcome:  inbound.Unmatched, Reason: "the account does not create customers",
				From: fmt.Sprintf("p%d@example.org", n-i)})
		}
		require.NoError(t, opened.store.Record(t.Context(), a.ID, entries))
	}
	seen := make(map[string]bool)
	for after := ""; ; {
		page, err := opened.unmatchedSenders(t.Context(), a, after)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		require.LessOrEqual(t, len(page), sendersPage)
		for _, one := range page {
			assert.True(t, one.replays)
			assert.False(t, seen[one.address])
			seen[one.address], after = true, one.address
		}
	}
	assert.Len(t, seen, n)
}

func TestSenderOf(t *testing.T) {
	e := inbound.LedgerEntry{From: "Form@Shop.example", ReplyTo: "anna@example.com"}
	assert.Equal(t, "form@shop.example", senderOf(inbound.Account{}, e))
	assert.Equal(t, "anna@example.com", senderOf(inbound.Account{ReplyTo: true}, e))
	e.ReplyTo = ""
	assert.Equal(t, "form@shop.example", senderOf(inbound.Account{ReplyTo: true}, e))
	assert.Empty(t, senderOf(inbound.Account{}, inbound.LedgerEntry{From: "nobody"}))
}
