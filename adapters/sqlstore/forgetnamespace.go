package sqlstore

import (
	"context"
	"fmt"
)

// ForgetNamespace removes everything of the store's namespace: emails with their raw bytes,
// ledger, notifications, accounts, customers, managers, leases. It removes at most limit
// rows of the large tables in a transaction and reports whether there is more: call it until there
// is not. Nothing of a different namespace is touched, nor what the host has in tables of its own.
// End the Syncers of the namespace before; one that runs meanwhile writes again what it knows.
func (s *Store) ForgetNamespace(ctx context.Context, limit int) (more bool, err error) {
	for _, table := range []string{"emails", "ledger", "notifications"} {
		found, err := collect(ctx, s.conn(ctx), scanText,
			"SELECT account FROM postroom_"+table+" WHERE namespace = ? LIMIT 1", s.namespace)
		if err != nil {
			return false, s.wrap("forget a namespace", err)
		}
		if len(found) > 0 {
			_, err := s.ForgetAccount(ctx, found[0], limit)
			return true, err
		}
	}
	err = s.write(ctx, "forget a namespace", func(ctx context.Context, q querier) error {
		left := max(limit, 1)
		for _, step := range []struct {
			table, key string
			drop       func(ids []string) error
		}{
			{"kept", "id", func(ids []string) error { return s.dropKept(ctx, q, ids) }},
			{"customers", "id", nil},
			{"assignments", "customer", nil},
		} {
			ids, err := collect(ctx, q, scanText, fmt.Sprintf("SELECT %s FROM postroom_%s WHERE namespace = ? LIMIT ?",
				step.key, step.table), s.namespace, left)
			if err != nil {
				return err
			}
			left -= len(ids)
			drop := step.drop
			if drop == nil {
				drop = func(ids []string) error { return s.dropBy(ctx, q, step.table, step.key, ids) }
			}
			if err := drop(ids); err != nil {
				return err
			}
		}
		if more = left == 0; more {
			return nil
		}
		for _, table := range []string{"intents", "folders", "accounts", "usage", "health", "secrets", "members",
			"managers", "fields", "turns", "leases", "saved_accounts", "copies"} {
			if _, err := q.exec(ctx, "DELETE FROM postroom_"+table+" WHERE namespace = ?", s.namespace); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

// dropBy removes rows of a table by a key.
func (s *Store) dropBy(ctx context.Context, q querier, table, key string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	marks, args := list([]any{s.namespace}, ids)
	_, err := q.exec(ctx, fmt.Sprintf("DELETE FROM postroom_%s WHERE namespace = ? AND %s IN (%s)", table, key, marks),
		args...)
	return err
}
