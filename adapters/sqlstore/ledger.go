package sqlstore

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

const (
	ledgerColumns = "folder, generation, uid, uidl, occurrence, " + ledgerValues
	ledgerValues  = "outcome, reason, sender, reply_to, subject, size, listed, email_id, extent, before_start, baseline, unmarked, " +
		"keep, deleted, attempts, next_try, at"
	ledgerKey = "account, folder, generation, uid, uidl, occurrence"
	// isDeletable is the condition of the index postroom_ledger_due,
	// word for word: SQLite uses a partial index only where it is implied.
	isDeletable = "outcome IN ('uploaded', 'duplicate') AND keep = 0 AND deleted = 0"
	// isUnmarked is the condition of the index postroom_ledger_unmarked.
	isUnmarked = "unmarked = 1 AND deleted = 0"
)

// clockSetBack is further off than any pause: what is to be tried after it was
// recorded before the clock was set back.
const clockSetBack = 25 * time.Hour

func scanLedger(row scanner) (e inbound.LedgerEntry, err error) {
	err = row.Scan(&e.Folder, &e.Generation, &e.UID, &e.UIDL, &e.Occurrence, &e.Outcome, &e.Reason,
		&e.From, &e.ReplyTo, &e.Subject,
		&e.Size, &e.Listed, &e.EmailID, &e.Extent, &e.BeforeStart, &e.Baseline, &e.Unmarked, &e.Keep, &e.Deleted,
		&e.Attempts, intoTime{&e.NextTry}, intoTime{&e.At})
	return e, err
}

// bunch is IDs that one condition finds, exactly them: in IMAP those of a
// mailbox, which differ in the UID; in POP3 those of the same occurrence, which
// differ in the UIDL.
type bunch struct {
	folder     string
	generation uint32
	occurrence int
	column     string // that they differ in
	other      any    // the value of the other one of uid and uidl
}

// bunches sorts IDs so that each bunch is one statement.
func bunches(ids []inbound.ID) map[bunch][]any {
	by := make(map[bunch][]any)
	for _, id := range ids {
		b := bunch{folder: id.Folder, generation: id.Generation, occurrence: id.Occurrence}
		var value any
		if id.UIDL == "" {
			b.column, b.other, value = "uid", "", id.UID
		} else {
			b.column, b.other, value = "uidl", id.UID, id.UIDL
		}
		by[b] = append(by[b], value)
	}
	return by
}

// where returns the condition that finds these IDs of a bunch, and its arguments.
func (b bunch) where(account string, values []any) (string, []any) {
	fixed := "uidl"
	if b.column == "uidl" {
		fixed = "uid"
	}
	args := append([]any{account, b.folder, b.generation, b.occurrence, b.other}, values...)
	return " WHERE account = ? AND folder = ? AND generation = ? AND occurrence = ? AND " + fixed + " = ? AND " +
		b.column + " IN (" + marks(len(values)) + ")", args
}

// Lookup implements inbound.Ledger.
func (s *Store) Lookup(ctx context.Context, account string, ids []inbound.ID) (map[inbound.ID]inbound.LedgerEntry, error) {
	found := make(map[inbound.ID]inbound.LedgerEntry)
	for b, values := range bunches(ids) {
		where, args := b.where(account, values)
		entries, err := collect(ctx, s.conn(ctx), scanLedger, "SELECT "+ledgerColumns+" FROM postroom_ledger"+where, args...)
		if err != nil {
			return nil, failed("look up ledger rows", err)
		}
		for _, e := range entries {
			found[e.ID] = e
		}
	}
	return found, nil
}

// Record implements inbound.Ledger.
func (s *Store) Record(ctx context.Context, account string, entries []inbound.LedgerEntry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{account, e.Folder, e.Generation, e.UID, e.UIDL, e.Occurrence, string(e.Outcome), e.Reason,
			e.From, e.ReplyTo, e.Subject,
			e.Size, e.Listed, e.EmailID, string(e.Extent), flag(e.BeforeStart), flag(e.Baseline),
			flag(e.Unmarked), flag(e.Keep), flag(e.Deleted),
			e.Attempts, micros(e.NextTry), micros(e.At)}
	}
	tail := s.dialect.onConflict(ledgerKey, strings.Split(ledgerValues, ", ")...)
	return s.write(ctx, "record ledger rows", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_ledger (account, "+ledgerColumns+")", rows, tail)
	})
}

