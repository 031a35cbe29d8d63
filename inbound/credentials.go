package inbound

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

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
// new one until the process ends.
type SecretsSaver interface {
	// SaveSecrets replaces the secrets of an account.
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

// keychain gets the credentials of accounts, and keeps access tokens until they
// expire.
type keychain struct {
	source Credentials
	logger *slog.Logger

	mu     sync.Mutex
	tokens map[string]token // by account
}

// token is an access token, and the refresh token that comes after it.
type token struct {
	from    Secrets // that it was got with
	access  Secret
	refresh Secret
	expires time.Time // zero: it does not say
	reused  bool      // it was used for a login after the one that it was got for
}

// expiryMargin is how long before its end a token is no longer used: clocks differ, and
// a login takes a while.
const expiryMargin = time.Minute

// tokenTimeout bounds the request for an access token.
const tokenTimeout = 30 * time.Second

// login returns the Login of an account.
func (k *keychain) login(a Account) Login {
	return func(ctx context.Context) (Credential, error) {
		s, err := k.source.Credentials(ctx, a.ID)
		if err == nil {
			err = s.validate(a)
		}
		switch {
		case err != nil:
			return Credential{}, credentialsError(err)
		case s.AccessToken != "":
			return Credential{AccessToken: s.AccessToken}, nil
		case a.OAuth2.isZero():
			return Credential{Password: s.Password}, nil
		}
		access, err := k.accessToken(ctx, a, s)
		return Credential{AccessToken: access}, err
	}
}

// accessToken returns the token that is kept, or a new one.
func (k *keychain) accessToken(ctx context.Context, a Account, s Secrets) (Secret, error) {
	kept, known := k.kept(a.ID, s)
	if known && kept.access != "" && (kept.expires.IsZero() || time.Until(kept.expires) > expiryMargin) {
		return kept.access, nil
	}
	refresh := s.RefreshToken
	if known {
		refresh = kept.refresh // the provider may have replaced the first one
	}
	config := &oauth2.Config{ClientID: a.OAuth2.ClientID, ClientSecret: s.ClientSecret.Reveal(),
		Endpoint: oauth2.Endpoint{TokenURL: a.OAuth2.TokenURL}, Scopes: a.OAuth2.Scopes}
	limited, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	got, err := oauth2token.Refresh(limited, config, refresh.Reveal())
	if err != nil {
		return "", tokenError(err)
	}
	fresh := token{from: s, access: Secret(got.AccessToken), refresh: Secret(got.RefreshToken), expires: got.Expiry}
	if fresh.refresh != refresh {
		fresh.from = k.save(ctx, a.ID, s, fresh.refresh)
	}
	k.mu.Lock()
	k.tokens[a.ID] = fresh
	k.mu.Unlock()
	return fresh.access, nil
}

// kept returns the token that was got with these secrets.
func (k *keychain) kept(accountID string, s Secrets) (token, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, known := k.tokens[accountID]
	if !known || kept.from != s {
		return token{}, false
	}
	kept.reused = true
	k.tokens[accountID] = kept
	return kept, true
}

// save keeps a new refresh token, and returns the secrets as they are from now on.
func (k *keychain) save(ctx context.Context, accountID string, s Secrets, refresh Secret) Secrets {
	saver, ok := k.source.(SecretsSaver)
	if !ok {
		return s
	}
	renewed := s
	renewed.RefreshToken = refresh
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if err := saver.SaveSecrets(ctx, accountID, renewed); err != nil {
		k.logger.ErrorContext(ctx, "a new refresh token could not be kept; the old one may be refused after a restart",
			"account", accountID, "error", err)
		return s
	}
	return renewed
}

// forget drops the access token of an account, after a server has refused it. It
// reports whether it was not new: then a new one may be taken.
func (k *keychain) forget(accountID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, known := k.tokens[accountID]
	if !known {
		return false
	}
	kept.access = ""
	k.tokens[accountID] = kept
	return kept.reused
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
		e.Hint, e.Err = failed.Hint, failed.Err
		switch failed.Class {
		case oauth2token.Denied:
			e.Class = ErrAuth
		case oauth2token.Throttled:
			e.Class = ErrThrottled
		}
	}
	return e
}
