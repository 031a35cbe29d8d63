package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/postroom/postroom/assign"
)

type turnKey struct{ group, manager string }

// Claim implements assign.Turns.
func (s *Store) Claim(ctx context.Context, group string, eligible []string, n int) (chosen []string, err error) {
	if len(eligible) == 0 || n < 1 {
		return nil, nil
	}
	err = s.write(ctx, func(t *transaction) error {
		// Whoever has had a turn goes to the end, so one round after the other
		// comes out in the order of the first.
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

// Enqueue implements assign.Queue.
func (s *Store) Enqueue(ctx context.Context, customers []assign.Waiting) error {
	return s.write(ctx, func(t *transaction) error {
		for _, w := range customers {
			if !slices.ContainsFunc(s.queue, func(q assign.Waiting) bool { return q.Group == w.Group && q.CustomerID == w.CustomerID }) {
				set(t, &s.queue, append(s.queue, w))
			}
		}
		return nil
	})
}

// Queued implements assign.Queue.
func (s *Store) Queued(ctx context.Context, group string, limit int) (found []assign.Waiting, err error) {
	err = s.read(ctx, func() error {
		for _, w := range s.queue {
			if w.Group == group && len(found) < limit {
				found = append(found, w)
			}
		}
		return nil
	})
	return found, err
}

// Dequeue implements assign.Queue.
func (s *Store) Dequeue(ctx context.Context, group string, customerIDs []string) error {
	return s.write(ctx, func(t *transaction) error {
		var rest []assign.Waiting
		for _, w := range s.queue {
			if w.Group != group || !slices.Contains(customerIDs, w.CustomerID) {
				rest = append(rest, w)
			}
		}
		set(t, &s.queue, rest)
		return nil
	})
}
