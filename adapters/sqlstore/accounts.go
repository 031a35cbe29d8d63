package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

const (
	folderColumns = "mailbox, generation, position, next_position, token, start_position, start_gap, " +
		"started_at, compared_at, baseline, start_time, start_moved_at, " +
		"initial_after, initial_before, initial_last, initial_messages, initial_bytes"
	healthColumns = "state, last_success, last_error, hint, failures, refusals, most_failed, " +
		"initial_done, initial_total, initial_complete, initial_bytes, initial_total_bytes, step, " +
		"since, cause, last_error_at, next_attempt, trouble_since, alerted_at, initial_since, " +
		"initial_took, history_after, initial_not_before"
)

// FolderState implements inbound.Progress.
func (s *Store) FolderState(ctx context.Context, account, folder string) (f inbound.FolderState, err error) {
	err = s.conn(ctx).queryRow(ctx,
		"SELECT "+folderColumns+" FROM postroom_folders WHERE namespace = ? AND account = ? AND folder = ?",
		s.namespace, account, folder).
		Scan(&f.Mailbox, &f.Generation, &f.Position, &f.NextPosition, &f.Token, &f.StartPosition, &f.StartGap,
			intoTime{&f.StartedAt}, intoTime{&f.ComparedAt}, &f.Baseline, intoTime{&f.Start}, intoTime{&f.StartMovedAt},
			&f.History.After, &f.History.Before, &f.History.Last, &f.History.Messages, &f.History.Bytes)
	if errors.Is(err, sql.ErrNoRows) {
		return inbound.FolderState{}, nil
	}
	return f, s.wrap("read the state of a folder", err)
}

// SetFolderState implements inbound.Progress.
func (s *Store) SetFolderState(ctx context.Context, account, folder string, f inbound.FolderState) error {
	row := []any{s.namespace, account, folder, f.Mailbox, f.Generation, f.Position, f.NextPosition, f.Token,
		f.StartPosition, f.StartGap, micros(f.StartedAt), micros(f.ComparedAt), boolInt(f.Baseline),
		micros(f.Start), micros(f.StartMovedAt),
		f.History.After, f.History.Before, f.History.Last, f.History.Messages, f.History.Bytes}
	return s.write(ctx, "record the state of a folder", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_folders (namespace, account, folder, "+folderColumns+")",
			[][]any{row},
			s.dialect.onConflict("namespace, account, folder", strings.Split(folderColumns, ", ")...))
	})
}

// AccountState implements inbound.Progress.
func (s *Store) AccountState(ctx context.Context, account string) (a inbound.AccountState, err error) {
	err = s.conn(ctx).queryRow(ctx,
		"SELECT started_at FROM postroom_accounts WHERE namespace = ? AND account = ?", s.namespace, account).
		Scan(intoTime{&a.StartedAt})
	if errors.Is(err, sql.ErrNoRows) {
		return inbound.AccountState{}, nil
	}
	return a, s.wrap("read the state of an account", err)
}

// SetAccountState implements inbound.Progress.
func (s *Store) SetAccountState(ctx context.Context, account string, a inbound.AccountState) error {
	return s.write(ctx, "record the state of an account", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_accounts (namespace, account, started_at)",
			[][]any{{s.namespace, account, micros(a.StartedAt)}},
			s.dialect.onConflict("namespace, account", "started_at"))
	})
}

// Usage implements inbound.Progress.
func (s *Store) Usage(ctx context.Context, account string) (u inbound.Usage, err error) {
	err = s.conn(ctx).queryRow(ctx,
		"SELECT used FROM postroom_usage WHERE namespace = ? AND account = ?", s.namespace, account).
		Scan(intoJSON{v: &u})
	if errors.Is(err, sql.ErrNoRows) {
		return inbound.Usage{}, nil
	}
	return u, s.wrap("read how much was read of a mailbox", err)
}

// SetUsage implements inbound.Progress.
func (s *Store) SetUsage(ctx context.Context, account string, u inbound.Usage) error {
	return s.write(ctx, "record how much was read of a mailbox", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_usage (namespace, account, used)",
			[][]any{{s.namespace, account, asJSON(u)}}, s.dialect.onConflict("namespace, account", "used"))
	})
}

