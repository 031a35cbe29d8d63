package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/postroom/postroom/inbound"
)

var _ inbound.SecretStore = (*Store)(nil)

// SavedSecret implements inbound.SecretStore.
func (s *Store) SavedSecret(ctx context.Context, accountID string) (saved inbound.SavedSecret, err error) {
	err = s.conn(ctx).queryRow(ctx, "SELECT came_after, sealed FROM postroom_secrets"+
		" WHERE namespace = ? AND account = ?", s.namespace, accountID).Scan(&saved.After, &saved.Sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return inbound.SavedSecret{}, nil
	}
	return saved, s.wrap("read the saved secret", err)
}

// SetSavedSecret implements inbound.SecretStore.
func (s *Store) SetSavedSecret(ctx context.Context, accountID string, saved inbound.SavedSecret) error {
	return s.write(ctx, "save a secret", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_secrets (namespace, account, came_after, sealed)",
			[][]any{{s.namespace, accountID, saved.After, saved.Sealed}},
			s.dialect.onConflict("namespace, account", "came_after", "sealed"))
	})
}

// NamespaceName implements inbound.SecretStore.
func (s *Store) NamespaceName() string { return s.namespace }
