package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/refusal"
)

// connOf is a connection that logged in by this password, and sent nothing.
func connOf(t *testing.T, password inbound.Secret) *conn {
	t.Helper()
	credential, err := mailauth.New(inbound.Account{Protocol: inbound.IMAP, Username: "shop"}, password, "")
	require.NoError(t, err)
	return &conn{wire: wire.New(nil), credential: credential}
}

func TestFailure_ByCause(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	slow, cancel := context.WithTimeoutCause(t.Context(), 0, errSlow)
	defer cancel()
	<-slow.Done()
	own := &inbound.Error{Class: inbound.ErrPermanent}
	no := &imap.Error{Type: imap.StatusResponseTypeNo, Text: "no"}
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		err    error
		class  error
		text   string
		broken bool
	}{
		{"classified already", ended, fmt.Errorf("wrapped: %w", own), inbound.ErrPermanent, "", false},
		{"refused", ended, no, inbound.ErrTemporary, "the server answers NO", false},
		{"context", ended, errors.New("x"), inbound.ErrTemporary, "canceled", true},
		{"time limit", slow, errors.New("x"), inbound.ErrTemporary, "takes too long", true},
		{"ended by the server", t.Context(), byeError("* BYE [LIMIT] no"), inbound.ErrThrottled, "BYE", true},
		{"truncated", t.Context(), errTruncated, inbound.ErrTemporary, "truncated", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, broken := connOf(t, "secret").failure(tt.ctx, "list", tt.err)
			assert.Equal(t, tt.class, e.Class)
			assert.ErrorContains(t, e, tt.text)
			assert.Equal(t, tt.broken, broken)
		})
	}
	e, broken := connOf(t, "secret").failure(ended, inbound.OpList, nil)
	assert.Nil(t, e)
	assert.False(t, broken)
}

func TestFailure_SaysWhatARefusalMeans(t *testing.T) {
	const no, bad = imap.StatusResponseTypeNo, imap.StatusResponseTypeBad
	for _, tt := range []struct {
		op    inbound.Op
		kind  imap.StatusResponseType
		code  imap.ResponseCode
		text  string
		class error
		cause inbound.Cause
		wait  time.Duration
	}{
		{inbound.OpLogin, no, "", "LOGIN failed.", inbound.ErrAuth, inbound.CauseCredentials, 0},
		{inbound.OpLogin, bad, "", "LOGIN failed.", inbound.ErrAuth, inbound.CauseCredentials, 0},
		{inbound.OpLogin, bad, "", "what?", inbound.ErrPermanent, inbound.CauseSettings, 0},
		{inbound.OpLogin, no, "", "Please enable IMAP", inbound.ErrPermanent, inbound.CauseProtocolOff, 0},
		{inbound.OpOpenFolder, no, "NONEXISTENT", "", inbound.ErrPermanent, inbound.CauseFolder, 0},
		{inbound.OpOpenFolder, no, "", "Timed out", inbound.ErrTemporary, inbound.CauseUnavailable, 0},
		{inbound.OpOpenFolder, no, "", "EXAMINE Unsafe Login.", inbound.ErrAuth, inbound.CauseBlocked, 0},
		{inbound.OpList, bad, "", "Request is throttled. Suggested Backoff Time: 5000 milliseconds",
			inbound.ErrThrottled, inbound.CauseThrottled, 5 * time.Second},
		{inbound.OpDelete, no, "NOPERM", "", inbound.ErrPermanent, inbound.CauseSettings, 0},
		{inbound.OpRead, no, "", "quota", inbound.ErrTemporary, inbound.CauseUnavailable, 0},
	} {
		e, broken := connOf(t, "secret").failure(t.Context(), tt.op, &imap.Error{Type: tt.kind, Code: tt.code, Text: tt.text})
		assert.Equal(t, tt.class, e.Class, "%v", e)
		assert.Equal(t, tt.cause, e.Cause, "%v", e)
		assert.Equal(t, tt.wait, e.RetryAfter, "%v", e)
		assert.NotEmpty(t, e.Hint, "%v", e)
		assert.False(t, broken)
	}
}

