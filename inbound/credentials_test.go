package inbound_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// tokenServer is an OAuth2 token endpoint that returns a new refresh token with each
// access token.
type tokenServer struct {
	*httptest.Server
	given   int
	refused bool // the refresh token was revoked
	asked   []string
}

func newTokenServer(t *testing.T) *tokenServer {
	p := &tokenServer{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked = append(p.asked, r.FormValue("refresh_token"))
		w.Header().Set("Content-Type", "application/json")
		if p.refused {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		p.given++
		_ = json.NewEncoder(w).Encode(map[string]any{"token_type": "Bearer", "expires_in": 3600,
			"access_token": fmt.Sprint("access-", p.given), "refresh_token": fmt.Sprint("refresh-", p.given)})
	}))
	t.Cleanup(p.Close)
	return p
}

// vault is a store of secrets.
type vault struct {
	secrets inbound.Secrets
	err     error
	saved   int
}

func (v *vault) Credentials(context.Context, string) (inbound.Secrets, error) {
	return v.secrets, v.err
}

func (v *vault) SaveSecrets(_ context.Context, _ string, s inbound.Secrets) error {
	v.secrets = s
	v.saved++
	return nil
}

// authFetcher refuses every login whose credential opens rejects.
type authFetcher struct {
	inbound.Fetcher
	opens func(inbound.Credential) bool

	mu    sync.Mutex
	shown []inbound.Credential
}

func (g *authFetcher) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	c, err := login(ctx)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	g.shown = append(g.shown, c)
	g.mu.Unlock()
	if !g.opens(c) {
		return nil, &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("refused")}
	}
	return g.Fetcher.Open(ctx, a, login)
}

// oauthHost returns a host whose account logs in by OAuth2.
func oauthHost(t *testing.T) (*host, *tokenServer, *vault, *authFetcher) {
	h, p := newHost(t), newTokenServer(t)
	v := &vault{secrets: inbound.Secrets{RefreshToken: "refresh-0", ClientSecret: "secret"}}
	g := &authFetcher{Fetcher: h.box, opens: func(c inbound.Credential) bool { return c.AccessToken != "" }}
	h.account.OAuth2 = inbound.OAuth2{ClientID: "client", TokenURL: p.URL}
	h.config.Credentials, h.fetcher = v, g
	h.config.Network = inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true}
	return h, p, v, g
}

func TestCredentials_TokenCachedAndRotated(t *testing.T) {
	h, p, v, g := oauthHost(t)
	s := h.syncer()
	for range 3 {
		_, err := s.Sync(t.Context(), "shop")
		require.NoError(t, err)
	}
	assert.Equal(t, 1, p.given, "the token is good for an hour")
	assert.Equal(t, inbound.Secrets{RefreshToken: "refresh-1", ClientSecret: "secret"}, v.secrets,
		"the new refresh token is kept")
	_, err := h.syncer().Sync(t.Context(), "shop") // after a restart
	require.NoError(t, err)
	assert.Equal(t, []string{"refresh-0", "refresh-1"}, p.asked)
	assert.Len(t, g.shown, 4)
}

func TestCredentials_RotatedTokenWithoutSaver(t *testing.T) {
	h, p, v, _ := oauthHost(t)
	h.config.Credentials = inbound.CredentialsFunc(v.Credentials)
	h.fetcher = &authFetcher{Fetcher: h.box, opens: func(c inbound.Credential) bool {
		return c.AccessToken == inbound.Secret(fmt.Sprint("access-", p.given))
	}}
	s := h.syncer()
	_, err := s.Sync(t.Context(), "shop")
	require.NoError(t, err)
	p.given += 10 // the server no longer accepts the first token
	_, err = s.Sync(t.Context(), "shop")
	require.NoError(t, err, "a token that is refused before its time is replaced")
	assert.Equal(t, []string{"refresh-0", "refresh-1"}, p.asked, "the latest refresh token is used")
}

// The server does not know the first token, and knows the second.
func TestCredentials_FirstTokenRefused(t *testing.T) {
	h, p, _, g := oauthHost(t)
	g.opens = func(c inbound.Credential) bool { return c.AccessToken != "access-1" }
	h.pass()
	assert.Equal(t, inbound.HealthOK, h.health().State)
	assert.Equal(t, []inbound.Credential{{AccessToken: "access-1"}, {AccessToken: "access-2"}}, g.shown)
	assert.Equal(t, []string{"refresh-0", "refresh-1"}, p.asked)
}

func TestCredentials_EveryTokenRefused(t *testing.T) {
	h, p, _, g := oauthHost(t)
	g.opens = func(inbound.Credential) bool { return false }
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.Equal(t, inbound.HealthNeedsSignIn, h.health().State)
	assert.Len(t, g.shown, 2, "one forced refresh, and not a second one")
	assert.Equal(t, 2, p.given)
}

// The token endpoint says how long it wants to be left alone.
func TestCredentials_TokenEndpointBusy(t *testing.T) {
	for status, class := range map[int]error{429: inbound.ErrThrottled, 503: inbound.ErrTemporary} {
		h, _, _, g := oauthHost(t)
		busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(status)
		}))
		t.Cleanup(busy.Close)
		h.account.OAuth2.TokenURL = busy.URL
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, class)
		assert.Equal(t, 2*time.Hour, inbound.RetryAfterOf(err))
		assert.Equal(t, inbound.HealthBackingOff, h.health().State)
		assert.Empty(t, g.shown)
	}
}

