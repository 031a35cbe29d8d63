package memstore

import (
	"bytes"
	"context"

	"github.com/postroom/postroom/inbound"
)

var _ inbound.SecretStore = (*Store)(nil)

// SavedSecret implements inbound.SecretStore.
func (s *Store) SavedSecret(ctx context.Context, accountID string) (saved inbound.SavedSecret, err error) {
	err = s.read(ctx, func() error {
		saved = s.secrets[accountID]
		saved.Sealed = bytes.Clone(saved.Sealed)
		return nil
	})
	return saved, err
}

// SetSavedSecret implements inbound.SecretStore.
func (s *Store) SetSavedSecret(ctx context.Context, accountID string, saved inbound.SavedSecret) error {
	return s.write(ctx, func(t *transaction) error {
		saved.Sealed = bytes.Clone(saved.Sealed)
		put(t, s.secrets, accountID, saved)
		return nil
	})
}

// NamespaceName implements inbound.SecretStore.
func (s *Store) NamespaceName() string { return s.name }
