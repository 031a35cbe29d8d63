package inbound

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// tally counts what becomes of the messages of one pass. The committer counts what it
// has committed; the rest is counted by the step that reads.
type tally struct {
	report   *Report // the committer's, until the pipeline has ended
	failed   int     // messages that could not be read or committed; the committer's, too
	newFail  bool    // one of them for the first time
	observer *Observer

	fresh  atomic.Int64 // messages that this visit has settled for the first time, except duplicates
	unsure atomic.Int64 // messages that this visit has read, and that are to be read again on a new connection
	second atomic.Int64 // messages that this visit has read again
	// The reader's:
	listed  int             // messages on the server, in the folders that this visit has listed so far
	missing int             // messages that the server has not listed, and that count in the total
	whole   bool            // the first visit of the initial upload: messages that earlier passes settled count, too
	owed    int             // messages that count in the total, and that earlier visits have not settled
	counted map[string]bool // folders whose messages are all part of the total
	refused int             // messages in a row that the server has listed and not delivered

	mu       sync.Mutex // also held while the Observer is called, so that the events come in order
	begun    time.Time  // when the pass began
	phase    Phase      // PhaseInitialUpload or PhaseNewMail; "": this is no pass
	uploads  counts
	deletes  counts
	uploaded int64 // bytes
	bytes    initialBytes
	health   *Health // before the pass; nil: this is no pass
	// See Health.
	historyAfter, notBefore time.Time
}

// maxRefused is how many messages in a row a server may list and not deliver.
const maxRefused = 1000

// judgeDelivery returns an error if the server has delivered none of too many messages in a
// row, counting these, of which some are missing.
func (t *tally) judgeDelivery(asked, missing int) error {
	if missing < asked {
		t.refused = 0
	}
	if t.refused += missing; t.refused < maxRefused {
		return nil
	}
	return &Error{Op: OpRead, Class: ErrTemporary,
		Err:  fmt.Errorf("the server lists messages and delivers none of them, %d in a row", t.refused),
		Hint: "ask the provider what is wrong with the mailbox; what comes behind them is read in the next pass"}
}

// initialBytes is how large the initial upload is, in the folders that were looked at.
type initialBytes struct {
	settled, total int64
	unknown        bool
}

// addBytes adds a folder of so many bytes to the initial upload, of which some are left. A
// total of -1 is unknown; one of 0 changes what is left.
func (t *tally) addBytes(total, left int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes.unknown = t.bytes.unknown || total < 0
	t.bytes.total += max(0, total)
	t.bytes.settled += max(0, total) - left
}

// of says how many bytes of the initial upload are settled, and of how many; -1 is unknown.
func (b initialBytes) of() (settled, total int64) {
	if b.unknown {
		return b.settled, -1
	}
	return min(b.settled, b.total), b.total
}

// counts are messages that are settled, of a total.
type counts struct{ settled, total int }

// initial says how far the initial upload has come: messages settled, of those in the
// folders listed so far.
func (n counts) initial() (total, done int) { return n.total, min(n.settled, n.total) }

// beginPass notifies the Observer that a pass begins.
func (t *tally) beginPass(health *Health) {
	t.begun, t.phase, t.whole, t.health = time.Now(), PhaseNewMail, !health.InitialComplete, health
	t.historyAfter, t.notBefore = health.HistoryAfter, health.InitialNotBefore
	if t.whole {
		t.phase = PhaseInitialUpload
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notify(PhaseLogin, counts{})
}

// beginVisit forgets what concerns only the visit before. In a maildrop, all that the visits
// before have counted and not settled is listed again.
func (t *tally) beginVisit(maildrop bool) {
	if maildrop {
		t.owed, _ = t.left()
		t.missing = 0
	}
	t.fresh.Store(0)
	t.unsure.Store(0)
	t.second.Store(0)
	t.listed = 0
	t.progress(0, 0, 0)
}

// progress adds messages to those that are settled and to the total, and uploaded
// bytes. It notifies the Observer.
func (t *tally) progress(settled, total int, bytes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.uploads.settled += settled
	t.uploads.total += total
	t.uploaded += bytes
	t.notify(t.phase, t.uploads)
}

// left returns how much of the initial upload is left; bytes of -1 are unknown.
func (t *tally) left() (messages int, bytes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	total, done := t.uploads.initial()
	settled, size := t.bytes.of()
	if size < 0 {
		return total - done, -1
	}
	return total - done, size - settled
}

// limit says what the limits of the provider make of the initial upload: see Health. It
// notifies the Observer when the upload begins to wait, and when it no longer does.
func (t *tally) limit(historyAfter, notBefore time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	changed := !historyAfter.Equal(t.historyAfter)
	if t.historyAfter, t.notBefore = historyAfter, notBefore; changed {
		t.notify(t.phase, t.uploads)
	}
}

// deleting adds messages to those that are deleted and to those to delete. It
// notifies the Observer.
func (t *tally) deleting(deleted, total int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deletes.settled += deleted
	t.deletes.total += total
	t.notify(PhaseDelete, t.deletes)
}

// notify notifies the Observer. t.mu is locked.
func (t *tally) notify(phase Phase, n counts) {
	if t.phase == "" || t.observer.Progress == nil {
		return
	}
	info := ProgressInfo{Account: t.report.Account, Phase: phase, Settled: n.settled, Total: n.total, Bytes: t.uploaded}
	if phase == PhaseInitialUpload {
		info.InitialBytes, info.InitialTotalBytes = t.bytes.of()
		info.ETA, _ = t.health.counting(t).InitialETA(time.Now())
		info.HistoryAfter = t.historyAfter
	}
	t.observer.Progress(info)
}

// committed counts records that were committed, and notifies the Observer.
func (t *tally) committed(rows []LedgerEntry, bytes int64) {
	outcomes := make(map[Outcome]int)
	for _, row := range rows {
		t.newFail = t.newFail || row.Outcome == Failed && row.Attempts == 1
		if row.awaitsReading() {
			continue // counted when it is read again, in this pass
		}
		outcomes[row.Outcome]++
		t.report.Outcomes[row.Outcome]++
		if row.Outcome == Failed {
			t.failed++
		}
	}
	t.report.Bytes += bytes
	t.progress(len(rows), 0, bytes)
	if t.observer.Committed != nil && len(rows) > 0 {
		t.observer.Committed(CommittedInfo{Account: t.report.Account, Outcomes: outcomes, Bytes: bytes})
	}
}

// cameFurther reports whether the pass has settled messages that no pass comes back to. A
// server that renumbers its mail each time does not bring it further by duplicates.
func (t *tally) cameFurther() bool {
	n := t.report.Outcomes
	return n[Uploaded]+n[Unmatched]+n[Ignored]+n[Quarantined] > 0
}

// mostFailed is an error if most of the messages that the pass has looked at could
// not be uploaded: then the mailbox is read, and yet all is not well. before says that it
// was so in the passes before; it stays so while there is nothing else to look at.
// Retries that fail again do not make an account unwell that was well.
func (t *tally) mostFailed(before bool) error {
	total := 0
	for _, n := range t.report.Outcomes {
		total += n
	}
	failure := errors.New("most of the messages that were looked at last could not be uploaded")
	switch {
	case total > 0 && t.failed*2 > total && (before || t.newFail):
		failure = fmt.Errorf("%d of %d messages could not be uploaded", t.failed, total)
	case total > 0 || !before:
		return nil
	}
	return &Error{Account: t.report.Account, Op: OpUpload, Class: ErrTemporary, Err: failure,
		Hint: "look at the reasons in the ledger"}
}
