package inbound

// Observer is told what happens. Every func may be nil; they are called from
// several goroutines and must be quick.
type Observer struct {
	PassEnded  func(PassEndedInfo)   // a pass of an account is over
	Progress   func(ProgressInfo)    // a pass goes on
	Committed  func(CommittedInfo)   // a batch of messages was committed
	Renumbered func(RenumberingInfo) // a server has given its messages new identities (UIDVALIDITY)
}

// PassEndedInfo is the event of Observer.PassEnded.
type PassEndedInfo struct {
	Report Report
	Err    error // nil when the pass succeeded
}

// ProgressInfo is the event of Observer.Progress.
type ProgressInfo struct {
	Account string
	Settled int // messages that have an outcome
	Total   int // messages on the server, in the folders listed so far
}

// CommittedInfo is the event of Observer.Committed.
type CommittedInfo struct {
	Account  string
	Outcomes map[Outcome]int // of the messages of the batch
	Bytes    int64           // uploaded
}

// RenumberingInfo is the event of Observer.Renumbered: the identities that a server
// gave are not valid any more. Nothing is uploaded twice: mail is compared by its
// bytes.
type RenumberingInfo struct {
	Account, Folder string
	Was, Is         string // generations; equal if the server was restored or replaced
}
