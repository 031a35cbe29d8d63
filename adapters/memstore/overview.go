package memstore

import (
	"context"
	"maps"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// AllHealth implements inbound.Overview.
func (s *Store) AllHealth(ctx context.Context) (all map[string]inbound.Health, err error) {
	err = s.read(ctx, func() error {
		all = maps.Clone(s.health)
		return nil
	})
	return all, err
}

// WaitingCustomers implements inbound.Overview.
func (s *Store) WaitingCustomers(ctx context.Context) (map[string]int, error) {
	counts := make(map[string]int)
	err := s.read(ctx, func() error {
		for _, a := range s.assignments {
			if a.place > 0 {
				counts[a.AccountID]++
			}
		}
		return nil
	})
	return counts, err
}

// PendingNotifications implements inbound.Overview.
func (s *Store) PendingNotifications(ctx context.Context) (map[string]inbound.Backlog, error) {
	all := make(map[string]inbound.Backlog)
	err := s.read(ctx, func() error {
		for _, e := range s.entries {
			if e.State != notify.Pending {
				continue
			}
			b := all[e.AccountID]
			if b.Count++; b.Count == 1 || e.At.Before(b.Oldest) {
				b.Oldest = e.At
			}
			all[e.AccountID] = b
		}
		return nil
	})
	return all, err
}
