package imapfetch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// refusedLogin returns the error of a login at a server that says these lines instead of
// the answer, with TAG for its tag; HANG UP at the end closes the connection.
func refusedLogin(t *testing.T, lines string) error {
	t.Helper()
	server := startStepServer(t, &stepServer{answer: func(text string) string {
		if strings.HasPrefix(text, "LOGIN") || strings.HasPrefix(text, "AUTHENTICATE") {
			return lines
		}
		return ""
	}})
	_, err := New(&Options{Network: plainNetwork}).Open(t.Context(), server.account, inbound.PasswordLogin("s3cret"))
	require.Error(t, err)
	return err
}

// A server may say the reason for a refused login in a line of its own before it.
func TestLogin_AlertBeforeRefusal(t *testing.T) {
	const (
		app  = "Application-specific password required: https://support.google.com/accounts/answer/185833"
		web  = "Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754"
		bare = "TAG NO Invalid credentials (Failure)\r\n"
	)
	for name, tt := range map[string]struct {
		lines string
		class error
		cause inbound.Cause
	}{
		"app password": {"* NO [ALERT] " + app + "\r\n" + bare, inbound.ErrAuth, inbound.CauseAppPassword},
		"without a code": {"* NO " + app + "\r\nTAG NO [AUTHENTICATIONFAILED] no\r\n",
			inbound.ErrAuth, inbound.CauseAppPassword},
		"as OK": {"* OK [ALERT] " + web + "\r\n" + bare, inbound.ErrAuth, inbound.CauseBlocked},
		"web alert": {"* NO [WEBALERT https://x.example] Web login required.\r\n" + bare,
			inbound.ErrAuth, inbound.CauseBlocked},
		"tag says nothing": {"* NO [ALERT] Too many simultaneous connections\r\nTAG NO no\r\n",
			inbound.ErrThrottled, inbound.CauseThrottled},
		"BAD that says nothing": {"* BAD " + app + "\r\nTAG BAD no\r\n", inbound.ErrAuth, inbound.CauseAppPassword},
		"the last one counts": {"* NO [ALERT] " + web + "\r\n* NO " + app + "\r\n" + bare,
			inbound.ErrAuth, inbound.CauseAppPassword},
		"others between": {"* NO [ALERT] " + web + "\r\n* OK still here\r\n* NO hm\r\n* 3 EXISTS\r\n" + bare,
			inbound.ErrAuth, inbound.CauseBlocked},

		"about something else": {"* OK [ALERT] System shutdown in 10 minutes\r\n" + bare,
			inbound.ErrAuth, inbound.CauseCredentials},
		"about the mailbox": {"* OK [ALERT] Mailbox is over quota, try again later\r\nTAG NO no\r\n",
			inbound.ErrAuth, inbound.CauseCredentials},
		"OK without a code": {"* OK " + web + "\r\n" + bare, inbound.ErrAuth, inbound.CauseCredentials},
		"the tag is more exact": {"* NO [ALERT] " + web + "\r\nTAG NO Please enable IMAP\r\n",
			inbound.ErrPermanent, inbound.CauseProtocolOff},
		"a limit": {"* NO [ALERT] " + app + "\r\nTAG NO [LIMIT] Too many connections\r\n",
			inbound.ErrThrottled, inbound.CauseThrottled},
	} {
		t.Run(name, func(t *testing.T) {
			err := refusedLogin(t, tt.lines)
			require.ErrorIs(t, err, tt.class)
			assert.Equal(t, tt.cause, inbound.CauseOf(err))
		})
	}
	for _, end := range []string{"HANG UP", "* BYE closing\r\nHANG UP"} {
		err := refusedLogin(t, "* NO [ALERT] "+app+"\r\n"+end)
		assert.Equal(t, inbound.CauseAppPassword, inbound.CauseOf(err), end)
		assert.ErrorContains(t, err, "after [ALERT] Application-specific password required")
		err = refusedLogin(t, end)
		assert.Equal(t, inbound.CauseUnavailable, inbound.CauseOf(err), end)
	}
	err := refusedLogin(t, "* NO [ALERT] "+app+" \x1b[2J for s3cret\r\n"+bare)
	assert.Contains(t, err.Error(), "Invalid credentials (Failure), after [ALERT] Application-specific password required")
	assert.NotContains(t, err.Error(), "\x1b")
	assert.NotContains(t, err.Error(), "s3cret")
	assert.Contains(t, inbound.HintOf(err), "app password")
}
