package inbound

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound/email"
)

// readHeader reads a message with these lines of a header.
func readHeader(t *testing.T, lines ...string) *email.Message {
	t.Helper()
	m, err := email.Parse(strings.NewReader(strings.Join(lines, "\r\n")+"\r\n\r\nHello.\r\n"), email.Limits{})
	require.NoError(t, err)
	return m
}

// listHeader is what Google Groups adds to a message to a group.
const listHeader = "Mailing-list: list support@shop.example; contact support+owners@shop.example\r\n" +
	"List-ID: <support.shop.example>\r\nList-Post: <https://groups.google.com/a/shop.example/group/support/post>," +
	" <mailto:support@shop.example>"

func TestSender(t *testing.T) {
	const (
		via          = `From: "'Anna Roe' via Support" <support@shop.example>`
		original     = "X-Original-From: Anna <anna@buyer.example>"
		originalOnly = "X-Original-Sender: anna@buyer.example"
		toGroup      = "Reply-To: support@shop.example"
		toAnna       = "Reply-To: Anna <anna@buyer.example>"
		mailman      = "List-Id: <support.shop.example>\r\nFrom: Anna via Support <support@shop.example>"
	)
	anna := "Anna <anna@buyer.example>"
	for name, tc := range map[string]struct {
		lines    []string
		want     string // by From
		wantBack string // where the account goes by Reply-To; "": the same
	}{
		"From":     {[]string{"From: Iris <Iris@Example.com>"}, "Iris <iris@example.com>", ""},
		"Reply-To": {[]string{"From: Form <form@x.example>", toAnna}, "Form <form@x.example>", anna},
		"Reply-To without a name": {[]string{"From: Form <form@x.example>", "Reply-To: a@b.example"},
			"Form <form@x.example>", "Form <a@b.example>"},
		"own form":        {[]string{"From: form@shop.example", toAnna}, "form@shop.example", anna},
		"Reply-To is own": {[]string{"From: " + anna, "Reply-To: Shop+x@shop.example"}, anna, ""},
		"Reply-To has own first": {[]string{"From: f@x.example", "Reply-To: shop@shop.example, " + anna},
			"f@x.example", anna},
		"Reply-To has nothing":      {[]string{"From: " + anna, "Reply-To: nobody"}, anna, ""},
		"unreadable From":           {[]string{"From: nobody"}, "nobody", ""},
		"unreadable From, trusted":  {[]string{"From: nobody", original}, "nobody", ""},
		"unreadable From, Reply-To": {[]string{"From: nobody", toAnna}, "nobody", anna},

		"group":                        {[]string{listHeader, original, originalOnly, via}, anna, ""},
		"group, answers to itself":     {[]string{listHeader, original, originalOnly, via, toGroup}, anna, ""},
		"group, answers to the author": {[]string{listHeader, original, originalOnly, via, toAnna}, anna, ""},
		"group, answers elsewhere": {[]string{listHeader, original, via, "Reply-To: z@z.example"},
			anna, "Anna <z@z.example>"},
		"group with the sender only": {[]string{listHeader, originalOnly, via, toGroup},
			"Anna Roe <anna@buyer.example>", ""},
		"group without list fields": {[]string{originalOnly, via, toGroup},
			"Anna Roe <anna@buyer.example>", ""},
		"group in a domain of an own": {[]string{"List-Id: <help.shop.example>", original,
			"From: X via H <help@shop.example>", "Reply-To: help@shop.example"}, anna, ""},
		"group below a domain of an own": {[]string{"List-Post: <mailto:help@lists.shop.example>", original,
			"From: X via H <help@lists.shop.example>"}, anna, ""},
		"group of an own domain": {[]string{original, "From: X via H <help@brand.example>"}, anna, ""},
		"group by plus address":  {[]string{original, "From: X via H <support+eu@shop.example>"}, anna, ""},
		"group, employee": {[]string{listHeader, "X-Original-From: Bob <bob@brand.example>", via},
			"Bob <bob@brand.example>", ""},
		"group, quoted author": {[]string{listHeader, `X-Original-From: "anna roe"@buyer.example`, via},
			`Anna Roe <"anna roe"@buyer.example>`, ""},
		"group did not rewrite": {[]string{listHeader, originalOnly, "From: " + anna}, anna, ""},

		"Mailman, answers to the author": {[]string{mailman, toAnna}, anna, ""},
		"Mailman, answers to both":       {[]string{mailman, toGroup + ", " + anna}, anna, ""},
		"Mailman, answers where the author wants": {[]string{mailman, "Reply-To: z@z.example, " + anna},
			anna, "Anna <z@z.example>"},
		"Mailman, answers to the list": {[]string{mailman, toGroup, "Cc: Bob <bob@x.example>, " + anna},
			anna, ""},
		"Mailman, two of the name": {[]string{mailman, toGroup, "Cc: Anna <a@x.example>, " + anna},
			"Anna via Support <support@shop.example>", ""},

		"own message": {[]string{"From: Shop <shop@shop.example>", "To: " + anna},
			"Shop <shop@shop.example>", ""},
		"own message through the group": {[]string{listHeader, "X-Original-Sender: support@shop.example",
			"From: Support <support@shop.example>"}, "Support <support@shop.example>", ""},
		"own message with own Reply-To": {[]string{"From: Shop <shop@shop.example>", toGroup},
			"Shop <shop@shop.example>", ""},
		"outsider": {[]string{original, "From: Eve <eve@evil.example>"}, "Eve <eve@evil.example>", ""},
		"outsider as a list": {[]string{"List-Id: <list.evil.example>", original, "From: A via L <list@evil.example>"},
			"A via L <list@evil.example>", ""},
		"outsider as the company's list": {[]string{listHeader, original, "From: A via Support <eve@evil.example>"},
			"A via Support <eve@evil.example>", ""},
		"outsider at a look-alike": {[]string{"List-Id: <help.myshop.example>", original, "From: help@myshop.example"},
			"help@myshop.example", ""},
		"outsider named like the company": {[]string{original, `From: "support@shop.example" <eve@evil.example>`},
			"support@shop.example <eve@evil.example>", ""},
		"outsider at the same provider": {[]string{"List-Id: <eve.gmail.com>", original, "From: eve@gmail.com"},
			"eve@gmail.com", ""},
		"colleague who is not listed": {[]string{original, "From: bob@shop.example"}, "bob@shop.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &rules{senders: senders{company: newCompany(Config{
				Accounts:     []Account{{Username: "shop@shop.example"}},
				OwnAddresses: []string{"support@shop.example", "our.shop@gmail.com"}, OwnDomains: []string{"brand.example"}})},
			}
			m := readHeader(t, tc.lines...)
			for _, byReplyTo := range []bool{false, true} {
				r.account.ReplyTo = byReplyTo
				want := tc.want
				if byReplyTo && tc.wantBack != "" {
					want = tc.wantBack
				}
				wantName, wantAddress := "", want
				if i := strings.Index(want, " <"); i >= 0 {
					wantName, wantAddress = want[:i], strings.Trim(want[i+1:], "<>")
				}
				s := r.sender(m)
				if wantAddress == "nobody" {
					assert.Empty(t, s.address)
				} else {
					assert.Equal(t, wantAddress, s.address, "by Reply-To: %v", byReplyTo)
					assert.Equal(t, wantName, s.name, "by Reply-To: %v", byReplyTo)
				}
				row := r.entry(&item{message: m}, decision{})
				assert.Equal(t, s.address, r.senderOf(row.From, row.ReplyTo), "what the record tells")
			}
		})
	}
}

