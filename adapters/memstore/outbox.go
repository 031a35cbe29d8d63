package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// Add implements notify.Outbox.
func (s *Store) Add(ctx context.Context, ns []notify.Notification) error {
	return s.write(ctx, func(t *transaction) error {
		for _, n := range ns {
			s.append(t, notify.Entry{Notification: n, State: notify.Pending})
		}
		return nil
	})
}

// append adds an entry, unless there is one with its ID.
func (s *Store) append(t *transaction, e notify.Entry) {
	if _, have := s.entries[e.ID]; !have {
		put(t, s.entries, e.ID, e)
		set(t, &s.outbox, append(s.outbox, e.ID))
	}
}

// Due implements notify.Outbox.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) (due []notify.Entry, err error) {
	err = s.read(ctx, func() error {
		late := make(map[string]bool) // whether the manager's oldest has to wait
		for _, id := range s.outbox {
			e := s.entries[id]
			if e.State != notify.Pending {
				continue
			}
			wait, known := late[e.ManagerID]
			if !known {
				wait = e.NextTry.After(now) && !e.NextTry.After(now.Add(clockSetBack))
				late[e.ManagerID] = wait
			}
			if !wait && len(due) < limit {
				due = append(due, e)
			}
		}
		return nil
	})
	return due, err
}

// Update implements notify.Outbox.
func (s *Store) Update(ctx context.Context, entries []notify.Entry) error {
	return s.write(ctx, func(t *transaction) error {
		for _, e := range entries {
			old, have := s.entries[e.ID]
			if !have || old.State == notify.Delivered || isApart(old) {
				continue
			}
			old.State, old.Attempts, old.NextTry, old.LastError = e.State, e.Attempts, e.NextTry, e.LastError
			put(t, s.entries, e.ID, old)
			if e.State == notify.Delivered {
				set(t, &s.delivered, s.delivered+1)
				put(t, s.deliveries, e.ID, s.delivered)
			}
		}
		return nil
	})
}

// Notifications implements notify.Outbox.
func (s *Store) Notifications(ctx context.Context, after string, limit int) (list []notify.Entry, err error) {
	err = s.read(ctx, func() error {
		ids := slices.DeleteFunc(slices.Clone(s.outbox), func(id string) bool { return isApart(s.entries[id]) })
		slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(s.place(a), s.place(b)) })
		if after != "" {
			i := slices.Index(ids, after)
			if i < 0 {
				return fmt.Errorf("%w: notification %q", inbound.ErrNotFound, after)
			}
			ids = ids[i+1:]
		}
		for _, id := range ids[:min(limit, len(ids))] {
			list = append(list, s.entries[id])
		}
		return nil
	})
	return list, err
}

// place is that in the order of delivery; what is not delivered comes last.
func (s *Store) place(id string) int {
	if place, ok := s.deliveries[id]; ok {
		return place
	}
	return s.delivered + 1
}

// Undelivered implements notify.Outbox.
func (s *Store) Undelivered(ctx context.Context) (pending, dead int, err error) {
	counts, err := s.NotificationCounts(ctx)
	return counts[notify.Pending], counts[notify.Dead], err
}

// NotificationCounts counts the notifications in each state; a state without
// any is absent.
func (s *Store) NotificationCounts(ctx context.Context) (map[notify.State]int, error) {
	counts := make(map[notify.State]int)
	err := s.read(ctx, func() error {
		for _, e := range s.entries {
			counts[e.State]++
		}
		return nil
	})
	return counts, err
}
