package sqlstore

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

const (
	ledgerColumns = "folder, generation, key_size, source_key, occurrence, " + ledgerValues
	ledgerValues  = "position, outcome, reason, sender, reply_to, subject, fingerprint, size, listed, email_id, " +
		"extent, before_start, baseline, unmarked, keep, deleted, attempts, next_try, at"
	ledgerKey = "namespace, account, folder, generation, key_size, source_key, occurrence"
	// isDeletable is the condition of the index postroom_ledger_due,
	// word for word: SQLite uses a partial index only where it is implied.
	isDeletable = "outcome IN ('uploaded', 'duplicate') AND keep = 0 AND deleted = 0"
	// isToRetry is the condition of the index postroom_ledger_retry. The zero time is
	// in year 1.
	isToRetry = "outcome <> 'ignored' AND next_try > 0"
	// isUnmarked is the condition of the index postroom_ledger_unmarked.
	isUnmarked = "unmarked = 1 AND deleted = 0"
	// isUnmatched is the condition of the index postroom_ledger_unmatched.
	isUnmatched = "outcome = 'unmatched' AND deleted = 0 AND fingerprint <> ''"
)

// keyOrder is the order of SourceID.Compare within a folder and generation.
var keyOrder = []string{"key_size", "source_key", "occurrence"}

// clockSetBack is further off than any pause: what is to be tried after it was
// recorded before the clock was set back.
const clockSetBack = 25 * time.Hour

func scanLedger(row scanner) (e inbound.LedgerEntry, err error) {
	var keySize int
	err = row.Scan(&e.Folder, &e.Generation, &keySize, &e.Key, &e.Occurrence, &e.Position, &e.Outcome, &e.Reason,
		&e.From, &e.ReplyTo, &e.Subject, &e.Fingerprint, &e.Size, &e.ListedSize, &e.EmailID, &e.Extent, &e.BeforeStart,
		&e.Baseline, &e.Unmarked, &e.Keep, &e.Deleted, &e.Attempts, intoTime{&e.NextTry}, intoTime{&e.At})
	return e, err
}

// idGroup is IDs that one condition finds: those that differ in the key alone, and
// whose keys are of one size, so that the primary key finds each of them.
type idGroup struct {
	folder, generation  string
	keySize, occurrence int
}

// idGroups sorts the keys of IDs so that each group is one statement.
func idGroups(ids []inbound.SourceID) map[idGroup][]string {
	by := make(map[idGroup][]string)
	for _, id := range ids {
		g := idGroup{id.Folder, id.Generation, len(id.Key), id.Occurrence}
		by[g] = append(by[g], id.Key)
	}
	return by
}

// where returns the condition that finds the IDs of a group with these keys, and its
// arguments.
func (g idGroup) where(namespace, account string, keys []string) (string, []any) {
	marks, args := list([]any{namespace, account, g.folder, g.generation, g.keySize, g.occurrence}, keys)
	return " WHERE namespace = ? AND account = ? AND folder = ? AND generation = ? AND key_size = ?" +
		" AND occurrence = ? AND source_key IN (" + marks + ")", args
}

// Lookup implements inbound.Ledger.
func (s *Store) Lookup(
	ctx context.Context, account string, ids []inbound.SourceID,
) (map[inbound.SourceID]inbound.LedgerEntry, error) {
	found := make(map[inbound.SourceID]inbound.LedgerEntry)
	for g, keys := range idGroups(ids) {
		where, args := g.where(s.namespace, account, keys)
		entries, err := collect(ctx, s.conn(ctx), scanLedger,
			"SELECT "+ledgerColumns+" FROM postroom_ledger"+where, args...)
		if err != nil {
			return nil, s.wrap("look up ledger rows", err)
		}
		for _, e := range entries {
			found[e.SourceID] = e
		}
	}
	return found, nil
}

// Record implements inbound.Ledger.
func (s *Store) Record(ctx context.Context, account string, entries []inbound.LedgerEntry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{s.namespace, account, e.Folder, e.Generation, len(e.Key), e.Key, e.Occurrence, e.Position,
			string(e.Outcome), e.Reason, e.From, e.ReplyTo, e.Subject, e.Fingerprint, e.Size, e.ListedSize, e.EmailID,
			string(e.Extent), boolInt(e.BeforeStart), boolInt(e.Baseline), boolInt(e.Unmarked), boolInt(e.Keep),
			boolInt(e.Deleted), e.Attempts, micros(e.NextTry), micros(e.At)}
	}
	tail := s.dialect.onConflict(ledgerKey, strings.Split(ledgerValues, ", ")...)
	return s.write(ctx, "record ledger rows", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_ledger (namespace, account, "+ledgerColumns+")", rows, tail)
	})
}

// DueForRetry implements inbound.Ledger.
func (s *Store) DueForRetry(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	entries, err := collect(ctx, s.conn(ctx), scanLedger, "SELECT "+ledgerColumns+" FROM postroom_ledger"+
		s.dialect.indexedBy("postroom_ledger_retry")+
		" WHERE namespace = ? AND account = ? AND folder = ? AND generation = ? AND "+isToRetry+
		" AND (next_try <= ? OR next_try > ?) ORDER BY key_size, source_key, occurrence LIMIT ?",
		s.namespace, account, folder, generation, micros(now), micros(now.Add(clockSetBack)), limit)
	return entries, s.wrap("read ledger rows to retry", err)
}

// Withheld implements inbound.Ledger.
func (s *Store) Withheld(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	entries, err := collect(ctx, s.conn(ctx), scanLedger, "SELECT "+ledgerColumns+" FROM postroom_ledger"+
		s.dialect.indexedBy("postroom_ledger_withheld")+
		" WHERE namespace = ? AND account = ? AND outcome = 'ignored' AND folder = ? AND generation = ?"+
		" AND next_try > 0 AND (next_try <= ? OR next_try > ?) ORDER BY key_size, source_key, occurrence LIMIT ?",
		s.namespace, account, folder, generation, micros(now), micros(now.Add(clockSetBack)), limit)
	return entries, s.wrap("read ledger rows of marked messages", err)
}

