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

// Eligible returns those of members who get customers now, each once, in their
// order: the members of the first tier that has any.
func (t Tiers) Eligible(members []Manager) []Manager {
	if t == nil {
		t = DefaultTiers()
	}
	for _, tier := range t {
		var in []Manager
		for _, m := range members {
			twice := slices.ContainsFunc(in, func(other Manager) bool { return other.ID == m.ID })
			if slices.Contains(tier, m.Status) && !twice {
				in = append(in, m)
			}
		}
		if len(in) > 0 {
			return in
		}
	}
	return nil
}

// Distributor gives new customers to the managers of a group. It has no state
// of its own and is safe for concurrent use.
type Distributor struct {
	Directory ManagerDirectory
	Turns     Turns
	Tiers     Tiers // nil means DefaultTiers
}

// Eligible returns the members of group who get customers now. It asks the
// directory, which may be across a network; Claim does not.
func (d *Distributor) Eligible(ctx context.Context, group string) ([]Manager, error) {
	members, err := d.Directory.Group(ctx, group)
	if err != nil {
		return nil, fmt.Errorf("assign: group %q: %w", group, err)
	}
	return d.Tiers.Eligible(members), nil
}

// Claim claims n turns of group among these managers, as Eligible returned them,
// and returns whose they are, in order. Without managers the result is empty.
// Inside a transaction the claim is undone when the transaction is.
func (d *Distributor) Claim(ctx context.Context, group string, eligible []Manager, n int) ([]Manager, error) {
	if len(eligible) == 0 || n < 1 {
		return nil, nil
	}
	ids := make([]string, len(eligible))
	byID := make(map[string]Manager, len(eligible))
	for i, m := range eligible {
		ids[i], byID[m.ID] = m.ID, m
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
