package assign

import (
	"context"
	"fmt"
	"slices"
)

// Tiers groups statuses by priority. Only managers whose status is in the first
// tier that has any managers get customers. A status in no tier gets none.
type Tiers [][]Status

// DefaultTiers returns the default of a Distributor: managers who are Free or, if
// nobody is, all the others.
func DefaultTiers() Tiers { return Tiers{{Free}, {Lunch, Busy, Break, Offline}} }

// Eligible returns the members who get customers now, which are those of the first
// tier that has any. They are in the order of members, each of them once. A nil
// Tiers means DefaultTiers.
func (t Tiers) Eligible(members []Manager) []Manager {
	if t == nil {
		t = DefaultTiers()
	}
	for _, tier := range t {
		var in []Manager
		for _, m := range members {
			duplicate := slices.ContainsFunc(in, func(other Manager) bool { return other.ID == m.ID })
			if slices.Contains(tier, m.Status) && !duplicate {
				in = append(in, m)
			}
		}
		if len(in) > 0 {
			return in
		}
	}
	return nil
}

// Distributor chooses managers for new customers. It has no state of its own and
// is safe for concurrent use.
type Distributor struct {
	Directory ManagerDirectory
	Turns     Turns
	Tiers     Tiers // nil means DefaultTiers
}

// Eligible returns the members of group who get customers now. It calls the
// Directory, which may need a network; Claim does not.
func (d *Distributor) Eligible(ctx context.Context, group string) ([]Manager, error) {
	members, err := d.Directory.Group(ctx, group)
	if err != nil {
		return nil, fmt.Errorf("assign: group %q: %w", group, err)
	}
	return d.Tiers.Eligible(members), nil
}

// Claim claims n turns of group and returns their managers, in order. eligible are
// the managers that Eligible returned; if there are none, the result is empty. If
// ctx carries a transaction, rolling it back undoes the claim.
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
