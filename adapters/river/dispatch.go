package riverjobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/postroom/postroom/inbound"
)

// dispatchLimit bounds a job that delivers notifications; the next one goes on.
const dispatchLimit = 10 * time.Minute

// dispatchArgs are those of the job that delivers the notifications that are due, and assigns
// waiting customers.
type dispatchArgs struct {
	AfterPass bool `json:"after_pass,omitempty"` // a pass has found mail, or has failed
}

func (dispatchArgs) Kind() string                 { return "postroom_dispatch" }
func (dispatchArgs) InsertOpts() river.InsertOpts { return forAll }

type dispatchWorker struct {
	river.WorkerDefaults[dispatchArgs]
	jobs *Jobs
}

func (*dispatchWorker) Timeout(*river.Job[dispatchArgs]) time.Duration { return dispatchLimit }

func (w *dispatchWorker) Work(ctx context.Context, _ *river.Job[dispatchArgs]) error {
	s := w.jobs.syncer
	if err := s.Reload(ctx); err != nil {
		return fmt.Errorf("riverjobs: %w", err)
	}
	// Notifications first: a worker that assigns customers, or died doing so, delays none.
	if _, err := s.Dispatch(ctx); goesOn(ctx, err) != nil {
		return fmt.Errorf("riverjobs: deliver notifications: %w", err)
	}
	assigned, err := s.AssignWaiting(ctx)
	if goesOn(ctx, err) != nil {
		return fmt.Errorf("riverjobs: assign waiting customers: %w", err)
	}
	if len(assigned) == 0 {
		return nil
	}
	if _, err := s.Dispatch(ctx); goesOn(ctx, err) != nil {
		return fmt.Errorf("riverjobs: deliver notifications: %w", err)
	}
	return nil
}

// goesOn returns an error, but none where a different worker does the same, or the next job
// will go on.
func goesOn(ctx context.Context, err error) error {
	if errors.Is(err, inbound.ErrBusy) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil
	}
	return err
}
