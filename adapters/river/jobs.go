package riverjobs

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/postroom/postroom/inbound"
)

// The queues of the jobs. River's UI shows and pauses them by these names.
const (
	QueueSync   = "postroom"        // passes of accounts
	QueueNotify = "postroom_notify" // planning and notifications, which do not wait for passes
)

const (
	// planEvery is how often it is looked which accounts are due.
	planEvery = 5 * time.Second
	// dispatchEvery is how often the outbox and the waiting customers are looked at without
	// a pass having added to them.
	dispatchEvery = 10 * time.Second
	// leaseTTL is how long an account's lease outlives its worker, by package inbound.
	leaseTTL = 30 * time.Second
)

// Options change how the jobs work. The zero value, like nil, is the defaults.
type Options struct {
	// Workers is how many accounts a process works on at a time; default 10.
	Workers int
	// HistoryTime is how long a job reads mail that was there when the account was first
	// connected, before it gives its place to others and goes on behind them; default 20 s. Each
	// time costs a login.
	HistoryTime time.Duration
	// Late is by how much a pass must be overdue before it becomes a job; default 0. Where
	// Syncer.Run is at work in some process, a minute leaves it the passes that it makes.
	Late time.Duration
}

// Jobs are the jobs of a Syncer. It is safe for concurrent use.
type Jobs struct {
	syncer            *inbound.Syncer
	workers           int
	historyTime, late time.Duration
}

// New returns the jobs of a Syncer; nil are the default options. It starts nothing.
func New(syncer *inbound.Syncer, o *Options) *Jobs {
	if o == nil {
		o = &Options{}
	}
	return &Jobs{syncer: syncer, workers: cmp.Or(o.Workers, 10), late: o.Late,
		historyTime: cmp.Or(o.HistoryTime, 20*time.Second)}
}

// AddTo adds the workers, queues and periodic jobs to the configuration of a River client.
// What the host has there stays. It is an error if they are there already.
func (j *Jobs) AddTo(c *river.Config) error {
	if j.workers < 0 || j.historyTime < 0 || j.late < 0 {
		return errors.New("riverjobs: Workers, HistoryTime and Late must not be negative")
	}
	for _, queue := range []string{QueueSync, QueueNotify} {
		if _, taken := c.Queues[queue]; taken {
			return fmt.Errorf("riverjobs: there is a queue %q already; add the jobs of one Syncer once", queue)
		}
	}
	if c.Workers == nil {
		c.Workers = river.NewWorkers()
	}
	for _, err := range []error{
		river.AddWorkerSafely(c.Workers, &planWorker{jobs: j}),
		river.AddWorkerSafely(c.Workers, &syncWorker{jobs: j}),
		river.AddWorkerSafely(c.Workers, &dispatchWorker{jobs: j}),
	} {
		if err != nil {
			return fmt.Errorf("riverjobs: %w", err)
		}
	}
	if c.Queues == nil {
		c.Queues = make(map[string]river.QueueConfig)
	}
	c.Queues[QueueSync] = river.QueueConfig{MaxWorkers: j.workers}
	c.Queues[QueueNotify] = river.QueueConfig{MaxWorkers: 10}
	c.PeriodicJobs = append(c.PeriodicJobs,
		periodic(planArgs{}, planEvery), periodic(dispatchArgs{}, dispatchEvery))
	return nil
}

func periodic(args river.JobArgs, every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every),
		func() (river.JobArgs, *river.InsertOpts) { return args, nil },
		&river.PeriodicJobOpts{ID: args.Kind(), RunOnStart: true})
}

// unfinished are the states of a job that has not ended: no second one is inserted meanwhile.
var unfinished = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending,
	rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled}

// forAll are the options of jobs that look after all accounts: at most one of a kind a second. One that
// runs already may have looked before there was something to do, or its worker may be dead: it
// is not in the way of the next.
var forAll = river.InsertOpts{Queue: QueueNotify, MaxAttempts: 1,
	UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Second, ByState: unfinished}}
