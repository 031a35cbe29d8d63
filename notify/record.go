package notify

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// cheapRecord is the duration of a record below which each delivery is
	// recorded alone, even if the Notifier is faster. A disk sync takes longer.
	cheapRecord = 200 * time.Microsecond
	// maxUnrecorded bounds how long a delivery waits for its record while
	// further deliveries are made.
	maxUnrecorded = time.Second
)

// recorder writes the results of deliveries to the outbox. After a kill, the
// next process repeats the deliveries that were not recorded, so each result is
// recorded right after its delivery. If recording takes longer than delivering,
// that would multiply the time that a long queue needs. Results are then collected,
// and recording takes at most about half of the time.
type recorder struct {
	outbox  Outbox
	report  *Report
	pending []Entry       // results that are not recorded yet
	since   time.Time     // when the delivery of the first pending result began
	took    time.Duration // duration of the last record
}

// add adds a result. If a record is due, add records all pending results.
func (r *recorder) add(ctx context.Context, e Entry) error {
	r.pending = append(r.pending, e)
	if r.took >= cheapRecord && time.Since(r.since) < min(r.took, maxUnrecorded) {
		return nil
	}
	return r.flush(ctx)
}

// flush records the pending results. It records deliveries even after the context
// has ended: otherwise they would be repeated. It does not record failures then:
// the context also ends when the dispatcher loses its lease, and a different
// dispatcher may have delivered the notification since.
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
