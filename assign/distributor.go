package assign

import (
	"context"
	"fmt"
	"slices"
)

// Tiers orders statuses: managers in the first tier that has anybody share the
// customers among themselves.
type Tiers [][]Status

// DefaultTiers is Free first; if nobody is free, everybody else evenly.
func DefaultTiers() Tiers { return Tiers{{Free}, {Lunch, Busy, Break, Offline}} }

// Distributor gives new customers to the managers of a group. It has no state
// of its own and is safe for concurrent use.
type Distributor struct {
	Directory ManagerDirectory
	Turns     Turns
	Tiers     Tiers // nil means DefaultTiers
}

// Distribute claims n turns of group and returns the managers whose they are,
// in order, with the status each was chosen in. An empty result means that
// nobody is eligible now.
func (d *Distributor) Distribute(ctx context.Context, group string, n int) ([]Manager, error) {
	members, err := d.Directory.Group(ctx, group)
	if err != nil {
		return nil, fmt.Errorf("assign: group %q: %w", group, err)
	}
	tier := d.eligible(members)
	if len(tier) == 0 || n < 1 {
		return nil, nil
	}
	ids := make([]string, 0, len(tier))
	byID := make(map[string]Manager, len(tier))
	for _, m := range tier {
		if _, twice := byID[m.ID]; !twice {
			ids = append(ids, m.ID)
			byID[m.ID] = m
		}
	}
	turns, err := d.Turns.Claim(ctx, group, ids, n)
	if err != nil {
		return nil, fmt.Errorf("assign: claim %d turns in group %q: %w", n, group, err)
	}
	chosen := make([]Manager, len(turns))
	for i, id := range turns {
		chosen[i] = byID[id]
	}
	return chosen, nil
}

// Took claims a turn of group for a manager who has got a customer already: the
// assignment was made, and its record was lost in a crash. ok is false, and
// nothing is claimed, when the manager is not of the group.
func (d *Distributor) Took(ctx context.Context, group, managerID string) (ok bool, err error) {
	members, err := d.Directory.Group(ctx, group)
	if err != nil {
		return false, fmt.Errorf("assign: group %q: %w", group, err)
	}
	if !slices.ContainsFunc(members, func(m Manager) bool { return m.ID == managerID }) {
		return false, nil
	}
	if _, err := d.Turns.Claim(ctx, group, []string{managerID}, 1); err != nil {
		return false, fmt.Errorf("assign: turn of manager %s: %w", managerID, err)
	}
	return true, nil
}

// eligible returns the members of the first tier that has any.
func (d *Distributor) eligible(members []Manager) []Manager {
	tiers := d.Tiers
	if tiers == nil {
		tiers = DefaultTiers()
	}
	for _, tier := range tiers {
		var in []Manager
		for _, m := range members {
			for _, s := range tier {
				if m.Status == s {
					in = append(in, m)
					break
				}
			}
		}
		if len(in) > 0 {
			return in
		}
	}
	return nil
}
