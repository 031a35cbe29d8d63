package memstore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

type folderKey struct{ account, folder string }

type intent struct{ shop, address string }

// FolderState implements inbound.Progress.
func (s *Store) FolderState(ctx context.Context, account, folder string) (inbound.FolderState, error) {
	return load(ctx, s, s.folders, folderKey{account, folder})
}

// SetFolderState implements inbound.Progress.
func (s *Store) SetFolderState(ctx context.Context, account, folder string, f inbound.FolderState) error {
	return save(ctx, s, s.folders, folderKey{account, folder}, f)
}

// AccountState implements inbound.Progress.
func (s *Store) AccountState(ctx context.Context, account string) (inbound.AccountState, error) {
	return load(ctx, s, s.accounts, account)
}

// SetAccountState implements inbound.Progress.
func (s *Store) SetAccountState(ctx context.Context, account string, a inbound.AccountState) error {
	return save(ctx, s, s.accounts, account, a)
}

// Usage implements inbound.Progress.
func (s *Store) Usage(ctx context.Context, account string) (inbound.Usage, error) {
	u, err := load(ctx, s, s.usage, account)
	u.Spans = slices.Clone(u.Spans)
	return u, err
}

// SetUsage implements inbound.Progress.
func (s *Store) SetUsage(ctx context.Context, account string, u inbound.Usage) error {
	u.Spans = slices.Clone(u.Spans)
	return save(ctx, s, s.usage, account, u)
}

// Health implements inbound.Progress.
func (s *Store) Health(ctx context.Context, account string) (inbound.Health, error) {
	return load(ctx, s, s.health, account)
}

// SetHealth implements inbound.Progress.
func (s *Store) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	return save(ctx, s, s.health, account, h)
}

// IntendCustomers implements inbound.Intents.
func (s *Store) IntendCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return s.write(ctx, func(t *transaction) error {
		for _, address := range addresses {
			noted := s.intents[intent{shop, address}]
			if !slices.Contains(noted, account) {
				put(t, s.intents, intent{shop, address}, append(slices.Clone(noted), account))
			}
		}
		return nil
	})
}

// IntendedCustomers implements inbound.Intents.
func (s *Store) IntendedCustomers(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	intended := make(map[string]bool)
	err := s.read(ctx, func() error {
		for _, address := range addresses {
			noted := s.intents[intent{shop, address}]
			if account == "" && len(noted) > 0 || slices.Contains(noted, account) {
				intended[address] = true
			}
		}
		return nil
	})
	return intended, err
}

// IntendedElsewhere implements inbound.Intents.
func (s *Store) IntendedElsewhere(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	intended := make(map[string]bool)
	err := s.read(ctx, func() error {
		for _, address := range addresses {
			isOther := func(noted string) bool { return noted != account }
			if slices.ContainsFunc(s.intents[intent{shop, address}], isOther) {
				intended[address] = true
			}
		}
		return nil
	})
	return intended, err
}

// FinishCustomers implements inbound.Intents.
func (s *Store) FinishCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return s.write(ctx, func(t *transaction) error {
		for _, address := range addresses {
			var others []string
			for _, noted := range s.intents[intent{shop, address}] {
				if account != "" && noted != account {
					others = append(others, noted)
				}
			}
			if others == nil {
				drop(t, s.intents, intent{shop, address})
			} else {
				put(t, s.intents, intent{shop, address}, others)
			}
		}
		return nil
	})
}

type lease struct {
	owner   string // "" when released
	token   uint64 // never goes back
	expires time.Time
}

// Acquire implements inbound.Leases.
func (s *Store) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (token uint64, err error) {
	err = s.write(ctx, func(t *transaction) error {
		l, now := s.leases[name], time.Now()
		if l.owner != owner {
			if l.owner != "" && l.expires.After(now) {
				return fmt.Errorf("memstore: lease %s: %w: until %s", name, inbound.ErrBusy,
					l.expires.Format(time.RFC3339))
			}
			l.token++
		}
		l.owner, l.expires = owner, now.Add(ttl)
		put(t, s.leases, name, l)
		token = l.token
		return nil
	})
	if err != nil {
		return 0, err
	}
	return token, nil
}

var _ inbound.LeaseRenewer = (*Store)(nil)

// RenewLeases implements inbound.LeaseRenewer.
func (s *Store) RenewLeases(
	ctx context.Context, held []inbound.HeldLease, ttl time.Duration,
) (lost []inbound.HeldLease, err error) {
	err = s.write(ctx, func(t *transaction) error {
		expires := time.Now().Add(ttl)
		for _, h := range held {
			l := s.leases[h.Name]
			if l.owner != h.Owner {
				lost = append(lost, h)
				continue
			}
			l.expires = expires
			put(t, s.leases, h.Name, l)
		}
		return nil
	})
	return lost, err
}

// Confirm implements inbound.Leases.
func (s *Store) Confirm(ctx context.Context, name string, token uint64) error {
	return s.read(ctx, func() error {
		if l := s.leases[name]; l.token != token || l.owner == "" {
			return fmt.Errorf("memstore: %w: %s", inbound.ErrLeaseLost, name)
		}
		return nil
	})
}

// Release implements inbound.Leases.
func (s *Store) Release(ctx context.Context, name, owner string) error {
	return s.write(ctx, func(t *transaction) error {
		if l := s.leases[name]; l.owner == owner {
			l.owner = ""
			put(t, s.leases, name, l)
		}
		return nil
	})
}
