package inbound

import (
	"fmt"
	"sync/atomic"
)

// tally counts what becomes of the messages of one pass. The committer counts what it
// has committed; the rest is counted by the step that reads.
type tally struct {
	report   *Report // the committer's, until the pipeline has ended
	failed   int     // messages that could not be committed; the committer's, too
	observer *Observer

	fresh   atomic.Int64 // messages that this visit has settled for the first time, but for duplicates
	total   atomic.Int64 // messages on the server, in the folders listed so far
	settled atomic.Int64 // of those
}

// beginVisit forgets what the visit before has counted.
func (t *tally) beginVisit() {
	t.fresh.Store(0)
	t.total.Store(0)
	t.settled.Store(0)
}

// progress counts messages that are settled, and notifies the Observer.
func (t *tally) progress(n int) {
	settled := t.settled.Add(int64(n))
	if t.observer.Progress != nil {
		t.observer.Progress(ProgressInfo{Account: t.report.Account, Settled: int(settled), Total: int(t.total.Load())})
	}
}

// initialProgress says how far the initial upload has come: messages settled, of
// those in the folders listed so far.
func (t *tally) initialProgress() (total, done int) {
	total = int(t.total.Load())
	return total, min(int(t.settled.Load()), total)
}

// committed counts records that were committed, and notifies the Observer.
func (t *tally) committed(rows []LedgerEntry, bytes int64) {
	outcomes := make(map[Outcome]int)
	for _, row := range rows {
		outcomes[row.Outcome]++
		t.report.Outcomes[row.Outcome]++
	}
	t.report.Bytes += bytes
	t.progress(len(rows))
	if t.observer.Committed != nil && len(rows) > 0 {
		t.observer.Committed(CommittedInfo{Account: t.report.Account, Outcomes: outcomes, Bytes: bytes})
	}
}

// mostFailed is an error if most of the messages that the pass has looked at could
// not be uploaded: then the mailbox is read, and yet all is not well.
func (t *tally) mostFailed() error {
	total := 0
	for _, n := range t.report.Outcomes {
		total += n
	}
	if t.failed*2 <= total {
		return nil
	}
	return &Error{Account: t.report.Account, Op: OpUpload, Class: ErrTemporary,
		Err:  fmt.Errorf("%d of %d messages could not be uploaded", t.failed, total),
		Hint: "look at the reasons in the ledger"}
}
