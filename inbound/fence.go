package inbound

import "context"

// fence is a lease that transactions confirm: a process that has lost it writes
// nothing. Everything that the steps write goes through one, except for two things: the
// leases themselves, and what the dispatcher notes of a delivery, which is true even
// when the lease is lost.
type fence struct {
	leases leaseStore
	lease  string
	token  uint64
}

// leaseStore is the part of a store that fences need.
type leaseStore interface {
	Atomic(ctx context.Context, fn func(ctx context.Context) error) error
	Leases
}

// fenced runs fn in a transaction that fails with ErrLeaseLost when a different
// process has the lease.
func (f fence) fenced(ctx context.Context, fn func(ctx context.Context) error) error {
	return f.leases.Atomic(ctx, func(ctx context.Context) error {
		if err := f.leases.Confirm(ctx, f.lease, f.token); err != nil {
			return err
		}
		return fn(ctx)
	})
}
