package pop3fetch

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/selfsigned"
)

func TestOpenTellsWhatARefusedLogInMeans(t *testing.T) {
	tests := []struct {
		verb, answer string
		class        error
	}{
		{"PASS", "-ERR [AUTH] wrong", inbound.ErrAuth},
		{"PASS", "-err no", inbound.ErrAuth},
		{"PASS", "-ERR", inbound.ErrAuth},
		{"PASS", "-ERR the account is locked", inbound.ErrAuth},
		{"USER", "-ERR no such user", inbound.ErrAuth},
		{"PASS", "-ERR [SYS/TEMP] later", inbound.ErrTemporary},
		{"PASS", "-ERR [sys/perm] never", inbound.ErrPermanent},
		{"PASS", "-ERR [IN-USE] locked", inbound.ErrTemporary},
		{"PASS", "-ERR maildrop already locked", inbound.ErrTemporary},
		{"PASS", "-ERR unable to lock maildrop", inbound.ErrTemporary},
		{"PASS", "-ERR Server Unavailable. 15", inbound.ErrTemporary},
		{"PASS", "-ERR [LOGIN-DELAY] wait", inbound.ErrThrottled},
		{"PASS", "-ERR Too many simultaneous connections", inbound.ErrThrottled},
		{"PASS", "-ERR PASS secret is no command", inbound.ErrAuth},
		{"PASS", "500 PASS secret is no command", inbound.ErrTemporary},
		{"PASS", "", inbound.ErrTemporary},
		{"PASS", "OK", inbound.ErrTemporary},
		{"PASS", "+OKAY", inbound.ErrTemporary},
	}
	for _, tt := range tests {
		t.Run(tt.verb+" "+tt.answer, func(t *testing.T) {
			s := newServer(t)
			s.on[tt.verb] = func(*client, string) string { return tt.answer + "\r\n" }
			_, err := s.connect(t.Context(), s.account(), loopback)
			var e *inbound.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, tt.class, e.Class, "%v", err)
			assert.NotEmpty(t, e.Hint)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestOpenTellsWhatARefusedConnectionMeans(t *testing.T) {
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

func TestOpenUnderstandsLowerCase(t *testing.T) {
	s := newServer(t, mails(1)...)
	s.greeting = "+ok hello"
	for _, verb := range []string{"USER", "PASS"} {
		s.on[verb] = func(*client, string) string { return "+Ok\n" }
	}
	s.open()
}

func TestOpenByPlainWhereThereIsNoUSER(t *testing.T) {
	s := newServer(t)
	s.caps = []string{"SASL PLAIN"}
	s.on["AUTH"] = func(c *client, _ string) string {
		c.write("+\r\n")
		line, _ := c.in.ReadString('\n')
		if plain, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line)); string(plain) == "\x00user@example.org\x00secret" {
			return "+OK\r\n"
		}
		return "-ERR\r\n"
	}
	s.open()
}

func TestOpenEncryptsBySTLS(t *testing.T) {
	s := newServer(t, mails(1)...)
	var pool = loopback
	certificate, roots := selfsigned.Certificate(t)
	s.cert, pool.RootCAs = &certificate, roots
	pool.AllowPlaintext = false
	account := s.account()
	account.Security = inbound.StartTLS
	session, err := s.connect(t.Context(), account, pool)
	require.NoError(t, err)
	check, err := session.(inbound.Informer).ServerInfo(t.Context())
	require.NoError(t, err)
	assert.True(t, check.Encrypted)
	assert.Contains(t, check.Capabilities, "UIDL")
	assert.Nil(t, check.Folders)
	require.NoError(t, session.Close())
	_, err = s.connect(t.Context(), account, loopback)
	require.ErrorIs(t, err, inbound.ErrPermanent, "the certificate is unknown")
	s.wait()
	assert.Equal(t, []string{"CAPA", "STLS", "CAPA", "USER user@example.org"}, s.log[:4], "capabilities are read again")

}

func TestOpenDoesNotGoOnWithoutSTLS(t *testing.T) {
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

func TestOpenEndsWithItsContextAndItsTime(t *testing.T) {
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

			short := loopback
			short.DialTimeout = 50 * time.Millisecond
			_, err = s.connect(t.Context(), s.account(), short)
			require.ErrorIs(t, err, inbound.ErrTemporary)
		})
	}
}

func TestOpenEndsWhenTheServerDoesNotGreet(t *testing.T) {
	s := newServer(t) // nobody accepts
	short := loopback
	short.DialTimeout = 50 * time.Millisecond
	_, err := New(&Options{Network: short}).Open(t.Context(), s.account(), s.login())
	require.ErrorIs(t, err, inbound.ErrTemporary)
	assert.Contains(t, err.Error(), "in time")
}

func TestOpenWithoutCAPA(t *testing.T) {
	s := newServer(t, mails(3)...)
	s.caps = nil
	session := s.open()
	refs, listing := listAll(t, session)
	assert.Len(t, refs, 3)
	assert.False(t, listing.Incomplete)
	check, err := session.(inbound.Informer).ServerInfo(t.Context())
	require.NoError(t, err)
	assert.Nil(t, check.Capabilities)
}
