package progress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
)

// state says whether an account has a pass now, and how its last one ended.
type state int

const (
	notBegun state = iota
	running
	succeeded
	stopped // until somebody acts
	failed
	interrupted
)

// account is what is known of an account: its pass, and the sums of all passes.
type account struct {
	id     string
	state  state
	word   string // for the state of a failed pass
	reason string // why it failed; "" where that is not known in a few words

	slow    inbound.Step         // of the pass, if it takes long
	pass    inbound.ProgressInfo // the last event of the pass that was not about deleting
	deletes inbound.ProgressInfo // the last one that was
	phase   inbound.Phase
	settled int       // messages that this pass itself has settled
	since   time.Time // when it had logged in; zero: not yet
	last    time.Time // of the event in pass
	ended   time.Time
	until   time.Time // when the limits of the provider let the initial upload go on; zero: now

	sum inbound.Report
}

// newAccount returns the state of an account before its first pass.
func newAccount(id string) *account {
	return &account{id: id, sum: inbound.Report{Outcomes: make(map[inbound.Outcome]int)}}
}

// progress takes an event of Observer.Progress.
func (a *account) progress(e inbound.ProgressInfo, now time.Time) {
	a.phase = e.Phase
	switch e.Phase {
	case inbound.PhaseLogin:
		a.state, a.word, a.reason = running, "", ""
		a.pass, a.deletes, a.slow = e, inbound.ProgressInfo{}, inbound.Step{}
		a.settled, a.since = 0, time.Time{}
		return
	case inbound.PhaseDelete:
		a.deletes = e
	default:
		a.pass, a.last, a.until = e, now, e.HistoryAfter
	}
	if a.since.IsZero() {
		a.since = now
	}
}

// committed takes an event of Observer.Committed.
func (a *account) committed(e inbound.CommittedInfo) {
	for _, n := range e.Outcomes {
		a.settled += n
	}
}

// passEnded takes an event of Observer.PassEnded.
func (a *account) passEnded(e inbound.PassEndedInfo, now time.Time) {
	a.ended, a.until = now, e.Health.HistoryAfter
	switch {
	case e.Err == nil:
		a.state = succeeded
	case errors.Is(e.Err, context.Canceled):
		a.state = interrupted
	default:
		a.state = failed
		if a.word, a.reason = Failure(e.Err); a.word == stoppedWord {
			a.state = stopped
		}
	}
	for outcome, n := range e.Report.Outcomes {
		a.sum.Outcomes[outcome] += n
	}
	a.sum.Bytes += e.Report.Bytes
	a.sum.Deleted += e.Report.Deleted
	a.sum.CustomersCreated += e.Report.CustomersCreated
}

// row is an account in words.
type row struct {
	state                          state
	phase, count, rate, left, size string
	reason                         string // why the pass failed, is slow or waits
	settled, total                 int
}

// row describes the account. Where a value is unknown, its text is empty.
func (a *account) row(now time.Time) row {
	r := row{state: a.state, settled: a.pass.Settled, total: a.pass.Total}
	switch a.state {
	case notBegun:
		r.phase = "waiting"
		return r
	case running, interrupted:
		r.phase = strings.ReplaceAll(string(a.phase), "_", " ")
		if a.state == running {
			r.reason = slowText(a.slow, now)
		}
	case succeeded:
		r.phase = "up to date"
	case stopped, failed:
		r.phase, r.reason = a.word, a.reason
	}
	if (a.state == running || a.state == succeeded) && r.reason == "" && a.until.After(now) {
		r.phase = "initial upload"
		r.reason = "paused until " + a.until.Local().Format("2 Jan 15:04")
	}
	if a.state != running {
		now = a.ended
	}
	if a.state == running && a.phase == inbound.PhaseDelete {
		r.settled, r.total = a.deletes.Settled, a.deletes.Total
		r.count = fmt.Sprintf("%d/%d", r.settled, r.total)
		return r
	}
	switch {
	case r.total > 0:
		r.count = fmt.Sprintf("%d/%d", r.settled, r.total)
	case a.state == succeeded:
		r.count = "nothing new"
	}
	switch {
	case a.pass.InitialTotalBytes > 0:
		r.size = terminal.Size(a.pass.InitialBytes) + "/" + terminal.Size(a.pass.InitialTotalBytes)
	case a.pass.Bytes > 0:
		r.size = terminal.Size(a.pass.Bytes)
	}
	if a.state == running && a.pass.ETA > 0 {
		r.left = durationText(a.pass.ETA) + " left"
	}
	took, busy := now.Sub(a.since), now.Sub(a.since)
	if a.state != running {
		busy = a.last.Sub(a.since) // without the time for deleting
	}
	if a.since.IsZero() || busy < time.Second || a.settled == 0 {
		return r
	}
	rate := float64(a.settled) / busy.Seconds()
	r.rate = fmt.Sprintf("%.0f/s", rate)
	switch {
	case a.state != running:
		r.left = "in " + durationText(took)
	case r.total > r.settled && a.phase == inbound.PhaseNewMail:
		r.left = durationText(time.Duration(float64(r.total-r.settled)/rate*float64(time.Second))) + " left"
	}
	return r
}

// slowText says in a few words which step takes long, and since when; "" if none does.
func slowText(s inbound.Step, now time.Time) string {
	if s.Op == "" {
		return ""
	}
	return fmt.Sprintf("%s: slow for %s", s.Op, durationText(now.Sub(s.Since).Truncate(time.Second)))
}

// durationText rounds up, so that what is not over has at least a second left.
func durationText(d time.Duration) string {
	const day = 24 * time.Hour
	if d > 2*day {
		return fmt.Sprintf("%d days", (d+day-1)/day)
	}
	return (d + time.Second - 1).Truncate(time.Second).String()
}
