package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
)

// signedIn are settings with a refresh token.
func signedIn(token inbound.Secret) inbound.StaticCredentials {
	return inbound.StaticCredentials{"shop": {ClientSecret: "secret", RefreshToken: token}}
}

// refreshToken returns the refresh token that an account would use.
func refreshToken(t *testing.T, c inbound.Credentials) string {
	t.Helper()
	s, err := c.Credentials(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.Secret("secret"), s.ClientSecret)
	return s.RefreshToken.Reveal()
}

// rotate saves a new refresh token as a Syncer does.
func rotate(t *testing.T, c *inbound.SavedCredentials, token inbound.Secret) {
	t.Helper()
	s, err := c.Credentials(t.Context(), "shop")
	require.NoError(t, err)
	s.RefreshToken = token
	require.NoError(t, c.SaveSecrets(t.Context(), "shop", s))
}

func TestSavedCredentials_SurviveRestart(t *testing.T) {
	store, sealer := memstore.New(), newSealer(t, 1)
	c := inbound.NewSavedCredentials(signedIn("r1"), store, sealer)
	assert.Equal(t, "r1", refreshToken(t, c))
	rotate(t, c, "r2")
	assert.Equal(t, "r2", refreshToken(t, c))
	rotate(t, c, "r3")
	c = inbound.NewSavedCredentials(signedIn("r1"), store, sealer)
	assert.Equal(t, "r3", refreshToken(t, c))
	saved, err := store.SavedSecret(t.Context(), "shop")
	require.NoError(t, err)
	for _, secret := range []string{"r1", "r3", "secret"} {
		assert.NotContains(t, saved.After+string(saved.Sealed), secret)
	}
}

func TestSavedCredentials_NewSignInWins(t *testing.T) {
	store, sealer := memstore.New(), newSealer(t, 1)
	c := inbound.NewSavedCredentials(signedIn("r1"), store, sealer)
	rotate(t, c, "r2")

	again := inbound.NewSavedCredentials(signedIn("n1"), store, sealer)
	assert.Equal(t, "n1", refreshToken(t, again))
	assert.Equal(t, "r2", refreshToken(t, c), "nothing is lost until a new one is saved")
	rotate(t, again, "n2")
	assert.Equal(t, "n2", refreshToken(t, again))
	assert.Equal(t, "r1", refreshToken(t, c), "what came after r1 is no longer kept")
}

// The settings may be read again between the login and the saving.
func TestSavedCredentials_SettingsChangeMeanwhile(t *testing.T) {
	settings := signedIn("r1")
	c := inbound.NewSavedCredentials(settings, memstore.New(), newSealer(t, 1))
	s, err := c.Credentials(t.Context(), "shop")
	require.NoError(t, err)
	settings["shop"] = signedIn("n1")["shop"]
	s.RefreshToken = "r2"
	require.NoError(t, c.SaveSecrets(t.Context(), "shop", s))
	assert.Equal(t, "n1", refreshToken(t, c), "r2 came after r1")
	require.NoError(t, c.SaveSecrets(t.Context(), "shop", inbound.Secrets{RefreshToken: "n2"}))
	assert.Equal(t, "n2", refreshToken(t, c), "of a host that saves by itself")
}

func TestSavedCredentials_OtherKey(t *testing.T) {
	store := memstore.New()
	former := newSealer(t, 1)
	rotate(t, inbound.NewSavedCredentials(signedIn("r1"), store, former), "r2")

	c := inbound.NewSavedCredentials(signedIn("r1"), store, newSealer(t, 2))
	_, err := c.Credentials(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrSealedByOtherKey)
	require.ErrorIs(t, err, inbound.ErrAuth)
	require.ErrorContains(t, err, former.KeyIDs()[0])
	assert.Equal(t, inbound.CauseSettings, inbound.CauseOf(err))
	assert.Contains(t, inbound.HintOf(err), "bring back the key")

	assert.Equal(t, "r2", refreshToken(t, inbound.NewSavedCredentials(signedIn("r1"), store, newSealer(t, 2, 1))))
	assert.Equal(t, "n1", refreshToken(t, inbound.NewSavedCredentials(signedIn("n1"), store, newSealer(t, 2))),
		"the key is not needed after a new sign-in")
}

