package imapfetch_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestLogin_WrongPassword(t *testing.T) {
	m := startMemory(t, inbound.TLS, 1)
	_, err := m.fetcher().Open(t.Context(), m.account, inbound.PasswordLogin("wrong"))
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.Contains(t, inbound.HintOf(err), "app password")
	assert.NotContains(t, err.Error(), "wrong")
}

// Where LOGIN is switched off, the password is sent by PLAIN, if it is encrypted.
func TestLogin_WithoutLOGIN(t *testing.T) {
	for _, tt := range []struct {
		name     string
		security inbound.Security
		without  []string
		class    error
		hint     string
	}{
		{"PLAIN", inbound.TLS, []string{"LOGIN"}, nil, ""},
		{"no PLAIN", inbound.TLS, []string{"LOGIN", "AUTH=PLAIN"}, inbound.ErrAuth, "OAuth2"},
		{"not encrypted", inbound.Plain, []string{"LOGIN"}, inbound.ErrPermanent, "tls"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := inboundtest.NewMailbox().ServeIMAP(t, &inboundtest.ServerOptions{
				Security: tt.security, Faults: inboundtest.Faults{Without: tt.without}})
			session, err := newFetcher(server.Network()).Open(t.Context(), server.Account("shop"), server.Login())
			if tt.class == nil {
				require.NoError(t, err)
				require.NoError(t, session.Close())
				return
			}
			require.ErrorIs(t, err, tt.class)
			assert.Contains(t, inbound.HintOf(err), tt.hint)
		})
	}
}

// PLAIN is announced alone, and not known: LOGIN is tried, over TLS only.
func TestLogin_FallsBackFromPLAIN(t *testing.T) {
	for security, want := range map[inbound.Security][]string{
		inbound.TLS:   {"AUTHENTICATE", "LOGIN"},
		inbound.Plain: nil,
	} {
		var mu sync.Mutex
		var sent []string
		server := inboundtest.NewMailbox().ServeIMAP(t, &inboundtest.ServerOptions{Security: security,
			Faults: inboundtest.Faults{Without: []string{"LOGIN"}, Answer: func(line string) (string, bool) {
				fields := strings.Fields(line)
				if fields[1] != "AUTHENTICATE" && fields[1] != "LOGIN" {
					return "", false
				}
				mu.Lock()
				defer mu.Unlock()
				sent = append(sent, fields[1])
				if fields[1] == "LOGIN" {
					return fields[0] + " OK [CAPABILITY IMAP4rev1] in\r\n", true
				}
				return fields[0] + " NO authentication mechanism is not supported\r\n", true
			}}})
		session, err := newFetcher(server.Network()).Open(t.Context(), server.Account("shop"), server.Login())
		if want == nil {
			require.ErrorIs(t, err, inbound.ErrPermanent)
		} else {
			require.NoError(t, err)
			require.NoError(t, session.Close())
		}
		assert.Equal(t, want, sent)
	}
}
