package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/internal/backoff"
)

// Dispatcher moves notifications from an Outbox to a Notifier. One Dispatcher
// at a time works on an Outbox; inbound.Syncer sees to that with a lease.
type Dispatcher struct {
	Outbox   Outbox
	Notifier Notifier
	// Attempts is how often delivery is tried before a notification is dead;
	// 0 means 10.
	Attempts int
	// Backoff is the pause after the first failure; it doubles with each
	// further one, up to an hour. 0 means 10 seconds.
	Backoff time.Duration
	// Timeout bounds one call of the Notifier; 0 means 30 seconds.
	Timeout time.Duration
}

const (
	dispatchBatch  = 200
	defaultTries   = 10
	defaultBackoff = 10 * time.Second
	maxBackoff     = time.Hour
	defaultTimeout = 30 * time.Second
)

// Report says what a Drain did.
type Report struct {
	Delivered int
	Failed    int // will be tried again
	Dead      int // given up
}

// Drain delivers what is due until nothing is, or until the context ends. A
// failing Notifier is not an error of Drain: it is in the Report and in the
// outbox. A manager whose notification fails gets no later one before it.
// Each delivery is recorded before the next one, unless recording takes longer
// than delivering; then at least once a second. Once the context has ended,
// deliveries are still recorded, failures are not.
func (d *Dispatcher) Drain(ctx context.Context) (Report, error) {
	var report Report
	results := recorder{outbox: d.Outbox, report: &report}
	for {
		due, err := d.Outbox.Due(ctx, time.Now(), dispatchBatch)
		if err != nil {
			return report, fmt.Errorf("notify: read outbox: %w", err)
		}
		if len(due) == 0 {
			return report, nil
		}
		if err := d.deliver(ctx, due, &results); err != nil {
			return report, err
		}
		if err := ctx.Err(); err != nil {
			return report, err
		}
	}
}

// deliver calls the Notifier for each entry and records the results.
func (d *Dispatcher) deliver(ctx context.Context, due []Entry, results *recorder) error {
	held := make(map[string]bool) // managers with a failure in this batch
	results.since = time.Now()    // the time that reading the batch took does not count
	for _, e := range due {
		if ctx.Err() != nil {
			break // a Notifier need not look at its context
		}
		if held[e.ManagerID] {
			continue
		}
		err := d.notify(ctx, e.Notification)
		if err != nil && ctx.Err() != nil {
			break // stopped, not failed: the attempt does not count
		}
		e.Attempts++
		switch {
		case err == nil:
			e.State, e.LastError, e.NextTry = Delivered, "", time.Time{}
		case errors.Is(err, ErrPermanent) || e.Attempts >= d.attempts():
			e.State, e.LastError = Dead, err.Error()
		default:
			e.NextTry, e.LastError = time.Now().Add(d.pause(e.Attempts)), err.Error()
			held[e.ManagerID] = true
		}
		if err := results.add(ctx, e); err != nil {
			return err
		}
	}
	return results.flush(ctx)
}

func (d *Dispatcher) notify(ctx context.Context, n Notification) error {
	timeout := d.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return d.Notifier.Notify(ctx, n)
}

func (d *Dispatcher) attempts() int {
	if d.Attempts == 0 {
		return defaultTries
	}
	return d.Attempts
}

// pause is how long to wait after the given number of failed attempts.
func (d *Dispatcher) pause(attempts int) time.Duration {
	first := cmp.Or(d.Backoff, defaultBackoff)
	return backoff.Policy{First: first, Factor: 2, Max: max(maxBackoff, first)}.Pause(attempts)
}
