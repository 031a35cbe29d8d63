package config

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestSettings_NobodyGetsCustomers(t *testing.T) {
	s := &Settings{Groups: map[string][]string{"m1": {"support", "sales"}, "m2": {"support"}, "m3": nil}}
	assert.Equal(t, []string{"sales", "support"}, s.GroupNames())
	assert.True(t, s.NobodyGetsCustomers(inbound.Account{CreateCustomer: true, ManagerGroup: "suport"}))
	assert.False(t, s.NobodyGetsCustomers(inbound.Account{CreateCustomer: true, ManagerGroup: "sales"}))
	assert.False(t, s.NobodyGetsCustomers(inbound.Account{ManagerGroup: "suport"}), "there are none")
	assert.False(t, s.NobodyGetsCustomers(inbound.Account{CreateCustomer: true}), "nobody is meant to get them")
	assert.True(t, new(Settings).NobodyGetsCustomers(inbound.Account{CreateCustomer: true, ManagerGroup: "support"}))
}

func TestSettings_SameMailbox(t *testing.T) {
	shop := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "u",
		Folders: []string{"INBOX"}}
	for name, c := range map[string]struct {
		change func(*inbound.Account)
		same   bool
	}{
		"equal":       {func(*inbound.Account) {}, true},
		"case":        {func(a *inbound.Account) { a.Host, a.Username = "IMAP.example.com.", "U" }, true},
		"usual port":  {func(a *inbound.Account) { a.Port, a.Security = 143, inbound.StartTLS }, true},
		"POP3":        {func(a *inbound.Account) { a.Protocol, a.Folders = inbound.POP3, nil }, true},
		"one folder":  {func(a *inbound.Account) { a.Folders = []string{"Orders", "Inbox"} }, true},
		"inactive":    {func(a *inbound.Account) { a.Inactive = true }, false},
		"host":        {func(a *inbound.Account) { a.Host = "mail.example.com" }, false},
		"username":    {func(a *inbound.Account) { a.Username = "v" }, false},
		"other port":  {func(a *inbound.Account) { a.Port = 1143 }, false},
		"own folders": {func(a *inbound.Account) { a.Folders = []string{"Orders"} }, false},
	} {
		other := shop
		other.ID = "other"
		c.change(&other)
		s := &Settings{Accounts: []inbound.Account{shop, other}}
		want := map[bool][]string{true: {"other"}}[c.same]
		assert.Equal(t, want, s.SameMailbox(shop), name)
		if c.same {
			assert.Equal(t, []string{"shop"}, s.SameMailbox(other), name)
		}
	}
}
