package inbound_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// Two tunnels on one host name lead to different servers, whose UIDVALIDITY may
// be the same.
func TestSync_ChangedPortIsAnotherMailbox(t *testing.T) {
	h := newHost(t)
	h.account.Host, h.account.Port = "localhost", 1143
	h.box.Deliver(mail("a@example.com", "one"))
	assert.Equal(t, 1, h.pass().Outcomes[inbound.Uploaded])
	h.box = inboundtest.NewMailbox()
	h.account.Port = 2143
	h.box.Deliver(mail("b@example.com", "two"))
	assert.Equal(t, 1, h.pass().Outcomes[inbound.Uploaded], "the other mailbox's first message has the same UID")
}

// The name of the mailbox is stored, in the form of earlier versions, too.
func TestSync_MailboxStaysKnownHoweverItIsWritten(t *testing.T) {
	h := newHost(t)
	h.account.Username = "Shop@Shop.example"
	h.box.Deliver(mail("a@example.com", "one"))
	h.pass()
	state, err := h.store.FolderState(t.Context(), "shop", "INBOX")
	require.NoError(t, err)
	state.Mailbox = "Shop@Shop.example at imap.example.com"
	require.NoError(t, h.store.SetFolderState(t.Context(), "shop", "INBOX", state))
	renumbered := 0
	h.config.Observer = &inbound.Observer{Renumbered: func(inbound.RenumberingInfo) { renumbered++ }}
	for _, change := range []func(a *inbound.Account){
		func(*inbound.Account) {},
		func(a *inbound.Account) { a.Port, a.Security = 143, inbound.StartTLS },
		func(a *inbound.Account) { a.Host = "IMAP.example.com." },
		func(a *inbound.Account) { a.Username = "shop@shop.example" },
	} {
		change(&h.account)
		assert.Empty(t, h.pass().Outcomes, "nothing is read again")
	}
	assert.Zero(t, renumbered)
	h.account.Host = "mail.example.org"
	h.pass()
	assert.Equal(t, 1, renumbered, "another host is noticed")
}
