package inbound

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postroom/postroom/internal/dialguard"
	"github.com/postroom/postroom/internal/oauth2token"
)

// Credentials gives the secrets with which accounts log in. Implementations are safe
// for concurrent use.
type Credentials interface {
	// Credentials returns the secrets of an account. It is called before each login, so
	// that a changed password counts from the next one on. An account without secrets
	// is an error that wraps ErrNotFound. An *Error is treated by its Class, and an
	// error that wraps ErrTemporary or a context's error is retried; any other one
	// stops the account.
	Credentials(ctx context.Context, accountID string) (Secrets, error)
}

// SecretsSaver is an optional interface of [Credentials]: it keeps the new refresh
// token that some providers give with an access token. Without it, a Syncer uses the
// new one until the process ends. [SavedCredentials] have it.
type SecretsSaver interface {
	// SaveSecrets replaces the secrets of an account, before the access token is used. It
	// is called with what Credentials returned, and another RefreshToken. If it fails,
	// the Syncer logs that, goes on with the new token, and calls it again before the
	// next login.
	SaveSecrets(ctx context.Context, accountID string, s Secrets) error
}

// Secrets are what an account logs in with: a password, or what OAuth2 needs.
type Secrets struct {
	Password     Secret // or an app password; unused where the account has OAuth2
	ClientSecret Secret // OAuth2: of the account's client; "" for a public one
	RefreshToken Secret // OAuth2: from the consent of the mailbox's owner
	// AccessToken is for hosts that refresh tokens themselves: a token that is valid
	// now. It is used as it is, also where the account has no OAuth2.
	AccessToken Secret

	after string // digest of the configured refresh token; see SavedCredentials
}

// StaticCredentials are secrets held in memory, by account ID. New reports
// accounts of IMAP and POP3 that have none.
type StaticCredentials map[string]Secrets

// Credentials implements [Credentials].
func (c StaticCredentials) Credentials(_ context.Context, accountID string) (Secrets, error) {
	s, ok := c[accountID]
	if !ok {
		return Secrets{}, fmt.Errorf("%w: no credentials for account %q", ErrNotFound, accountID)
	}
	return s, nil
}

// CredentialsFunc adapts a function to Credentials.
type CredentialsFunc func(ctx context.Context, accountID string) (Secrets, error)

// Credentials implements [Credentials].
func (f CredentialsFunc) Credentials(ctx context.Context, accountID string) (Secrets, error) {
	return f(ctx, accountID)
}

// Credential is what a Fetcher logs in with: an access token if there is one, else a
// password.
type Credential struct {
	Password    Secret
	AccessToken Secret // for XOAUTH2 and OAUTHBEARER
}

// Login gives the credential that is valid now. A Fetcher calls it before each login,
// since a session may log in again. Its errors are *Error.
type Login func(ctx context.Context) (Credential, error)

// PasswordLogin returns a Login that gives a password.
func PasswordLogin(password Secret) Login {
	return func(context.Context) (Credential, error) { return Credential{Password: password}, nil }
}

// validate returns what an account misses among its secrets.
func (s Secrets) validate(a Account) error {
	switch {
	case s.AccessToken != "":
		return nil
	case !a.OAuth2.isZero() && s.RefreshToken == "":
		return errors.New("the refresh token is missing: sign in to the mailbox")
	case a.OAuth2.isZero() && s.Password == "":
		return errors.New("a password or OAuth2 is missing")
	case strings.ContainsAny(s.Password.Reveal(), "\r\n\x00"):
		return errors.New("the password has a line break or NUL in it")
	}
	return nil
}

// credentialsError is the failure of getting secrets.
func credentialsError(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	class := ErrAuth
	if errors.Is(err, ErrTemporary) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		class = ErrTemporary
	}
	return &Error{Op: OpCredentials, Class: class, Err: err, Hint: "enter the password, or sign in to the mailbox"}
}

// tokenError is the failure of getting an access token.
func tokenError(err error) error {
	e := &Error{Op: OpToken, Class: ErrTemporary, Err: err}
	var failed *oauth2token.Error
	if errors.As(err, &failed) {
		e.Hint, e.Err, e.RetryAfter = failed.Hint, failed.Err, failed.RetryAfter
		switch failed.Class {
		case oauth2token.Misconfigured:
			e.Class = ErrPermanent
			if errors.Is(failed, dialguard.ErrPrivate) {
				e.Err = ErrPrivateAddress
			} else if errors.Is(failed, dialguard.ErrPort) {
				e.Err = ErrPortNotAllowed
			}
		case oauth2token.Denied:
			e.Class = ErrAuth
		case oauth2token.Throttled:
			e.Class = ErrThrottled
		}
	}
	return e
}