// What is sealed for an account of one company is of no use for any other one.
func TestSavedCredentials_BoundToAccountAndNamespace(t *testing.T) {
	base, sealer := memstore.New(), newSealer(t, 1)
	store := base.Namespace("acme")
	rotate(t, inbound.NewSavedCredentials(signedIn("r1"), store, sealer), "r2")
	saved, err := store.SavedSecret(t.Context(), "shop")
	require.NoError(t, err)
	token, err := sealer.Open(t.Context(), saved.Sealed, []byte("acme\x00shop"))
	require.NoError(t, err)
	assert.Equal(t, "r2", string(token))

	settings := signedIn("r1")
	settings["other"] = settings["shop"]
	fails := func(store *memstore.Store, account string, saved inbound.SavedSecret) {
		t.Helper()
		require.NoError(t, store.SetSavedSecret(t.Context(), account, saved))
		_, err := inbound.NewSavedCredentials(settings, store, sealer).Credentials(t.Context(), account)
		require.ErrorIs(t, err, inbound.ErrAuth)
		require.ErrorContains(t, err, "different account")
		require.NotContains(t, err.Error(), "r2")
	}
	fails(store, "other", saved)
	fails(base, "shop", saved)

	alone := memstore.New() // without a namespace
	rotate(t, inbound.NewSavedCredentials(signedIn("r1"), alone, sealer), "r2")
	saved, err = alone.SavedSecret(t.Context(), "shop")
	require.NoError(t, err)
	fails(alone, "other", saved)
}

// brokenSecrets is a store that fails.
type brokenSecrets struct{ *memstore.Store }

func (brokenSecrets) SavedSecret(context.Context, string) (inbound.SavedSecret, error) {
	return inbound.SavedSecret{}, errors.New("no connection")
}

func TestSavedCredentials_Failures(t *testing.T) {
	broken := brokenSecrets{memstore.New()}
	c := inbound.NewSavedCredentials(signedIn("r1"), broken, newSealer(t, 1))
	_, err := c.Credentials(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrTemporary)
	_, err = c.Credentials(t.Context(), "unknown")
	require.ErrorIs(t, err, inbound.ErrNotFound)
	require.ErrorIs(t, c.SaveSecrets(t.Context(), "unknown", inbound.Secrets{RefreshToken: "r2"}), inbound.ErrNotFound)

	passwords := inbound.StaticCredentials{"shop": {Password: "p"}}
	s, err := inbound.NewSavedCredentials(passwords, broken, newSealer(t, 1)).Credentials(t.Context(), "shop")
	require.NoError(t, err, "a password does not need the store")
	assert.Equal(t, passwords["shop"], s)
}

// A provider that replaces the refresh token at each use, and a restart before each pass.
func TestSync_RotatedTokenSurvivesRestart(t *testing.T) {
	h, p, _, g := rotatingHost(t)
	g.opens = func(c inbound.Credential) bool { return c.AccessToken == inbound.Secret("access-"+p.valid) }
	h.config.Credentials = inbound.NewSavedCredentials(signedIn("r1"), memstore.New(), newSealer(t, 1))
	for range 3 {
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"r1", "r1+", "r1++"}, p.asked)
}

// killedSecrets is the store of a process that is killed instead of saving.
type killedSecrets struct{ *memstore.Store }

func (killedSecrets) SetSavedSecret(context.Context, string, inbound.SavedSecret) error {
	return errors.New("killed")
}

// Between the provider's answer and the saving, a kill loses the new token: what
// remains is to say that somebody has to sign in again, and to take that token.
func TestSync_KilledBeforeTokenIsSaved(t *testing.T) {
	h, p, _, _ := rotatingHost(t)
	store, sealer := memstore.New(), newSealer(t, 1)
	h.config.Credentials = inbound.NewSavedCredentials(signedIn("r1"), killedSecrets{store}, sealer)
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)

	h.config.Credentials = inbound.NewSavedCredentials(signedIn("r1"), store, sealer)
	_, err = h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.Contains(t, fmt.Sprint(inbound.HintOf(err)), "sign in")

	p.valid = "n1"
	h.config.Credentials = inbound.NewSavedCredentials(signedIn("n1"), store, sealer)
	_, err = h.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.HealthOK, h.health().State)
}
