package inbound_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// providerFetcher is the fetcher of a protocol that the host adds.
type providerFetcher struct {
	*inboundtest.Mailbox
	opened   []inbound.Account
	validate func(a inbound.Account) error
}

func (f *providerFetcher) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	f.opened = append(f.opened, a)
	return f.Mailbox.Open(ctx, a, login)
}

func (f *providerFetcher) Validate(a inbound.Account) error {
	if f.validate == nil {
		return nil
	}
	return f.validate(a)
}

// wholeFetcher lists the whole mailbox.
type wholeFetcher struct{ inbound.Fetcher }

func (wholeFetcher) WholeMailbox() {}

// configOf returns a Config of these accounts with a fetcher for the protocol
// "provider".
func configOf(h *host, f inbound.Fetcher, accounts ...inbound.Account) inbound.Config {
	c := h.config
	c.Fetchers, c.Accounts = map[inbound.Protocol]inbound.Fetcher{"provider": f, "absent": nil}, accounts
	return c
}

func TestWholeMailbox_ListedOnce(t *testing.T) {
	h := newHost(t)
	f := &providerFetcher{Mailbox: h.box}
	f.POP3 = true // it lists folder ""
	var listed []string
	odd := &oddServer{Fetcher: f, before: func(step, folder string) error {
		if step == "list" {
			listed = append(listed, folder)
		}
		return nil
	}}
	account := h.account
	account.Protocol, account.Folders = "provider", []string{"A", "B"}
	s, err := inbound.New(configOf(h, wholeFetcher{odd}, account))
	require.NoError(t, err)
	h.box.Deliver(mail("a@example.com", "one"))
	_, err = s.Sync(t.Context(), "shop")
	require.NoError(t, err)
	_, err = s.Reconcile(t.Context(), "shop")
	require.NoError(t, err)
	_, err = s.Check(t.Context(), "shop")
	require.NoError(t, err)
	for _, folder := range listed {
		assert.Empty(t, folder)
	}
	assert.GreaterOrEqual(t, len(listed), 3)
	assert.Equal(t, []string{"A", "B"}, f.opened[0].Folders, "the fetcher filters by them")
	assert.Equal(t, []string{"one"}, h.subjects())
}
