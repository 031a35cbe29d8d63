package imapfetch

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// ID is sent once a connection, and no answer to it matters.
func TestFetcher_SendsIDWhereListed(t *testing.T) {
	for name, answer := range map[string]string{
		"list":         "* ID (\"name\" \"x\" \"vendor\" NIL)\r\nTAG OK\r\n",
		"odd":          "* ID name x (\r\n* ID\r\nTAG OK\r\n",
		"refused":      "TAG NO no\r\n",
		"not taken":    "TAG BAD no\r\n",
		"no tag":       "* OK\r\n",
		"another word": "TAG HELLO\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			server := startStepServer(t, &stepServer{messages: 3, id: answer})
			f := New(&Options{Network: plainNetwork})
			for range 2 {
				refs, bodies := collectAll(t, f, server.account)
				require.Len(t, refs, 3)
				require.Len(t, bodies, 3)
			}
			ids := server.sent("ID")
			require.Len(t, ids, 2)
			assert.Regexp(t, regexp.MustCompile(`^ID \("name" "postroom" "version" "[^" ]+"\)$`), ids[0])
			assert.Equal(t, 2, server.logins)
		})
	}
}

// A server that ends the connection at ID, or never answers it, is not asked again.
func TestFetcher_GoesOnWithoutID(t *testing.T) {
	for _, early := range []string{"", "BAD"} {
		server := startStepServer(t, &stepServer{messages: 3, id: "hang up", early: early, at: "EXAMINE"})
		f := New(&Options{Network: plainNetwork})
		for range 2 {
			refs, _ := collectAll(t, f, server.account)
			require.Len(t, refs, 3)
		}
		assert.LessOrEqual(t, len(server.sent("ID")), 2)
	}
}

func TestFetcher_SendsNoIDUnlisted(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 3, capabilities: "IMAP4rev1"})
	collectAll(t, New(&Options{Network: plainNetwork}), server.account)
	assert.Empty(t, server.sent("ID"))
}

func TestFetcher_LoginFallsBack(t *testing.T) {
	const both = "IMAP4rev1 AUTH=PLAIN SASL-IR"
	for _, tt := range []struct {
		name, login, authenticate, capabilities string
		class                                   error
		logins, authenticates                   int // in two sessions
	}{
		{"LOGIN is unknown", "BAD Unknown command", "OK", both, nil, 1, 2},
		{"LOGIN is unknown and ends the connection", "hang up BAD Error in IMAP command", "OK", both, nil, 1, 2},
		{"LOGIN is not supported", "NO LOGIN command not supported here, use AUTHENTICATE", "OK", both, nil, 1, 2},
		{"LOGIN is disabled", "NO [CANNOT] plain LOGIN is disabled", "OK", both, nil, 1, 2},
		{"wrong password", "NO [AUTHENTICATIONFAILED] unsupported password", "OK", both, inbound.ErrAuth, 1, 0},
		{"wrong password in few words", "NO LOGIN failed", "OK", both, inbound.ErrAuth, 1, 0},
		{"wrong password by BAD", "BAD invalid user or password", "OK", both, inbound.ErrAuth, 1, 0},
		{"LOGIN is not available", "NO Command LOGIN not available", "OK", both, nil, 1, 2},
		{"login from there", "NO login from this network is disabled", "OK", both, inbound.ErrAuth, 1, 0},
		{"account is switched off", "NO login disabled for this user", "OK", both, inbound.ErrAuth, 1, 0},
		{"trouble", "NO [UNAVAILABLE] LOGIN not available now", "OK", both, inbound.ErrTemporary, 1, 0},
		{"too many", "NO [LIMIT] too many connections, not supported", "OK", both, inbound.ErrThrottled, 1, 0},
		{"no PLAIN", "BAD Unknown command", "OK", "IMAP4rev1", inbound.ErrPermanent, 1, 0},
		{"neither", "BAD Unknown command", "BAD Unknown command", both, inbound.ErrPermanent, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startStepServer(t, &stepServer{messages: 3, capabilities: tt.capabilities,
				login: tt.login, authenticate: tt.authenticate})
			f := New(&Options{Network: plainNetwork})
			if tt.class == nil {
				collectAll(t, f, server.account)
				collectAll(t, f, server.account)
			} else {
				_, err := f.Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
				require.ErrorIs(t, err, tt.class)
			}
			assert.Len(t, server.sent("LOGIN"), tt.logins)
			assert.Len(t, server.sent("AUTHENTICATE PLAIN"), tt.authenticates)
		})
	}
}
