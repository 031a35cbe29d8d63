package inbound_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// letterTo returns a message with these fields and this text.
func letterTo(to, cc, text string) []byte {
	return []byte("From: Iris <iris@example.com>\r\nTo: " + to + "\r\nCc: " + cc + "\r\nSubject: order\r\n" +
		"Message-ID: <letter@example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text)
}

// What a list of emails shows is kept with each, bounded.
func TestUpload_KeepsAddresseesAndSnippet(t *testing.T) {
	h := newHost(t)
	var many []string
	for i := range 60 {
		many = append(many, fmt.Sprintf("Name %d <n%d@example.org>", i, i))
	}
	tooLong := "<" + strings.Repeat("a", 321) + "@example.org>"
	to := "Shop <shop@shop.example>, \"" + strings.Repeat("ю", 101) + "\" <b@example.org>, " + tooLong +
		", Undisclosed recipients"
	h.box.Deliver(letterTo(to, strings.Join(many, ", "), "Where\r\nis it?\r\n\r\n"+
		"On 5 May 2025 Shop <shop@shop.example> wrote:\r\n> Sent.\r\n"))
	h.pass()
	require.Len(t, h.emails(), 1)
	e := h.emails()[0]
	assert.Equal(t, []email.Address{{Name: "Shop", Address: "shop@shop.example"},
		{Name: strings.Repeat("ю", 99) + "…", Address: "b@example.org"}}, e.To)
	require.Len(t, e.Cc, 50)
	assert.Equal(t, email.Address{Name: "Name 49", Address: "n49@example.org"}, e.Cc[49])
	assert.Equal(t, "Where is it?", e.Snippet)
	for _, row := range h.rows() {
		assert.NotContains(t, fmt.Sprintf("%+v", row), "Where", "the ledger has nothing of the text")
	}
}

func TestExplain_SaysWhoseMessageIsForwarded(t *testing.T) {
	h := newHost(t)
	h.config.OwnAddresses = []string{"maria@shop.example"}
	e := h.explain([]byte("From: maria@shop.example\r\nSubject: Fwd: order\r\n\r\n" +
		"---------- Forwarded message ---------\r\nFrom: Iris <iris@example.com>\r\nDate: 5 May\r\n\r\nWhere is it?\r\n"))
	assert.Equal(t, inbound.Ignored, e.Outcome)
	assert.Equal(t, "maria@shop.example", e.From, "nothing is bound by it")
	require.Len(t, e.Reasons, 2)
	assert.Contains(t, e.Reasons[0], "forwards a message of iris@example.com")
	assert.Contains(t, e.Reasons[1], "the company's own address")
}

// A message without From is its Sender's, which no DMARC verdict is about.
func TestSender_WithoutFrom(t *testing.T) {
	h := newHost(t)
	h.account.AuthservID = "mx.shop.example"
	const results = "Authentication-Results: mx.shop.example; dmarc=pass header.from=example.com\r\n"
	raw := []byte(results + "Sender: Iris <iris@example.com>\r\nSubject: order\r\n" +
		"Message-ID: <a@example.com>\r\n\r\nHello\r\n")
	explained := h.explain(raw)
	assert.Equal(t, inbound.Uploaded, explained.Outcome)
	assert.False(t, explained.Verified)
	assert.Contains(t, explained.Warnings, "there is no From: Sender counts as the sender")
	h.box.Deliver(raw)
	h.pass()
	require.Len(t, h.emails(), 1)
	assert.Equal(t, "iris@example.com", h.emails()[0].From)
	assert.Equal(t, "Iris", h.emails()[0].FromName)
	assert.False(t, h.emails()[0].Verified)

	own := h.explain([]byte("Sender: shop@shop.example\r\n\r\nHello\r\n"))
	assert.Equal(t, inbound.Ignored, own.Outcome)
	broken := h.explain([]byte("Sender: <iris\u200b@example.com>\r\n\r\nHello\r\n"))
	assert.Equal(t, inbound.Quarantined, broken.Outcome, "characters that nobody sees")
	local := h.explain([]byte("From: iris (Iris)\r\nSender: robot@relay.example\r\n\r\nHello\r\n"))
	assert.Equal(t, inbound.Quarantined, local.Outcome, "From says who wrote, though not from where")
}
