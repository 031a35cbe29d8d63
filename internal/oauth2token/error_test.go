package oauth2token

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"golang.org/x/oauth2"
)

// refusal is an answer of an authorization server; without a status it is one
// that a program made up.
func refusal(status int, code string) *oauth2.RetrieveError {
	e := &oauth2.RetrieveError{ErrorCode: code, Body: []byte("the whole body")}
	if status > 0 {
		e.Response = &http.Response{StatusCode: status}
	}
	return e
}

// asItIs hides nothing.
func asItIs(text string) string { return text }

func TestFailure_Class(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		class  Class
		hint   string
	}{
		{400, "invalid_grant", Denied, hintSignIn},
		{403, "access_denied", Denied, hintSignIn},
		{400, "interaction_required", Denied, hintSignIn},
		{0, "invalid_grant", Denied, hintSignIn},
		{401, "invalid_client", Denied, hintClient},
		{400, "unauthorized_client", Denied, hintClient},
		{0, "invalid_client", Denied, hintClient},
		{200, "invalid_client", Denied, hintClient},
		{400, "invalid_scope", Denied, hintSettings},
		{0, "invalid_scope", Denied, hintSettings},
		{400, "", Denied, hintSettings},
		{404, "", Denied, hintSettings},
		{408, "", Temporary, hintTrouble},
		{408, "invalid_request", Temporary, hintTrouble},
		{500, "invalid_grant", Temporary, hintTrouble},
		{503, "", Temporary, hintTrouble},
		{400, "temporarily_unavailable", Temporary, hintTrouble},
		{400, "server_error", Temporary, hintTrouble},
		{429, "", Throttled, hintThrottle},
		{429, "invalid_grant", Throttled, hintThrottle},
		{400, "slow_down", Throttled, hintThrottle},
		{0, "", Temporary, hintTrouble},
		{200, "something_new", Temporary, hintTrouble},
	} {
		e := failure(fmt.Errorf("wrapped: %w", refusal(tt.status, tt.code)), asItIs)
		assert.Equal(t, tt.class, e.Class, "HTTP %d %q", tt.status, tt.code)
		assert.Equal(t, tt.hint, e.Hint, "HTTP %d %q", tt.status, tt.code)
		assert.Equal(t, tt.code, e.Code)
		assert.NotContains(t, e.Error(), "body")
	}
}

func TestFailure_RetryAfter(t *testing.T) {
	for _, tt := range []struct {
		status int
		header string
		want   time.Duration
	}{
		{429, "120", 2 * time.Minute},
		{429, " 0.5 ", time.Second},
		{429, "", 0},
		{429, "soon", 0},
		{429, "-5", 0},
		{429, "NaN", 0},
		{429, "Inf", MaxRetryAfter},
		{429, "999999999999999999999", MaxRetryAfter},
		{503, "3600", time.Hour},
		{503, "Wed, 21 Oct 2015 07:28:00 GMT", 0},
		{503, "Fri, 31 Dec 9999 23:59:59 GMT", MaxRetryAfter},
		{400, "3600", 0},
	} {
		answer := refusal(tt.status, "")
		answer.Response.Header = http.Header{"Retry-After": {tt.header}}
		assert.Equal(t, tt.want, failure(answer, asItIs).RetryAfter, "%d %s", tt.status, tt.header)
	}
	now := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	assert.Equal(t, 90*time.Second, retryAfter("Mon, 02 Nov 2026 10:01:30 GMT", now))
}

func TestFailure_NetworkIsTemporary(t *testing.T) {
	cause := &net.OpError{Op: "dial", Err: errors.New("no route\x1b[2J" + strings.Repeat("x", 1000))}
	e := failure(cause, hider(&oauth2.Config{}, "no route"))
	assert.Equal(t, Temporary, e.Class)
	assert.NotEmpty(t, e.Hint)
	assert.ErrorIs(t, e, cause)
	assert.NotContains(t, e.Error(), "\x1b", "foreign text is quoted")
	assert.Contains(t, e.Error(), "[redacted]", "secrets are hidden")
	assert.Less(t, len(e.Error()), 300, "foreign text is cut")
}

func TestFailure_Text(t *testing.T) {
	answer := refusal(400, "invalid_grant")
	answer.ErrorDescription = "Revoked."
	e := failure(answer, asItIs)
	assert.Equal(t, `oauth2token: the authorization server answers HTTP 400: "invalid_grant": "Revoked."`, e.Error())
	e = failure(refusal(0, "invalid_grant"), asItIs)
	assert.Equal(t, `oauth2token: the authorization server refuses: "invalid_grant"`, e.Error())
}
