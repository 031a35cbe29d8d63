package inbound

import "context"

// fence is a lease that transactions confirm: whoever has lost it writes nothing.
type fence struct {
	leases interface {
		Atomic(ctx context.Context, fn func(ctx context.Context) error) error
		Leases
	}
	lease string
	token uint64
}

// fenced runs fn in a transaction that fails with ErrLeaseLost when somebody else
// has the lease.
func (f fence) fenced(ctx context.Context, fn func(ctx context.Context) error) error {
	return f.leases.Atomic(ctx, func(ctx context.Context) error {
		if err := f.leases.Confirm(ctx, f.lease, f.token); err != nil {
			return err
		}
		return fn(ctx)
	})
}
