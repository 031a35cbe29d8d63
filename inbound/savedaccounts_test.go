package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func newAccount(id string) inbound.Account {
	return inbound.Account{ID: id, Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
		Username: id + "@shop.example"}
}

// idsOf returns the IDs of the accounts, with a star behind that of a paused one.
func idsOf(t *testing.T, s *inbound.SavedAccounts) (ids []string) {
	t.Helper()
	accounts, err := s.Accounts(t.Context())
	require.NoError(t, err)
	for _, a := range accounts {
		if a.Paused {
			a.ID += "*"
		}
		ids = append(ids, a.ID)
	}
	return ids
}

// fieldOf returns the field of the single problem that an error has.
func fieldOf(t *testing.T, err error) string {
	t.Helper()
	problems := inbound.FieldErrors(err)
	require.Len(t, problems, 1, err)
	return problems[0].Field
}

func TestSavedAccounts_ComeBackAsTheyWere(t *testing.T) {
	accounts := inbound.NewSavedAccounts(memstore.New(), nil)
	full := newAccount("full")
	full.Start.Since = time.Date(2026, 1, 31, 1, 2, 3, 4, time.FixedZone("", 3600))
	full.CreateFor, full.Fields = []inbound.Class{}, map[string]string{"Ä": "☺"}
	full.Folders, full.DeleteAfter = []string{"INBOX", "Gelöscht"}, 36*time.Hour
	full.OAuth2 = inbound.OAuth2{ClientID: "c", TokenURL: "https://login.example.com", Scopes: []string{"a", "b"}}
	for _, a := range []inbound.Account{newAccount("b"), full, newAccount("a")} {
		require.NoError(t, accounts.Add(t.Context(), a))
	}
	got, err := accounts.Accounts(t.Context())
	require.NoError(t, err)
	require.Len(t, got, 3)
	assert.True(t, full.Equal(got[1]), got[1])
	assert.NotNil(t, got[1].CreateFor, "nobody, which is not the default")
	assert.Equal(t, []string{"b", "full", "a"}, idsOf(t, accounts), "in the order of addition")
}

func TestSavedAccounts_RefusesBadSettings(t *testing.T) {
	blocked := &inbound.FieldError{Account: "x", Field: "Host", Err: errors.New("not one of ours")}
	accounts := inbound.NewSavedAccounts(memstore.New(), &inbound.SavedAccountsOptions{
		MaxAccounts: 3,
		Fetchers:    map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: inboundtest.NewMailbox()},
		Validate: func(_ context.Context, a inbound.Account) error {
			if a.Host == "imap.example.org" {
				return blocked
			}
			return nil
		}})
	require.NoError(t, accounts.Add(t.Context(), newAccount("shop")))
	require.NoError(t, accounts.Add(t.Context(), newAccount("sales")))
	for name, tc := range map[string]struct {
		change func(a *inbound.Account)
		field  string
	}{
		"own settings": {func(a *inbound.Account) { a.Port = -1 }, "Port"},
		"host's rule":  {func(a *inbound.Account) { a.Host = "imap.example.org" }, "Host"},
		"no fetcher":   {func(a *inbound.Account) { a.Protocol = inbound.POP3 }, "Protocol"},
		"not UTF-8":    {func(a *inbound.Account) { a.Folders = []string{"\xff"} }, ""},
		"year is too far": {func(a *inbound.Account) {
			a.Start.Since = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
		}, ""},
		"deletes what another account collects": {func(a *inbound.Account) {
			a.Username, a.DeleteUploaded = "shop@shop.example", true
		}, "DeleteUploaded"},
	} {
		a := newAccount("x")
		tc.change(&a)
		assert.Equal(t, tc.field, fieldOf(t, accounts.Add(t.Context(), a)), name)
		a.ID = "sales"
		assert.Equal(t, tc.field, fieldOf(t, accounts.Change(t.Context(), a)), "changed: "+name)
	}
	assert.Equal(t, "ID", fieldOf(t, accounts.Add(t.Context(), newAccount("shop"))))
	require.NoError(t, accounts.Add(t.Context(), newAccount("third")))
	err := accounts.Add(t.Context(), newAccount("x"))
	assert.Empty(t, fieldOf(t, err))
	require.ErrorContains(t, err, "account x: there are 3 accounts already, and at most 3 are allowed")
	assert.Equal(t, []string{"shop", "sales", "third"}, idsOf(t, accounts), "nothing else was added")
}

// An account that takes mail away from an account that was added later is refused, too.
func TestSavedAccounts_ChangedOneConflictsWithLaterOne(t *testing.T) {
	accounts := inbound.NewSavedAccounts(memstore.New(), nil)
	first, second := newAccount("first"), newAccount("second")
	second.Username = first.Username
	require.NoError(t, accounts.Add(t.Context(), first))
	require.NoError(t, accounts.Add(t.Context(), second), "no one deletes")
	first.DeleteUploaded = true
	require.ErrorContains(t, accounts.Change(t.Context(), first), "same mailbox as account second")
	first.Inactive = true
	require.NoError(t, accounts.Change(t.Context(), first))
}

