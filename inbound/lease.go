package inbound

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

const (
	// leaseTTL is how long a lease outlives a process that died.
	leaseTTL = 30 * time.Second
	// leaseRetry is the pause between attempts to get a lease.
	leaseRetry = time.Second
	// finishTimeout bounds what is finished after the context has ended:
	// a commit, the release of a lease.
	finishTimeout = 30 * time.Second
)

// hold runs fn while it has the lease called name, and gives it the fencing
// token. It waits up to patience for the lease, then fails with ErrBusy. Losing
// the lease ends fn's context with ErrLeaseLost.
func (s *Syncer) hold(ctx context.Context, name string, patience time.Duration, fn func(ctx context.Context, token uint64) error) error {
	// Each holder has a name of its own: two calls in this process exclude
	// each other as two processes do.
	owner := rand.Text()
	token, err := s.acquire(ctx, name, owner, patience)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
		defer cancel()
		if err := s.store.Release(ctx, name, owner); err != nil {
			s.logger.WarnContext(ctx, "lease not released; it expires by itself", "lease", name, "error", err)
		}
	}()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		s.renew(ctx, name, owner, token, lose)
	}()
	err = fn(ctx, token)
	if cause := context.Cause(ctx); errors.Is(cause, ErrLeaseLost) {
		err = cause
	}
	lose(nil)
	<-renewed
	return err
}

func (s *Syncer) acquire(ctx context.Context, name, owner string, patience time.Duration) (uint64, error) {
	giveUp := time.Now().Add(patience)
	for {
		token, err := s.store.Acquire(ctx, name, owner, leaseTTL)
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

// renew keeps the lease until ctx ends, and calls lose when it is gone.
func (s *Syncer) renew(ctx context.Context, name, owner string, token uint64, lose context.CancelCauseFunc) {
	expires := time.Now().Add(leaseTTL)
	for sleep(ctx, leaseTTL/3) == nil {
		now := time.Now()
		switch got, err := s.store.Acquire(ctx, name, owner, leaseTTL); {
		case err == nil && got == token:
			expires = now.Add(leaseTTL)
		case err == nil, errors.Is(err, ErrBusy), now.After(expires):
			lose(fmt.Errorf("%w: %s", ErrLeaseLost, name))
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
