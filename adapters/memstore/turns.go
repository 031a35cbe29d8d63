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
		number := s.turns[group]
		for i := range n {
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
