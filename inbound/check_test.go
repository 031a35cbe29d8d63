package inbound_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// informingFetcher opens sessions that implement inbound.Informer.
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

func TestCheck_ReportsAndChangesNothing(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen, h.account.DeleteUploaded = true, true
	h.box.Deliver(mail("iris@example.com", "hello"))
	info, err := h.syncer().Check(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.ServerInfo{Encrypted: true}, info)
	h.account.Security = inbound.Plain
	info, err = h.syncer().Check(t.Context(), "shop")
	require.NoError(t, err)
	assert.False(t, info.Encrypted)
	want := inbound.ServerInfo{Encrypted: true, Capabilities: []string{"IDLE"}, Folders: []string{"INBOX"}}
	h.fetcher = informingFetcher{h.box, want}
	info, err = h.syncer().Check(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, want, info, "what the session reports")

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
	_, err = h.syncer().Check(t.Context(), "shop")
	var e *inbound.Error
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
	_, err = h.syncer().Check(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.Equal(t, "check the password", inbound.HintOf(err))
}
