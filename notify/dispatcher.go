package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/internal/backoff"
)

// Dispatcher delivers the notifications of an Outbox by a Notifier. Only one
// Dispatcher may work on an Outbox at a time; inbound.Syncer ensures that with a
// lease.
type Dispatcher struct {
	Outbox   Outbox
	Notifier Notifier
	// Attempts is the number of attempts after which a notification is dead.
	// 0 means 10.
	Attempts int
	// Backoff is the pause after the first failure. It doubles with each
	// further failure, up to an hour. 0 means 10 seconds.
	Backoff time.Duration
	// Timeout bounds one call of the Notifier. 0 means 30 seconds.
	Timeout time.Duration
}

const (
	dispatchBatch   = 200
	defaultAttempts = 10
	defaultBackoff  = 10 * time.Second
	maxBackoff      = time.Hour
	defaultTimeout  = 30 * time.Second
)

// Report counts the results of a Drain.
type Report struct {
	Delivered int
	Failed    int // attempts that failed and will be retried
	Dead      int // notifications that are not tried again
}

// Drain delivers notifications until none is due or the context ends. An error of
// the Notifier is no error of Drain: the Report counts it, and the outbox stores
// it. After a failure, the manager gets no later notification before the failed
// one. Drain records each delivery before it makes the next one. If recording
// takes longer than delivering, it records several deliveries together, at least
// once a second. After the context has ended, Drain still records deliveries, but
// no failures. If the Notifier is paused (ErrPaused), Drain ends without an error.
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
		if err := d.deliver(ctx, due, &results); errors.Is(err, ErrPaused) {
			return report, nil
		} else if err != nil {
			return report, err
		}
		if err := ctx.Err(); err != nil {
			return report, err
		}
	}
}

// deliver calls the Notifier for each entry and records the results. It returns ErrPaused
// where the Notifier does.
func (d *Dispatcher) deliver(ctx context.Context, due []Entry, results *recorder) error {
	blocked := make(map[string]bool) // managers with a failure in this batch
	results.since = time.Now()       // the time that reading the batch took does not count
	for _, e := range due {
		if ctx.Err() != nil {
			break // the Notifier may ignore its context
		}
		if blocked[e.ManagerID] {
			continue
		}
		err := d.notify(ctx, e.Notification)
		if err != nil && ctx.Err() != nil {
			break // the delivery was stopped: the attempt does not count
		}
		if errors.Is(err, ErrPaused) {
			return cmp.Or(results.flush(ctx), err)
		}
		e.Attempts++
		switch {
		case err == nil:
			e.State, e.LastError, e.NextTry = Delivered, "", time.Time{}
		case errors.Is(err, ErrPermanent) || e.Attempts >= d.attempts():
			e.State, e.LastError = Dead, err.Error()
		default:
			e.NextTry, e.LastError = time.Now().Add(d.pause(e.Attempts)), err.Error()
			blocked[e.ManagerID] = true
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
		return defaultAttempts
	}
	return d.Attempts
}

// pause returns the pause after the given number of failed attempts.
func (d *Dispatcher) pause(attempts int) time.Duration {
	first := cmp.Or(d.Backoff, defaultBackoff)
	return backoff.Policy{First: first, Factor: 2, Max: max(maxBackoff, first)}.Pause(attempts)
}