// fewDue is up to how many deletable rows are found by their age and sorted.
// Beyond it they are found in the order of ID, past those that are not due.
const fewDue = 2000

// Deletable implements inbound.Ledger. Every pass calls it, usually when nothing is
// due; the index then lets it return without reading a row, however many rows are
// due later.
func (s *Store) Deletable(
	ctx context.Context, account, folder, generation string, until time.Time, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	const where = " WHERE namespace = ? AND account = ? AND folder = ? AND generation = ? AND at <= ?" +
		" AND " + isDeletable
	byAge := " FROM postroom_ledger" + s.dialect.indexedBy("postroom_ledger_due") + where
	byID := " FROM postroom_ledger" + s.dialect.indexedBy("") + where
	args := []any{s.namespace, account, folder, generation, micros(until)}
	q := s.conn(ctx)
	var due int
	err := q.queryRow(ctx,
		"SELECT COUNT(*) FROM (SELECT 1"+byAge+" LIMIT ?) AS due", append(args, fewDue+1)...).Scan(&due)
	if err != nil || due == 0 {
		return nil, s.wrap("look for deletable ledger rows", err)
	}
	query := "SELECT " + ledgerColumns + byAge
	if due > fewDue {
		query = "SELECT " + ledgerColumns + byID
	}
	switch order := cmp.Or(cmp.Compare(after.Folder, folder), cmp.Compare(after.Generation, generation)); {
	case order > 0:
		return nil, nil
	case order == 0 && after != (inbound.SourceID{}):
		later, values := s.dialect.after(keyOrder, []any{len(after.Key), after.Key, after.Occurrence})
		query, args = query+" AND "+later, append(args, values...)
	}
	query += " ORDER BY key_size, source_key, occurrence LIMIT ?"
	entries, err := collect(ctx, q, scanLedger, query, append(args, limit)...)
	return entries, s.wrap("read deletable ledger rows", err)
}

// Unmarked implements inbound.Ledger.
func (s *Store) Unmarked(
	ctx context.Context, account, folder, generation string, limit int,
) ([]inbound.LedgerEntry, error) {
	entries, err := collect(ctx, s.conn(ctx), scanLedger, "SELECT "+ledgerColumns+" FROM postroom_ledger"+
		s.dialect.indexedBy("postroom_ledger_unmarked")+
		" WHERE namespace = ? AND account = ? AND folder = ? AND generation = ? AND "+isUnmarked+
		" ORDER BY key_size, source_key, occurrence LIMIT ?", s.namespace, account, folder, generation, limit)
	return entries, s.wrap("read unmarked ledger rows", err)
}

// MarkDeleted implements inbound.Ledger.
func (s *Store) MarkDeleted(ctx context.Context, account string, ids []inbound.SourceID) error {
	return s.write(ctx, "mark ledger rows as deleted", func(ctx context.Context, q querier) error {
		for g, keys := range idGroups(ids) {
			where, args := g.where(s.namespace, account, keys)
			if _, err := q.exec(ctx, "UPDATE postroom_ledger SET deleted = 1"+where, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reconsider implements inbound.Ledger. Every batch calls it, usually when there is
// nothing to change; the index then lets it return without reading a row.
func (s *Store) Reconsider(ctx context.Context, accounts, fingerprints []string, at time.Time) error {
	return s.write(ctx, "set the time of another look", func(ctx context.Context, q querier) error {
		marks, args := list([]any{s.namespace}, fingerprints)
		where := " WHERE namespace = ? AND fingerprint IN (" + marks + ") AND " + isUnmatched
		found, err := collect(ctx, q, scanText, "SELECT fingerprint FROM postroom_ledger"+
			s.dialect.indexedBy("postroom_ledger_unmatched")+where, args...)
		if err != nil || len(found) == 0 {
			return err
		}
		marks, args = list(append([]any{micros(at)}, args...), accounts)
		_, err = q.exec(ctx, "UPDATE postroom_ledger SET next_try = ?"+where+" AND account IN ("+marks+")", args...)
		return err
	})
}

// Entries implements inbound.Ledger.
func (s *Store) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	query := "SELECT " + ledgerColumns + " FROM postroom_ledger"
	where, args := " WHERE namespace = ? AND account = ?", []any{s.namespace, account}
	if outcome != "" {
		query += s.dialect.indexedBy("postroom_ledger_outcome")
		where += " AND outcome = ?"
		args = append(args, string(outcome))
	}
	if after != (inbound.SourceID{}) {
		later, values := s.dialect.after(append([]string{"folder", "generation"}, keyOrder...),
			[]any{after.Folder, after.Generation, len(after.Key), after.Key, after.Occurrence})
		where, args = where+" AND "+later, append(args, values...)
	}
	query += where + " ORDER BY folder, generation, key_size, source_key, occurrence LIMIT ?"
	entries, err := collect(ctx, s.conn(ctx), scanLedger, query, append(args, limit)...)
	return entries, s.wrap("read ledger rows", err)
}

// Outcomes implements inbound.Ledger.
func (s *Store) Outcomes(ctx context.Context, account string) (map[inbound.Outcome]int, error) {
	counts, err := countBy[inbound.Outcome](ctx, s.conn(ctx), "SELECT outcome, COUNT(*) FROM postroom_ledger"+
		" WHERE namespace = ? AND account = ? GROUP BY outcome", s.namespace, account)
	return counts, s.wrap("count ledger rows", err)
}
