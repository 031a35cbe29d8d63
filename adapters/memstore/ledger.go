package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// clockSetBack is further off than any pause: what is to be tried after it was
// recorded before the clock was set back.
const clockSetBack = 25 * time.Hour

// compareIDs is the ascending order of IDs.
func compareIDs(a, b inbound.ID) int {
	return cmp.Or(cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Generation, b.Generation), cmp.Compare(a.UID, b.UID),
		cmp.Compare(a.UIDL, b.UIDL), cmp.Compare(a.Occurrence, b.Occurrence))
}

// rows returns up to limit rows of an account that match, in ascending order,
// after the given ID.
func (s *Store) rows(ctx context.Context, account string, after inbound.ID, limit int, match func(inbound.LedgerEntry) bool) ([]inbound.LedgerEntry, error) {
	var found []inbound.LedgerEntry
	err := s.read(ctx, func() error {
		for id, e := range s.ledger[account] {
			if (after == inbound.ID{} || compareIDs(id, after) > 0) && match(e) {
				found = append(found, e)
			}
		}
		return nil
	})
	slices.SortFunc(found, func(a, b inbound.LedgerEntry) int { return compareIDs(a.ID, b.ID) })
	return found[:min(limit, len(found))], err
}

// Lookup implements inbound.Ledger.
func (s *Store) Lookup(ctx context.Context, account string, ids []inbound.ID) (map[inbound.ID]inbound.LedgerEntry, error) {
	found := make(map[inbound.ID]inbound.LedgerEntry)
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
			put(t, s.ledger, account, make(map[inbound.ID]inbound.LedgerEntry))
		}
		for _, e := range entries {
			put(t, s.ledger[account], e.ID, e)
		}
		return nil
	})
}

// Retry implements inbound.Ledger.
func (s *Store) Retry(ctx context.Context, account, folder string, generation uint32, now time.Time, limit int) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, inbound.ID{}, limit, func(e inbound.LedgerEntry) bool {
		return e.Folder == folder && e.Generation == generation && e.Outcome == inbound.Failed &&
			(!e.NextTry.After(now) || e.NextTry.After(now.Add(clockSetBack)))
	})
}

// Deletable implements inbound.Ledger.
func (s *Store) Deletable(ctx context.Context, account, folder string, generation uint32, until time.Time, after inbound.ID, limit int) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, after, limit, func(e inbound.LedgerEntry) bool {
		return e.Folder == folder && e.Generation == generation && !e.Keep && !e.Deleted && !e.At.After(until) &&
			(e.Outcome == inbound.Uploaded || e.Outcome == inbound.Duplicate)
	})
}

// Unmarked implements inbound.Ledger.
func (s *Store) Unmarked(
	ctx context.Context, account, folder string, generation uint32, limit int,
) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, inbound.ID{}, limit, func(e inbound.LedgerEntry) bool {
		return e.Folder == folder && e.Generation == generation && e.Unmarked && !e.Deleted
	})
}

// MarkDeleted implements inbound.Ledger.
func (s *Store) MarkDeleted(ctx context.Context, account string, ids []inbound.ID) error {
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

// Entries implements inbound.Ledger.
func (s *Store) Entries(ctx context.Context, account string, outcome inbound.Outcome, after inbound.ID, limit int) ([]inbound.LedgerEntry, error) {
	return s.rows(ctx, account, after, limit, func(e inbound.LedgerEntry) bool { return outcome == "" || e.Outcome == outcome })
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
