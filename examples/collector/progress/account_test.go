package progress

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

func event(phase inbound.Phase, settled, total int, bytes int64) inbound.ProgressInfo {
	return inbound.ProgressInfo{Account: "shop", Phase: phase, Settled: settled, Total: total, Bytes: bytes}
}

func batch(n int) inbound.CommittedInfo {
	return inbound.CommittedInfo{Account: "shop", Outcomes: map[inbound.Outcome]int{inbound.Uploaded: n}}
}

func ended(err error) inbound.PassEndedInfo {
	return inbound.PassEndedInfo{Report: inbound.Report{Account: "shop"}, Err: err}
}

func TestAccount_RowOfEachPhase(t *testing.T) {
	a := newAccount("shop")
	assert.Equal(t, row{phase: "waiting"}, a.row(at(0)))
	a.progress(event(inbound.PhaseLogin, 0, 0, 0), at(0))
	assert.Equal(t, row{state: running, phase: "login"}, a.row(at(9)))
	a.progress(event(inbound.PhaseInitialUpload, 0, 0, 0), at(10))
	assert.Equal(t, row{state: running, phase: "initial upload"}, a.row(at(12)), "the total is not known yet")

	a.progress(event(inbound.PhaseInitialUpload, 2000, 3000, 0), at(12))
	assert.Equal(t, row{state: running, phase: "initial upload", count: "2000/3000", settled: 2000, total: 3000},
		a.row(at(13)), "what earlier runs have settled has no part in the rate")
	a.committed(batch(100))
	uploading := event(inbound.PhaseInitialUpload, 2100, 3000, 1_500_000)
	uploading.ETA, uploading.InitialBytes, uploading.InitialTotalBytes = 90*time.Second, 3_000_000, 4_000_000_000
	a.progress(uploading, at(20))
	assert.Equal(t, row{state: running, phase: "initial upload", count: "2100/3000", settled: 2100, total: 3000,
		rate: "10/s", left: "1m30s left", size: "3 MB/4 GB"}, a.row(at(20)))

	a.progress(event(inbound.PhaseDelete, 40, 100, 1_500_000), at(20))
	assert.Equal(t, row{state: running, phase: "deleting", count: "40/100", settled: 40, total: 100}, a.row(at(21)))

	a.committed(batch(900))
	a.progress(event(inbound.PhaseInitialUpload, 3000, 3000, 1_500_000), at(30))
	a.progress(event(inbound.PhaseDelete, 100, 100, 1_500_000), at(40))
	a.passEnded(ended(nil), at(40))
	done := row{state: succeeded, phase: "up to date", count: "3000/3000", settled: 3000, total: 3000,
		rate: "50/s", left: "in 30s", size: "1.5 MB"}
	assert.Equal(t, done, a.row(at(40)), "the rate is that of the upload")
	assert.Equal(t, done, a.row(at(300)), "it does not change until the next pass")

	a.progress(event(inbound.PhaseLogin, 0, 0, 0), at(400))
	a.progress(event(inbound.PhaseNewMail, 0, 0, 0), at(400))
	assert.Equal(t, row{state: running, phase: "new mail"}, a.row(at(401)))
	a.passEnded(ended(nil), at(401))
	assert.Equal(t, row{state: succeeded, phase: "up to date", count: "nothing new"}, a.row(at(402)))
}

// An initial upload that waits for the limits of its provider says so, between passes, too.
func TestAccount_RowOfPausedUpload(t *testing.T) {
	a := newAccount("shop")
	a.progress(event(inbound.PhaseLogin, 0, 0, 0), at(0))
	e := event(inbound.PhaseInitialUpload, 10, 100, 5)
	e.HistoryAfter, e.ETA, e.InitialBytes, e.InitialTotalBytes = noon.Add(day), 6*day, 5, 50
	a.progress(e, at(1))
	reason := "paused until " + noon.Add(day).Local().Format("2 Jan 15:04")
	paused := row{state: running, phase: "initial upload", reason: reason, count: "10/100",
		settled: 10, total: 100, left: "6 days left", size: "5 bytes/50 bytes"}
	assert.Equal(t, paused, a.row(at(2)))
	after := ended(nil)
	after.Health.HistoryAfter = e.HistoryAfter
	a.passEnded(after, at(3))
	paused.state, paused.left = succeeded, ""
	assert.Equal(t, paused, a.row(at(9)))
	assert.Equal(t, "up to date", a.row(noon.Add(day)).phase)
}

// A step that takes long is shown while it does.
func TestAccount_RowOfSlowStep(t *testing.T) {
	d := New(nil, []inbound.Account{{ID: "shop"}}, Options{})
	o, a := d.Observer(), d.accounts["shop"]
	o.Progress(event(inbound.PhaseLogin, 0, 0, 0))
	o.SlowStep(inbound.SlowStepInfo{Account: "shop", Step: inbound.Step{Op: inbound.OpList, Since: at(0)}})
	assert.Equal(t, row{state: running, phase: "login", reason: "list: slow for 1m15s"}, a.row(at(75)))
	o.SlowStep(inbound.SlowStepInfo{Account: "shop"})
	assert.Empty(t, a.row(at(80)).reason)
	o.SlowStep(inbound.SlowStepInfo{Account: "shop", Step: inbound.Step{Op: inbound.OpList, Since: at(0)}})
	o.PassEnded(ended(nil))
	assert.Empty(t, a.row(at(90)).reason)
	o.Progress(event(inbound.PhaseLogin, 0, 0, 0))
	assert.Empty(t, a.row(at(90)).reason, "the next pass begins anew")
}

func TestAccount_RowOfFailedPass(t *testing.T) {
	refused := &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("wrong password")}
	for name, tc := range map[string]struct {
		err  error
		want row
	}{
		"failed":      {errors.New("disk full"), row{state: failed, phase: "failed"}},
		"stopped":     {refused, row{state: stopped, phase: "stopped", reason: "login refused"}},
		"interrupted": {fmt.Errorf("list: %w", context.Canceled), row{state: interrupted, phase: "login"}},
	} {
		a := newAccount("shop")
		a.progress(event(inbound.PhaseLogin, 0, 0, 0), at(0))
		a.passEnded(ended(tc.err), at(3))
		assert.Equal(t, tc.want, a.row(at(9)), name)
		a.progress(event(inbound.PhaseLogin, 0, 0, 0), at(10))
		assert.Equal(t, row{state: running, phase: "login"}, a.row(at(10)), name)
	}
}
