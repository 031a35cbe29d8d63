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
		"of one author, named twice": {result(trusted, "pass", "shop.example") + "From: ANNA@shop.example\r\n", "pass"},
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
