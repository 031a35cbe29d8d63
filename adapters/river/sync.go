package riverjobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/postroom/postroom/inbound"
)

const (
	// passLimit bounds a pass. What it has committed stays, and the next job goes on.
	passLimit = 15 * time.Minute
	// busyPause is how long a job waits for another worker that is at work on the account, or
	// for the lease of one that died.
	busyPause = 5 * time.Second
	// soon is how near the next pass is if the same job makes it: an initial upload goes on.
	soon = 5 * time.Second
)

// SyncArgs are those of a job that makes a pass of an account.
type SyncArgs struct {
	Account string `json:"account" river:"unique"`
	// Now is true if somebody wants a pass that is not due; see inbound.DueOptions.
	Now bool `json:"now,omitempty" river:"unique"`
	// InsteadOf is the ID of a job whose worker seems to be dead; 0: there is none.
	InsteadOf int64 `json:"instead_of,omitempty" river:"unique"`
}

// Kind implements river.JobArgs.
func (SyncArgs) Kind() string { return "postroom_sync" }

// InsertOpts implements river.JobArgsWithInsertOpts. A job that failed is not retried: the
// store has the time of the next pass, at which there is a new job.
func (SyncArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueSync, MaxAttempts: 1,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

type syncWorker struct {
	river.WorkerDefaults[SyncArgs]
	jobs *Jobs
}

// Timeout is longer than passLimit, after which a pass ends by itself.
func (*syncWorker) Timeout(*river.Job[SyncArgs]) time.Duration { return passLimit + 5*time.Minute }

// result is what River's UI shows of a job.
type result struct {
	Messages  map[inbound.Outcome]int `json:"messages,omitempty"`
	Customers int                     `json:"customers_created,omitempty"`
	Next      *time.Time              `json:"next_pass,omitempty"`
}

func (w *syncWorker) Work(ctx context.Context, job *river.Job[SyncArgs]) error {
	pass, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the Syncer need not know River's causes
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	defer time.AfterFunc(passLimit, cancel).Stop()
	report, next, err := w.jobs.syncer.SyncDue(pass, job.Args.Account,
		inbound.DueOptions{Now: job.Args.Now, HistoryTime: w.jobs.historyTime})
	switch {
	case ctx.Err() != nil:
		return err
	case errors.Is(err, inbound.ErrNotFound): // it was removed
		return nil
	case errors.Is(err, inbound.ErrBusy), errors.Is(err, inbound.ErrLeaseLost):
		return river.JobSnooze(busyPause)
	}
	if len(report.Outcomes) > 0 || err != nil {
		w.record(ctx, report, next)
	}
	switch {
	case pass.Err() != nil:
		return river.JobSnooze(0)
	case errors.Is(err, inbound.ErrThrottled) && time.Until(next) > 0:
		return river.JobSnooze(time.Until(next))
	case err != nil:
		return &passError{account: job.Args.Account, err: err}
	case !next.IsZero() && time.Until(next) < soon && !job.Args.Now:
		return river.JobSnooze(max(time.Until(next), 0))
	}
	return nil
}

// record has managers and operators notified, and shows what a pass has done. The
// notifications are in the outbox: without the job, they are found a little later.
func (w *syncWorker) record(ctx context.Context, report inbound.Report, next time.Time) {
	shown := result{Messages: report.Outcomes, Customers: report.CustomersCreated}
	if !next.IsZero() {
		shown.Next = &next
	}
	_ = river.RecordOutput(ctx, shown)
	_, _ = river.ClientFromContext[pgx.Tx](ctx).Insert(ctx, dispatchArgs{AfterPass: true}, nil)
}

// passError is the error of a pass as River logs and keeps it: without addresses and other
// texts of servers, which the Syncer's log and Health have.
type passError struct {
	account string
	err     error
}

func (e *passError) Error() string {
	cause := inbound.CauseOf(e.err)
	if cause == inbound.CauseUnknown {
		cause = "see the log, or the health of the account"
	}
	text := fmt.Sprintf("riverjobs: pass of account %s failed: %s", e.account, cause)
	if hint := inbound.HintOf(e.err); hint != "" {
		text += " (" + hint + ")"
	}
	return text
}

func (e *passError) Unwrap() error { return e.err }