func TestSavedAccounts_PauseSurvivesChange(t *testing.T) {
	accounts := inbound.NewSavedAccounts(memstore.New(), nil)
	a := newAccount("shop")
	require.NoError(t, accounts.Add(t.Context(), a))
	require.NoError(t, accounts.Add(t.Context(), newAccount("other")))
	require.NoError(t, accounts.Pause(t.Context(), "shop"))
	require.NoError(t, accounts.Pause(t.Context(), "shop"))
	a.Name = "Renamed" // in a form that was opened before
	require.NoError(t, accounts.Change(t.Context(), a))
	assert.Equal(t, []string{"shop*", "other"}, idsOf(t, accounts))
	require.NoError(t, accounts.Resume(t.Context(), "shop"))
	got, err := accounts.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Renamed", got[0].Name)
	assert.Equal(t, []string{"shop", "other"}, idsOf(t, accounts))
}

func TestSavedAccounts_UnknownIsNotFound(t *testing.T) {
	accounts := inbound.NewSavedAccounts(memstore.New(), nil)
	for name, err := range map[string]error{
		"Change": accounts.Change(t.Context(), newAccount("shop")),
		"Pause":  accounts.Pause(t.Context(), "shop"),
		"Resume": accounts.Resume(t.Context(), "shop"),
		"Remove": accounts.Remove(t.Context(), "shop"),
	} {
		assert.ErrorIs(t, err, inbound.ErrNotFound, name)
	}
}

func TestSavedAccounts_AnnouncesEachChange(t *testing.T) {
	accounts := inbound.NewSavedAccounts(memstore.New(), nil)
	a := newAccount("shop")
	changed := func(ch <-chan struct{}) bool {
		select {
		case <-ch:
			return true
		default:
			return false
		}
	}
	for i, change := range []func() error{
		func() error { return accounts.Add(t.Context(), a) },
		func() error { return accounts.Change(t.Context(), a) },
		func() error { return accounts.Pause(t.Context(), "shop") },
		func() error { return accounts.Resume(t.Context(), "shop") },
		func() error { return accounts.Remove(t.Context(), "shop") },
	} {
		ch := accounts.Changed()
		require.False(t, changed(ch), i)
		require.NoError(t, change(), i)
		assert.True(t, changed(ch), i)
	}
	ch := accounts.Changed()
	require.Error(t, accounts.Add(t.Context(), inbound.Account{}))
	require.Error(t, accounts.Remove(t.Context(), "other"))
	assert.False(t, changed(ch), "nothing has changed")
}

func TestSavedAccounts_UnreadableSettings(t *testing.T) {
	store := memstore.New()
	require.NoError(t, store.PutAccount(t.Context(), inbound.SavedAccount{ID: "shop", Settings: "{"}))
	accounts := inbound.NewSavedAccounts(store, nil)
	_, err := accounts.Accounts(t.Context())
	require.ErrorContains(t, err, "the saved settings of account shop cannot be read")
	require.NoError(t, accounts.Remove(t.Context(), "shop"), "a way out")
	assert.Empty(t, idsOf(t, accounts))
}

// removedHost is a host whose account has uploaded mail and was removed.
func removedHost(t *testing.T, store inbound.Store, accounts *inbound.SavedAccounts, messages int) *host {
	h := newHost(t)
	h.config.Store = store
	h.deliverFrom("iris", messages)
	require.NoError(t, accounts.Add(t.Context(), h.account))
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)
	require.NoError(t, accounts.Remove(t.Context(), "shop"))
	return h
}

func TestSavedAccounts_RemovedAccountKeepsItsMail(t *testing.T) {
	store := memstore.New()
	accounts := inbound.NewSavedAccounts(store, nil)
	h := removedHost(t, store, accounts, 3)
	assert.Empty(t, idsOf(t, accounts))
	n, err := store.CountEmails(t.Context(), inbound.EmailFilter{AccountID: "shop"})
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	require.NoError(t, accounts.Add(t.Context(), h.account), "of the same mailbox")
	report, err := h.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)
	assert.Empty(t, report.Outcomes, "it goes on where it was")
}

