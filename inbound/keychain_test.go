package inbound_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// rotating is a token endpoint that accepts only the latest refresh token.
type rotating struct {
	*httptest.Server
	mu     sync.Mutex
	valid  string
	asked  []string
	answer func() // called before each answer, after the old token has become invalid
}

func newRotating(t *testing.T) *rotating {
	p := &rotating{valid: "r1", answer: func() {}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		token := r.FormValue("refresh_token")
		p.asked = append(p.asked, token)
		ok := token == p.valid
		if ok {
			p.valid += "+"
		}
		next := p.valid
		p.mu.Unlock()
		p.answer()
		w.Header().Set("Content-Type", "application/json")
		if !ok {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		_, _ = w.Write([]byte(`{"access_token":"access-` + next + `","token_type":"Bearer","expires_in":3600,` +
			`"refresh_token":"` + next + `"}`))
	}))
	t.Cleanup(p.Close)
	return p
}

// rotatingHost returns a host whose provider replaces the refresh token at each use.
func rotatingHost(t *testing.T) (*host, *rotating, *vault, *authFetcher) {
	h, _, v, g := oauthHost(t)
	p := newRotating(t)
	v.secrets.RefreshToken = "r1"
	h.account.OAuth2.TokenURL = p.URL
	return h, p, v, g
}

func TestKeychain_OneRefreshAtATime(t *testing.T) {
	h, p, v, _ := rotatingHost(t)
	s := h.syncer()
	var checks sync.WaitGroup
	for range 5 {
		checks.Go(func() {
			_, err := s.Check(t.Context(), "shop")
			assert.NoError(t, err)
		})
	}
	checks.Wait()
	assert.Equal(t, []string{"r1"}, p.asked, "who waits takes the token that came")
	assert.Equal(t, 1, v.saved)
}

func TestKeychain_OneForcedRefreshOfManyRefusals(t *testing.T) {
	h, p, _, g := rotatingHost(t)
	s := h.syncer()
	_, err := s.Check(t.Context(), "shop")
	require.NoError(t, err)
	var together sync.WaitGroup // the first logins of all are refused together
	together.Add(5)
	g.opens = func(c inbound.Credential) bool {
		if c.AccessToken != "access-r1+" {
			return true
		}
		together.Done()
		together.Wait()
		return false
	}
	var checks sync.WaitGroup
	for range 5 {
		checks.Go(func() {
			_, err := s.Check(t.Context(), "shop")
			assert.NoError(t, err)
		})
	}
	checks.Wait()
	assert.Equal(t, []string{"r1", "r1+"}, p.asked)
	assert.Len(t, g.shown, 11, "each is tried once more")
}

// The answer of the provider is waited for, even if the program is to stop.
func TestKeychain_StopKeepsTheAnswer(t *testing.T) {
	h, p, v, _ := rotatingHost(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.answer = cancel
	_, err := h.syncer().Check(ctx, "shop")
	require.Error(t, err)
	assert.Equal(t, inbound.Secret("r1+"), v.secrets.RefreshToken)
	_, err = h.syncer().Check(ctx, "shop")
	require.Error(t, err)
	assert.Len(t, p.asked, 1, "no new request is made")
}

// failingVault cannot save for a while.
type failingVault struct {
	*vault
	failures int
}

func (v *failingVault) SaveSecrets(ctx context.Context, account string, s inbound.Secrets) error {
	if v.failures > 0 {
		v.failures--
		return errors.New("the disk is full")
	}
	return v.vault.SaveSecrets(ctx, account, s)
}

func TestKeychain_SavesAgainAfterFailure(t *testing.T) {
	h, p, v, _ := rotatingHost(t)
	failing := &failingVault{v, 2}
	h.config.Credentials = failing
	s := h.syncer()
	for i, want := range []inbound.Secret{"r1", "r1", "r1+", "r1+"} {
		_, err := s.Check(t.Context(), "shop")
		require.NoError(t, err)
		assert.Equal(t, want, v.secrets.RefreshToken, "after login %d", i+1)
	}
	assert.Equal(t, []string{"r1"}, p.asked)
	assert.Equal(t, 1, v.saved)
}

// A command of a second process has used the refresh token and saved the new one.
func TestKeychain_TokenOfAnotherProcess(t *testing.T) {
	h, p, v, _ := rotatingHost(t)
	p.valid = "r7"
	p.answer = func() {
		if len(p.asked) == 1 {
			v.secrets.RefreshToken = "r7"
		}
	}
	_, err := h.syncer().Check(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, []string{"r1", "r7"}, slices.Compact(p.asked), "package oauth2 asks twice, in two forms")
	assert.Equal(t, inbound.Secret("r7+"), v.secrets.RefreshToken)
}
