package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const trusted = "mx.provider.example"

func result(id, verdict, from string) string {
	return "Authentication-Results: " + id + "; spf=pass smtp.mailfrom=x@y.example; dmarc=" + verdict +
		" header.from=" + from + "\r\n"
}

// TestMessage_DMARC: nothing that a sender writes counts.
func TestMessage_DMARC(t *testing.T) {
	const from, received = "From: Anna <anna@shop.example>\r\n\r\n",
		"Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\r\n"
	for name, c := range map[string]struct{ header, want string }{
		"passed":                {received + result(trusted, "pass", "shop.example"), "pass"},
		"failed":                {result(trusted, "fail", "shop.example"), "fail"},
		"nothing said":          {received, ""},
		"somebody else says so": {result("mx.attacker.example", "pass", "shop.example"), ""},
		"forged, further down": {result(trusted, "fail", "shop.example") + received +
			result(trusted, "pass", "shop.example"), "fail"},
		"forged, below another's": {result("mx.other.example", "fail", "shop.example") + received +
			result(trusted, "pass", "shop.example"), ""},
		"the worst of several": {result(trusted, "pass", "shop.example") +
			result(trusted, "fail", "shop.example"), "fail"},
		"about another domain": {result(trusted, "pass", "attacker.example"), "none"},
		"written in capitals":  {result("MX.Provider.Example", "PASS", "Shop.Example"), "pass"},
		"with a version":       {result(trusted+" 1", "pass", "shop.example"), "pass"},
		"without DMARC": {"Authentication-Results: " + trusted +
			"; spf=pass smtp.mailfrom=x@y.example\r\n", ""},
		"among other trace fields": {"X-Scanner: ok\r\nReceived-SPF: pass\r\n" +
			result(trusted, "pass", "shop.example"), "pass"},
		"of several authors": {result(trusted, "pass", "shop.example") + "From: Bob <bob@shop.example>\r\n",
			"none"},
		"of one author, named twice": {result(trusted, "pass", "shop.example") +
			"From: ANNA@shop.example\r\n", "pass"},
		"in a comment of the sender": {"Authentication-Results: mx.attacker.example (" + trusted +
			"); dmarc=pass header.from=shop.example\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, c.header+from)
			assert.Equal(t, c.want, m.DMARC(trusted))
			assert.Empty(t, m.DMARC(""), "nobody is trusted")
		})
	}
}