func TestSavedAccounts_Forget(t *testing.T) {
	store := memstore.New()
	accounts := inbound.NewSavedAccounts(store, nil)
	h := removedHost(t, store, accounts, 3)
	require.NoError(t, accounts.Add(t.Context(), h.account))
	require.ErrorContains(t, accounts.Forget(t.Context(), "shop"), "is still there: remove it before")
	require.NoError(t, accounts.Remove(t.Context(), "shop"))
	require.NoError(t, accounts.Forget(t.Context(), "shop"))
	require.NoError(t, accounts.Forget(t.Context(), "shop"), "nothing is left")
	pending, err := accounts.Forgetting(t.Context())
	require.NoError(t, err)
	assert.Empty(t, pending)
	all, err := store.ListAccounts(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
	n, err := store.CountEmails(t.Context(), inbound.EmailFilter{})
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Len(t, h.box.UIDs(), 3, "mail on the server is not touched")
	require.NoError(t, accounts.Add(t.Context(), h.account))
	report, err := h.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, 3, report.Outcomes[inbound.Uploaded], "it is a new account")
}

// failingForget is a store whose ForgetAccount fails after a number of calls.
type failingForget struct {
	*memstore.Store
	left int
}

func (s *failingForget) ForgetAccount(ctx context.Context, id string, limit int) (bool, error) {
	if s.left--; s.left < 0 {
		return false, errors.New("disk full")
	}
	return s.Store.ForgetAccount(ctx, id, min(limit, 2))
}

// Forget that was interrupted at any point goes on from there, and until it has ended
// the ID is not given to a new account, whose mail would be forgotten, too.
func TestSavedAccounts_InterruptedForgetIsResumed(t *testing.T) {
	for calls := range 6 {
		t.Run(fmt.Sprint(calls), func(t *testing.T) {
			store := &failingForget{memstore.New(), calls}
			accounts := inbound.NewSavedAccounts(store, nil)
			h := removedHost(t, store, accounts, 5)
			require.ErrorContains(t, accounts.Forget(t.Context(), "shop"), "forget account shop: disk full")
			pending, err := accounts.Forgetting(t.Context())
			require.NoError(t, err)
			assert.Equal(t, []string{"shop"}, pending)
			assert.Empty(t, idsOf(t, accounts))
			assert.Equal(t, "ID", fieldOf(t, accounts.Add(t.Context(), h.account)))
			require.ErrorIs(t, accounts.Remove(t.Context(), "shop"), inbound.ErrNotFound)

			store.left = 1000
			require.NoError(t, accounts.Forget(t.Context(), "shop"))
			n, err := store.CountEmails(t.Context(), inbound.EmailFilter{})
			require.NoError(t, err)
			assert.Zero(t, n)
			require.NoError(t, accounts.Add(t.Context(), h.account))
		})
	}
}

// A process that has not noticed the removal yet must not upload into what is forgotten.
func TestSavedAccounts_ForgetWaitsForWhoServesTheAccount(t *testing.T) {
	for _, lease := range []string{"run/shop", "account/shop"} {
		synctest.Test(t, func(t *testing.T) {
			store := memstore.New()
			accounts := inbound.NewSavedAccounts(store, nil)
			removedHost(t, store, accounts, 1)
			_, err := store.Acquire(t.Context(), lease, "another process", time.Hour)
			require.NoError(t, err)
			require.ErrorIs(t, accounts.Forget(t.Context(), "shop"), inbound.ErrBusy)
			n, err := store.CountEmails(t.Context(), inbound.EmailFilter{})
			require.NoError(t, err)
			assert.Equal(t, 1, n, "nothing was removed")
			time.AfterFunc(10*time.Second, func() { _ = store.Release(t.Context(), lease, "another process") })
			before := time.Now()
			require.NoError(t, accounts.Forget(t.Context(), "shop"))
			assert.Less(t, time.Since(before), 12*time.Second)
		})
	}
}

// Whoever loses the lease in the middle removes nothing any longer.
func TestSavedAccounts_ForgetIsFenced(t *testing.T) {
	base := memstore.New()
	store := &stolenLease{Store: base}
	accounts := inbound.NewSavedAccounts(store, nil)
	removedHost(t, store, accounts, 5)
	require.ErrorIs(t, accounts.Forget(t.Context(), "shop"), inbound.ErrLeaseLost)
	n, err := base.CountEmails(t.Context(), inbound.EmailFilter{})
	require.NoError(t, err)
	assert.Equal(t, 3, n, "the first two were removed before")
}

// stolenLease is a store in which another process takes the account over after the
// first batch.
type stolenLease struct {
	*memstore.Store
	owner string // of the lease of a pass
}

func (s *stolenLease) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (uint64, error) {
	if name == "account/shop" {
		s.owner = owner
	}
	return s.Store.Acquire(ctx, name, owner, ttl)
}

func (s *stolenLease) ForgetAccount(ctx context.Context, id string, _ int) (bool, error) {
	more, err := s.Store.ForgetAccount(ctx, id, 2)
	if err != nil {
		return more, err
	}
	if err := s.Release(ctx, "account/shop", s.owner); err != nil {
		return more, err
	}
	_, err = s.Store.Acquire(ctx, "account/shop", "another process", time.Hour)
	return more, err
}
