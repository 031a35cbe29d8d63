package inbound

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/postroom/postroom/notify"
)

const (
	// dispatchPoll is how often the outbox is looked at without being woken while something is
	// in it: for retries that are due.
	dispatchPoll = 10 * time.Second
	// dispatchIdle is how often it is while nothing is: for what a different process has left.
	dispatchIdle = time.Minute
	// countEvery is how often the notifications in the outbox are counted at most.
	countEvery = time.Minute
)

// runDispatcher delivers notifications as they arise.
func (s *Syncer) runDispatcher(ctx context.Context) {
	idle := false // nothing is in the outbox
	loop(ctx, s.wakeDispatch, func() time.Duration {
		report, err := s.Dispatch(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, ErrBusy) {
			s.logger.ErrorContext(ctx, "notifications not dispatched", "error", err)
		}
		switch {
		case err != nil || report != notify.Report{}:
			idle = false
		case !idle:
			pending, _, err := s.store.Undelivered(ctx)
			idle = err == nil && pending == 0
		}
		if idle {
			return dispatchIdle
		}
		return dispatchPoll
	})
}

// Dispatch delivers the notifications that are due now. One call at a time works on a
// store: while another call does, in any process, Dispatch fails with ErrBusy
// immediately, if there is something to deliver. Without a Notifier it does nothing.
func (s *Syncer) Dispatch(ctx context.Context) (report notify.Report, err error) {
	if s.dispatcher == nil {
		return report, nil
	}
	// Mostly nothing is due, and no lease is needed to see that.
	if due, err := s.store.Due(ctx, time.Now(), 1); err == nil && len(due) == 0 {
		if s.observer.Dispatched != nil {
			e := DispatchedInfo{Began: time.Now()}
			s.depth.count(ctx, s.store, &e)
			s.observer.Dispatched(e)
		}
		return report, nil
	}
	err = s.withLease(ctx, "outbox", 0, func(ctx context.Context, _ fence) error {
		began := time.Now()
		report, err = s.dispatcher.Drain(ctx)
		if s.observer.Dispatched != nil {
			e := DispatchedInfo{Report: report, Began: began, Took: time.Since(began), Err: err}
			s.depth.count(ctx, s.store, &e)
			s.observer.Dispatched(e)
		}
		return err
	})
	return report, err
}

// outboxDepth is how many notifications were in the outbox when they were last counted.
type outboxDepth struct {
	mu            sync.Mutex
	pending, dead int
	at            time.Time
}

// count puts the numbers into an event, after counting anew if it is time.
func (d *outboxDepth) count(ctx context.Context, outbox notify.Outbox, e *DispatchedInfo) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := time.Now(); ctx.Err() == nil && now.Sub(d.at).Abs() >= countEvery {
		pending, dead, err := outbox.Undelivered(ctx)
		if err == nil {
			d.pending, d.dead, d.at = pending, dead, now
		} else {
			e.Err = oneOrAll(e.Err, fmt.Errorf("inbound: count notifications: %w", err))
		}
	}
	e.Pending, e.Dead, e.CountedAt = d.pending, d.dead, d.at
}
