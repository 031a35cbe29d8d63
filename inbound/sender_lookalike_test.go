package inbound

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/customer"
)

// refusedAddresses only look like vip@bank.example or mark@bank.example, as From has them.
var refusedAddresses = map[string]string{
	"zero-width space":     "vi\u200bp@bank.example",
	"soft hyphen":          "vi\u00adp@bank.example",
	"no-break space":       "vip\u00a0@bank.example",
	"no-break space first": "\u00a0vip@bank.example",
	"no-break space last":  "vip@bank.example\u00a0",
	"byte order mark":      "\ufeffvip@bank.example",
	"direction override":   "\u202evip@bank.example",
	"NUL":                  "vip\x00@bank.example",
	"Kelvin sign":          "mar\u212a@bank.example",
	"dotted I":             "v\u0130p@bank.example",
	"dotless i":            "v\u0131p@bank.example",
	"Cyrillic letter":      "v\u0456p@bank.example",
	"full-width letters":   "ｖｉｐ@bank.example",
	"tag":                  "vip\U000e0061@bank.example",
	"Kelvin in the domain": "vip@ban\u212a.example",
	"full-width domain":    "vip@ｂａｎｋ.example",
	"soft hyphen in it":    "vip@ba\u00adnk.example",
	"two at signs":         "vip@bank.example@evil.example",
	"two with a space":     "vip@bank.example @evil.example",
	"NUL between two":      "vip@bank.example\x00@evil.example",
	"encoded override":     "=?utf-8?q?=E2=80=AEvip?=@bank.example",
	"encoded zero width":   "=?utf-8?b?dmnigItw?=@bank.example",
	"quoted zero width":    "\"vi\u200bp\"@bank.example",
}

// Mail from an address that only looks like a customer's is bound to nobody, creates
// nobody, and is kept where people see it, with the reason.
func TestSender_LookAlikesAreQuarantined(t *testing.T) {
	const passed = "Authentication-Results: mx; dmarc=pass header.from=bank.example"
	const list = "List-Id: <support.shop.example>\r\nFrom: V via Support <support@shop.example>\r\n"
	own := newCompany(Config{OwnAddresses: []string{"support@shop.example"}})
	for name, address := range refusedAddresses {
		for field, lines := range map[string][]string{
			"From":                      {passed, "From: Vip <" + address + ">"},
			"bare From":                 {passed, "From: " + address},
			"From and Reply-To":         {"From: <" + address + ">", "Reply-To: <" + address + ">"},
			"Reply-To of an own form":   {"From: support@shop.example", "Reply-To: <" + address + ">"},
			"X-Original-From":           {"From: support@shop.example", "X-Original-From: <" + address + ">"},
			"X-Original-From of a list": {list + "X-Original-From: Vip <" + address + ">"},
			"Reply-To of a list":        {list + "Reply-To: Vip <" + address + ">"},
		} {
			r := &rules{senders: senders{company: own, account: Account{AuthservID: "mx", ReplyTo: true, CreateCustomer: true}}}
			m := readHeader(t, lines...)
			s := r.sender(m)
			f := r.facts(&item{message: m}, s)
			f.matches = []customer.Customer{{ID: "vip"}}
			d := r.decide(f)
			assert.Empty(t, s.address, "%s in %s", name, field)
			assert.Equal(t, Quarantined, d.Outcome, "%s in %s", name, field)
			assert.False(t, d.Verified || d.Create, "%s in %s", name, field)
			reason := d.Reasons[len(d.Reasons)-1]
			assert.Contains(t, reason, "no sender's address could be read: \"", "%s in %s", name, field)
			assertASCII(t, reason, name)

			row := r.entry(&item{message: m}, d)
			assert.Empty(t, r.senderOf(row.From, row.ReplyTo), "what the record tells: %s in %s", name, field)
			shown := r.shownSender(row)
			assertASCII(t, shown, name)
			assert.NotContains(t, []string{"", "vip@bank.example", "mark@bank.example", "support@shop.example"}, shown,
				"%s in %s", name, field)
		}
	}
}

func assertASCII(t *testing.T, text, name string) {
	t.Helper()
	assert.False(t, strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }), "%s: %+q", name, text)
}

// A look-alike in Reply-To changes nothing where From can be read and is somebody else's.
func TestSender_LookAlikeInReplyToIsNotBound(t *testing.T) {
	for name, address := range refusedAddresses {
		r := &rules{senders: senders{company: newCompany(Config{OwnAddresses: []string{"support@shop.example"}}),
			account: Account{ReplyTo: true}}}
		m := readHeader(t, "From: eve@evil.example", "Reply-To: <"+address+">")
		assert.Equal(t, "eve@evil.example", r.sender(m).address, name)
		row := r.entry(&item{message: m}, decision{})
		assert.Equal(t, "eve@evil.example", r.shownSender(row), name)
	}
}

