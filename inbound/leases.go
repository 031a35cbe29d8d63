package inbound

import (
	"context"
	"time"
)

// Leases let one caller at a time work on an account, the outbox or the waiting
// customers. Each call of a Syncer is an owner of its own, also within one process.
type Leases interface {
	// Acquire takes the lease called name for owner until ttl from now, and
	// returns its fencing token, which grows with each change of owner. An
	// owner who has it already gets the same token and a new ttl. Somebody
	// else's unexpired lease is ErrBusy, unless its recorded start is more than
	// ten minutes in the future: then the clock was set back, and the lease
	// might not end for a long time. A start less far in the future is that of a
	// live lease: the clocks of two machines may differ by minutes.
	Acquire(ctx context.Context, name, owner string, ttl time.Duration) (token uint64, err error)

	// Confirm returns ErrLeaseLost unless token is the lease's latest. Within
	// Atomic, nobody else can acquire the lease before the transaction ends.
	Confirm(ctx context.Context, name string, token uint64) error

	// Release gives the lease up; if owner does not hold it, nothing happens.
	Release(ctx context.Context, name, owner string) error
}
