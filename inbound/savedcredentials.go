package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// SecretStore keeps the latest refresh tokens of accounts, sealed. Implementations are
// safe for concurrent use, also by several processes; [inboundtest.TestSecretStore] has
// the tests that they must pass. adapters/sqlstore and adapters/memstore implement it.
//
// [inboundtest.TestSecretStore]: https://pkg.go.dev/github.com/postroom/postroom/inbound/inboundtest#TestSecretStore
type SecretStore interface {
	// SavedSecret returns what is kept for an account. The zero value means nothing,
	// and is no error.
	SavedSecret(ctx context.Context, accountID string) (SavedSecret, error)

	// SetSavedSecret replaces what is kept for an account. It is durable when it returns
	// nil, and does nothing otherwise. It does not keep the slice.
	SetSavedSecret(ctx context.Context, accountID string, s SavedSecret) error

	// NamespaceName returns the namespace that the store belongs to; "" in a database of
	// one company. Secrets are sealed for it.
	NamespaceName() string
}

// SavedSecret is a refresh token as a SecretStore keeps it.
type SavedSecret struct {
	// After is a digest, of up to 64 ASCII characters, of the configured refresh token
	// that this one came after.
	After  string
	Sealed []byte // what a Sealer gave
}

// SavedCredentials are Credentials for providers that replace the refresh token at each
// use. Secrets come from the Credentials of the host, such as the settings. The refresh
// token is the configured one at first. When the provider has replaced it, the new one is
// kept in a store, sealed, and used from then on, also after a restart. If the configured
// one changes, because somebody has signed in again, that one counts.
//
// A saved token that cannot be opened is an error that says which key is missing. The
// configured token is not tried then: a provider that has replaced it may take the old
// one for stolen, and revoke the new one, too.
//
// The window that remains: if the process is killed or the machine fails after the
// provider has replaced the token and before SaveSecrets has returned, the new token is
// lost. If the provider does not accept the old one any longer, the mailbox's owner has
// to sign in again; OAuth2 has no way around that.
type SavedCredentials struct {
	configured Credentials
	store      SecretStore
	sealer     Sealer
}

var (
	_ Credentials  = (*SavedCredentials)(nil)
	_ SecretsSaver = (*SavedCredentials)(nil)
)

// NewSavedCredentials returns credentials that take all but the latest refresh tokens
// from configured. None of the arguments may be nil.
func NewSavedCredentials(configured Credentials, store SecretStore, sealer Sealer) *SavedCredentials {
	return &SavedCredentials{configured, store, sealer}
}

// Credentials implements [Credentials]. It asks the store only for accounts with a
// refresh token.
func (c *SavedCredentials) Credentials(ctx context.Context, accountID string) (Secrets, error) {
	s, err := c.configured.Credentials(ctx, accountID)
	if err != nil || s.RefreshToken == "" {
		return s, err
	}
	s.after = digest(s.RefreshToken)
	saved, err := c.store.SavedSecret(ctx, accountID)
	if err != nil {
		return Secrets{}, fmt.Errorf("%w: read the saved refresh token: %w", ErrTemporary, err)
	}
	if saved.After != s.after {
		return s, nil
	}
	token, err := c.sealer.Open(ctx, saved.Sealed, c.associated(accountID))
	if err != nil {
		return Secrets{}, openError(err)
	}
	s.RefreshToken = Secret(token)
	return s, nil
}

// SaveSecrets implements [SecretsSaver]. Of the secrets it keeps the refresh token only.
func (c *SavedCredentials) SaveSecrets(ctx context.Context, accountID string, s Secrets) error {
	if s.after == "" { // they are not from Credentials
		configured, err := c.configured.Credentials(ctx, accountID)
		if err != nil {
			return err
		}
		s.after = digest(configured.RefreshToken)
	}
	sealed, err := c.sealer.Seal(ctx, []byte(s.RefreshToken.Reveal()), c.associated(accountID))
	if err != nil {
		return fmt.Errorf("inbound: seal the refresh token: %w", err)
	}
	return c.store.SetSavedSecret(ctx, accountID, SavedSecret{After: s.after, Sealed: sealed})
}

// associated returns what the secrets of an account are sealed with; see [Sealer].
func (c *SavedCredentials) associated(accountID string) []byte {
	if namespace := c.store.NamespaceName(); namespace != "" {
		return []byte(namespace + "\x00" + accountID)
	}
	return []byte(accountID)
}

// digest recognizes a refresh token, which is too long to be guessed from it.
func digest(token Secret) string {
	sum := sha256.Sum256([]byte("postroom: configured refresh token\x00" + token.Reveal()))
	return hex.EncodeToString(sum[:])
}

// openError is why a saved token cannot be opened. An error of a Sealer that says
// itself what kind it is, such as ErrTemporary of one that uses a network, stays.
func openError(err error) error {
	err = fmt.Errorf("open the saved refresh token: %w", err)
	if known := new(Error); errors.Is(err, ErrTemporary) || errors.As(err, &known) {
		return err
	}
	hint := "sign in to the mailbox again and enter the new refresh token"
	if errors.Is(err, ErrSealedByOtherKey) {
		hint = "bring back the key with that ID; if it is lost, " + hint
	}
	return &Error{Op: OpCredentials, Class: ErrAuth, Cause: CauseSettings, Hint: hint, Err: err}
}
