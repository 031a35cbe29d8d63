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

	// Unclaim returns unused turns to these managers, one for each time an ID occurs.
	// Claim uses returned turns first, for managers who are eligible, so the shares
	// stay even. If ctx carries a transaction, rolling it back undoes it.
	Unclaim(ctx context.Context, group string, managerIDs []string) error
}
