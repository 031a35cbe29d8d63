package pop3fetch

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestDelete_RemovesExactlyThese(t *testing.T) {
	s := newServer(t, mails(300)...)
	s.mail[9].uidl, s.mail[19].uidl = "twin", "twin"
	session := s.open()
	gone := []inbound.Ref{
		{SourceID: inbound.SourceID{Key: "id-300"}},
		{SourceID: inbound.SourceID{Key: "id-2"}}, {SourceID: inbound.SourceID{Key: "id-2"}},
		{SourceID: inbound.SourceID{Key: "gone"}},
		{SourceID: inbound.SourceID{Key: "twin", Occurrence: 1}}, {SourceID: inbound.SourceID{Key: "twin", Occurrence: 2}},
	}
	require.NoError(t, session.Delete(t.Context(), gone))
	assert.Equal(t, []string{"id-2", "twin", "id-300"}, s.gone())
	assert.Contains(t, s.commands(), "DELE 20", "the second twin")
	assert.NotContains(t, s.commands(), "DELE 10")

	_, err := session.List(t.Context(), "", inbound.Cursor{})
	require.ErrorIs(t, err, inbound.ErrEnded)
	require.ErrorIs(t, session.Delete(t.Context(), nil), inbound.ErrEnded)
	require.NoError(t, session.Close())
	require.NoError(t, session.Close())
}

func TestDelete_PipelinesMany(t *testing.T) {
	s := newServer(t, mails(900)...)
	session := s.open()
	refs, _ := listAll(t, session)
	require.NoError(t, session.Delete(t.Context(), refs))
	assert.Len(t, s.gone(), 900)
}

func TestDelete_NothingOnlyQuits(t *testing.T) {
	s := newServer(t, mails(1)...)
	session := s.open()
	refs, _ := listAll(t, session)
	fetchAll(t, session, refs, inbound.FetchOptions{})
	require.NoError(t, session.Delete(t.Context(), nil))
	assert.Equal(t, "QUIT", s.commands()[len(s.commands())-1])
	assert.Empty(t, s.gone())
}

func TestDelete_NeedsReplyToQUIT(t *testing.T) {
	for name, quit := range map[string]func(*client, string) string{
		"refused":  func(*client, string) string { return "-ERR some deleted messages not removed\r\n" },
		"empty":    func(*client, string) string { return "\r\n" },
		"cut":      func(c *client, _ string) string { c.hangUp = true; return "" },
		"half way": func(c *client, _ string) string { c.hangUp = true; return "+O" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, mails(3)...)
			s.on["QUIT"] = quit
			session := s.open()
			refs, _ := listAll(t, session)
			require.ErrorIs(t, session.Delete(t.Context(), refs), inbound.ErrTemporary)
			_, err := session.List(t.Context(), "", inbound.Cursor{})
			require.ErrorIs(t, err, inbound.ErrDirty)
		})
	}
}

func TestDelete_ReportsRefusedDELE(t *testing.T) {
	s := newServer(t, mails(3)...)
	s.on["DELE 2"] = func(*client, string) string { return "-ERR read-only\r\n" }
	session := s.open()
	refs, _ := listAll(t, session)
	err := session.Delete(t.Context(), refs)
	require.ErrorIs(t, err, inbound.ErrTemporary)
	assert.ErrorContains(t, err, "id-2")
	assert.Equal(t, []string{"id-1", "id-3"}, s.gone(), "the others are gone")
}

func TestDelete_CanceledDeletesNothing(t *testing.T) {
	s := newServer(t, mails(200)...)
	ctx, cancel := context.WithCancel(t.Context())
	s.on["DELE 100"] = func(c *client, _ string) string {
		cancel()
		_, _ = io.Copy(io.Discard, c.in)
		c.hangUp = true
		return ""
	}
	session := s.open()
	refs, _ := listAll(t, session)
	require.ErrorIs(t, session.Delete(ctx, refs), context.Canceled)
	require.NoError(t, session.Close())
	assert.NotContains(t, s.commands(), "QUIT")
	assert.Empty(t, s.gone())
}