func TestCredentials_ConsentWithdrawn(t *testing.T) {
	h, p, _, _ := oauthHost(t)
	p.refused = true
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.Equal(t, inbound.CauseCredentials, inbound.CauseOf(err))
	assert.NotEmpty(t, inbound.HintOf(err))
	assert.NotContains(t, err.Error(), "refresh-0")
}

// The rules for token endpoints are those for mail.
func TestCredentials_TokenEndpointDialedByPolicy(t *testing.T) {
	for name, tt := range map[string]struct {
		url    string // "": the endpoint on loopback
		policy inbound.NetworkPolicy
		want   error
		text   string
	}{
		"private":        {"", inbound.NetworkPolicy{AllowPlaintext: true}, inbound.ErrPrivateAddress, ""},
		"plaintext":      {"", inbound.NetworkPolicy{AllowPrivate: true}, inbound.ErrPermanent, "not one of https"},
		"other scheme":   {"ftp://8.8.8.8/", inbound.NetworkPolicy{AllowPlaintext: true}, inbound.ErrPermanent, "https"},
		"port":           {"https://8.8.8.8:444/", inbound.NetworkPolicy{}, inbound.ErrPortNotAllowed, ""},
		"port of mail":   {"https://8.8.8.8:993/", inbound.NetworkPolicy{}, inbound.ErrPortNotAllowed, ""},
		"NAT64":          {"https://[64:ff9b::7f00:1]/", inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, ""},
		"cloud metadata": {"https://169.254.169.254/", inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, p, _, _ := oauthHost(t)
			h.config.Network = tt.policy
			h.account.OAuth2.TokenURL = cmp.Or(tt.url, p.URL)
			_, err := h.syncer().Sync(t.Context(), "shop")
			require.ErrorIs(t, err, tt.want)
			require.ErrorIs(t, err, inbound.ErrPermanent)
			assert.Equal(t, inbound.CauseSettings, inbound.CauseOf(err))
			assert.Contains(t, err.Error(), tt.text)
			assert.Contains(t, inbound.HintOf(err), "token URL")
			assert.Empty(t, p.asked, "no secret is sent")
		})
	}
}

func TestCredentials_PortFails(t *testing.T) {
	for name, tc := range map[string]struct {
		err   error
		class error
	}{
		"nothing there": {fmt.Errorf("%w: sealed", inbound.ErrNotFound), inbound.ErrAuth},
		"temporarily":   {fmt.Errorf("%w: the vault is down", inbound.ErrTemporary), inbound.ErrTemporary},
	} {
		t.Run(name, func(t *testing.T) {
			h, _, v, _ := oauthHost(t)
			v.err = tc.err
			_, err := h.syncer().Sync(t.Context(), "shop")
			require.ErrorIs(t, err, tc.class)
			require.ErrorIs(t, err, tc.err)
			var e *inbound.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "shop", e.Account)
			assert.Equal(t, inbound.OpCredentials, e.Op)
		})
	}
}

// A changed password is used from the next login on, and an access token that the
// host refreshes itself is used unchanged.
func TestCredentials_ReadBeforeEachLogin(t *testing.T) {
	h, p, v, g := oauthHost(t)
	h.account.OAuth2 = inbound.OAuth2{}
	g.opens = func(inbound.Credential) bool { return true }
	s := h.syncer()
	for _, secrets := range []inbound.Secrets{{Password: "one"}, {Password: "two"}, {AccessToken: "of the host"}} {
		v.secrets = secrets
		_, err := s.Sync(t.Context(), "shop")
		require.NoError(t, err)
	}
	assert.Equal(t, []inbound.Credential{{Password: "one"}, {Password: "two"}, {AccessToken: "of the host"}}, g.shown)
	assert.Zero(t, p.given)
}

func TestNew_StaticCredentialsMissing(t *testing.T) {
	h := newHost(t)
	c := h.config
	c.Accounts = []inbound.Account{h.account}
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: h.box}
	for name, tc := range map[string]struct {
		oauth2 inbound.OAuth2
		have   inbound.Credentials
		wants  string
	}{
		"none":                    {have: nil, wants: "password"},
		"for a different account": {have: inbound.StaticCredentials{"other": {Password: "x"}}, wants: "password"},
		"line break":              {have: inbound.StaticCredentials{"shop": {Password: "x\r\ny"}}, wants: "line break"},
		"no refresh token": {oauth2: inbound.OAuth2{ClientID: "c", TokenURL: "u"},
			have: inbound.StaticCredentials{"shop": {Password: "x"}}, wants: "refresh token"},
		"no token URL": {oauth2: inbound.OAuth2{ClientID: "c"},
			have: inbound.StaticCredentials{"shop": {RefreshToken: "x"}}, wants: "token URL"},
	} {
		t.Run(name, func(t *testing.T) {
			c.Accounts[0].OAuth2, c.Credentials = tc.oauth2, tc.have
			_, err := inbound.New(c)
			require.ErrorContains(t, err, tc.wants)
			require.Len(t, inbound.FieldErrors(err), 1)
			assert.Equal(t, "shop", inbound.FieldErrors(err)[0].Account)
		})
	}
}
