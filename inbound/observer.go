package inbound

import "time"

// Observer is told what happens. Every func may be nil; they are called from
// several goroutines and must be quick.
type Observer struct {
	PassEnded  func(PassEndedInfo)   // a pass of an account is over
	Progress   func(ProgressInfo)    // a pass has begun, or goes on: once for each page or batch, not for each message
	Committed  func(CommittedInfo)   // a batch of messages was committed
	Renumbered func(RenumberingInfo) // the identities of a folder's messages are no longer valid
	SlowStep   func(SlowStepInfo)    // a step of a pass takes long, or no longer does
}

// PassEndedInfo is the event of Observer.PassEnded.
type PassEndedInfo struct {
	Report Report
	Err    error // nil when the pass succeeded
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
