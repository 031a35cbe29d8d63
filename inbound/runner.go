package inbound

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/internal/backoff"
)

const (
	// runLeaseRetry is the pause between attempts to get the lease of an account that a
	// different process runs.
	runLeaseRetry = 2 * time.Second
	// sideFolders is how often folders that are not waited for are looked at, on a kept
	// session.
	sideFolders = time.Minute
	// soonLost is the age below which a kept session that is lost was lost too soon: when
	// that happens again and again, the next login is put off.
	soonLost = 5 * time.Minute
	// soonTold is how long a server waits before a sign of new mail that is certainly no false
	// one: some servers give such signs again and again, one soon after the other.
	soonTold = time.Minute
)

// runner collects from one account as long as its settings stay the same.
type runner struct {
	syncer  *Syncer
	account Account
	leases  *keptLeases
	conn    *connection
	wake    signal      // somebody wants a pass now
	asked   atomic.Bool // and none has begun since

	ctx   context.Context
	stop  context.CancelFunc
	ended chan struct{}

	failures int // passes that failed one after the other
	lost     int // sessions that were lost soon after their login, one after the other
	quiet    int // signs of new mail behind which there was none, one soon after the other

	notBefore time.Time // until when the server wants to be left alone; zero: it did not say
	compared  time.Time // when a second session was last tried to compare the kept one with
}

// newRunner returns a runner that stops when ctx ends, at the latest.
func newRunner(ctx context.Context, s *Syncer, a Account, leases *keptLeases) *runner {
	r := &runner{syncer: s, account: a, leases: leases, conn: s.newConnection(a),
		wake: newSignal(), ended: make(chan struct{})}
	r.conn.mayKeep = true
	r.ctx, r.stop = context.WithCancel(ctx)
	return r
}

func (r *runner) stopped() bool { return r.ctx.Err() != nil }

// run waits until no other process runs the account, and then runs it.
func (r *runner) run() {
	defer r.stop()
	s, waiting, failure := r.syncer, false, "" // failure is what was logged last
	for !r.stopped() {
		err := s.holding(r.ctx, "run/"+r.account.ID, 0, r.leases.renew, func(ctx context.Context, _ fence) error {
			if waiting {
				if err := r.confirm(ctx); err != nil {
					return err
				}
				s.logger.InfoContext(ctx, "the account is collected from by this process now", "account", r.account.ID)
			}
			waiting, failure = false, ""
			s.waiting.Delete(r.account.ID)
			r.changed(RunnerAtWork)
			r.serve(ctx)
			return nil
		})
		if r.stopped() {
			break
		}
		switch {
		case errors.Is(err, ErrBusy) && !waiting:
			waiting = true
			s.waiting.Store(r.account.ID, time.Now())
			r.changed(RunnerWaiting)
			s.logger.InfoContext(r.ctx, "another process collects from the account; waiting until it ends",
				"account", r.account.ID)
		case errors.Is(err, ErrBusy), errors.Is(err, errOutdated):
		case err.Error() == failure: // of a store that is down, say
		default:
			failure = err.Error()
			s.logger.WarnContext(r.ctx, "the account is not collected from now; it is tried again",
				"account", r.account.ID, "error", err)
		}
		policy := backoff.Policy{First: runLeaseRetry, Jitter: 0.2}
		_ = sleep(r.ctx, policy.Pause(1))
	}
	s.waiting.Delete(r.account.ID)
	r.changed(RunnerEnded)
}

// changed notifies the Observer.
func (r *runner) changed(state RunnerState) {
	if o := &r.syncer.observer; o.RunnerChanged != nil {
		o.RunnerChanged(RunnerChangedInfo{Account: r.account.ID, State: state})
	}
}

// errOutdated reports a runner whose account is no longer what it was.
var errOutdated = errors.New("inbound: the account was changed or removed")

// confirm reads the accounts again. The process that ran this one may have stopped because
// it was removed, and may have forgotten it since: nothing of it must be uploaded again.
func (r *runner) confirm(ctx context.Context) error {
	if err := r.syncer.Reload(ctx); err != nil {
		return err
	}
	now, err := r.syncer.settings.Load().account(r.account.ID)
	if err != nil || !now.Equal(r.account) {
		return errOutdated
	}
	return nil
}

// serve makes pass after pass.
func (r *runner) serve(ctx context.Context) {
	defer r.conn.close()
	next := r.resume(ctx)
	for r.await(ctx, next) {
		// Not within the pass, which holds a lease: many accounts may be waiting to log in.
		if r.conn.reserve(ctx) != nil {
			return
		}
		r.asked.Store(false)
		end := r.syncer.sync(ctx, r.account.ID, r.conn, nil)
		if r.conn.raw == nil {
			r.conn.close() // it gives up its place
		}
		next = r.settle(ctx, end)
		if end.fatal == nil && r.conn.raw != nil && r.isCompareDue() {
			next = r.renew(ctx, next)
		}
	}
}

// isCompareDue reports whether it is time to look if the kept session is blind.
func (r *runner) isCompareDue() bool {
	return min(time.Since(r.conn.opened), time.Since(r.compared)) >= r.conn.preset.CompareEvery
}

