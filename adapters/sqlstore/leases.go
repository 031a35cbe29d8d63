package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// lease is a row of postroom_leases; the zero value stands for one that was
// never taken.
type lease struct {
	owner          string
	token          uint64
	taken, expires time.Time
}

// clockSkew is how far the clocks of two machines may be apart. Without NTP that
// is a minute or more, and a lease that is alive must not be taken over for it.
const clockSkew = 10 * time.Minute

func (s *Store) readLease(ctx context.Context, q querier, name string) (l lease, err error) {
	err = q.queryRow(ctx, "SELECT owner, token, taken, expires FROM postroom_leases"+
		" WHERE namespace = ? AND name = ?", s.namespace, name).
		Scan(&l.owner, &l.token, intoTime{&l.taken}, intoTime{&l.expires})
	if errors.Is(err, sql.ErrNoRows) {
		return lease{}, nil
	}
	return l, err
}

func leaseLock(name string) string { return "lease/" + name }

// Acquire implements inbound.Leases.
func (s *Store) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (token uint64, err error) {
	err = s.write(ctx, "acquire lease "+name, func(ctx context.Context, q querier) error {
		// Under its lock, a lease is read and taken by one transaction at a time, also
		// one that has no row yet.
		if err := s.lock(ctx, q, leaseLock(name)); err != nil {
			return err
		}
		l, err := s.readLease(ctx, q, name)
		if err != nil {
			return err
		}
		now := time.Now()
		if l.owner != owner {
			if l.owner != "" && l.expires.After(now) && !l.taken.After(now.Add(clockSkew)) {
				return fmt.Errorf("%w: until %s", inbound.ErrBusy, l.expires.Format(time.RFC3339))
			}
			l.token++
		}
		token = l.token
		return s.insert(ctx, q, "INSERT INTO postroom_leases (namespace, name, owner, token, taken, expires)",
			[][]any{{s.namespace, name, owner, token, micros(now), micros(now.Add(ttl))}},
			s.dialect.onConflict("namespace, name", "owner", "token", "taken", "expires"))
	})
	if err != nil {
		return 0, err
	}
	return token, nil
}

var (
	_ inbound.LeaseRenewer   = (*Store)(nil)
	_ inbound.SharedDatabase = (*Store)(nil)
)

// RenewLeases implements inbound.LeaseRenewer. Whose lease it is does not change, so it takes
// no lock; a lease that somebody else is taking is waited for, and then left to them.
func (s *Store) RenewLeases(
	ctx context.Context, held []inbound.HeldLease, ttl time.Duration,
) (lost []inbound.HeldLease, err error) {
	if len(held) == 0 {
		return nil, nil
	}
	names, owners := make([]string, len(held)), make([]string, len(held))
	for i, h := range held {
		names[i], owners[i] = h.Name, h.Owner
	}
	err = s.write(ctx, "renew leases", func(ctx context.Context, q querier) error {
		now := time.Now()
		marks, args := list([]any{micros(now), micros(now.Add(ttl)), s.namespace}, names)
		ownerMarks, args := list(args, owners)
		result, err := q.exec(ctx, "UPDATE postroom_leases SET taken = ?, expires = ?"+
			" WHERE namespace = ? AND name IN ("+marks+") AND owner IN ("+ownerMarks+")", args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == int64(len(held)) {
			return err
		}
		marks, args = list([]any{s.namespace}, names)
		owner, err := collectMap(ctx, q, func(row scanner) (l keyed[string, string], err error) {
			err = row.Scan(&l.key, &l.value)
			return l, err
		}, "SELECT name, owner FROM postroom_leases WHERE namespace = ? AND name IN ("+marks+")", args...)
		lost = slices.DeleteFunc(slices.Clone(held), func(h inbound.HeldLease) bool { return owner[h.Name] == h.Owner })
		return err
	})
	return lost, err
}

// Confirm implements inbound.Leases. Within Atomic, it holds the lock that Acquire
// has to wait for.
func (s *Store) Confirm(ctx context.Context, name string, token uint64) error {
	q := s.conn(ctx)
	if s.transaction(ctx) != nil {
		if err := s.lock(ctx, q, leaseLock(name)); err != nil {
			return s.wrap("confirm lease "+name, err)
		}
	}
	l, err := s.readLease(ctx, q, name)
	if err != nil {
		return s.wrap("confirm lease "+name, err)
	}
	if l.token != token || l.owner == "" {
		return fmt.Errorf("%w: %s", inbound.ErrLeaseLost, name)
	}
	return nil
}

// Release implements inbound.Leases. The row stays with its token.
func (s *Store) Release(ctx context.Context, name, owner string) error {
	return s.write(ctx, "release lease "+name, func(ctx context.Context, q querier) error {
		_, err := q.exec(ctx, "UPDATE postroom_leases SET owner = '' WHERE namespace = ? AND name = ? AND owner = ?",
			s.namespace, name, owner)
		return err
	})
}

// EndLeases gives up all leases of the namespace, of all owners. It is for a program
// that excludes other processes from the namespace in its own way, so that it need
// not wait until the leases of a process that died have expired. Token
// counters are kept: the next Acquire gets a higher token, and a former owner that is
// still alive fails its next Confirm.
func (s *Store) EndLeases(ctx context.Context) error {
	return s.write(ctx, "end leases", func(ctx context.Context, q querier) error {
		_, err := q.exec(ctx, "UPDATE postroom_leases SET owner = '' WHERE namespace = ?", s.namespace)
		return err
	})
}
