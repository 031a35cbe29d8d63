package assign

import (
	"context"
	"time"
)

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

// Waiting is a customer who has no manager yet.
type Waiting struct {
	Group      string
	CustomerID string
	Shop       string
	AccountID  string // the account that created the customer
	EmailID    string // the email that made it known
	Since      time.Time
}

// Queue holds customers for whom nobody was eligible, first in first out.
// Implementations are safe for concurrent use.
type Queue interface {
	// Enqueue appends customers; one who is waiting already keeps their place.
	Enqueue(ctx context.Context, waiting []Waiting) error

	// Queued returns up to limit customers of group in the order of arrival.
	// None is an empty result.
	Queued(ctx context.Context, group string, limit int) ([]Waiting, error)

	// Dequeue removes customers from a group's queue; one who is not there is
	// not an error.
	Dequeue(ctx context.Context, group string, customerIDs []string) error
}
