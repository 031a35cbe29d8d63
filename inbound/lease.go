package inbound

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	// leaseTTL is how long a lease outlives a process that died.
	leaseTTL = 30 * time.Second
	// leaseRetry is the pause between attempts to get a lease.
	leaseRetry = time.Second
	// leaseWait is enough for a pass to end, or for the lease of a process that
	// died to run out.
	leaseWait = leaseTTL + leaseRetry
	// finishTimeout bounds what is finished after the context has ended:
	// a commit, the release of a lease.
	finishTimeout = 30 * time.Second
)

// leaser takes leases of a store.
type leaser struct {
	store  Store
	logger *slog.Logger
}

// withLease runs fn while it has the lease called name, and gives it the fence of
// it. It waits that long for the lease, then fails with ErrBusy. Losing the lease
// ends fn's context with ErrLeaseLost.
func (l leaser) withLease(ctx context.Context, name string, wait time.Duration,
	fn func(ctx context.Context, f fence) error) error {
	// Each holder has a name of its own: two calls in this process exclude
	// each other as two processes do.
	owner := rand.Text()
	token, err := l.acquire(ctx, name, owner, wait)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
		defer cancel()
		if err := l.store.Release(ctx, name, owner); err != nil {
			l.logger.WarnContext(ctx, "lease not released; it will expire", "lease", name, "error", err)
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renew(ctx, name, owner, token, cancel)
	}()
	err = fn(ctx, fence{l.store, name, token})
	if cause := context.Cause(ctx); errors.Is(cause, ErrLeaseLost) {
		err = cause
	}
	cancel(nil)
	<-renewed
	return err
}

func (l leaser) acquire(ctx context.Context, name, owner string, wait time.Duration) (uint64, error) {
	giveUp := time.Now().Add(wait)
	for {
		token, err := l.store.Acquire(ctx, name, owner, leaseTTL)
		if err == nil {
			return token, nil
		}
		if !errors.Is(err, ErrBusy) || time.Now().After(giveUp) {
			return 0, fmt.Errorf("inbound: lease %s: %w", name, err)
		}
		if err := sleep(ctx, leaseRetry); err != nil {
			return 0, err
		}
	}
}

// renew keeps the lease until ctx ends, and cancels it when the lease is gone.
func (l leaser) renew(ctx context.Context, name, owner string, token uint64, cancel context.CancelCauseFunc) {
	expires := time.Now().Add(leaseTTL)
	for sleep(ctx, leaseTTL/3) == nil {
		now := time.Now()
		switch got, err := l.store.Acquire(ctx, name, owner, leaseTTL); {
		case err == nil && got == token:
			expires = now.Add(leaseTTL)
		case err == nil, errors.Is(err, ErrBusy), now.After(expires):
			cancel(fmt.Errorf("%w: %s", ErrLeaseLost, name))
			return
		}
	}
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
