package riverjobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// planArgs are those of the job that makes the jobs of the accounts that are due.
type planArgs struct{}

func (planArgs) Kind() string                 { return "postroom_plan" }
func (planArgs) InsertOpts() river.InsertOpts { return forAll }

type planWorker struct {
	river.WorkerDefaults[planArgs]
	jobs *Jobs
}

func (w *planWorker) Work(ctx context.Context, _ *river.Job[planArgs]) error {
	due, err := w.jobs.syncer.Due(ctx, time.Now().Add(-w.jobs.late))
	if err != nil {
		return fmt.Errorf("riverjobs: read which accounts are due: %w", err)
	}
	jobs := make([]SyncArgs, len(due))
	for i, id := range due {
		jobs[i].Account = id
	}
	client := river.ClientFromContext[pgx.Tx](ctx)
	for len(jobs) > 0 {
		if jobs, err = w.enqueue(ctx, client, jobs); err != nil {
			return fmt.Errorf("riverjobs: insert the jobs of accounts that are due: %w", err)
		}
	}
	return nil
}

// enqueue inserts jobs of which there is none yet. It returns what replaces those that run
// already, and for so long that their workers may be dead.
func (w *planWorker) enqueue(ctx context.Context, client *river.Client[pgx.Tx], jobs []SyncArgs) (
	replacements []SyncArgs, err error) {
	params := make([]river.InsertManyParams, len(jobs))
	for i, args := range jobs {
		params[i].Args = args
	}
	results, err := client.InsertMany(ctx, params)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		if r.UniqueSkippedAsDuplicate && w.jobs.mayBeDead(r.Job) {
			replacements = append(replacements, SyncArgs{Account: jobs[i].Account, InsteadOf: r.Job.ID})
		}
	}
	return replacements, nil
}

// mayBeDead reports a job that runs for so long that its account's lease has ended if its
// worker died in the beginning.
func (j *Jobs) mayBeDead(job *rivertype.JobRow) bool {
	return job.State == rivertype.JobStateRunning && job.AttemptedAt != nil &&
		time.Since(*job.AttemptedAt) > max(leaseTTL, j.historyTime+10*time.Second)
}
