package assign

import "context"

// Turns stores when each manager of a group had the last turn. Implementations
// must be safe for concurrent use, also by several processes.
type Turns interface {
	// Claim assigns n turns of group to the eligible managers and returns their
	// IDs, in order. eligible has at least one manager ID, and each of them
	// once. Each turn goes to the manager whose last turn is longest ago.
	// Managers who never had a turn come first, in the order of eligible.
	// Managers who are not eligible keep their position. Two concurrent claims
	// never see the same state: one waits for the other. If ctx carries a
	// transaction, rolling it back undoes the claim. A claim that fails assigns
	// no turn.
	Claim(ctx context.Context, group string, eligible []string, n int) ([]string, error)

	// Unclaim gives claimed turns back that nobody needed, by manager; an ID that is
	// there twice gives back two. Claim hands them out before all others, to the same
	// managers, when these are eligible, so that numbers stay even. If ctx carries a
	// transaction, rolling it back undoes it.
	Unclaim(ctx context.Context, group string, managerIDs []string) error
}
