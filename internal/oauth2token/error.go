package oauth2token

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/postroom/postroom/internal/dialguard"
	"github.com/postroom/postroom/internal/escape"
)

// Class says what a failure means for the next attempt.
type Class int

// The classes. The zero value is the one that is retried.
const (
	Temporary     Class = iota // network or server trouble, or a context that ended; retry
	Throttled                  // too many requests; retry later than usual
	Denied                     // until somebody signs in again or changes the settings
	Misconfigured              // the token URL is not one to send secrets to; until somebody changes it
)

// Error is why there is no access token.
type Error struct {
	Class Class
	Code  string // the authorization server's error code (RFC 6749, section 5.2); "" if there is none
	Hint  string // what to do next; "" if there is nothing to do
	// RetryAfter is how long the authorization server wants to be left alone (RFC 9110,
	// section 10.2.3), at most MaxRetryAfter; 0 when it does not say. It is 0 with Denied.
	RetryAfter time.Duration
	Err        error // the cause; text in it that is not ours is quoted and cut
}

// Error returns the text of the cause.
func (e *Error) Error() string { return "oauth2token: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

const (
	hintSignIn   = "the owner of the mailbox has to sign in and give consent again"
	hintClient   = "check the client ID and the client secret, and whether the provider allows this application"
	hintSettings = "check the client ID, the client secret, the scopes and the tenant of the OAuth2 settings"
	hintNetwork  = "check the network between here and the authorization server; retried automatically"
	hintTrouble  = "the authorization server has trouble of its own; retried automatically"
	hintAddress  = "check the token URL; if it is in your own network, allow private addresses"
	hintPort     = "check the port in the token URL; if it is right, add it to the allowed ports"
	hintRedirect = "set the token URL to the address at which the authorization server answers itself"
	hintThrottle = "the authorization server limits requests; retried automatically"
)

// Error codes of RFC 6749, RFC 8628 and OpenID Connect, by what they ask for.
var (
	codesTemporary = []string{"server_error", "temporarily_unavailable"}
	codesThrottled = []string{"slow_down"}
	codesClient    = []string{"invalid_client", "unauthorized_client"}
	codesSignIn    = []string{
		"invalid_grant", "access_denied", "invalid_token",
		"interaction_required", "login_required", "consent_required",
	}
	codesSettings = []string{
		"invalid_request", "invalid_scope", "unsupported_grant_type", "invalid_resource", "invalid_target",
	}
)

// ended is the failure of a context that ended: no word about the token.
func ended(ctx context.Context) *Error { return &Error{Class: Temporary, Err: ctx.Err()} }

// failure classifies what a token source returned. Only an answer of the
// authorization server itself is Denied. hide hides the secrets in its text.
func failure(err error, hide func(text string) string) *Error {
	var answer *oauth2.RetrieveError
	switch {
	case errors.Is(err, dialguard.ErrPrivate):
		return &Error{Class: Misconfigured, Hint: hintAddress, Err: dialguard.ErrPrivate}
	case errors.Is(err, dialguard.ErrPort):
		return &Error{Class: Misconfigured, Hint: hintPort, Err: dialguard.ErrPort}
	case !errors.As(err, &answer):
		return &Error{Class: Temporary, Hint: hintNetwork, Err: &quoted{escape.Quoted(hide(err.Error())), err}}
	}
	status := statusOf(answer)
	if status/100 == 3 {
		return &Error{Class: Misconfigured, Hint: hintRedirect, Err: fmt.Errorf("the authorization server answers"+
			" HTTP %d, a redirect, which is not followed with secrets", status)}
	}
	text := "the authorization server refuses"
	if status > 0 {
		text = fmt.Sprintf("the authorization server answers HTTP %d", status)
	}
	for _, detail := range []string{answer.ErrorCode, answer.ErrorDescription} {
		if detail != "" {
			text += ": " + escape.Quoted(hide(detail))
		}
	}
	// The answer itself stays out of the chain: its own text is its whole body.
	e := &Error{Code: answer.ErrorCode, Err: errors.New(text)}
	if e.Class, e.Hint = classify(status, answer.ErrorCode); e.Class != Denied && answer.Response != nil {
		e.RetryAfter = retryAfter(answer.Response.Header.Get("Retry-After"), time.Now())
	}
	return e
}

// MaxRetryAfter is the longest wait that an authorization server is believed to want.
const MaxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After: seconds or a date. What it cannot read is 0.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 {
		return time.Duration(min(math.Ceil(seconds), MaxRetryAfter.Seconds())) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), MaxRetryAfter)
}

// quoted is an error whose text is replaced by a safe one.
type quoted struct {
	text string
	err  error
}

func (q *quoted) Error() string { return q.text }

func (q *quoted) Unwrap() error { return q.err }

// statusOf returns the HTTP status, or 0: an error that a program makes itself
// has none.
func statusOf(answer *oauth2.RetrieveError) int {
	if answer.Response == nil {
		return 0
	}
	return answer.Response.StatusCode
}

func classify(status int, code string) (Class, string) {
	is := func(codes []string) bool { return slices.Contains(codes, code) }
	switch {
	case status == 429 || is(codesThrottled):
		return Throttled, hintThrottle
	case status == 408 || status >= 500 || is(codesTemporary):
		return Temporary, hintTrouble
	case is(codesClient):
		return Denied, hintClient
	case is(codesSignIn):
		return Denied, hintSignIn
	case is(codesSettings) || status/100 == 4:
		return Denied, hintSettings
	}
	return Temporary, hintTrouble
}
