package sqlstore

import (
	"cmp"
	"context"
	"slices"
)

// Claim implements assign.Turns.
func (s *Store) Claim(ctx context.Context, group string, eligible []string, n int) (turns []string, err error) {
	if len(eligible) == 0 || n < 1 {
		return nil, nil
	}
	err = s.write(ctx, "claim turns", func(ctx context.Context, q querier) error {
		// One claim of a group waits for the other: the next one reads the turns that
		// this one has given out.
		if err := s.lock(ctx, q, "turns/"+group); err != nil {
			return err
		}
		last, err := countBy[string](ctx, q, "SELECT manager, last_turn FROM postroom_turns"+
			" WHERE namespace = ? AND team = ? AND manager IN ("+placeholders(len(eligible))+")",
			appendArgs([]any{s.namespace, group}, eligible)...)
		if err != nil {
			return err
		}
		var number int
		if err := q.queryRow(ctx,
			"SELECT COALESCE(MAX(last_turn), 0) FROM postroom_turns WHERE namespace = ? AND team = ?",
			s.namespace, group).Scan(&number); err != nil {
			return err
		}
		// A manager who has had a turn goes to the end, so each round is in the
		// order of the first one.
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
			rows = append(rows, []any{s.namespace, group, id, last[id]})
		}
		return s.insert(ctx, q, "INSERT INTO postroom_turns (namespace, team, manager, last_turn)", rows,
			s.dialect.onConflict("namespace, team, manager", "last_turn"))
	})
	if err != nil {
		return nil, err
	}
	return turns, nil
}
