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
// usual interval. No pause is shorter than the server asks for (Error.RetryAfter).
//
// An account whose login is refused (ErrAuth) is left alone until Run is called again,
// because repeating a wrong password locks mailboxes. But if it has worked before, it is
// tried again five times, after 30 s, 3 min, 18 min, and twice after an hour: servers
// also refuse right passwords while they are busy. When Run returns, none of its
// goroutines is left.
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
		end := s.sync(ctx, a.ID)
		stopped := errors.Is(end.fatal, ErrAuth) && !end.health.mayRetry()
		switch {
		case end.fatal == nil, errors.Is(end.fatal, ErrBusy):
			failures = 0
		default:
			failures++
		}
		pause := s.pause(a, failures, end)
		next := time.Now().Add(pause)
		if stopped || ctx.Err() != nil {
			next = time.Time{}
		}
		s.passEnded(end.report, oneOrAll(end.fatal, end.partial), next)
		switch err := end.fatal; {
		case ctx.Err() != nil:
			return
		case err == nil && end.partial != nil:
			s.logger.WarnContext(ctx, "part of a pass failed", "account", a.ID, "error", end.partial,
				"hint", HintOf(end.partial))
		case stopped:
			s.logger.ErrorContext(ctx, "account stopped", "account", a.ID, "error", err, "hint", HintOf(err))
			return
		case failures > 0:
			s.logger.ErrorContext(ctx, "pass failed", "account", a.ID, "error", err, "failures", failures,
				"next", pause.Round(time.Second), "hint", HintOf(err))
		}
		if sleep(ctx, pause) != nil {
			return
		}
	}
}

// pause is how long an account waits for its next pass: the interval give or take a
// tenth, so that accounts do not move in step; after failures twice as long each time,
// but a first failure is tried again within half a minute. After refused logins the
// pauses grow faster, since repeating them may lock the mailbox. It is never less than a
// second, and never less than the server has asked for.
func (s *Syncer) pause(a Account, failures int, end passEnd) time.Duration {
	policy := backoff.Policy{First: a.Interval, Jitter: 0.1}
	if failures > 0 {
		policy.First, policy.Factor, policy.Max = 30*time.Second, 2, max(maxPause, a.Interval)
	}
	if errors.Is(end.fatal, ErrAuth) {
		policy.Factor, failures = 6, end.health.Refusals
	}
	return max(minInterval, policy.Pause(failures), RetryAfterOf(oneOrAll(end.fatal, end.partial)))
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
