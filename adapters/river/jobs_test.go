package riverjobs_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	riverjobs "github.com/postroom/postroom/adapters/river"

	"github.com/postroom/postroom/inbound"
)

// Several processes share the accounts. No account is worked on by two of them, and none is
// looked at more often than by one.
func TestJobs_ProcessesShareAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.options.Workers = 1
	var at, most, passes atomic.Int32
	var list []inbound.Account
	for i := range 5 {
		id := fmt.Sprint("account", i)
		list = append(list, w.account(id))
		w.deliver(id, 20)
	}
	counted := w.box("account0")
	counted.Intercept = func(step string) error {
		switch step {
		case "open":
			passes.Add(1)
			most.Store(max(most.Load(), at.Add(1)))
		case "fetch":
			time.Sleep(300 * time.Millisecond)
			at.Add(-1)
		}
		return nil
	}
	w.accounts.set(list...)
	processes := []process{w.start(), w.start(), w.start()}
	for _, a := range list {
		w.eventually(func() bool { return w.uploaded(a.ID) == 20 }, a.ID)
	}
	began, before := time.Now(), passes.Load()
	w.box("account0").Intercept = nil
	w.deliver("account1", 1)
	w.box("account1").Deliver([]byte("From: a@example.com\r\nSubject: later\r\n\r\nx\r\n"))
	w.eventually(func() bool { return w.uploaded("account1") == 21 }, "new mail")
	assert.LessOrEqual(t, most.Load(), int32(1), "never two at a time")
	assert.LessOrEqual(t, before, int32(time.Since(began)/time.Second)+30)
	workers := make(map[string]bool)
	for _, a := range list {
		for _, job := range w.jobs(processes[0], a.ID) {
			for _, worker := range job.AttemptedBy {
				workers[worker] = true
			}
		}
	}
	assert.Greater(t, len(workers), 1, "the work is shared")
}

// An initial upload is a job that gives its place up again and again.
func TestJobs_InitialUploadGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.options.HistoryTime = 500 * time.Millisecond
	w.deliver("shop", 60)
	w.box("shop").InterceptMessage = func([]byte) error { time.Sleep(50 * time.Millisecond); return nil }
	w.accounts.set(w.account("shop"))
	p := w.start()
	w.eventually(func() bool { return w.uploaded("shop") == 60 }, "all of the upload")
	first := w.jobs(p, "shop")[0]
	assert.Greater(t, len(first.AttemptedBy), 1, "the same job goes on")
	assert.Contains(t, string(first.Metadata), `"uploaded"`, "River's UI shows what was done")
}

// A job whose server wants to be left alone sleeps until then.
func TestJobs_SnoozesWhenThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.box("shop").OpenError = &inbound.Error{Class: inbound.ErrThrottled, RetryAfter: time.Hour,
		Err: errors.New("too many logins")}
	w.accounts.set(w.account("shop"))
	p := w.start()
	var job *rivertype.JobRow
	w.eventually(func() bool {
		for _, job = range w.jobs(p, "shop") {
			return job.State == rivertype.JobStateScheduled
		}
		return false
	}, "the job is snoozed")
	assert.InDelta(t, time.Hour, time.Until(job.ScheduledAt), float64(10*time.Minute))
	assert.Len(t, w.jobs(p, "shop"), 1)
}

// A job waits while the account is worked on outside of River, and then has nothing to do.
func TestJobs_WaitsForLease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account := w.account("shop")
	account.Interval = time.Hour
	w.accounts.set(account)
	_, err := w.store.Acquire(t.Context(), "account/shop", "somebody", 30*time.Second)
	require.NoError(t, err)
	p := w.start()
	w.eventually(func() bool {
		list := w.jobs(p, "shop")
		return len(list) == 1 && len(list[0].AttemptedBy) > 0 && list[0].State == rivertype.JobStateAvailable
	}, "the job is snoozed")
	require.NoError(t, w.store.Release(t.Context(), "account/shop", "somebody"))
	w.eventually(func() bool { return w.jobs(p, "shop")[0].State == rivertype.JobStateCompleted }, "it goes on")
	assert.Len(t, w.jobs(p, "shop"), 1)
}

// A job whose worker died is replaced, long before River rescues it. So is the replacement.
func TestJobs_DeadWorkerIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deliver("shop", 3)
	w.accounts.set(w.account("shop"))
	p := w.newProcess()
	instead := int64(0)
	for range 2 {
		dead, err := p.Insert(t.Context(), riverjobs.SyncArgs{Account: "shop", InsteadOf: instead}, nil)
		require.NoError(t, err)
		_, err = w.pool.Exec(t.Context(), "UPDATE "+w.schema+".river_job SET state = 'running', attempt = 1, "+
			"attempted_at = now() - interval '40 seconds', attempted_by = '{dead}' WHERE id = $1", dead.Job.ID)
		require.NoError(t, err)
		instead = dead.Job.ID
	}
	p = w.start()
	w.eventually(func() bool { return w.uploaded("shop") == 3 }, "another worker takes over")
	for _, job := range w.jobs(p, "shop")[:2] {
		assert.Equal(t, rivertype.JobStateRunning, job.State)
	}
}

