package inbound

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/postroom/postroom/internal/backoff"
	"github.com/postroom/postroom/notify"
)

const (
	// dispatchPoll is how often the outbox is looked at without being woken:
	// for retries that are due, and for what other processes left.
	dispatchPoll = 10 * time.Second
	maxPause     = time.Hour
)

// Run syncs every active account, each on its own interval, assigns waiting
// customers and delivers the notifications, until ctx ends; then it returns nil.
// Trouble of one account does not affect the others.
//
// After a failure to log in or to read the mailbox, the pauses of an account grow from
// half a minute up to an hour, or to its Interval if that is longer. When only a
// folder, a deletion, a mark or most of the messages fail, the next pass comes at the
// usual interval. An account whose login is refused (ErrAuth) is left alone until Run
// is called again, because repeating a wrong password locks mailboxes. When Run
// returns, none of its goroutines is left.
func (s *Syncer) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, id := range s.order {
		if a := s.accounts[id]; !a.Inactive {
			all.Go(func() { s.runAccount(ctx, a) })
		}
	}
	all.Go(func() { s.runAssigner(ctx) })
	if s.dispatcher != nil {
		all.Go(func() { s.runDispatcher(ctx) })
	}
	<-ctx.Done()
	all.Wait()
	return nil
}

// runAccount makes pass after pass of one account.
func (s *Syncer) runAccount(ctx context.Context, a Account) {
	for failures := 0; ; {
		report, err, partial := s.sync(ctx, a.ID)
		s.passEnded(report, oneOrAll(err, partial))
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && partial != nil:
			failures = 0
			s.logger.WarnContext(ctx, "part of a pass failed", "account", a.ID, "error", partial,
				"hint", HintOf(partial))
		case err == nil, errors.Is(err, ErrBusy):
			failures = 0
		case errors.Is(err, ErrAuth):
			s.logger.ErrorContext(ctx, "account stopped", "account", a.ID, "error", err, "hint", HintOf(err))
			return
		default:
			failures++
			s.logger.ErrorContext(ctx, "pass failed", "account", a.ID, "error", err, "failures", failures, "hint", HintOf(err))
		}
		if sleep(ctx, s.pause(a, failures)) != nil {
			return
		}
	}
}

// pause is how long an account waits for its next pass: the interval give or take a
// tenth, so that accounts do not move in step; after failures twice as long each time,
// but a first failure is tried again within half a minute. It is never less than a
// second.
func (s *Syncer) pause(a Account, failures int) time.Duration {
	policy := backoff.Policy{First: a.Interval, Jitter: 0.1}
	if failures > 0 {
		policy.First, policy.Factor, policy.Max = 30*time.Second, 2, max(maxPause, a.Interval)
	}
	return max(minInterval, policy.Pause(failures))
}

// runDispatcher delivers notifications as they arise.
func (s *Syncer) runDispatcher(ctx context.Context) {
	loop(ctx, s.wakeDispatch, dispatchPoll, func() {
		if _, err := s.Dispatch(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ErrBusy) {
			s.logger.ErrorContext(ctx, "notifications not dispatched", "error", err)
		}
	})
}

// Dispatch delivers the notifications that are due now. One call at a time works on a
// store: while another call does, in any process, Dispatch fails with ErrBusy
// immediately. Without a Notifier it does nothing.
func (s *Syncer) Dispatch(ctx context.Context) (report notify.Report, err error) {
	if s.dispatcher == nil {
		return report, nil
	}
	err = s.withLease(ctx, "outbox", 0, func(ctx context.Context, _ fence) error {
		report, err = s.dispatcher.Drain(ctx)
		return err
	})
	return report, err
}
