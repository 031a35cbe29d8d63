package memstore

import (
	"cmp"
	"context"
	"slices"
)

type turnKey struct{ group, manager string }

// Claim implements assign.Turns.
func (s *Store) Claim(ctx context.Context, group string, eligible []string, n int) (chosen []string, err error) {
	if len(eligible) == 0 || n < 1 {
		return nil, nil
	}
	err = s.write(ctx, func(t *transaction) error {
		// A manager who has had a turn goes to the end, so each round is in the
		// order of the first one.
		order := slices.Clone(eligible)
		slices.SortStableFunc(order, func(a, b string) int {
			return cmp.Compare(s.lastTurn[turnKey{group, a}], s.lastTurn[turnKey{group, b}])
		})
		for _, id := range order {
			key := turnKey{group, id}
			reused := min(s.unused[key], n-len(chosen))
			put(t, s.unused, key, s.unused[key]-reused)
			chosen = append(chosen, slices.Repeat([]string{id}, reused)...)
		}
		number := s.turns[group]
		for i := range n - len(chosen) {
			id := order[i%len(order)]
			number++
			put(t, s.lastTurn, turnKey{group, id}, number)
			chosen = append(chosen, id)
		}
		put(t, s.turns, group, number)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return chosen, nil
}

// Unclaim implements assign.Turns.
func (s *Store) Unclaim(ctx context.Context, group string, managerIDs []string) error {
	return s.write(ctx, func(t *transaction) error {
		for _, id := range managerIDs {
			key := turnKey{group, id}
			put(t, s.unused, key, s.unused[key]+1)
		}
		return nil
	})
}
