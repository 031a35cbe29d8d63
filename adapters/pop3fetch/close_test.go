package pop3fetch

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestClose_CommitsNothing(t *testing.T) {
	t.Run("nothing retrieved", func(t *testing.T) {
		s := newServer(t, mails(3)...)
		session := s.open()
		refs, _ := listAll(t, session)
		fetchAll(t, session, refs, inbound.FetchOptions{HeaderOnly: true})
		require.NoError(t, session.Close())
		assert.Contains(t, s.commands(), "QUIT", "the maildrop is let go")
		_, err := session.List(t.Context(), "", inbound.Cursor{})
		require.ErrorIs(t, err, inbound.ErrEnded)
	})
	t.Run("retrieved", func(t *testing.T) {
		s := newServer(t, mails(3)...)
		session := s.open()
		refs, _ := listAll(t, session)
		fetchAll(t, session, refs, inbound.FetchOptions{})
		require.NoError(t, session.Close())
		s.wait()
		assert.NotContains(t, s.commands(), "QUIT", "Gmail would hide what may not be kept yet")
	})
	t.Run("a silent server", func(t *testing.T) {
		s := newServer(t, mails(3)...)
		s.on["QUIT"] = func(c *client, _ string) string {
			_, _ = io.Copy(io.Discard, c.in)
			c.hangUp = true
			return ""
		}
		session := s.open()
		require.NoError(t, session.Close())
	})
}
