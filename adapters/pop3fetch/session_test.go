package pop3fetch

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestPipelined_FillsWindow(t *testing.T) {
	s := newServer(t, mails(600)...)
	waiting := 0
	s.on["RETR 1"] = func(c *client, _ string) string {
		for waiting < defaultPipeline-1 { // not a word before they are all there
			if _, err := c.in.ReadString('\n'); err != nil {
				return ""
			}
			waiting++
		}
		var b strings.Builder
		for i := range defaultPipeline {
			b.WriteString("+OK\r\n" + stuff(c.mail[i].raw) + ".\r\n")
		}
		return b.String()
	}
	session := s.open()
	refs, _ := listAll(t, session)
	assert.Len(t, fetchAll(t, session, refs, inbound.FetchOptions{}), 600)
	assert.Equal(t, defaultPipeline-1, waiting)
}

func TestRun_EndsWithContextAndSilence(t *testing.T) {
	silent := func(reached chan struct{}) *server {
		s := newServer(t, mails(3)...)
		s.on["RETR 2"] = func(c *client, _ string) string {
			c.write("+OK\r\nSubject: half\r\n")
			close(reached)
			_, _ = c.in.ReadString('\n')
			_, _ = io.Copy(io.Discard, c.in)
			c.hangUp = true
			return ""
		}
		return s
	}
	t.Run("context", func(t *testing.T) {
		reached := make(chan struct{})
		session := silent(reached).open()
		refs, _ := listAll(t, session)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-reached; cancel() }()
		err := session.Fetch(ctx, refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
			_, err := io.ReadAll(r)
			return err
		})
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("silence", func(t *testing.T) {
		s := silent(make(chan struct{}))
		short := loopback
		short.IdleTimeout = 100 * time.Millisecond
		session, err := s.connect(t.Context(), s.account(), short)
		require.NoError(t, err)
		refs, _ := listAll(t, session)
		err = session.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
			_, err := io.ReadAll(r)
			return err
		})
		require.ErrorIs(t, err, inbound.ErrTemporary)
		assert.Contains(t, inbound.HintOf(err), "in time")
		require.NoError(t, session.Close())
	})
}

func TestPipelined_OneByOneWithoutPIPELINING(t *testing.T) {
	s := newServer(t, mails(3)...)
	s.caps = []string{"UIDL", "TOP"}
	for _, verb := range []string{"STAT", "LIST", "UIDL", "RETR"} {
		s.on[verb] = expectNothingWaiting
	}
	session := s.open()
	refs, _ := listAll(t, session)
	assert.Len(t, fetchAll(t, session, refs, inbound.FetchOptions{}), 3)
}
