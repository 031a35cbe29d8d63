package inbound_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// informingFetcher opens sessions that implement inbound.Informer and
// inbound.FolderInformer.
type informingFetcher struct {
	inbound.Fetcher
	info inbound.ServerInfo
}

type informingSession struct {
	inbound.Session
	info inbound.ServerInfo
}

func (f informingFetcher) Open(
	ctx context.Context, a inbound.Account, login inbound.Login,
) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	return informingSession{s, f.info}, err
}

func (s informingSession) ServerInfo(context.Context) (inbound.ServerInfo, error) { return s.info, nil }

func (s informingSession) FolderInfo(_ context.Context, folder string) (inbound.FolderInfo, error) {
	if folder == "Gone" {
		return inbound.FolderInfo{}, &inbound.Error{Op: inbound.OpOpenFolder, Class: inbound.ErrPermanent}
	}
	return inbound.FolderInfo{Folder: folder, Messages: 7, Bytes: 700}, nil
}

func TestCheck_ReportsAndChangesNothing(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen, h.account.DeleteUploaded = true, true
	h.box.Deliver(mail("iris@example.com", "hello"))
	result, err := h.syncer().Check(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.CheckResult{
		Reached: true, LoggedIn: true, Waiting: []inbound.FolderInfo{{Folder: "INBOX", Messages: 1, Bytes: 152}},
	}, result, "encrypted is only what was seen to be")
	want := inbound.ServerInfo{Encrypted: true, Capabilities: []string{"IDLE"}, Folders: []string{"INBOX"}}
	h.fetcher = informingFetcher{h.box, want}
	result, err = h.syncer().Check(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, want, result.ServerInfo, "what the session reports")
	assert.Equal(t, []inbound.FolderInfo{{Folder: "INBOX", Messages: 7, Bytes: 700}}, result.Waiting)

	assert.Zero(t, h.box.Sessions())
	assert.Empty(t, h.outcomes())
	assert.Empty(t, h.box.Seen())
	assert.Len(t, h.box.UIDs(), 1)
	assert.Empty(t, h.health())
	state, err := h.store.AccountState(t.Context(), "shop")
	require.NoError(t, err)
	assert.Zero(t, state, "a check is no first connection")
}

func TestCheck_Failures(t *testing.T) {
	h := newHost(t)
	_, err := h.syncer().Check(t.Context(), "nobody")
	require.ErrorIs(t, err, inbound.ErrNotFound)

	h.account.Folders = []string{"INBOX", "Gone"}
	result, err := h.syncer().Check(t.Context(), "shop")
	var e *inbound.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "shop Gone", e.Account+" "+e.Folder)
	assert.True(t, result.LoggedIn, "what was found out before the failure")
	assert.Len(t, result.Waiting, 1)
	h.fetcher = informingFetcher{Fetcher: h.box}
	_, err = h.syncer().Check(t.Context(), "shop")
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "shop Gone", e.Account+" "+e.Folder)
	h.fetcher = &oddServer{Fetcher: h.box, before: func(step, _ string) error { return failAt("list", step) }}
	_, err = h.syncer().Check(t.Context(), "shop")
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "shop INBOX", e.Account+" "+e.Folder, "also if the fetcher names none")
	h.fetcher = nil
	assert.Zero(t, h.box.Sessions())

	h.box.OpenError = &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("wrong password"),
		Hint: "check the password"}
	result, err = h.syncer().Check(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.Zero(t, result, "the fetcher says nothing of a connection")
	assert.Equal(t, "check the password", inbound.HintOf(err))
}

// An account that nobody has added yet is checked with the secrets of the form.
func TestCheckAccount_IsNotConfigured(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("iris@example.com", "hello"))
	var used inbound.Credential
	h.fetcher = openFunc(func(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
		assert.Equal(t, 993, a.Port, "defaults are filled in")
		var err error
		used, err = login(ctx)
		require.NoError(t, err)
		return h.box.Open(ctx, a, inbound.PasswordLogin("test"))
	})
	s := h.syncerOf()
	a := h.account
	result, err := s.CheckAccount(t.Context(), a, inbound.StaticCredentials{"shop": {Password: "of the form"}})
	require.NoError(t, err)
	assert.True(t, result.LoggedIn)
	assert.Equal(t, []inbound.FolderInfo{{Folder: "INBOX", Messages: 1, Bytes: 152}}, result.Waiting)
	assert.Equal(t, "of the form", used.Password.Reveal())

	_, err = s.Check(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrNotFound, "it is not configured by that")
	state, err := h.store.AccountState(t.Context(), "shop")
	require.NoError(t, err)
	assert.Zero(t, state)
	assert.Zero(t, h.box.Sessions())
}

// Wrong settings are all reported, and nothing is connected to.
func TestCheckAccount_ReportsAllProblems(t *testing.T) {
	h := newHost(t)
	h.fetcher = openFunc(func(context.Context, inbound.Account, inbound.Login) (inbound.Session, error) {
		return nil, errors.New("must not be opened")
	})
	a := h.account
	a.Port, a.Folders = -1, []string{""}
	_, err := h.syncerOf().CheckAccount(t.Context(), a, inbound.StaticCredentials{"other": {Password: "x"}})
	var fields []string
	for _, e := range inbound.FieldErrors(err) {
		fields = append(fields, e.Field)
	}
	assert.Equal(t, []string{"Port", "Folders", "Credentials"}, fields)
	a = h.account
	a.Protocol = "other"
	_, err = h.syncerOf().CheckAccount(t.Context(), a, nil)
	require.ErrorContains(t, err, "no fetcher configured")
}