// Retry implements inbound.Ledger.
func (s *Store) Retry(ctx context.Context, account, folder string, generation uint32, now time.Time, limit int) ([]inbound.LedgerEntry, error) {
	entries, err := collect(ctx, s.conn(ctx), scanLedger, "SELECT "+ledgerColumns+` FROM postroom_ledger
		WHERE account = ? AND outcome = 'failed' AND folder = ? AND generation = ? AND (next_try <= ? OR next_try > ?)
		ORDER BY uid, uidl, occurrence LIMIT ?`, account, folder, generation, micros(now), micros(now.Add(clockSetBack)), limit)
	return entries, failed("read failed ledger rows", err)
}

// fewDue is up to how many deletable rows are found by their age and sorted.
// Beyond it they are found in the order of ID, past those that are not due.
const fewDue = 2000

// Deletable implements inbound.Ledger. Every pass asks, mostly when nothing is
// due, and then no row may be read, however many wait for their time.
func (s *Store) Deletable(
	ctx context.Context, account, folder string, generation uint32, until time.Time, after inbound.ID, limit int,
) ([]inbound.LedgerEntry, error) {
	const where = " WHERE account = ? AND folder = ? AND generation = ? AND at <= ? AND " + isDeletable
	byAge := " FROM postroom_ledger" + s.dialect.indexedBy("postroom_ledger_due") + where
	byID := " FROM postroom_ledger" + s.dialect.unindexed() + where
	args := []any{account, folder, generation, micros(until)}
	q := s.conn(ctx)
	var due int
	err := q.QueryRowContext(ctx,
		"SELECT COUNT(*) FROM (SELECT 1"+byAge+" LIMIT ?) AS due", append(args, fewDue+1)...).Scan(&due)
	if err != nil || due == 0 {
		return nil, failed("look for deletable ledger rows", err)
	}
	query := "SELECT " + ledgerColumns + byAge
	if due > fewDue {
		query = "SELECT " + ledgerColumns + byID
	}
	switch order := cmp.Or(cmp.Compare(after.Folder, folder), cmp.Compare(after.Generation, generation)); {
	case order > 0:
		return nil, nil
	case order == 0 && after != (inbound.ID{}):
		query += " AND (uid, uidl, occurrence) > (?, ?, ?)"
		args = append(args, after.UID, after.UIDL, after.Occurrence)
	}
	query += " ORDER BY uid, uidl, occurrence LIMIT ?"
	entries, err := collect(ctx, q, scanLedger, query, append(args, limit)...)
	return entries, failed("read deletable ledger rows", err)
}

// Unmarked implements inbound.Ledger.
func (s *Store) Unmarked(
	ctx context.Context, account, folder string, generation uint32, limit int,
) ([]inbound.LedgerEntry, error) {
	entries, err := collect(ctx, s.conn(ctx), scanLedger, "SELECT "+ledgerColumns+" FROM postroom_ledger"+
		s.dialect.indexedBy("postroom_ledger_unmarked")+
		" WHERE account = ? AND folder = ? AND generation = ? AND "+isUnmarked+
		" ORDER BY uid, uidl, occurrence LIMIT ?", account, folder, generation, limit)
	return entries, failed("read unmarked ledger rows", err)
}

// MarkDeleted implements inbound.Ledger.
func (s *Store) MarkDeleted(ctx context.Context, account string, ids []inbound.ID) error {
	return s.write(ctx, "mark ledger rows as deleted", func(ctx context.Context, q querier) error {
		for b, values := range bunches(ids) {
			where, args := b.where(account, values)
			if _, err := q.ExecContext(ctx, "UPDATE postroom_ledger SET deleted = 1"+where, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Entries implements inbound.Ledger.
func (s *Store) Entries(ctx context.Context, account string, outcome inbound.Outcome, after inbound.ID, limit int) ([]inbound.LedgerEntry, error) {
	query, args := "SELECT "+ledgerColumns+" FROM postroom_ledger WHERE account = ?", []any{account}
	if outcome != "" {
		query += " AND outcome = ?"
		args = append(args, string(outcome))
	}
	if after != (inbound.ID{}) {
		query += " AND (folder, generation, uid, uidl, occurrence) > (?, ?, ?, ?, ?)"
		args = append(args, after.Folder, after.Generation, after.UID, after.UIDL, after.Occurrence)
	}
	query += " ORDER BY folder, generation, uid, uidl, occurrence LIMIT ?"
	entries, err := collect(ctx, s.conn(ctx), scanLedger, query, append(args, limit)...)
	return entries, failed("read ledger rows", err)
}

// Outcomes implements inbound.Ledger.
func (s *Store) Outcomes(ctx context.Context, account string) (map[inbound.Outcome]int, error) {
	counts, err := countBy[inbound.Outcome](ctx, s.conn(ctx), "SELECT outcome, COUNT(*) FROM postroom_ledger WHERE account = ? GROUP BY outcome", account)
	return counts, failed("count ledger rows", err)
}