// A BYE in a session says nothing about the credential; one at the login may.
func TestFailure_ByeSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		op    inbound.Op
		line  byeError
		class error
		cause inbound.Cause
	}{
		{inbound.OpConnect, "* BYE Your IP address is blacklisted", inbound.ErrPermanent, inbound.CauseBlocked},
		{inbound.OpLogin, "* BYE [AUTHENTICATIONFAILED] no", inbound.ErrAuth, inbound.CauseCredentials},
		{inbound.OpLogin, "* BYE IMAP4rev1 Server logging out", inbound.ErrTemporary, inbound.CauseUnavailable},
		{inbound.OpList, "* BYE [AUTHENTICATIONFAILED] no", inbound.ErrTemporary, inbound.CauseUnavailable},
		{inbound.OpRead, "* BYE [OVERQUOTA] Account exceeded command or bandwidth limits.",
			inbound.ErrThrottled, inbound.CauseThrottled},
		{inbound.OpRead, "* BYE", inbound.ErrTemporary, inbound.CauseUnavailable},
	} {
		e, broken := connOf(t, "secret").failure(t.Context(), tt.op, tt.line)
		assert.Equal(t, tt.class, e.Class, "%v", e)
		assert.Equal(t, tt.cause, e.Cause, "%v", e)
		assert.True(t, broken)
	}
}

// A line before the refusal of a login says why. The password is not sent again, and a
// link is not shown.
func TestFailure_RemarkBeforeRefusalOfLogin(t *testing.T) {
	for _, tt := range []struct {
		answer string
		cause  inbound.Cause
		shown  string
	}{
		{"* Too many invalid logon attempts.\r\nTAG BAD Goodbye", inbound.CauseThrottled, "logon attempts"},
		{"* NO [ALERT] Account is temporarily unavailable\r\nTAG NO [AUTHENTICATIONFAILED] failed",
			inbound.CauseThrottled, "temporarily"},
		{"* NO [WEBALERT https://example.com/secret] Web login required.\r\nTAG NO Invalid credentials (Failure)",
			inbound.CauseBlocked, ""},
		{"* NO good morning\r\nTAG NO Invalid credentials (Failure)", inbound.CauseCredentials, ""},
		{"* Too many invalid logon attempts.\r\nTAG NO IMAP is disabled", inbound.CauseProtocolOff, ""},
	} {
		server := startStepServer(t, &stepServer{capabilities: "IMAP4rev1 AUTH=PLAIN", answer: func(text string) string {
			if strings.HasPrefix(text, "LOGIN") {
				return tt.answer + "\r\n"
			}
			return ""
		}})
		_, err := New(&Options{Network: plainNetwork}).Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
		assert.Equal(t, tt.cause, inbound.CauseOf(err), "%v", err)
		assert.Contains(t, err.Error(), tt.shown)
		assert.NotContains(t, err.Error(), "secret")
		assert.Len(t, server.sent("LOGIN"), 1)
		assert.Empty(t, server.sent("AUTHENTICATE"), tt.answer)
	}
}

func TestFailure_TokenGetsNoHintOfPasswords(t *testing.T) {
	credential, err := mailauth.New(inbound.Account{Protocol: inbound.IMAP, Username: "shop"}, "", "token")
	require.NoError(t, err)
	c := &conn{wire: wire.New(nil), credential: credential}
	for _, err := range []error{
		&imap.Error{Type: imap.StatusResponseTypeNo, Text: "AUTHENTICATE failed."},
		&imap.Error{Type: imap.StatusResponseTypeNo, Text: "Application-specific password required"},
		byeError("* BYE Invalid credentials"),
	} {
		e, _ := c.failure(t.Context(), inbound.OpLogin, err)
		assert.Equal(t, inbound.ErrAuth, e.Class)
		assert.Contains(t, e.Hint, "sign in")
		assert.NotContains(t, e.Hint, "password")
	}
}

