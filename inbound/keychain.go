package inbound

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/postroom/postroom/internal/dialguard"
	"github.com/postroom/postroom/internal/oauth2token"
)

// keychain gets the credentials of accounts, and keeps access tokens until they
// expire.
type keychain struct {
	source   Credentials
	logger   *slog.Logger
	observer *Observer     // nil: nobody is told
	network  NetworkPolicy // for token endpoints

	mu     sync.Mutex
	tokens map[string]token         // by account
	turns  map[string]chan struct{} // by account; holds a value while a token is got
}

// newKeychain returns a keychain without a logger. source may be nil.
func newKeychain(source Credentials) *keychain {
	if source == nil {
		source = StaticCredentials{}
	}
	return &keychain{source: source, tokens: make(map[string]token), turns: make(map[string]chan struct{})}
}

// token is an access token, and the refresh token that comes after it.
type token struct {
	from    Secrets // that it was got with
	access  Secret  // "": it was refused
	refresh Secret
	expires time.Time // zero: it does not say
	unsaved bool      // the refresh token is new, and could not be saved
}

// expiryMargin is how long before its end a token is no longer used: clocks differ, and
// a login takes a while.
const expiryMargin = time.Minute

const (
	// tokenTimeout bounds the request for an access token.
	tokenTimeout = 30 * time.Second
	// tokenGrace is how long the request may go on when its context has ended: the
	// provider may have replaced the refresh token, and the answer has the only one that
	// is valid.
	tokenGrace = 3 * time.Second
	// savePause is long enough for a different process to save what it got.
	savePause = 300 * time.Millisecond
)

// login returns the Login of an account. refused is to be called after the server has
// refused what Login gave: it reports whether that was an access token. A further login
// gets a new one then, also where this one was new: providers have given tokens that
// their mail servers did not know yet, or no longer.
func (k *keychain) login(a Account) (login Login, refused func() bool) {
	var given Secret // the latest access token, under k.mu
	login = func(ctx context.Context) (Credential, error) {
		c, err := k.credential(ctx, a)
		k.mu.Lock()
		given = c.AccessToken
		k.mu.Unlock()
		return c, err
	}
	return login, func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		if given != "" {
			k.forget(a.ID, given)
		}
		return given != ""
	}
}

// credential returns what is valid now. An account with OAuth2 gets one token at a time:
// a second request with the same refresh token may be refused, and some providers take it
// for theft.
func (k *keychain) credential(ctx context.Context, a Account) (Credential, error) {
	if !a.OAuth2.isZero() {
		if err := k.take(ctx, a.ID); err != nil {
			return Credential{}, err
		}
		defer k.giveBack(a.ID)
	}
	s, err := k.secrets(ctx, a)
	switch {
	case err != nil:
		return Credential{}, err
	case s.AccessToken != "":
		return Credential{AccessToken: s.AccessToken}, nil
	case a.OAuth2.isZero():
		return Credential{Password: s.Password}, nil
	}
	access, err := k.accessToken(ctx, a, s)
	if errors.Is(err, ErrAuth) {
		if now, replaced := k.replaced(ctx, a, s); replaced {
			access, err = k.accessToken(ctx, a, now)
		}
	}
	return Credential{AccessToken: access}, err
}

// replaced returns the secrets as they are after a refusal, and whether their refresh
// token is another one: a different process may have used that of before, and be about to
// save the one that came after it.
func (k *keychain) replaced(ctx context.Context, a Account, s Secrets) (now Secrets, replaced bool) {
	if _, ok := k.source.(SecretsSaver); !ok {
		return s, false
	}
	select {
	case <-time.After(savePause):
	case <-ctx.Done():
	}
	now, err := k.secrets(ctx, a)
	return now, err == nil && now.RefreshToken != s.RefreshToken
}

// secrets returns the secrets of an account. Its errors are *Error.
func (k *keychain) secrets(ctx context.Context, a Account) (Secrets, error) {
	s, err := k.source.Credentials(ctx, a.ID)
	if err == nil {
		err = s.validate(a)
	}
	if err != nil {
		return Secrets{}, credentialsError(err)
	}
	return s, nil
}

// take waits for the turn of getting a token for an account.
func (k *keychain) take(ctx context.Context, accountID string) error {
	select {
	case k.turn(accountID) <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &Error{Op: OpToken, Class: ErrTemporary, Err: context.Cause(ctx)}
	}
}

