package sqlstore

import (
	"context"
	"time"

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
	list, err := collect(ctx, s.conn(ctx), func(row scanner) (b notify.Backlog, err error) {
		err = row.Scan(&b.AccountID, &b.ManagerID, &b.Held, &b.Shop, intoTime{&b.Since}, &b.Settled,
			intoTime{&b.LastDigest})
		return b, err
	}, `SELECT account, manager, COUNT(*), MIN(shop), MIN(at),
			(SELECT COUNT(*) FROM postroom_notifications settled
				WHERE settled.namespace = n.namespace AND settled.held = 1
					AND settled.state IN ('pending', 'delivered', 'dead', 'digested')
					AND settled.account = n.account AND settled.manager = n.manager),
			COALESCE((SELECT MAX(at) FROM postroom_notifications digest
				WHERE digest.namespace = n.namespace AND digest.kind = 'initial_digest'
					AND digest.account = n.account AND digest.manager = n.manager), ?)
		FROM postroom_notifications n
		WHERE namespace = ? AND held = 1 AND state = 'held'
		GROUP BY namespace, account, manager ORDER BY namespace, account, manager`, micros(time.Time{}), s.namespace)
	return list, s.wrap("read what is held back", err)
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
