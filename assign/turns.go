package assign

import "context"

// Turns remembers who had the last turn in each group. Implementations are safe
// for concurrent use, also by several processes.
type Turns interface {
	// Claim gives out n turns of group among eligible (manager IDs, each once,
	// at least one) and returns whose they are, in order: each time the one
	// whose last turn is longest ago; who never had one comes first, in the
	// order of eligible. Two concurrent claims never see the same state: one
	// waits for the other. Inside a transaction the claim is undone when the
	// transaction is. Managers who are not eligible keep their place.
	Claim(ctx context.Context, group string, eligible []string, n int) ([]string, error)
}