func (k *keychain) giveBack(accountID string) { <-k.turn(accountID) }

func (k *keychain) turn(accountID string) chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	turn, ok := k.turns[accountID]
	if !ok {
		turn = make(chan struct{}, 1)
		k.turns[accountID] = turn
	}
	return turn
}

// accessToken returns the token that was got with these secrets, or gets one with them.
func (k *keychain) accessToken(ctx context.Context, a Account, s Secrets) (Secret, error) {
	kept, known := k.kept(a.ID, s)
	if known && kept.unsaved {
		k.save(ctx, a.ID, kept)
	}
	if known && kept.access != "" && (kept.expires.IsZero() || time.Until(kept.expires) > expiryMargin) {
		return kept.access, nil
	}
	refresh := s.RefreshToken
	if known {
		refresh = kept.refresh // the provider may have replaced the first one
	}
	if ctx.Err() != nil {
		return "", &Error{Op: OpToken, Class: ErrTemporary, Err: context.Cause(ctx)}
	}
	config := &oauth2.Config{ClientID: a.OAuth2.ClientID, ClientSecret: s.ClientSecret.Reveal(),
		Endpoint: oauth2.Endpoint{TokenURL: a.OAuth2.TokenURL}, Scopes: a.OAuth2.Scopes}
	client, err := k.client(a.OAuth2.TokenURL)
	if err != nil {
		return "", err
	}
	limited, cancel := withGrace(ctx, tokenTimeout, tokenGrace)
	defer cancel()
	step := k.observer.beginStep(&a, OpToken, "")
	got, err := oauth2token.Refresh(context.WithValue(limited, oauth2.HTTPClient, client), config, refresh.Reveal())
	if err != nil {
		err = tokenError(err)
	}
	if step.end(err); err != nil {
		return "", err
	}
	fresh := token{from: s, access: Secret(got.AccessToken), refresh: Secret(got.RefreshToken), expires: got.Expiry}
	k.mu.Lock()
	k.tokens[a.ID] = fresh
	k.mu.Unlock()
	if fresh.refresh != s.RefreshToken {
		k.save(ctx, a.ID, fresh)
	}
	return fresh.access, nil
}

// tokenPort is the port of https.
const tokenPort = 443

// client returns what connects to a token endpoint, or an error if that would be without
// encryption and must not be.
func (k *keychain) client(tokenURL string) (*http.Client, error) {
	n := k.network
	if u, err := url.Parse(tokenURL); err != nil || u.Scheme != "https" && !(u.Scheme == "http" && n.AllowPlaintext) {
		return nil, &Error{Op: OpToken, Class: ErrPermanent, Err: errors.New("the token URL is not one of https"),
			Hint: "set the token URL to an address that begins with https://"}
	}
	rules := dialguard.Rules{Ports: append([]int{tokenPort}, n.AllowedPorts...), AllowPrivate: n.AllowPrivate}
	return oauth2token.Client(rules, n.RootCAs, n.DialTimeout), nil
}

// withGrace returns a context with a time limit that goes on for a while after ctx has
// ended. An answer that came is then no longer lost by a stop.
func withGrace(ctx context.Context, limit, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() {
		stop()
		cancel()
	}
}

// kept returns the token that was got with these secrets.
func (k *keychain) kept(accountID string, s Secrets) (token, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, known := k.tokens[accountID]
	if !known || kept.from != s {
		return token{}, false
	}
	return kept, true
}

// save saves the new refresh token of an account.
func (k *keychain) save(ctx context.Context, accountID string, t token) {
	saver, ok := k.source.(SecretsSaver)
	if !ok {
		return
	}
	renewed := t.from
	renewed.RefreshToken = t.refresh
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	err := saver.SaveSecrets(limited, accountID, renewed)
	if err != nil {
		k.logger.ErrorContext(ctx, "a new refresh token could not be saved, which is tried again before the next "+
			"login; the old one may be refused after a restart",
			"account", accountID, "error", err, "hint", HintOf(err))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	kept := k.tokens[accountID]
	kept.unsaved = err != nil
	if err == nil {
		kept.from = renewed
	}
	k.tokens[accountID] = kept
}

// forget drops the access token of an account that a server has refused, unless somebody
// else has replaced it. The caller holds k.mu.
func (k *keychain) forget(accountID string, refused Secret) {
	if kept := k.tokens[accountID]; kept.access == refused {
		kept.access = ""
		k.tokens[accountID] = kept
	}
}
