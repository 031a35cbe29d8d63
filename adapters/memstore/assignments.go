package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/postroom/postroom/assign"
)

// assignment is an assignment with its place in the queue; 0 when it is not
// pending.
type assignment struct {
	assign.Assignment
	place int
}

// Assignments implements assign.Assignments.
func (s *Store) Assignments(ctx context.Context, customerIDs []string) (map[string]assign.Assignment, error) {
	found := make(map[string]assign.Assignment)
	err := s.read(ctx, func() error {
		for _, id := range customerIDs {
			if a, ok := s.assignments[id]; ok {
				found[id] = a.Assignment
			}
		}
		return nil
	})
	return found, err
}

// SetAssignments implements assign.Assignments.
func (s *Store) SetAssignments(ctx context.Context, assignments []assign.Assignment) error {
	return s.write(ctx, func(t *transaction) error {
		for _, a := range assignments {
			place := 0
			if a.Stage.Pending() {
				if place = s.assignments[a.CustomerID].place; place == 0 {
					place = s.lastPlace + 1
					set(t, &s.lastPlace, place)
				}
			}
			put(t, s.assignments, a.CustomerID, assignment{a, place})
		}
		return nil
	})
}

// RemoveAssignments implements assign.Assignments.
func (s *Store) RemoveAssignments(ctx context.Context, customerIDs []string) error {
	return s.write(ctx, func(t *transaction) error {
		for _, id := range customerIDs {
			drop(t, s.assignments, id)
		}
		return nil
	})
}

// Queued implements assign.Assignments.
func (s *Store) Queued(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
	var pending []assignment
	err := s.read(ctx, func() error {
		for _, a := range s.assignments {
			if a.place > 0 && a.Group == group {
				pending = append(pending, a)
			}
		}
		return nil
	})
	// The zero time is before every other one.
	slices.SortFunc(pending, func(a, b assignment) int {
		return cmp.Or(a.NextTry.Compare(b.NextTry), cmp.Compare(a.place, b.place))
	})
	var found []assign.Assignment
	for _, a := range pending[:min(limit, len(pending))] {
		found = append(found, a.Assignment)
	}
	return found, err
}

// PendingGroups implements assign.Assignments.
func (s *Store) PendingGroups(ctx context.Context) ([]assign.PendingGroup, error) {
	var groups []assign.PendingGroup
	err := s.read(ctx, func() error {
		seen := make(map[assign.PendingGroup]bool)
		for _, a := range s.assignments {
			if g := (assign.PendingGroup{AccountID: a.AccountID, Group: a.Group}); a.place > 0 && !seen[g] {
				seen[g] = true
				groups = append(groups, g)
			}
		}
		return nil
	})
	slices.SortFunc(groups, func(a, b assign.PendingGroup) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Group, b.Group))
	})
	return groups, err
}

// Regroup implements assign.Assignments.
func (s *Store) Regroup(ctx context.Context, from assign.PendingGroup, group string) error {
	return s.write(ctx, func(t *transaction) error {
		for id, a := range s.assignments {
			if a.place > 0 && a.AccountID == from.AccountID && a.Group == from.Group {
				a.Group = group
				put(t, s.assignments, id, a)
			}
		}
		return nil
	})
}
