package inbound

import (
	"time"

	"github.com/postroom/postroom/notify"
)

// Observer is told what happens. Every func may be nil, which costs nothing. The funcs are
// called from several goroutines. They must be quick, and not call Sync or Dispatch: the work
// that they are told of waits for them. The events of one account come one after the other, in
// the order in which things happened. [Observers] joins several.
type Observer struct {
	PassEnded     func(PassEndedInfo)     // a pass of an account is over
	Progress      func(ProgressInfo)      // a pass has begun, or goes on: once a page or batch, not for each message
	StepEnded     func(StepEndedInfo)     // a step of the work for an account is over, such as a login or a commit
	Committed     func(CommittedInfo)     // a batch of messages was committed
	Renumbered    func(RenumberingInfo)   // the identities of a folder's messages are no longer valid
	SlowStep      func(SlowStepInfo)      // a step of a pass takes long, or no longer does
	SessionLost   func(SessionLostInfo)   // a session that Run had kept between passes is of no more use
	RunnerChanged func(RunnerChangedInfo) // Run begins or ends to collect from an account, or waits for another process
	Dispatched    func(DispatchedInfo)    // the notifications that were due were delivered, or tried
}

// PassEndedInfo is the event of Observer.PassEnded.
type PassEndedInfo struct {
	Report Report
	Err    error         // nil when the pass succeeded; ErrBusy is in it when another one was at work
	Began  time.Time     // when the pass was asked for
	Took   time.Duration // from then on, the wait for another pass of the account included
	// Health is that of the account after the pass. Its State is HealthNew if the pass did not
	// come to begin: another one was at work, or the store has failed.
	Health Health
	// Next is when Run makes the next pass; zero after a pass of Sync, and when Run
	// leaves the account alone from now on.
	Next time.Time
}

// ProgressInfo is the event of Observer.Progress. The first event of a pass has the
// phase PhaseLogin. The events of one pass come one after the other and in order. A
// folder is listed page by page, so Total can grow during a pass. At the end of a pass
// without errors, Settled equals Total. Replay and Redecide are not passes and send no
// such events.
type ProgressInfo struct {
	Account string
	Phase   Phase
	// Settled of Total messages: those that have an outcome, failed ones included, of
	// those that the phase is about.
	Settled, Total int
	Bytes          int64 // uploaded by this pass so far
	// InitialBytes of InitialTotalBytes are settled in PhaseInitialUpload, as in Health.
	InitialBytes, InitialTotalBytes int64
	// ETA is what Health.InitialETA says in PhaseInitialUpload; 0 is not known. HistoryAfter is
	// that of Health.
	ETA          time.Duration
	HistoryAfter time.Time
}

// Phase is what a pass is doing.
type Phase string

// The phases of a pass. With several folders, PhaseDelete comes after each folder.
const (
	PhaseLogin Phase = "login" // Total is 0
	// PhaseInitialUpload is about all messages in the folders that are listed so far.
	// What earlier passes have settled is counted as settled.
	PhaseInitialUpload Phase = "initial_upload"
	// PhaseNewMail is about the messages that are new, or are looked at again.
	PhaseNewMail Phase = "new_mail"
	// PhaseDelete is about the uploaded messages to delete from the server, of
	// those found so far.
	PhaseDelete Phase = "deleting"
)

// StepEndedInfo is the event of Observer.StepEnded. The steps of a pass overlap: while one
// batch is committed, the next messages are read. A login includes getting an access token,
// and OpRenew includes a login; each of them also has an event of its own. Deleting or marking
// nothing is no step. Check sends no such events; Replay and Redecide send those of logins,
// tokens and commits only.
type StepEndedInfo struct {
	Account  string
	Protocol Protocol // of the account
	Host     string   // of the account
	Folder   string   // "" where the step is of the whole mailbox
	// Op is OpToken, OpLogin, OpList (a page), OpRead, OpCommit (a batch), OpDelete, OpMarkSeen,
	// OpWatch (waiting for new mail, which takes minutes) or OpRenew.
	Op    Op
	Began time.Time
	Took  time.Duration
	// Messages is how many were listed, read whole, committed, deleted or marked; if the step
	// failed, how many it was about, or those that were read until then. Bytes are those of
	// messages that were read or committed; 0 for other steps.
	Messages int
	Bytes    int64
	Err      error // nil when the step succeeded; the context's error when it was stopped
}

// SessionLostInfo is the event of Observer.SessionLost. The next session is opened
// automatically; losing one now and then is normal.
type SessionLostInfo struct {
	Account string
	Opened  time.Time // when it was logged in
	// Blind is true for a session that still worked, but did not show mail that a new one
	// shows. The new one has already taken its place, and Err is nil.
	Blind bool
	Err   error
}

// RunnerChangedInfo is the event of Observer.RunnerChanged.
type RunnerChangedInfo struct {
	Account string
	State   RunnerState
}

// RunnerState is what Run does about an account.
type RunnerState string

// The states of a runner. The first event of an account is RunnerAtWork or RunnerWaiting, the
// last one is RunnerEnded. An account whose settings change has a RunnerEnded in between.
const (
	RunnerAtWork  RunnerState = "at_work" // Run collects from the account; after RunnerWaiting, it has taken over
	RunnerWaiting RunnerState = "waiting" // another process does, and Run waits until it ends
	RunnerEnded   RunnerState = "ended"   // the account is gone, inactive or changed, or Run returns
)

// DispatchedInfo is the event of Observer.Dispatched. It has no account: the outbox is that
// of all accounts. It comes every 10 s while Run is at work, and more often while there is
// something to deliver; and after each call of Dispatch that found no other one at work.
type DispatchedInfo struct {
	Report notify.Report
	Began  time.Time
	Took   time.Duration
	Err    error // of the outbox: what the Notifier has refused is counted in the Report

	// Pending and Dead are how many notifications are in the outbox in these states. They are
	// counted at most once a minute, at CountedAt; zero: they could not be counted so far.
	Pending, Dead int
	CountedAt     time.Time
}

// CommittedInfo is the event of Observer.Committed.
type CommittedInfo struct {
	Account  string
	Outcomes map[Outcome]int // of the messages of the batch
	Bytes    int64           // uploaded
}

// SlowStepInfo is the event of Observer.SlowStep: a step has completed nothing for a minute,
// and the server sends less than 16 KiB a second. It comes again every 5 minutes while that
// is so, and once with the zero Step when it is over, unless the pass ends with it.
type SlowStepInfo struct {
	Account string
	Step    Step // as in Health.Step
}

// RenumberingInfo is the event of Observer.Renumbered: the identities that a server
// gave are no longer valid, because it has renumbered its messages (UIDVALIDITY) or was
// restored from a backup, or because the account now names a different mailbox. Nothing
// is uploaded twice: mail is compared by its bytes. All of it is read once more, and gets
// new records; the former ones stay. A server that renumbers a folder of 1,000 messages in
// each pass makes the ledger of package sqlstore grow by some 370 KB each time.
type RenumberingInfo struct {
	Account, Folder string
	Was, Is         string // generations; equal if the server was restored, or perhaps the mailbox is a different one
}
