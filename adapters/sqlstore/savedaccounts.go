package sqlstore

import (
	"context"

	"github.com/postroom/postroom/inbound"
)

var _ inbound.AccountStore = (*Store)(nil)

func scanSavedAccount(row scanner) (a inbound.SavedAccount, err error) {
	err = row.Scan(&a.ID, &a.Settings, &a.Forgetting)
	return a, err
}

// accountsLock is held by transactions that change the list of accounts.
const accountsLock = "saved accounts"

// ListAccounts implements inbound.AccountStore. Within Atomic, it holds the lock that
// PutAccount and DropAccount have to wait for.
func (s *Store) ListAccounts(ctx context.Context) ([]inbound.SavedAccount, error) {
	q := s.conn(ctx)
	if s.transaction(ctx) != nil {
		if err := s.lock(ctx, q, accountsLock); err != nil {
			return nil, s.wrap("read the accounts", err)
		}
	}
	all, err := collect(ctx, q, scanSavedAccount, "SELECT account, settings, forgetting FROM postroom_saved_accounts"+
		s.dialect.indexedBy("postroom_saved_accounts_place")+" WHERE namespace = ? ORDER BY place", s.namespace)
	return all, s.wrap("read the accounts", err)
}

// PutAccount implements inbound.AccountStore.
func (s *Store) PutAccount(ctx context.Context, a inbound.SavedAccount) error {
	return s.write(ctx, "save an account", func(ctx context.Context, q querier) error {
		// Places are given by one transaction at a time.
		if err := s.lock(ctx, q, accountsLock); err != nil {
			return err
		}
		var place int64
		if err := q.queryRow(ctx,
			"SELECT COALESCE(MAX(place), 0) + 1 FROM postroom_saved_accounts WHERE namespace = ?",
			s.namespace).Scan(&place); err != nil {
			return err
		}
		return s.insert(ctx, q, "INSERT INTO postroom_saved_accounts (namespace, account, place, settings, forgetting)",
			[][]any{{s.namespace, a.ID, place, a.Settings, boolInt(a.Forgetting)}},
			s.dialect.onConflict("namespace, account", "settings", "forgetting"))
	})
}

// DropAccount implements inbound.AccountStore.
func (s *Store) DropAccount(ctx context.Context, accountID string) error {
	return s.write(ctx, "remove an account", func(ctx context.Context, q querier) error {
		if err := s.lock(ctx, q, accountsLock); err != nil {
			return err
		}
		_, err := q.exec(ctx, "DELETE FROM postroom_saved_accounts WHERE namespace = ? AND account = ?",
			s.namespace, accountID)
		return err
	})
}
