package memstore

import (
	"bytes"
	"context"

	"github.com/postroom/postroom/inbound"
)

var _ inbound.SecretStore = (*Store)(nil)

// SavedSecret implements inbound.SecretStore.
func (s *Store) SavedSecret(ctx context.Context, accountID string) (inbound.SavedSecret, error) {
	saved, err := load(ctx, s, s.secrets, accountID)
	saved.Sealed = bytes.Clone(saved.Sealed)
	return saved, err
}

// SetSavedSecret implements inbound.SecretStore.
func (s *Store) SetSavedSecret(ctx context.Context, accountID string, saved inbound.SavedSecret) error {
	saved.Sealed = bytes.Clone(saved.Sealed)
	return save(ctx, s, s.secrets, accountID, saved)
}

// NamespaceName implements inbound.SecretStore.
func (s *Store) NamespaceName() string { return s.name }
