package mailauth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/refusal"
)

func TestRefusal_ReadsChallenge(t *testing.T) {
	for _, tt := range []struct {
		challenge string
		status    string
		class     error
		hint      string
	}{
		{`{"status":"invalid_token","schemes":"bearer","scope":"mail"}`, "invalid_token", inbound.ErrAuth, "consent"},
		{`{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`, "400", inbound.ErrAuth, "consent"},
		{`{"status":401}`, "401", inbound.ErrAuth, "consent"},
		{`{"status":"insufficient_scope"}`, "insufficient_scope", inbound.ErrAuth, "does not allow POP3"},
		{`{"status":"408"}`, "408", inbound.ErrTemporary, "automatically"},
		{`{"status":"429"}`, "429", inbound.ErrThrottled, "automatically"},
		{`{"status":503}`, "503", inbound.ErrTemporary, "automatically"},
		{`{}`, "", inbound.ErrAuth, "consent"},
		{`not JSON`, "", inbound.ErrAuth, "consent"},
		{``, "", inbound.ErrAuth, "consent"},
		{`{"status":null}`, "", inbound.ErrAuth, "consent"},
	} {
		c := byToken(t, "bob")
		c.protocol = inbound.POP3
		r := readRefusal("XOAUTH2", []byte(tt.challenge), c.Redact)
		assert.Equal(t, tt.status, r.Status, tt.challenge)
		got := c.Explain(refusal.Read(inbound.POP3, refusal.Login, "AUTH", ""), r)
		assert.Equal(t, tt.class, got.Class, tt.challenge)
		assert.Equal(t, inbound.CauseOf(&inbound.Error{Class: tt.class}), got.Cause, tt.challenge)
		assert.Contains(t, got.Hint, tt.hint, tt.challenge)
	}
}

func TestRefusal_Text(t *testing.T) {
	c := byToken(t, "bob")
	r := readRefusal("XOAUTH2", []byte(`{"status":"t0ken\u001b[2J is bad","scope":"not for t0ken"}`), c.Redact)
	const text = "XOAUTH2: the server refuses the access token"
	assert.Equal(t, text+`, status "[redacted]\x1b[2J is bad", scope "not for [redacted]"`, r.Error())
	assert.Equal(t, text, readRefusal("XOAUTH2", nil, c.Redact).Error())
	long := strings.Repeat(`\u202e`, 1000)
	r = readRefusal("XOAUTH2", []byte(`{"status":"`+long+`","scope":"`+long+`"}`), c.Redact)
	assert.Less(t, len(r.Error()), 500, "bounded as it is shown")
}
