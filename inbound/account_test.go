package inbound

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAccount_IsMailbox(t *testing.T) {
	a := Account{Protocol: IMAP, Host: "imap.example.com", Username: "Shop@Shop.example"}
	tunnel := a
	tunnel.Host, tunnel.Port = "localhost", 1143
	for _, tc := range []struct {
		stored string
		a      Account
		want   bool
	}{
		{"Shop@Shop.example at imap.example.com", a, true}, // as earlier versions wrote it
		{"shop@shop.example at imap.example.com.", a, true},
		{a.mailbox(), a, true},
		{"shop@shop.example at imap.example.org", a, false},
		{"other@shop.example at imap.example.com", a, false},
		{"", a, false},
		{tunnel.mailbox(), tunnel, true},
		{"shop@shop.example at localhost:2143", tunnel, false},
	} {
		assert.Equal(t, tc.want, tc.a.isMailbox(tc.stored), tc.stored)
	}
	assert.Equal(t, "shop@shop.example at localhost:1143", tunnel.mailbox())
	v6 := Account{Host: "::1", Port: 1143, Username: "u"}
	assert.Equal(t, "u at [::1]:1143", v6.mailbox())
}