// resume returns when the first pass is due: now, or when a server has said it may be.
func (r *runner) resume(ctx context.Context) time.Time {
	now := time.Now()
	h, err := r.syncer.store.Health(ctx, r.account.ID)
	if err != nil {
		return now // the pass will say so
	}
	usage, err := r.syncer.store.Usage(ctx, r.account.ID)
	if err != nil {
		return now
	}
	r.failures = h.Failures
	r.conn.beginLogins(usage.LoginAt)
	wantsPause := h.Cause == CauseThrottled || usage.NotBefore.After(now)
	if wantsPause && !isDueAt(h.NextAttempt, now) {
		r.syncer.logger.InfoContext(ctx, "the server has asked for a pause", "account", r.account.ID,
			"next", h.NextAttempt)
		r.notBefore = h.NextAttempt
		return h.NextAttempt
	}
	return now
}

// settle tells how a pass has ended, and returns when the next one is due; the zero time
// is when somebody asks for it.
func (r *runner) settle(ctx context.Context, end passEnd) (next time.Time) {
	s, id := r.syncer, r.account.ID
	switch {
	case end.fatal == nil, isElsewhere(end.fatal):
		r.failures = 0
	case end.health.Failures > 0:
		r.failures = end.health.Failures
	default:
		r.failures++
	}
	if end.found() {
		r.quiet = 0
	}
	next = end.health.NextAttempt
	if end.health.State == HealthNew || isElsewhere(end.fatal) { // nothing is recorded of this pass
		next = nextPass(r.account, Health{Failures: r.failures}, end.fatal, end.partial, time.Now())
	}
	failure := oneOrAll(end.fatal, end.partial)
	if ctx.Err() != nil {
		s.passEnded(end, failure, time.Time{})
		return next
	}
	if r.notBefore = (time.Time{}); end.health.Cause == CauseThrottled || RetryAfterOf(failure) > 0 {
		r.notBefore = next
	}
	s.passEnded(end, failure, next)
	s.logPassEnd(ctx, id, end, r.failures, next)
	return next
}

// logPassEnd logs what went wrong in a pass.
func (s *Syncer) logPassEnd(ctx context.Context, id string, end passEnd, failures int, next time.Time) {
	switch err := end.fatal; {
	case err == nil && end.partial != nil:
		s.logger.WarnContext(ctx, "part of a pass failed", "account", id, "error", end.partial,
			"hint", HintOf(end.partial))
	case isElsewhere(err):
		s.logger.InfoContext(ctx, "the account is at work elsewhere", "account", id, "error", err)
	case next.IsZero():
		s.logger.ErrorContext(ctx, "account stopped", "account", id, "error", err, "hint", HintOf(err))
	case failures > 0:
		s.logger.ErrorContext(ctx, "pass failed", "account", id, "error", err, "failures", failures,
			"next", time.Until(next).Round(time.Second), "hint", HintOf(err))
	}
}

// await waits until a pass is due: at the given time, or when there may be new mail. It
// reports false when ctx ends.
func (r *runner) await(ctx context.Context, next time.Time) bool {
	watcher := r.conn.watcher()
	if watcher == nil || next.IsZero() || !next.After(time.Now()) {
		return r.pause(ctx, next)
	}
	began, limit := time.Now(), min(time.Until(next), r.conn.preset.IdleRestart)
	folders := r.account.listings(r.syncer.fetchers)
	if len(folders) > 1 {
		limit = min(limit, sideFolders)
	}
	step := r.syncer.observer.beginStep(&r.account, OpWatch, folders[0])
	err := watcher.Watch(ctx, folders[0], limit, r.wake)
	if step.end(err); ctx.Err() != nil {
		return false
	}
	if err != nil {
		r.conn.lost(SessionLostInfo{Err: err})
		r.syncer.logger.InfoContext(ctx, "the connection that waits for new mail was lost", "account", r.account.ID,
			"error", err)
		return r.pause(ctx, r.afterLoss(err))
	}
	switch took := time.Since(began); {
	case r.asked.Load():
		return true
	case took >= min(limit, soonTold):
		r.quiet = 0
		return true
	}
	// Some servers tell of new mail again and again where there is none.
	r.quiet++
	policy := backoff.Policy{First: time.Second, Factor: 2, Max: min(time.Minute, r.account.Interval)}
	if r.quiet > 2 {
		return r.pause(ctx, time.Now().Add(policy.Pause(r.quiet-2)))
	}
	return true
}

// afterLoss closes a session that was lost, and returns when to log in again: now, unless
// sessions are lost soon after their login again and again, or the server wants a pause.
func (r *runner) afterLoss(err error) time.Time {
	now, pause := time.Now(), r.account.retryAfter(err)
	r.notBefore = now.Add(pause)
	if now.Sub(r.conn.opened) < soonLost {
		r.lost++
	} else {
		r.lost = 0
	}
	r.conn.close()
	if r.lost > 1 {
		policy := backoff.Policy{First: 30 * time.Second, Factor: 2, Max: r.account.Interval, Jitter: 0.1}
		pause = max(pause, policy.Pause(r.lost-1))
	}
	return now.Add(pause)
}

// pause waits until a time, or until somebody asks for a pass that the server does not mind;
// the zero time never comes.
func (r *runner) pause(ctx context.Context, until time.Time) bool {
	var due <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		due = timer.C
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-due:
			return ctx.Err() == nil
		case <-r.wake:
			if !time.Now().Before(r.notBefore) {
				return ctx.Err() == nil
			}
			r.syncer.logger.InfoContext(ctx, "a pass was asked for, but the server wants to be left alone",
				"account", r.account.ID, "until", r.notBefore)
		}
	}
}
