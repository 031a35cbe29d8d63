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
	// dispatchPoll is how often the outbox is looked at without being woken: for retries
	// that are due, and for what other processes left.
	dispatchPoll = 10 * time.Second
	// countEvery is how often the notifications in the outbox are counted at most.
	countEvery = time.Minute
)

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
