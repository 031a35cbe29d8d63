package pop3fetch

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestLogin_ClassifiesRefusal(t *testing.T) {
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
		{"PASS", "-ERR Server Unavailable. 15", inbound.ErrThrottled},
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

func TestLogin_PlainWithoutUSER(t *testing.T) {
	s := newServer(t)
	s.caps = []string{"SASL PLAIN"}
	s.on["AUTH"] = func(c *client, _ string) string {
		c.write("+\r\n")
		line, _ := c.in.ReadString('\n')
		plain, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if string(plain) == "\x00user@example.org\x00secret" {
			return "+OK\r\n"
		}
		return "-ERR\r\n"
	}
	s.open()
}

// Without a list of mechanisms the usual one is tried.
func TestLogin_XOAUTH2WithoutAnnouncement(t *testing.T) {
	for name, caps := range map[string][]string{"no CAPA": nil, "no SASL": {"UIDL", "USER"}} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.caps = caps
			s.on["AUTH"] = func(c *client, mechanism string) string {
				assert.Equal(t, "XOAUTH2", mechanism)
				c.write("+ \r\n")
				_, _ = c.in.ReadString('\n')
				return "+OK\r\n"
			}
			login := func(context.Context) (inbound.Credential, error) {
				return inbound.Credential{AccessToken: "token"}, nil
			}
			session, err := New(&Options{Network: loopback}).Open(t.Context(), s.serving(), login)
			require.NoError(t, err)
			require.NoError(t, session.Close())
		})
	}
}
