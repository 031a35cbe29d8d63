package pop3fetch

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestExplain_QuotesAndCutsServerText(t *testing.T) {
	s := newServer(t, mails(1)...)
	s.on["STAT"] = func(*client, string) string {
		return "-ERR \x1b[2J" + strings.Repeat("long ", 500) + "\r\n"
	}
	_, err := s.open().List(t.Context(), "", inbound.Cursor{})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "\x1b")
	assert.Less(t, len(err.Error()), 500)
}

func TestExplain_SaysWhatARefusalMeans(t *testing.T) {
	for _, tt := range []struct {
		verb, answer string
		class        error
		cause        inbound.Cause
		wait         time.Duration
	}{
		{"PASS", "-ERR [AUTH] no", inbound.ErrAuth, inbound.CauseCredentials, 0},
		{"PASS", "-ERR \xb5\xc7\xc2\xbc\xcc\xab\xc6\xb5\xb7\xb1", inbound.ErrThrottled, inbound.CauseThrottled, 0},
		{"PASS", "-ERR [LOGIN-DELAY] wait", inbound.ErrThrottled, inbound.CauseThrottled, 15 * time.Minute},
		{"PASS", "-ERR [LOGIN-DELAY] wait 5 minutes", inbound.ErrThrottled, inbound.CauseThrottled, 5 * time.Minute},
		{"PASS", "-ERR Too many logins", inbound.ErrThrottled, inbound.CauseThrottled, 0},
		{"STAT", "-ERR [SYS/PERM] Your account is not enabled for POP access.", inbound.ErrPermanent,
			inbound.CauseProtocolOff, 0},
		{"STAT", "-ERR no", inbound.ErrTemporary, inbound.CauseUnavailable, 0},
		{"LIST", "-ERR Exceeded the login limit for a 15 minute period.", inbound.ErrThrottled,
			inbound.CauseThrottled, 15 * time.Minute},
	} {
		s := newServer(t, mails(1)...)
		s.caps = []string{"USER", "UIDL", "LOGIN-DELAY 900 USER"}
		s.on[tt.verb] = always(tt.answer + "\r\n")
		session, err := s.connect(t.Context(), s.account(), loopback)
		if err == nil {
			_, err = session.List(t.Context(), "", inbound.Cursor{})
		}
		var e *inbound.Error
		require.ErrorAs(t, err, &e, tt.answer)
		assert.Equal(t, tt.class, e.Class, "%v", err)
		assert.Equal(t, tt.cause, e.Cause, "%v", err)
		assert.Equal(t, tt.wait, e.RetryAfter, "%v", err)
		assert.NotEmpty(t, e.Hint, "%v", err)
	}
}
