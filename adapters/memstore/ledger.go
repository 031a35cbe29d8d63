package memstore

import (
	"context"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// clockSetBack is further off than any pause: what is to be tried after it was
// recorded before the clock was set back.
const clockSetBack = 25 * time.Hour

// rows returns up to limit rows of an account that match, in ascending order,
// after the given ID.
func (s *Store) rows(
	ctx context.Context, account string, after inbound.SourceID, limit int, match func(inbound.LedgerEntry) bool,
) ([]inbound.LedgerEntry, error) {
	var found []inbound.LedgerEntry
	err := s.read(ctx, func() error {
		for id, e := range s.ledger[account] {
			if (after == inbound.SourceID{} || id.Compare(after) > 0) && match(e) {
				found = append(found, e)
			}
		}
		return nil
	})
	slices.SortFunc(found, func(a, b inbound.LedgerEntry) int { return a.Compare(b.SourceID) })
	return found[:min(limit, len(found))], err
}

// Lookup implements inbound.Ledger.
func (s *Store) Lookup(
	ctx context.Context, account string, ids []inbound.SourceID,
) (map[inbound.SourceID]inbound.LedgerEntry, error) {
	found := make(map[inbound.SourceID]inbound.LedgerEntry)
	err := s.read(ctx, func() error {
		for _, id := range ids {
			if e, ok := s.ledger[account][id]; ok {
				found[id] = e
			}
		}
		return nil
	})
	return found, err
}

// Record implements inbound.Ledger.
func (s *Store) Record(ctx context.Context, account string, entries []inbound.LedgerEntry) error {
	return s.write(ctx, func(t *transaction) error {
		if s.ledger[account] == nil {
			put(t, s.ledger, account, make(map[inbound.SourceID]inbound.LedgerEntry))
		}
		for _, e := range entries {
			s.count(t, s.ledger[account][e.SourceID], -1)
			s.count(t, e, 1)
			put(t, s.ledger[account], e.SourceID, e)
		}
		return nil
	})
}

// count adds n to the duplicates of the email that a record is a duplicate of.
func (s *Store) count(t *transaction, e inbound.LedgerEntry, n int) {
	if e.Outcome == inbound.Duplicate {
		put(t, s.duplicates, e.EmailID, s.duplicates[e.EmailID]+n)
	}
}

// DueForRetry implements inbound.Ledger.
func (s *Store) DueForRetry(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, inbound.SourceID{}, limit, func(e inbound.LedgerEntry) bool {
		return e.Outcome != inbound.Ignored && isDue(e, folder, generation, now)
	})
}

// Withheld implements inbound.Ledger.
func (s *Store) Withheld(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, inbound.SourceID{}, limit, func(e inbound.LedgerEntry) bool {
		return e.Outcome == inbound.Ignored && isDue(e, folder, generation, now)
	})
}

// isDue reports whether a record of a folder is to be looked at again now.
func isDue(e inbound.LedgerEntry, folder, generation string, now time.Time) bool {
	return e.Folder == folder && e.Generation == generation && !e.NextTry.IsZero() &&
		(!e.NextTry.After(now) || e.NextTry.After(now.Add(clockSetBack)))
}

// Deletable implements inbound.Ledger.
func (s *Store) Deletable(
	ctx context.Context, account, folder, generation string, until time.Time, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, after, limit, func(e inbound.LedgerEntry) bool {
		return e.Folder == folder && e.Generation == generation && !e.Keep && !e.Deleted && !e.At.After(until) &&
			(e.Outcome == inbound.Uploaded || e.Outcome == inbound.Duplicate)
	})
}

// Unmarked implements inbound.Ledger.
func (s *Store) Unmarked(
	ctx context.Context, account, folder, generation string, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, inbound.SourceID{}, limit, func(e inbound.LedgerEntry) bool {
		return e.Folder == folder && e.Generation == generation && e.Unmarked && !e.Deleted
	})
}

// MarkDeleted implements inbound.Ledger.
func (s *Store) MarkDeleted(ctx context.Context, account string, ids []inbound.SourceID) error {
	return s.write(ctx, func(t *transaction) error {
		for _, id := range ids {
			if e, ok := s.ledger[account][id]; ok {
				e.Deleted = true
				put(t, s.ledger[account], id, e)
			}
		}
		return nil
	})
}

// Reconsider implements inbound.Ledger.
func (s *Store) Reconsider(ctx context.Context, accounts, fingerprints []string, at time.Time) error {
	return s.write(ctx, func(t *transaction) error {
		for _, account := range accounts {
			for id, e := range s.ledger[account] {
				if e.Outcome == inbound.Unmatched && !e.Deleted && slices.Contains(fingerprints, e.Fingerprint) {
					e.NextTry = at
					put(t, s.ledger[account], id, e)
				}
			}
		}
		return nil
	})
}

// Entries implements inbound.Ledger.
func (s *Store) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, after, limit,
		func(e inbound.LedgerEntry) bool { return outcome == "" || e.Outcome == outcome })
}

// Outcomes implements inbound.Ledger.
func (s *Store) Outcomes(ctx context.Context, account string) (map[inbound.Outcome]int, error) {
	counts := make(map[inbound.Outcome]int)
	err := s.read(ctx, func() error {
		for _, e := range s.ledger[account] {
			counts[e.Outcome]++
		}
		return nil
	})
	return counts, err
}
