package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/postroom/postroom/notify"
)

// backlogKey is what a backlog is of.
type backlogKey struct{ account, manager string }

// isApart reports an entry that is not listed: it is held back, or a digest stands for it.
func isApart(e notify.Entry) bool { return e.State == notify.Held || e.State == notify.Digested }

// Hold implements notify.Holder.
func (s *Store) Hold(ctx context.Context, ns []notify.Notification) error {
	return s.write(ctx, func(t *transaction) error {
		for _, n := range ns {
			if _, have := s.entries[n.ID]; have {
				continue
			}
			s.append(t, notify.Entry{Notification: n, State: notify.Held})
			key := backlogKey{n.AccountID, n.ManagerID}
			s.setHeld(t, key, append(s.held[key], n.ID))
		}
		return nil
	})
}

// Backlogs implements notify.Holder.
func (s *Store) Backlogs(ctx context.Context) (list []notify.Backlog, err error) {
	err = s.read(ctx, func() error {
		for key, ids := range s.held {
			first := s.entries[ids[0]]
			b := notify.Backlog{AccountID: key.account, ManagerID: key.manager, Shop: first.Shop, Held: len(ids),
				Since: first.At, Settled: s.settled[key], LastDigest: s.lastDigest[key]}
			for _, id := range ids {
				if at := s.entries[id].At; at.Before(b.Since) {
					b.Since = at
				}
			}
			list = append(list, b)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b notify.Backlog) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.ManagerID, b.ManagerID))
	})
	return list, err
}

// ReleaseHeld implements notify.Holder.
func (s *Store) ReleaseHeld(ctx context.Context, accountID, managerID string, n int) error {
	return s.write(ctx, func(t *transaction) error {
		s.settle(t, backlogKey{accountID, managerID}, n, notify.Pending)
		return nil
	})
}

// DigestHeld implements notify.Holder.
func (s *Store) DigestHeld(ctx context.Context, digest notify.Notification) error {
	return s.write(ctx, func(t *transaction) error {
		key := backlogKey{digest.AccountID, digest.ManagerID}
		customers := make(map[string]bool)
		digest.Emails = 0
		held := s.settle(t, key, len(s.held[key]), notify.Digested)
		for _, e := range held {
			customers[e.CustomerID] = true
			if e.Kind == notify.IncomingEmail {
				digest.Emails++
			}
		}
		if len(held) > 0 {
			digest.Customers = len(customers)
			s.append(t, notify.Entry{Notification: digest, State: notify.Pending})
			put(t, s.lastDigest, key, digest.At)
		}
		return nil
	})
}

// settle gives the first n held entries of a backlog a different state, and returns them.
func (s *Store) settle(t *transaction, key backlogKey, n int, state notify.State) (entries []notify.Entry) {
	ids := s.held[key]
	n = max(0, min(n, len(ids)))
	for _, id := range ids[:n] {
		e := s.entries[id]
		e.State = state
		put(t, s.entries, id, e)
		entries = append(entries, e)
	}
	put(t, s.settled, key, s.settled[key]+n)
	s.setHeld(t, key, ids[n:])
	return entries
}

// setHeld sets the IDs of what is Held of a backlog.
func (s *Store) setHeld(t *transaction, key backlogKey, ids []string) {
	if len(ids) == 0 {
		drop(t, s.held, key)
		return
	}
	put(t, s.held, key, ids)
}