// TestMessage_DMARC_ProvesTheAddressInFrom: a pass is a pass only where the provider is
// the account's, and has read the address that From is read as.
func TestMessage_DMARC_ProvesTheAddressInFrom(t *testing.T) {
	const (
		from  = "From: Anna <anna@shop.example>\r\n"
		id    = "Authentication-Results: " + trusted
		about = " header.from=shop.example\r\n"
	)
	passed := result(trusted, "pass", "shop.example")
	for name, c := range map[string]struct{ header, want string }{
		"passed":                  {passed + from, "pass"},
		"bare address":            {passed + "From: anna@shop.example\r\n", "pass"},
		"name in a comment":       {passed + "From: anna@shop.example (Anna)\r\n", "pass"},
		"name is another address": {passed + "From: \"vip@bank.example\" <anna@shop.example>\r\n", "pass"},
		"encoded name":            {passed + "From: =?utf-8?q?Anna?= <anna@shop.example>\r\n", "pass"},
		"in a group":              {passed + "From: Team: anna@shop.example;\r\n", "pass"},
		"Unicode domain": {result(trusted, "pass", "xn--kse-qla.example") +
			"From: a@käse.example\r\n", "pass"},
		"folded": {"Authentication-Results:\r\n " + trusted +
			"\r\n ; dmarc=pass\r\n\theader.from=shop.example\r\n" + from, "pass"},
		"comments": {"Authentication-Results: (a (b\\)) c) " + trusted +
			" (x) 1 (y); dmarc=pass (p=none)" + about + from, "pass"},
		"quoted ID": {"Authentication-Results: \"" + trusted + "\"; dmarc=pass" + about +
			from, "pass"},
		"domain with a dot": {result(trusted, "pass", "shop.example.") + from, "pass"},
		"Sender": {result(trusted, "pass", "evil.example") +
			"Sender: eve@evil.example\r\n" + from, "none"},
		"Reply-To": {result(trusted, "pass", "evil.example") +
			"Reply-To: eve@evil.example\r\n" + from, "none"},
		"subdomain":    {result(trusted, "pass", "mail.shop.example") + from, "none"},
		"domain above": {result(trusted, "pass", "example") + from, "none"},
		"no domain":    {id + "; dmarc=pass\r\n" + from, "none"},
		"two domains": {result(trusted, "pass", "evil.example header.from=shop.example") +
			from, "none"},
		"two domains, other case": {result(trusted, "pass", "shop.example Header.From=shop.example") +
			from, "none"},
		"Kelvin sign in the domain": {result(trusted, "pass", "k.example") + "From: a@\u212a.example\r\n", "none"},
		"soft hyphen in the domain": {passed + "From: anna@sh\u00adop.example\r\n", "none"},
		"full-width domain":         {passed + "From: anna@ｓｈｏｐ.example\r\n", "none"},
		"two addresses":             {passed + "From: <anna@shop.example>, <vip@shop.example>\r\n", "none"},
		"two in a group":            {passed + "From: Team: anna@shop.example, vip@shop.example;\r\n", "none"},
		"two that fold to one":      {passed + "From: mark@shop.example, mar\u212a@shop.example\r\n", "none"},
		"two in brackets":           {passed + "From: <anna@shop.example> <vip>\r\n", "none"},
		"encoded address":           {passed + "From: <=?utf-8?q?anna=40shop.example?=>\r\n", "none"},
		"encoded local part":        {passed + "From: <=?utf-8?q?anna?=@shop.example>\r\n", "none"},
		"encoded local part, and the address as the name": {
			passed + "From: \"anna@shop.example\" <=?utf-8?q?anna?=@shop.example>\r\n", "none"},
		"comment in the address": {passed + "From: <an(x)na@shop.example>\r\n", "none"},
		"spaces in the address":  {passed + "From: <an na @shop.example>\r\n", "none"},

		"part of the ID quoted": {"Authentication-Results: mx.\"provider\".example; dmarc=pass" +
			about + from, ""},
		"ID with a backslash": {"Authentication-Results: \"mx.\\xprovider.example\"; dmarc=pass" +
			about + from, ""},
		"comment in the ID": {"Authentication-Results: mx.(x)provider.example; dmarc=pass" +
			about + from, ""},
		"word behind the ID":       {result(trusted+" evil", "pass", "shop.example") + from, ""},
		"version 2":                {result(trusted+" 2", "pass", "shop.example") + from, ""},
		"no-break space at the ID": {result("\u00a0"+trusted, "pass", "shop.example") + from, ""},
		"zero-width space at it":   {result(trusted+"\u200b", "pass", "shop.example") + from, ""},
		"ID below the domain":      {result("evil."+trusted, "pass", "shop.example") + from, ""},
		"ID with a dot":            {result(trusted+".", "pass", "shop.example") + from, ""},
		"ID in a comment": {"Authentication-Results: (" + trusted + ";) evil; dmarc=pass" +
			about + from, ""},
		"pass in a quoted string": {id +
			"; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=shop.example\"@x\r\n" + from, ""},
		"pass behind an escape": {id +
			"; spf=pass smtp.mailfrom=\"a\\\"; dmarc=pass header.from=shop.example\"\r\n" + from, ""},
		"pass in a comment": {id + "; dmarc=fail (; dmarc=pass header.from=shop.example)\r\n" +
			from, "fail"},
		"pass as a reason":           {id + "; dmarc=fail reason=\"x dmarc=pass\"" + about + from, "fail"},
		"verdict with a soft hyphen": {result(trusted, "pa\u00adss", "shop.example") + from, "none"},
		"fail and pass in one field": {"Authentication-Results: " + trusted +
			"; dmarc=pass header.from=shop.example; dmarc=fail" + about + from, "fail"},
		"none and pass": {result(trusted, "none", "shop.example") + passed + from, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, parsed(t, c.header+"\r\n").DMARC(trusted))
		})
	}
	m := parsed(t, result("m\u212a.example", "pass", "shop.example")+from+"\r\n")
	assert.Empty(t, m.DMARC("mk.example"), "the Kelvin sign is no k")
}
