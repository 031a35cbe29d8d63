package notify

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// cheapRecord is the cost below which every delivery is recorded alone,
	// however fast the Notifier is. A disk sync takes longer.
	cheapRecord = 200 * time.Microsecond
	// maxUnrecorded bounds how long a delivery waits to be recorded while
	// others are made.
	maxUnrecorded = time.Second
)

// recorder writes the results of deliveries to the outbox. After a kill, the
// next process repeats the deliveries that were not recorded, so each result is
// recorded right after its delivery. Where recording takes longer than
// delivering, that would multiply the time for a long queue; results are then
// collected, and recording takes about half of the time at most.
type recorder struct {
	outbox  Outbox
	report  *Report
	pending []Entry       // results that are not recorded yet
	since   time.Time     // when the delivery of the first pending one began
	took    time.Duration // by the last record
}

// add takes a result, and records it together with those before it if that is
// due.
func (r *recorder) add(ctx context.Context, e Entry) error {
	r.pending = append(r.pending, e)
	if r.took >= cheapRecord && time.Since(r.since) < min(r.took, maxUnrecorded) {
		return nil
	}
	return r.flush(ctx)
}

// flush records what is pending. Deliveries are recorded even when the context
// has ended: otherwise they would be repeated. Failures are not: the context
// also ends when the dispatcher's lease is lost, and another dispatcher may have
// delivered the notification since.
func (r *recorder) flush(ctx context.Context) error {
	if ctx.Err() != nil {
		r.pending = slices.DeleteFunc(r.pending, func(e Entry) bool { return e.State != Delivered })
	}
	if len(r.pending) == 0 {
		return nil
	}
	for _, e := range r.pending {
		switch e.State {
		case Delivered:
			r.report.Delivered++
		case Dead:
			r.report.Dead++
		default:
			r.report.Failed++
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), defaultTimeout)
	defer cancel()
	began := time.Now()
	err := r.outbox.Update(ctx, r.pending)
	r.since = time.Now()
	r.took = r.since.Sub(began)
	r.pending = nil
	if err != nil {
		return fmt.Errorf("notify: record deliveries: %w", err)
	}
	return nil
}
