package main

import (
	"context"

	"github.com/postroom/postroom/adapters/sqlstore"
)

// seed enters the customers, managers and fields of the settings into the
// database. Managers who are not in the settings any more get no new customers;
// those they have stay theirs.
func (s *service) seed(ctx context.Context) error {
	return s.store.Atomic(ctx, func(ctx context.Context) error {
		c, managers, customers := s.settings, s.store.Managers(), s.store.Customers()
		gone, err := managersBefore(ctx)
		if err != nil {
			return err
		}
		for _, m := range c.Managers {
			delete(gone, m.ID)
			if err := managers.Put(ctx, m.Manager, m.groups...); err != nil {
				return err
			}
		}
		for id := range gone {
			if err := managers.SetActive(ctx, id, false); err != nil {
				return err
			}
		}
		if err := customers.DefineFields(ctx, c.Fields...); err != nil {
			return err
		}
		return customers.Upsert(ctx, c.Customers...)
	})
}

// managersBefore returns the managers that the database has as active ones.
func managersBefore(ctx context.Context) (map[string]bool, error) {
	tx, _ := sqlstore.Tx(ctx) // within Atomic there always is one
	rows, err := tx.QueryContext(ctx, "SELECT id FROM postroom_managers WHERE active = 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := make(map[string]bool)
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids[id] = true
	}
	return ids, rows.Err()
}
