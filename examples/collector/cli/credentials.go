package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// credentials returns where the accounts' secrets come from: settings, and for
// OAuth2 also the database, which has the refresh tokens that providers have replaced. A
// command that connects to no server has none.
func (s *service) credentials(ctx context.Context, c *config.Settings) (inbound.Credentials, error) {
	switch {
	case c.Offline:
		return inbound.CredentialsFunc(func(context.Context, string) (inbound.Secrets, error) {
			return inbound.Secrets{}, fmt.Errorf("the settings were read without secrets: %w", inbound.ErrNotFound)
		}), nil
	case !usesOAuth2(c):
		return c.Secrets, nil
	}
	if s.tokens == nil {
		return savedCredentials(ctx, c, s.store)
	}
	err := s.tokens.err
	if err == nil {
		var saved inbound.Credentials
		if saved, err = savedCredentials(ctx, c, s.tokens.store); err == nil {
			return saved, nil
		}
	}
	return inbound.CredentialsFunc(func(ctx context.Context, accountID string) (inbound.Secrets, error) {
		secrets, errSettings := c.Secrets.Credentials(ctx, accountID)
		if secrets.RefreshToken != "" {
			return inbound.Secrets{}, &inbound.Error{Op: inbound.OpCredentials, Class: inbound.ErrPermanent,
				Hint: "a new refresh token could not be kept", Err: err}
		}
		return secrets, errSettings
	}), nil
}

// savedCredentials returns the secrets of the settings and the refresh tokens in a store.
func savedCredentials(ctx context.Context, c *config.Settings, store *sqlstore.Store) (inbound.Credentials, error) {
	sealer, err := newSealer(ctx, c)
	if err != nil {
		return nil, err
	}
	return keyedCredentials{inbound.NewSavedCredentials(c.Secrets, store, sealer), c}, nil
}

// tokenDatabase is a database that is opened for the refresh tokens in it.
type tokenDatabase struct {
	*service
	err error // why it cannot be opened
}

func usesOAuth2(c *config.Settings) bool {
	for _, a := range c.Accounts {
		if a.OAuth2.ClientID != "" {
			return true
		}
	}
	return false
}

// openTokens opens the database for a command that needs nothing of it but the refresh
// tokens. If there is none, it creates it: a provider may replace a refresh token at each
// login, and then the new one must be kept. Without OAuth2 it does nothing. If it fails,
// the accounts with OAuth2 cannot log in.
func (s *service) openTokens(ctx context.Context) {
	c := s.settings
	if !usesOAuth2(c) {
		return
	}
	s.tokens = &tokenDatabase{}
	if _, s.tokens.err = checkDatabase(ctx, c); s.tokens.err != nil {
		return
	}
	if s.tokens.err = makePrivate(c.Database); s.tokens.err != nil {
		return
	}
	s.tokens.service, s.tokens.err = open(ctx, c, c.Database)
}

// newSealer returns what seals by secret_key, or by the key file beside the database if
// there is no secret_key. What was sealed by the key file is opened in either case.
func newSealer(ctx context.Context, c *config.Settings) (*inbound.AESGCM, error) {
	file := keyFile(c.Database)
	if c.SecretKey == "" {
		key, err := file.readOrMake(ctx)
		if err != nil {
			return nil, err
		}
		return inbound.NewAESGCM([]byte(key.Reveal()))
	}
	key, there, err := file.read()
	switch {
	case err != nil:
		return nil, err
	case !there:
		return inbound.NewAESGCM([]byte(c.SecretKey.Reveal()))
	}
	return inbound.NewAESGCM([]byte(c.SecretKey.Reveal()), []byte(key.Reveal()))
}

// keyedCredentials have hints that name the key of the settings file and the key file.
type keyedCredentials struct {
	*inbound.SavedCredentials
	settings *config.Settings
}

// Credentials implements inbound.Credentials.
func (k keyedCredentials) Credentials(ctx context.Context, accountID string) (inbound.Secrets, error) {
	secrets, err := k.SavedCredentials.Credentials(ctx, accountID)
	if e, ok := err.(*inbound.Error); ok && errors.Is(err, inbound.ErrSealedByOtherKey) {
		keyed := *e
		key := "the secret_key"
		if file := keyFile(k.settings.Database); file != "" {
			key += ", or the key file " + file.shown() + ","
		}
		keyed.Hint = "bring back " + key + " with which the token was saved; if it is lost, sign in again and write the" +
			" new refresh_token in " + k.settings.File
		return secrets, &keyed
	}
	return secrets, err
}