// A record whose sender cannot be read shows what was read.
func TestSenderOf_Unreadable(t *testing.T) {
	s := new(Syncer)
	list := []Account{{ID: "shop", ReplyTo: true}}
	s.settings.Store(newSettings(list, list, nil, nil, nil))
	for _, tc := range []struct{ from, replyTo, want string }{
		{"nobody", "", "nobody"}, {"", "", ""}, {"Anna@Buyer.example", "", "anna@buyer.example"},
		{"nobody", "anna@buyer.example", "anna@buyer.example"},
	} {
		got, err := s.SenderOf("shop", LedgerEntry{From: tc.from, ReplyTo: tc.replyTo})
		require.NoError(t, err)
		assert.Equal(t, tc.want, got)
	}
	_, err := s.SenderOf("other", LedgerEntry{})
	assert.ErrorIs(t, err, ErrNotFound)
}

// What a list elsewhere says about the sender is not believed, and the reason says what
// to do if it is the company's own.
func TestSender_NotesLists(t *testing.T) {
	r := &rules{senders: senders{company: newCompany(Config{OwnAddresses: []string{"shop@shop.example"}})}}
	for from, want := range map[string]string{
		"list@googlegroups.com": "the list list@googlegroups.com names anna@buyer.example as the sender, which counts only" +
			" if the list's address is one of the company's own",
		"list@shop.example": "the list list@shop.example names anna@buyer.example as the sender," +
			" in X-Original-From or X-Original-Sender",
		"anna@buyer.example": "",
	} {
		m := readHeader(t, "From: "+from, "List-Post: <mailto:"+from+">", "X-Original-Sender: anna@buyer.example")
		assert.Equal(t, want, r.sender(m).note)
		d := r.decide(r.facts(&item{message: m}, r.sender(m)))
		assert.Equal(t, want != "", d.Reasons[0] == want, d.Reasons)
	}
}

// DMARC proves the domain of From, so it verifies no sender of another field.
func TestRules_VerifiesTheSenderOnly(t *testing.T) {
	r := &rules{senders: senders{company: newCompany(Config{OwnAddresses: []string{"support@shop.example"}}),
		account: Account{AuthservID: "mx", ReplyTo: true}}}
	const passed = "Authentication-Results: mx; dmarc=pass header.from="
	for name, tc := range map[string]struct {
		lines []string
		want  bool
	}{
		"From": {[]string{passed + "buyer.example", "From: Anna@buyer.example"}, true},
		"the same address": {[]string{passed + "buyer.example", "From: anna@buyer.example",
			"Reply-To: Anna@buyer.example"}, true},
		"Reply-To": {[]string{passed + "buyer.example", "From: eve@buyer.example",
			"Reply-To: anna@buyer.example"}, false},
		"a list": {[]string{passed + "shop.example", "From: support@shop.example",
			"X-Original-From: anna@shop.example"}, false},
	} {
		m := readHeader(t, tc.lines...)
		assert.Equal(t, tc.want, r.decide(r.facts(&item{message: m}, r.sender(m))).Verified, name)
	}
}
