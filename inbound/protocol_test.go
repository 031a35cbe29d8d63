package inbound_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// providerFetcher is the fetcher of a protocol of the host's own.
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

type wholeFetcher struct{ inbound.Fetcher }

func (wholeFetcher) WholeMailbox() {}

func configOf(h *host, f inbound.Fetcher, accounts ...inbound.Account) inbound.Config {
	c := h.config
	c.Fetchers, c.Accounts = map[inbound.Protocol]inbound.Fetcher{"provider": f, "absent": nil}, accounts
	return c
}

func TestNew_ProtocolIsAKeyOfFetchers(t *testing.T) {
	h := newHost(t)
	f := &providerFetcher{Mailbox: h.box}
	_, err := inbound.New(configOf(h, f, inbound.Account{ID: "shop", Protocol: "provider"}))
	require.NoError(t, err, "host, user name and password are for IMAP and POP3")
	for _, protocol := range []inbound.Protocol{"other", "absent", ""} {
		_, err = inbound.New(configOf(h, f, inbound.Account{ID: "shop", Protocol: protocol}))
		assert.ErrorContains(t, err, `Config.Fetchers has ["provider"]`)
	}
}

func TestNew_FetcherValidatesItsAccounts(t *testing.T) {
	h := newHost(t)
	tenant := errors.New("the tenant is missing")
	f := &providerFetcher{Mailbox: h.box}
	f.validate = func(a inbound.Account) error {
		assert.Equal(t, []string{""}, a.Folders, "defaults are filled in")
		if a.ID == "bad" {
			return tenant
		}
		return nil
	}
	good := inbound.Account{ID: "good", Protocol: "provider"}
	bad := inbound.Account{ID: "bad", Protocol: "provider", Port: -1}
	_, err := inbound.New(configOf(h, f, good))
	require.NoError(t, err)
	_, err = inbound.New(configOf(h, f, good, bad))
	require.ErrorIs(t, err, tenant)
	assert.ErrorContains(t, err, "account bad: the tenant is missing")
	assert.ErrorContains(t, err, "port -1", "beside its other problems")
}

func TestNew_OtherProtocolsDeleteWhatOthersCollect(t *testing.T) {
	h := newHost(t)
	f := &providerFetcher{Mailbox: h.box}
	one := inbound.Account{ID: "one", Protocol: "provider", Username: "shop@shop.example", Folders: []string{"A"},
		DeleteUploaded: true}
	other := one
	other.ID, other.Folders = "other", []string{"B"}
	_, err := inbound.New(configOf(h, f, one, other))
	require.NoError(t, err, "folders of their own")
	_, err = inbound.New(configOf(h, wholeFetcher{f}, one, other))
	require.ErrorContains(t, err, "collect from the same mailbox", "a deletion takes a message out of every folder")
	one.Username, other.Username = "", ""
	_, err = inbound.New(configOf(h, wholeFetcher{f}, one, other))
	require.NoError(t, err, "whose mailboxes they are is not known")
}

func TestWholeMailbox_IsListedOnce(t *testing.T) {
	h := newHost(t)
	f := &providerFetcher{Mailbox: h.box}
	f.POP3 = true // its listing is of folder ""
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
	assert.Equal(t, []string{"A", "B"}, f.opened[0].Folders, "they are the fetcher's filter")
	assert.Equal(t, []string{"one"}, h.subjects())
}
