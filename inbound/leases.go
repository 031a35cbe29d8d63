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

// HeldLease is a lease of an owner.
type HeldLease struct{ Name, Owner string }

// LeaseRenewer is an optional interface of a Store that renews many leases in one statement.
// Without it, Acquire renews each.
type LeaseRenewer interface {
	// RenewLeases has leases (at most 1000) end ttl from now, and returns those that their
	// owners no longer have: nothing happens to them. A lease that has run out, and that
	// nobody has taken, is renewed.
	RenewLeases(ctx context.Context, held []HeldLease, ttl time.Duration) (lost []HeldLease, err error)
}

// SharedDatabase is an optional interface of a Store that is one of several in a database.
// Syncers with a common Budget then renew their leases in one transaction. Without it, each
// Syncer has one of its own.
type SharedDatabase interface {
	// Database returns a value, which == can compare, that is the same for all Stores of a
	// database: Atomic of one joins a transaction that another one has begun.
	Database() any
}
