package inbound

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

func TestAccountEqual(t *testing.T) {
	base := Account{ID: "shop", Protocol: IMAP, Host: "imap.example.com", Username: "shop",
		Start: Start{Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.FixedZone("", 3600))}}
	for name, change := range map[string]func(a *Account){
		"defaults": func(a *Account) {
			a.Name, a.Port, a.Security, a.Folders, a.Interval = "shop", 993, TLS, []string{"INBOX"}, 6*time.Minute
		},
		"empty lists": func(a *Account) {
			a.Folders, a.Fields, a.OAuth2.Scopes = []string{}, map[string]string{}, []string{}
		},
		"time zone": func(a *Account) { a.Start.Since = a.Start.Since.UTC() },
		"JSON": func(a *Account) {
			text, err := json.Marshal(*a)
			require.NoError(t, err)
			*a = Account{}
			require.NoError(t, json.Unmarshal(text, a))
		},
	} {
		other := base
		change(&other)
		assert.True(t, base.Equal(other), name)
		assert.True(t, other.Equal(base), name)
	}
	for name, change := range map[string]func(a *Account){
		"ID":                    func(a *Account) { a.ID = "Shop" },
		"Name":                  func(a *Account) { a.Name = "Shop" },
		"Paused":                func(a *Account) { a.Paused = true },
		"Port":                  func(a *Account) { a.Port = 143 },
		"Folders":               func(a *Account) { a.Folders = []string{"inbox"} },
		"Start":                 func(a *Account) { a.Start.Since = a.Start.Since.Add(time.Second) },
		"Scopes":                func(a *Account) { a.OAuth2.Scopes = []string{"mail"} },
		"CreateFor, nobody":     func(a *Account) { a.CreateFor = []Class{} },
		"CreateFor, as default": func(a *Account) { a.CreateFor = []Class{"personal"} },
		"Fields":                func(a *Account) { a.Fields = map[string]string{"source": "email"} },
	} {
		other := base
		change(&other)
		assert.False(t, base.Equal(other), name)
	}
}