// Verified says that DMARC has proved the very address that the mail is bound to.
func TestPromise_VerifiedIsTheBoundAddress(t *testing.T) {
	const evil, bank = "Authentication-Results: mx; dmarc=pass header.from=evil.example",
		"Authentication-Results: mx; dmarc=pass header.from=bank.example"
	const list = "List-Id: <support.shop.example>"
	for name, tc := range map[string]struct {
		lines        []string
		bound        string
		want         bool
		byReplyTo    string // bound where the account goes by Reply-To; "": the same
		wantVerified bool   // then
	}{
		"From": {[]string{bank, "From: vip@bank.example"}, "vip@bank.example", true, "", true},
		"From in Unicode": {[]string{"Authentication-Results: mx; dmarc=pass header.from=xn--kse-qla.example",
			"From: vip@käse.example"}, "vip@xn--kse-qla.example", true, "", true},
		"Reply-To of another domain": {[]string{evil, "From: eve@evil.example", "Reply-To: vip@bank.example"},
			"eve@evil.example", true, "vip@bank.example", false},
		"Reply-To of the same domain": {[]string{bank, "From: eve@bank.example", "Reply-To: vip@bank.example"},
			"eve@bank.example", true, "vip@bank.example", false},
		"the same Reply-To": {[]string{bank, "From: vip@bank.example", "Reply-To: VIP@Bank.example"},
			"vip@bank.example", true, "", true},
		"Sender": {[]string{evil, "From: vip@bank.example", "Sender: eve@evil.example"},
			"vip@bank.example", false, "", false},
		"several From addresses": {[]string{bank, "From: vip@bank.example, eve@bank.example"},
			"vip@bank.example", false, "", false},
		"several From fields": {[]string{bank, "From: vip@bank.example", "From: eve@bank.example"},
			"vip@bank.example", false, "", false},
		"From in a group": {[]string{bank, "From: X: vip@bank.example, eve@bank.example;"},
			"vip@bank.example", false, "", false},
		"subdomain": {[]string{"Authentication-Results: mx; dmarc=pass header.from=mail.bank.example",
			"From: vip@bank.example"}, "vip@bank.example", false, "", false},
		"look-alike domain": {[]string{bank, "From: vip@b\u0430nk.example"},
			"vip@xn--bnk-6cd.example", false, "", false},
		"encoded local part": {[]string{bank, "From: <=?utf-8?q?vip?=@bank.example>"},
			"vip@bank.example", false, "", false},
		"comment in the local part": {[]string{bank, "From: <vi(x)p@bank.example>"},
			"vip@bank.example", false, "", false},
		"name is the address": {[]string{evil, `From: "vip@bank.example" <eve@evil.example>`},
			"eve@evil.example", true, "", true},
		"original author outside": {[]string{evil, "From: eve@evil.example", "X-Original-From: vip@bank.example"},
			"eve@evil.example", true, "", true},
		"original author of the list": {[]string{"Authentication-Results: mx; dmarc=pass header.from=shop.example", list,
			"From: support@shop.example", "X-Original-From: vip@bank.example"}, "vip@bank.example", false, "", false},
		"original author, proof of his domain": {[]string{bank, list, "From: support@shop.example",
			"X-Original-From: vip@bank.example"}, "vip@bank.example", false, "", false},
		"answers to the author of the list": {[]string{"Authentication-Results: mx; dmarc=pass header.from=shop.example",
			list, "From: support@shop.example", "Reply-To: vip@bank.example"}, "vip@bank.example", false, "", false},
		"another authserv-id": {[]string{strings.Replace(bank, "mx", "mx.evil.example", 1), "From: vip@bank.example"},
			"vip@bank.example", false, "", false},
		"further down": {[]string{"Authentication-Results: mx; dmarc=none header.from=bank.example", "Received: x", bank,
			"From: vip@bank.example"}, "vip@bank.example", false, "", false},
	} {
		r := &rules{senders: senders{company: newCompany(Config{OwnAddresses: []string{"support@shop.example"}}),
			account: Account{AuthservID: "mx"}}}
		m := readHeader(t, tc.lines...)
		s := r.sender(m)
		assert.Equal(t, tc.bound, s.address, name)
		assert.Equal(t, tc.want, r.decide(r.facts(&item{message: m}, s)).Verified, name)

		r.account.ReplyTo = true
		s = r.sender(m)
		if tc.byReplyTo != "" {
			tc.bound = tc.byReplyTo
		}
		assert.Equal(t, tc.bound, s.address, "%s, by Reply-To", name)
		assert.Equal(t, tc.wantVerified, r.decide(r.facts(&item{message: m}, s)).Verified, "%s, by Reply-To", name)
	}
}
