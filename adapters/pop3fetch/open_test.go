package pop3fetch

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestOpen_ClassifiesRefusedConnection(t *testing.T) {
	for greeting, class := range map[string]error{
		"-ERR [SYS/TEMP] overloaded":                inbound.ErrTemporary,
		"-ERR too many connections from your host":  inbound.ErrThrottled,
		"220 this is SMTP":                          inbound.ErrTemporary,
		strings.Repeat("x", 100<<10):                inbound.ErrTemporary,
		"-ERR [SYS/PERM] your network is banned":    inbound.ErrPermanent,
		"HTTP/1.1 400 Bad Request\r\n\r\n+OK pass?": inbound.ErrTemporary,
	} {
		s := newServer(t)
		s.greeting = greeting
		_, err := s.connect(t.Context(), s.account(), loopback)
		require.ErrorIs(t, err, class)
		assert.Less(t, len(err.Error()), 600, "server text is cut")
	}
}

func TestOpen_EncryptsBySTLS(t *testing.T) {
	s := newServer(t, mails(1)...)
	account, policy := s.encrypted()
	session, err := s.connect(t.Context(), account, policy)
	require.NoError(t, err)
	require.NoError(t, session.Close())
	_, err = s.connect(t.Context(), account, loopback)
	require.ErrorIs(t, err, inbound.ErrPermanent, "the certificate is unknown")
	s.wait()
	assert.Equal(t, []string{"CAPA", "STLS", "CAPA", "USER user@example.org"}, s.log[:4], "capabilities are read again")
}

func TestOpen_FailsWithoutSTLS(t *testing.T) {
	for name, answer := range map[string]func(c *client, _ string) string{
		"refused":              func(*client, string) string { return "-ERR no\r\n" },
		"text before TLS":      func(*client, string) string { return "+OK go\r\n+OK injected\r\n" },
		"neither":              func(*client, string) string { return "hm\r\n" },
		"connection is closed": func(c *client, _ string) string { c.hangUp = true; return "" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.on["STLS"] = answer
			account := s.account()
			account.Security = inbound.StartTLS
			_, err := s.connect(t.Context(), account, loopback)
			var e *inbound.Error
			require.ErrorAs(t, err, &e)
			for _, line := range s.commands() {
				assert.Equal(t, "STLS", line, "nothing may be said in the clear")
			}
		})
	}
}

func TestOpen_EndsWithContextAndTimeout(t *testing.T) {
	for _, verb := range []string{"CAPA", "USER", "PASS"} {
		t.Run(verb, func(t *testing.T) {
			s := newServer(t)
			reached := make(chan struct{}, 2)
			s.on[verb] = func(c *client, _ string) string {
				reached <- struct{}{}
				_, _ = c.in.ReadString('\n') // until the client leaves
				c.hangUp = true
				return ""
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-reached; cancel() }()
			_, err := s.connect(ctx, s.account(), loopback)
			require.ErrorIs(t, err, context.Canceled)

			if verb == "CAPA" {
				return // which servers need not answer
			}
			short := loopback
			short.LoginTimeout = 50 * time.Millisecond
			_, err = s.connect(t.Context(), s.account(), short)
			require.ErrorIs(t, err, inbound.ErrTemporary)
		})
	}
}

func TestOpen_EndsWithoutGreeting(t *testing.T) {
	s := newServer(t) // nobody accepts
	short := loopback
	short.LoginTimeout = 50 * time.Millisecond
	_, err := New(&Options{Network: short}).Open(t.Context(), s.account(), s.login())
	require.ErrorIs(t, err, inbound.ErrTemporary)
	assert.Contains(t, err.Error(), "in time")
}
