package refusal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

// What providers say when a limit is reached, as it is in public reports.
func TestRead_LimitsOfProviders(t *testing.T) {
	const (
		connections = inbound.ThrottleConnections
		logins      = inbound.ThrottleLogins
		traffic     = inbound.ThrottleTraffic
		unknown     = inbound.ThrottleUnknown
	)
	for _, tt := range []struct {
		protocol inbound.Protocol
		step     Step
		text     string
		limits   inbound.Throttle
		wait     time.Duration
	}{
		// Gmail
		{imap, Goodbye, "[OVERQUOTA] Account exceeded command or bandwidth limits.", traffic, 0},
		{imap, Reading, "[OVERQUOTA] Account exceeded command or bandwidth limits.", traffic, 0},
		{imap, Login, "[ALERT] Account exceeded command or bandwidth limits. (Failure)", traffic, 0},
		{imap, Opening, "[OVERQUOTA] Account exceeded command or bandwidth limits. 42mb123", traffic, 0},
		{imap, Working, "[THROTTLED]", unknown, 0},
		{imap, Login, "[ALERT] Too many simultaneous connections. (Failure)", connections, 0},
		{pop3, Login, "[AUTH] Account exceeded pop command or bandwidth limits (Failure)", traffic, 0},
		{pop3, Login, "[LOGIN-DELAY] Minimum time between logins not met", logins, 0},
		// Microsoft
		{imap, Reading, "Request is throttled. Suggested Backoff Time: 92415 milliseconds", unknown,
			92415 * time.Millisecond},
		{imap, Opening, "Request is throttled. Suggested Backoff Time: 299961 milliseconds", unknown,
			299961 * time.Millisecond},
		{imap, Login, "Request is throttled. Suggested Backoff Time: 1 milliseconds", logins, time.Millisecond},
		{imap, Login, "Server Unavailable. 15", logins, 0},
		{imap, Opening, "Server Unavailable. 15", unknown, 0},
		{pop3, Opening, "Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to " +
			"the POP3 server.", unknown, 15 * time.Minute},
		{pop3, Login, "login allowed only every 15 minutes", logins, 15 * time.Minute},
		// Yahoo, AOL
		{imap, Login, "[LIMIT] LOGIN Rate limit hit.", logins, 0},
		{imap, Reading, "[LIMIT] UID FETCH Rate limit hit.", unknown, 0},
		{imap, Greeting, "[LIMIT] CAPABILITY Rate limit hit.", unknown, 0},
		{imap, Login, "[INUSE] Too many simultaneous connections", connections, 0},
		// Dovecot, Cyrus, and others
		{imap, Login, "[UNAVAILABLE] Maximum number of connections from user+IP exceeded " +
			"(mail_max_userip_connections=10)", connections, 0},
		{imap, Greeting, "Too many connections from this user", connections, 0},
		{imap, Login, "too many login attempts", logins, 0},
		{imap, Login, "LOGIN login frequency limited", logins, 0},
	} {
		got := Read(tt.protocol, tt.step, "", tt.text)
		assert.Equal(t, inbound.ErrThrottled, got.Class, tt.text)
		assert.Equal(t, tt.limits, got.Throttle, tt.text)
		assert.Equal(t, tt.wait, got.RetryAfter, tt.text)
		failure := got.Failure(inbound.OpRead, assert.AnError)
		assert.Equal(t, []any{tt.wait, tt.limits}, []any{failure.RetryAfter, failure.Throttle}, tt.text)
	}
}
