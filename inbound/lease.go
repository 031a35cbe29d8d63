package inbound

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
	store  leaseStore
	logger *slog.Logger
}

// withLease runs fn while it has the lease called name, and gives it the fence of
// it. It waits that long for the lease, then fails with ErrBusy. Losing the lease
// ends fn's context with ErrLeaseLost.
func (l leaser) withLease(ctx context.Context, name string, wait time.Duration,
	fn func(ctx context.Context, f fence) error) error {
	return l.holding(ctx, name, wait, l.renew, fn)
}

// holding is withLease with a different way of renewing, which goes on until its context
// ends.
func (l leaser) holding(ctx context.Context, name string, wait time.Duration,
	renew func(context.Context, *heldLease), fn func(ctx context.Context, f fence) error) error {
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
			attrs := []any{"lease", name, "error", err}
			if _, account, ok := strings.Cut(name, "/"); ok {
				attrs = append(attrs, "account", account)
			}
			l.logger.WarnContext(ctx, "lease not released; it will expire", attrs...)
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		renew(ctx, &heldLease{name: name, owner: owner, token: token, expires: time.Now().Add(leaseTTL), lost: cancel})
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
		if !errors.Is(err, ErrBusy) || !time.Now().Before(giveUp) {
			return 0, fmt.Errorf("inbound: lease %s: %w", name, err)
		}
		if err := sleep(ctx, leaseRetry); err != nil {
			return 0, err
		}
	}
}

// heldLease is a lease that has to be renewed.
type heldLease struct {
	name, owner string
	token       uint64
	expires     time.Time               // unless it is renewed
	lost        context.CancelCauseFunc // to call when the lease is gone
}

// renew keeps a lease until ctx ends.
func (l leaser) renew(ctx context.Context, h *heldLease) {
	for sleep(ctx, leaseTTL/3) == nil {
		now := time.Now()
		token, err := l.store.Acquire(ctx, h.name, h.owner, leaseTTL)
		h.renewed(now, token, err)
	}
}

// renewed notes an attempt to renew the lease, which began at a time.
func (h *heldLease) renewed(at time.Time, token uint64, err error) {
	switch {
	case err == nil && token == h.token:
		h.expires = at.Add(leaseTTL)
	case err == nil, errors.Is(err, ErrBusy), at.After(h.expires):
		h.lost(fmt.Errorf("%w: %s", ErrLeaseLost, h.name))
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
