package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// The values of the column delivery that are not a place in the order of delivery.
const (
	undelivered = 0
	apart       = -1 // Held or Digested
)

const (
	notificationColumns = "id, kind, account, shop, manager, customer, email, sender, subject, at, " +
		"initial, emails, customers"
	entryColumns = notificationColumns + ", state, attempts, next_try, last_error"
)

func scanEntry(row scanner) (e notify.Entry, err error) {
	err = row.Scan(&e.ID, &e.Kind, &e.AccountID, &e.Shop, &e.ManagerID, &e.CustomerID, &e.EmailID, &e.From, &e.Subject,
		intoTime{&e.At}, &e.Initial, &e.Emails, &e.Customers, &e.State, &e.Attempts, intoTime{&e.NextTry}, &e.LastError)
	return e, err
}

// Add implements notify.Outbox.
func (s *Store) Add(ctx context.Context, ns []notify.Notification) error {
	return s.write(ctx, "add notifications", func(ctx context.Context, q querier) error {
		return s.addNotifications(ctx, q, ns, notify.Pending)
	})
}

// addNotifications adds notifications in the state Pending or Held.
func (s *Store) addNotifications(
	ctx context.Context, q querier, ns []notify.Notification, state notify.State,
) error {
	never, held, delivery := micros(time.Time{}), false, undelivered
	if state == notify.Held {
		held, delivery = true, apart
	}
	rows := make([][]any, len(ns))
	for i, n := range ns {
		rows[i] = []any{s.namespace, n.ID, string(n.Kind), n.AccountID, n.Shop, n.ManagerID, n.CustomerID, n.EmailID,
			n.From, n.Subject, micros(n.At), boolInt(n.Initial), n.Emails, n.Customers,
			string(state), 0, never, "", delivery, boolInt(held)}
	}
	return s.insert(ctx, q, "INSERT INTO postroom_notifications (namespace, "+entryColumns+", delivery, held)", rows,
		s.dialect.onConflict("namespace, id"))
}

// Due implements notify.Outbox.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
	// The managers who have to wait are looked for among the few
	// notifications whose next try is in the future.
	due, err := collect(ctx, s.conn(ctx), scanEntry, "SELECT "+entryColumns+` FROM postroom_notifications
		WHERE namespace = ? AND delivery = 0 AND state = 'pending' AND manager NOT IN (
			SELECT late.manager FROM postroom_notifications late
			WHERE late.namespace = ? AND late.state = 'pending'
				AND late.next_try > 0 AND late.next_try > ? AND late.next_try <= ?
				AND NOT EXISTS (
					SELECT 1 FROM postroom_notifications older
					WHERE older.namespace = late.namespace AND older.manager = late.manager AND older.seq < late.seq
						AND older.state = 'pending'))
		ORDER BY seq LIMIT ?`, s.namespace, s.namespace, micros(now), micros(now.Add(clockSetBack)), limit)
	return due, s.wrap("read notifications that are due", err)
}

// Update implements notify.Outbox.
func (s *Store) Update(ctx context.Context, entries []notify.Entry) error {
	return s.write(ctx, "record deliveries", func(ctx context.Context, q querier) error {
		// Places in the order of delivery are given by one transaction at a time.
		if err := s.lock(ctx, q, "deliveries"); err != nil {
			return err
		}
		var last int64
		if err := q.queryRow(ctx,
			"SELECT COALESCE(MAX(delivery), 0) FROM postroom_notifications WHERE namespace = ? AND delivery > 0",
			s.namespace).Scan(&last); err != nil {
			return err
		}
		// What was delivered before stays so, in its place. A row that a different
		// transaction is writing is waited for, and then looked at again.
		const update = "UPDATE postroom_notifications" +
			" SET state = ?, attempts = ?, next_try = ?, last_error = ?, delivery = ?" +
			" WHERE namespace = ? AND id = ? AND delivery = 0"
		for i, e := range entries {
			place := int64(0)
			if e.State == notify.Delivered {
				place = last + int64(i) + 1
			}
			_, err := q.exec(ctx, update,
				string(e.State), e.Attempts, micros(e.NextTry), e.LastError, place, s.namespace, e.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Notifications implements notify.Outbox.
func (s *Store) Notifications(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
	q := s.conn(ctx)
	var delivery, seq int64
	if after != "" {
		err := q.queryRow(ctx,
			"SELECT delivery, seq FROM postroom_notifications WHERE namespace = ? AND id = ?", s.namespace, after).
			Scan(&delivery, &seq)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("%w: notification %q", inbound.ErrNotFound, after)
		}
		if err != nil {
			return nil, s.wrap("list notifications", err)
		}
	}
	var all []notify.Entry
	if after == "" || delivery > 0 {
		var err error
		all, err = collect(ctx, q, scanEntry, "SELECT "+entryColumns+" FROM postroom_notifications"+
			" WHERE namespace = ? AND delivery > ? ORDER BY delivery LIMIT ?", s.namespace, delivery, limit)
		if err != nil || len(all) == limit {
			return all, s.wrap("list notifications", err)
		}
		seq = 0
	}
	waiting, err := collect(ctx, q, scanEntry, "SELECT "+entryColumns+" FROM postroom_notifications"+
		" WHERE namespace = ? AND delivery = 0 AND seq > ? ORDER BY seq LIMIT ?", s.namespace, seq, limit-len(all))
	return append(all, waiting...), s.wrap("list notifications", err)
}

// Undelivered implements notify.Outbox.
func (s *Store) Undelivered(ctx context.Context) (pending, dead int, err error) {
	counts, err := countBy[notify.State](ctx, s.conn(ctx), "SELECT state, COUNT(*) FROM postroom_notifications"+
		" WHERE namespace = ? AND delivery = 0 GROUP BY state", s.namespace)
	return counts[notify.Pending], counts[notify.Dead], s.wrap("count undelivered notifications", err)
}

// NotificationCounts counts the notifications in each state; a state without
// any is absent.
func (s *Store) NotificationCounts(ctx context.Context) (map[notify.State]int, error) {
	counts, err := countBy[notify.State](ctx, s.conn(ctx),
		"SELECT state, COUNT(*) FROM postroom_notifications WHERE namespace = ? GROUP BY state", s.namespace)
	return counts, s.wrap("count notifications", err)
}
