package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
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
	assert.Equal(t, `{"account":"shop","outcomes":{"unmatched":11},"customers_created":0}`+"\n",
		s.ok("replay", "-account", "shop"), "nobody has become a customer")

	s.write(box, shop)
	box.deliver(t, newsletter)
	s.ok("run", "-once")
	assert.Equal(t, `{"account":"shop","outcomes":{"unmatched":2,"uploaded":10},"customers_created":5}`+"\n",
		s.ok("replay", "-account", "shop"))
	left := lines(t, s.ok("ledger", "-account", "shop", "-outcome", "unmatched"))
	assert.Equal(t, []any{"no-reply@example.org", "news@example.net"}, column(left, "from"))
	assert.Len(t, lines(t, s.ok("notifications")), 1+2*5+5, "Anna's, and each customer with two emails")
	assert.Equal(t, `{"account":"shop","outcomes":{"unmatched":2},"customers_created":0}`+"\n",
		s.ok("replay", "-account", "shop"))
}

// Without creation, mail of those is uploaded who were added to the customers since.
func TestReplay_AllOfNewCustomers(t *testing.T) {
	box := serve(t, stranger, newsletter)
	s := newSite(t, box, noCreation)
	s.ok("run", "-once")
	s.write(box, strings.Replace(noCreation, "customers:\n",
		"customers:\n  - {email: news@example.net, shop: main, manager: m2}\n", 1))
	s.ok("run", "-once")
	assert.Equal(t, `{"account":"shop","outcomes":{"unmatched":1,"uploaded":1},"customers_created":0}`+"\n",
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
	assert.Regexp(t, `^account shop: log in: .+; check the username`, r.stderr)
}
