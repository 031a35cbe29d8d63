package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/postroom/postroom/assign"
)

// Claim implements assign.Turns.
func (s *Store) Claim(ctx context.Context, group string, eligible []string, n int) (turns []string, err error) {
	if len(eligible) == 0 || n < 1 {
		return nil, nil
	}
	err = s.write(ctx, "claim turns", func(ctx context.Context, q querier) error {
		last, err := countBy[string](ctx, q, "SELECT manager, last_turn FROM postroom_turns WHERE team = ? AND manager IN ("+marks(len(eligible))+")",
			arguments([]any{group}, eligible)...)
		if err != nil {
			return err
		}
		var number int
		if err := q.QueryRowContext(ctx, "SELECT COALESCE(MAX(last_turn), 0) FROM postroom_turns WHERE team = ?", group).Scan(&number); err != nil {
			return err
		}
		// Whoever has had a turn goes to the end, so one round after the other
		// comes out in the order of the first.
		order := slices.Clone(eligible)
		slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(last[a], last[b]) })
		turns = make([]string, n)
		for i := range turns {
			turns[i] = order[i%len(order)]
			number++
			last[turns[i]] = number
		}
		var rows [][]any
		for _, id := range order[:min(n, len(order))] {
			rows = append(rows, []any{group, id, last[id]})
		}
		return s.insert(ctx, q, "INSERT INTO postroom_turns (team, manager, last_turn)", rows, s.dialect.onConflict("team, manager", "last_turn"))
	})
	if err != nil {
		return nil, err
	}
	return turns, nil
}

// Enqueue implements assign.Queue.
func (s *Store) Enqueue(ctx context.Context, waiting []assign.Waiting) error {
	rows := make([][]any, len(waiting))
	for i, w := range waiting {
		rows[i] = []any{w.Group, w.CustomerID, w.Shop, w.AccountID, w.EmailID, micros(w.Since)}
	}
	return s.write(ctx, "let customers wait for a manager", func(ctx context.Context, q querier) error {
		return s.insert(ctx, q, "INSERT INTO postroom_queue (team, customer, shop, account, email, since)", rows, s.dialect.onConflict("team, customer"))
	})
}

// Queued implements assign.Queue.
func (s *Store) Queued(ctx context.Context, group string, limit int) ([]assign.Waiting, error) {
	waiting, err := collect(ctx, s.conn(ctx), func(row scanner) (w assign.Waiting, err error) {
		err = row.Scan(&w.Group, &w.CustomerID, &w.Shop, &w.AccountID, &w.EmailID, intoTime{&w.Since})
		return w, err
	}, "SELECT team, customer, shop, account, email, since FROM postroom_queue WHERE team = ? ORDER BY seq LIMIT ?", group, limit)
	return waiting, failed("read customers who wait for a manager", err)
}

// Dequeue implements assign.Queue.
func (s *Store) Dequeue(ctx context.Context, group string, customerIDs []string) error {
	return s.write(ctx, "take customers off the queue", func(ctx context.Context, q querier) error {
		_, err := q.ExecContext(ctx, "DELETE FROM postroom_queue WHERE team = ? AND customer IN ("+marks(len(customerIDs))+")",
			arguments([]any{group}, customerIDs)...)
		return err
	})
}
