package sqlstore

import (
	"context"
	"database/sql"

	"github.com/postroom/postroom/notify"
)

// Hold implements notify.Holder.
func (s *Store) Hold(ctx context.Context, ns []notify.Notification) error {
	return s.write(ctx, "hold notifications back", func(ctx context.Context, q querier) error {
		// What DigestHeld counts is what it changes.
		if err := s.lock(ctx, q, "held"); err != nil {
			return err
		}
		return s.addNotifications(ctx, q, ns, notify.Held)
	})
}

// Backlogs implements notify.Holder.
func (s *Store) Backlogs(ctx context.Context) ([]notify.Backlog, error) {
	q := s.conn(ctx)
	list, err := collect(ctx, q, func(row scanner) (b notify.Backlog, err error) {
		err = row.Scan(&b.AccountID, &b.ManagerID, &b.Held, &b.Shop, intoTime{&b.Since})
		return b, err
	}, `SELECT account, manager, COUNT(*), MIN(shop), MIN(at) FROM postroom_notifications
		WHERE namespace = ? AND held = 1 AND state = 'held'
		GROUP BY account, manager ORDER BY account, manager`, s.namespace)
	for i := range list {
		if err == nil {
			err = s.readSettled(ctx, q, &list[i])
		}
	}
	return list, s.wrap("read what is held back", err)
}

// readSettled reads what was held back before.
func (s *Store) readSettled(ctx context.Context, q querier, b *notify.Backlog) error {
	err := q.queryRow(ctx, `SELECT COUNT(*) FROM postroom_notifications
		WHERE namespace = ? AND held = 1 AND state IN ('pending', 'delivered', 'dead', 'digested')
			AND account = ? AND manager = ?`, s.namespace, b.AccountID, b.ManagerID).Scan(&b.Settled)
	if err != nil {
		return err
	}
	var last sql.Null[int64]
	err = q.queryRow(ctx, `SELECT MAX(at) FROM postroom_notifications
		WHERE namespace = ? AND kind = 'initial_digest' AND account = ? AND manager = ?`,
		s.namespace, b.AccountID, b.ManagerID).Scan(&last)
	if err != nil || !last.Valid {
		return err
	}
	return intoTime{&b.LastDigest}.Scan(last.V)
}

// ReleaseHeld implements notify.Holder.
func (s *Store) ReleaseHeld(ctx context.Context, accountID, managerID string, n int) error {
	return s.write(ctx, "release what is held back", func(ctx context.Context, q querier) error {
		if err := s.lock(ctx, q, "held"); err != nil {
			return err
		}
		// The derived table is for MariaDB, which has no LIMIT in a subquery of IN.
		_, err := q.exec(ctx, `UPDATE postroom_notifications SET state = 'pending', delivery = ?
			WHERE namespace = ? AND seq IN (SELECT seq FROM (
				SELECT seq FROM postroom_notifications
				WHERE namespace = ? AND held = 1 AND state = 'held' AND account = ? AND manager = ?
				ORDER BY seq LIMIT ?) AS first)`,
			undelivered, s.namespace, s.namespace, accountID, managerID, max(n, 0))
		return err
	})
}

// DigestHeld implements notify.Holder.
func (s *Store) DigestHeld(ctx context.Context, digest notify.Notification) error {
	return s.write(ctx, "add a digest", func(ctx context.Context, q querier) error {
		if err := s.lock(ctx, q, "held"); err != nil {
			return err
		}
		const held = ` WHERE namespace = ? AND held = 1 AND state = 'held' AND account = ? AND manager = ?`
		args := []any{s.namespace, digest.AccountID, digest.ManagerID}
		if err := q.queryRow(ctx, `SELECT COUNT(CASE WHEN kind = 'incoming_email' THEN 1 END), COUNT(DISTINCT customer)
			FROM postroom_notifications`+held, args...).Scan(&digest.Emails, &digest.Customers); err != nil {
			return err
		}
		if digest.Customers == 0 {
			return nil
		}
		if _, err := q.exec(ctx, "UPDATE postroom_notifications SET state = 'digested'"+held, args...); err != nil {
			return err
		}
		return s.addNotifications(ctx, q, []notify.Notification{digest}, notify.Pending)
	})
}