// Health implements inbound.Progress.
func (s *Store) Health(ctx context.Context, account string) (h inbound.Health, err error) {
	err = scanHealth(s.conn(ctx).queryRow(ctx,
		"SELECT "+healthColumns+" FROM postroom_health WHERE namespace = ? AND account = ?", s.namespace, account), &h)
	if errors.Is(err, sql.ErrNoRows) {
		return inbound.Health{}, nil
	}
	return h, s.wrap("read the health of an account", err)
}

// scanHealth scans a row of healthColumns, and the columns before them into others.
func scanHealth(row scanner, h *inbound.Health, others ...any) error {
	var took int64
	err := row.Scan(append(others, &h.State, intoTime{&h.LastSuccess}, &h.LastError, &h.Hint, &h.Failures, &h.Refusals,
		&h.MostFailed, &h.InitialDone, &h.InitialTotal, &h.InitialComplete, &h.InitialBytes, &h.InitialTotalBytes,
		intoJSON{v: &h.Step}, intoTime{&h.Since}, &h.Cause,
		intoTime{&h.LastErrorAt}, intoTime{&h.NextAttempt}, intoTime{&h.TroubleSince}, intoTime{&h.AlertedAt},
		intoTime{&h.InitialSince}, &took, intoTime{&h.HistoryAfter}, intoTime{&h.InitialNotBefore})...)
	h.InitialTook = time.Duration(took) * time.Microsecond
	return err
}

// SetHealth implements inbound.Progress.
func (s *Store) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	row := []any{s.namespace, account, string(h.State), micros(h.LastSuccess), h.LastError, h.Hint, h.Failures,
		h.Refusals, boolInt(h.MostFailed), h.InitialDone, h.InitialTotal, boolInt(h.InitialComplete),
		h.InitialBytes, h.InitialTotalBytes, asJSON(h.Step),
		micros(h.Since), string(h.Cause), micros(h.LastErrorAt), micros(h.NextAttempt), micros(h.TroubleSince),
		micros(h.AlertedAt), micros(h.InitialSince), h.InitialTook.Microseconds(), micros(h.HistoryAfter),
		micros(h.InitialNotBefore)}
	return s.write(ctx, "record the health of an account", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_health (namespace, account, "+healthColumns+")", [][]any{row},
			s.dialect.onConflict("namespace, account", strings.Split(healthColumns, ", ")...))
	})
}

// IntendCustomers implements inbound.Intents.
func (s *Store) IntendCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return s.write(ctx, "note customers to be created", func(ctx context.Context, q querier) error {
		rows := make([][]any, len(addresses))
		for i, address := range addresses {
			rows[i] = []any{s.namespace, account, shop, address}
		}
		return s.insert(ctx, q, "INSERT INTO postroom_intents (namespace, account, shop, address)", rows,
			s.dialect.onConflict("namespace, account, shop, address"))
	})
}

// IntendedCustomers implements inbound.Intents.
func (s *Store) IntendedCustomers(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	where, args := s.whereIntents(account, shop, addresses)
	return s.intended(ctx, where, args)
}

// IntendedElsewhere implements inbound.Intents.
func (s *Store) IntendedElsewhere(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	where, args := s.whereIntents("", shop, addresses)
	return s.intended(ctx, where+" AND account <> ?", append(args, account))
}

func (s *Store) intended(ctx context.Context, where string, args []any) (map[string]bool, error) {
	found, err := collect(ctx, s.conn(ctx), scanText, "SELECT address FROM postroom_intents"+where, args...)
	if err != nil {
		return nil, s.wrap("read customers to be created", err)
	}
	intended := make(map[string]bool, len(found))
	for _, address := range found {
		intended[address] = true
	}
	return intended, nil
}

// FinishCustomers implements inbound.Intents.
func (s *Store) FinishCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return s.write(ctx, "remove notes of customers to be created", func(ctx context.Context, q querier) error {
		where, args := s.whereIntents(account, shop, addresses)
		_, err := q.exec(ctx, "DELETE FROM postroom_intents"+where, args...)
		return err
	})
}

// whereIntents returns the condition of the notes of an account, or of any
// account for "", and its arguments.
func (s *Store) whereIntents(account, shop string, addresses []string) (where string, args []any) {
	marks, args := list([]any{s.namespace, shop}, addresses)
	where = " WHERE namespace = ? AND shop = ? AND address IN (" + marks + ")"
	if account != "" {
		where += " AND account = ?"
		args = append(args, account)
	}
	return where, args
}
