package inbound_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// Each problem names its field, so that a form can mark it.
func TestAccountValidate_NamesTheField(t *testing.T) {
	good := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "shop"}
	require.NoError(t, good.Validate())
	for field, spoil := range map[string]func(a *inbound.Account){
		"ID":          func(a *inbound.Account) { a.ID = "a b" },
		"Protocol":    func(a *inbound.Account) { a.Protocol = "" },
		"Host":        func(a *inbound.Account) { a.Host = "imap example com" },
		"Port":        func(a *inbound.Account) { a.Port = 70000 },
		"Security":    func(a *inbound.Account) { a.Security = "maybe" },
		"Username":    func(a *inbound.Account) { a.Username = "" },
		"OAuth2":      func(a *inbound.Account) { a.OAuth2.ClientID = "c" },
		"Folders":     func(a *inbound.Account) { a.Folders = []string{"INBOX", ""} },
		"Start":       func(a *inbound.Account) { a.Start = inbound.Start{Now: true, Since: time.Unix(1, 0)} },
		"Interval":    func(a *inbound.Account) { a.Interval = -1 },
		"DeleteAfter": func(a *inbound.Account) { a.DeleteAfter = -1 },
	} {
		a := good
		spoil(&a)
		problems := inbound.FieldErrors(a.Validate())
		require.Len(t, problems, 1, field)
		assert.Equal(t, field, problems[0].Field)
		assert.Equal(t, a.ID, problems[0].Account)
		assert.Contains(t, problems[0].Error(), fmt.Sprintf("inbound: account %s: ", a.ID))
	}
	two := good
	two.Port, two.Interval = -1, -1
	assert.Len(t, inbound.FieldErrors(two.Validate()), 2)
	assert.Empty(t, inbound.FieldErrors(nil))
}

// A protocol of the host's own needs neither a server nor a user name.
func TestAccountValidate_OtherProtocol(t *testing.T) {
	require.NoError(t, inbound.Account{ID: "shop", Protocol: "mailbox-api"}.Validate())
}
