package sqlstore

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// managerTurns is a row of postroom_turns.
type managerTurns struct {
	manager      string
	last, unused int
}

func scanTurns(row scanner) (m managerTurns, err error) {
	err = row.Scan(&m.manager, &m.last, &m.unused)
	return m, err
}

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
		marks, args := list([]any{s.namespace, group}, eligible)
		had, err := collect(ctx, q, scanTurns, "SELECT manager, last_turn, unused FROM postroom_turns"+
			" WHERE namespace = ? AND team = ? AND manager IN ("+marks+")", args...)
		if err != nil {
			return err
		}
		of := make(map[string]*managerTurns, len(eligible))
		for _, id := range eligible {
			of[id] = &managerTurns{manager: id}
		}
		for _, m := range had {
			of[m.manager] = &m
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
		slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(of[a].last, of[b].last) })
		turns = turns[:0]
		for _, id := range order {
			reused := min(of[id].unused, n-len(turns))
			of[id].unused -= reused
			turns = append(turns, slices.Repeat([]string{id}, reused)...)
		}
		for i := range n - len(turns) {
			id := order[i%len(order)]
			number++
			of[id].last = number
			turns = append(turns, id)
		}
		var rows [][]any
		for _, id := range order {
			if slices.Contains(turns, id) {
				rows = append(rows, []any{s.namespace, group, id, of[id].last, of[id].unused})
			}
		}
		return s.insert(ctx, q, "INSERT INTO postroom_turns (namespace, team, manager, last_turn, unused)", rows,
			s.dialect.onConflict("namespace, team, manager", "last_turn", "unused"))
	})
	if err != nil {
		return nil, err
	}
	return turns, nil
}

// Unclaim implements assign.Turns.
func (s *Store) Unclaim(ctx context.Context, group string, managerIDs []string) error {
	return s.write(ctx, "give turns back", func(ctx context.Context, q querier) error {
		if err := s.lock(ctx, q, "turns/"+group); err != nil {
			return err
		}
		n := make(map[string]int)
		for _, id := range managerIDs {
			n[id]++
		}
		for _, id := range slices.Sorted(maps.Keys(n)) {
			if _, err := q.exec(ctx, "UPDATE postroom_turns SET unused = unused + ?"+
				" WHERE namespace = ? AND team = ? AND manager = ?", n[id], s.namespace, group, id); err != nil {
				return err
			}
		}
		return nil
	})
}