// A refusal is held against the message, but not forever: a server that refuses all is
// not asked for each message of a large mailbox.
func TestFetchJob_ManyRefusedInARow(t *testing.T) {
	unavailable := &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeUnavailable}
	unspecific := &imap.Error{Type: imap.StatusResponseTypeNo, Text: "no"}
	throttled := &imap.Error{Type: imap.StatusResponseTypeNo, Text: "Request is throttled"}
	job := jobOf(1)
	assert.False(t, job.ofMessages(throttled, batch{1}), "it is of the account")
	job.refused = 0
	for range refusal.MaxInRow {
		assert.True(t, job.ofMessages(unavailable, batch{1, 2}), "a batch is split")
		assert.True(t, job.ofMessages(unavailable, batch{1}))
	}
	assert.False(t, job.ofMessages(unavailable, batch{1}))
	job.each = func(inbound.Ref, io.Reader) error { return nil }
	require.NoError(t, job.deliver(1, strings.NewReader(""), 0))
	assert.True(t, job.ofMessages(unavailable, batch{1}), "one came")
	job.refused = 0
	for range 10 * refusal.MaxInRow {
		assert.True(t, job.ofMessages(unspecific, batch{1}), "no words of the server's state")
	}
}

func TestFailure_ShowsAnswerAsSent(t *testing.T) {
	for _, tt := range []struct {
		code imap.ResponseCode
		text string
		want string
	}{
		{"AUTHENTICATIONFAILED", `Authentication "failed".`, `NO [AUTHENTICATIONFAILED] Authentication "failed".`},
		{"", "Größe: no", "NO Größe: no"},
		{"LIMIT", "", "NO [LIMIT]"},
		{"", "", "NO"},
		{"A\x1b]", "\x1b[31m\r\u202e\xff", `NO [A\x1b]] \x1b[31m\r\u202e\ufffd`},
	} {
		e, _ := connOf(t, "secret").failure(t.Context(), inbound.OpList,
			&imap.Error{Type: imap.StatusResponseTypeNo, Code: tt.code, Text: tt.text})
		assert.EqualError(t, e.Err, "the server answers "+tt.want)
	}
}

func TestFailure_HidesEscapesAndCutsServerText(t *testing.T) {
	c := connOf(t, "hunter2")
	for _, status := range []*imap.Error{
		{Type: imap.StatusResponseTypeNo, Text: "hunter2?\x1b[2J" + strings.Repeat("long ", 500)},
		{Type: imap.StatusResponseTypeBad, Code: "HUNTER2"},
	} {
		e, _ := c.failure(t.Context(), inbound.OpLogin, status)
		assert.NotContains(t, strings.ToLower(e.Error()), "hunter2")
		assert.NotContains(t, e.Error(), "\x1b")
		assert.Less(t, len(e.Error()), 600)
	}
}

// The library's own words are no secret, though a password may be a part of them.
func TestFailure_RedactsOnlyWhatTheServerSaid(t *testing.T) {
	for _, password := range []inbound.Secret{"imapwire", "hunter2"} {
		c := connOf(t, password)
		c.transport, _ = dialed(t)
		e, broken := c.failure(t.Context(), inbound.OpList,
			errors.New(`in response-data: imapwire: expected "a\"`+password.Reveal()+`", got "\x1b"`))
		assert.True(t, broken)
		assert.ErrorContains(t, e, "imapwire: expected")
		assert.ErrorContains(t, e, "[redacted]")
		assert.Equal(t, 1, strings.Count(e.Error(), "redacted"))
		assert.NotContains(t, e.Error(), `a\\\"`+password.Reveal())
	}
}
