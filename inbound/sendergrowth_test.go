package inbound

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/internal/growth"
)

// TestSender_Growth searches for addresses that take time that is not linear in their
// size, up to the sender of a message. Package growth says how to see the whole table.
func TestSender_Growth(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	const list = "List-Id: <support.shop.example>\r\nFrom: Anna via Support <support@shop.example>\r\n"
	var cases []growth.Case
	for _, field := range []string{"From: ", list + "Reply-To: ", list + "Cc: ", list + "X-Original-From: "} {
		for _, unit := range []string{"a%d@b.example, ", "a@b.", "a.b@c.", "a+", "\"a\".", "\"\\", ".", "a",
			"@", "ö", "ö.", "xn--a.",
			"Anna via ", "'", "support@shop.example, ", "shop+%d@shop.example, ", "Anna <a%d@b.example>, ", "[",
			"a@[1.", "-", "_."} {
			for _, before := range []string{"", "a@"} {
				cases = append(cases, growth.Case{Name: field + before + unit, Before: field + before, Unit: unit,
					After: "\r\n\r\nx"})
			}
		}
	}
	r := senders{account: Account{ReplyTo: true}, company: newCompany(Config{
		Accounts: []Account{{Username: "shop@shop.example"}}, OwnDomains: []string{"shop.example"},
	})}
	limits := email.Limits{HeaderBytes: 4 << 20, ValueBytes: 4 << 20}
	growth.Check(t, cases, func(raw string) {
		m, err := email.Parse(strings.NewReader(raw), limits)
		if err != nil {
			t.Fatal(err)
		}
		s := r.sender(m)
		_ = r.company.owner(s.address)
	})
}