// A failure is seen in River, and not retried by it; who is responsible is notified.
func TestJobs_FailureIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.box("shop").OpenError = &inbound.Error{Class: inbound.ErrAuth, Cause: inbound.CauseAppPassword,
		Err: errors.New("bad login of shop@shop.example"), Hint: "make an app password"}
	w.accounts.set(w.account("shop"))
	p := w.start()
	w.eventually(func() bool { return w.notified.count.Load() == 1 }, "the operator is notified")
	w.eventually(func() bool { return w.jobs(p, "shop")[0].State == rivertype.JobStateDiscarded }, "it has failed")
	list := w.jobs(p, "shop")
	require.Len(t, list, 1, "an account whose login is refused is left alone")
	require.Len(t, list[0].Errors, 1)
	assert.Equal(t, "riverjobs: pass of account shop failed: app_password (make an app password)",
		list[0].Errors[0].Error)

	w.box("shop").OpenError = nil
	w.deliver("shop", 1)
	_, err := p.Insert(t.Context(), riverjobs.SyncArgs{Account: "shop", Now: true}, nil)
	require.NoError(t, err)
	w.eventually(func() bool { return w.uploaded("shop") == 1 }, "somebody has asked for a pass")
}

func TestJobs_AccountsComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.accounts.set(w.account("first"))
	w.deliver("first", 1)
	p := w.start()
	w.eventually(func() bool { return w.uploaded("first") == 1 }, "the first account")
	w.deliver("second", 1)
	w.accounts.set(w.account("second"))
	w.eventually(func() bool { return w.uploaded("second") == 1 }, "an account that has come")
	_, err := p.Insert(t.Context(), riverjobs.SyncArgs{Account: "first"}, nil)
	require.NoError(t, err)
	w.eventually(func() bool {
		list := w.jobs(p, "first")
		return list[len(list)-1].State == rivertype.JobStateCompleted
	}, "nothing is to do for one that has gone")
}

// A process that stops in an upload does so within seconds, and another goes on.
func TestJobs_StopHandsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deliver("shop", 40)
	reading := make(chan struct{}, 100)
	w.box("shop").InterceptMessage = func([]byte) error {
		reading <- struct{}{}
		time.Sleep(50 * time.Millisecond)
		return nil
	}
	w.accounts.set(w.account("shop"))
	p := w.newProcess()
	require.NoError(t, p.Start(t.Context()))
	<-reading
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, p.StopAndCancel(ctx))
	assert.Less(t, time.Since(began), 5*time.Second)
	assert.Less(t, w.uploaded("shop"), 40)
	job := w.jobs(p, "shop")[0]
	assert.Equal(t, rivertype.JobStateAvailable, job.State, "anybody may take it")
	health, err := w.store.Health(t.Context(), "shop")
	require.NoError(t, err)
	assert.Zero(t, health.Failures, "a stop is no failure of the account")
	w.start()
	w.eventually(func() bool { return w.uploaded("shop") == 40 }, "the other goes on")
}

func TestJobs_AddToRefuses(t *testing.T) {
	syncer := &inbound.Syncer{}
	config := &river.Config{}
	require.NoError(t, riverjobs.New(syncer, nil).AddTo(config))
	assert.Len(t, config.Queues, 2)
	assert.Len(t, config.PeriodicJobs, 2)
	require.ErrorContains(t, riverjobs.New(syncer, nil).AddTo(config), `a queue "postroom" already`)
	require.ErrorContains(t, riverjobs.New(syncer, &riverjobs.Options{Workers: -1}).AddTo(&river.Config{}), "negative")
}

// Where Run is at work, the jobs leave the accounts to it, and take over when it ends.
func TestJobs_BesideRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.options.Late = 8 * time.Second
	w.box("shop").Push = true
	w.box("shop").Intercept = func(step string) error {
		if step == "list" {
			time.Sleep(700 * time.Millisecond) // as long as the pass goes on, the account is due
		}
		return nil
	}
	w.accounts.set(w.account("shop"))
	watching := w.newProcess()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- watching.syncer.Run(ctx) }()
	w.deliver("shop", 1)
	w.eventually(func() bool {
		health, err := w.store.Health(t.Context(), "shop")
		require.NoError(t, err)
		return !health.NextAttempt.IsZero()
	}, "a pass of Run has ended")
	p := w.start()
	w.eventually(func() bool { return w.plans(p) > 3 }, "it was looked for accounts that are due")
	assert.Empty(t, w.jobs(p, "shop"))
	stop()
	require.NoError(t, <-ended)
	require.Equal(t, 1, w.uploaded("shop"))
	w.deliver("shop", 2)
	w.eventually(func() bool { return w.uploaded("shop") == 2 }, "a job does what Run would")
}
