package inbound

import (
	"context"
	"fmt"
	"time"
)

// Outcome is what became of a message on the server.
type Outcome string

// The outcomes. All but Failed are final.
const (
	Uploaded    Outcome = "uploaded"    // bound to a customer and kept
	Duplicate   Outcome = "duplicate"   // the same bytes were uploaded before
	Unmatched   Outcome = "unmatched"   // nobody known, and none created; not uploaded
	Ignored     Outcome = "ignored"     // own mail, before the start, blocked
	Quarantined Outcome = "quarantined" // set aside after repeated failure; bytes kept
	Vanished    Outcome = "vanished"    // gone from the server before it could be read
	Failed      Outcome = "failed"      // will be tried again
)

// Outcomes lists every outcome, in the order in which people read them.
func Outcomes() []Outcome {
	return []Outcome{Uploaded, Duplicate, Unmatched, Ignored, Quarantined, Failed, Vanished}
}

// Extent is how much of a message was read.
type Extent string

// The extents. The zero value means that the body was not read, as far as the
// ledger shows.
const (
	ExtentUnread   Extent = ""
	ExtentWhole    Extent = "whole"
	ExtentTooLarge Extent = "too_large" // listed larger than Limits.MessageBytes: only the beginning was read
	ExtentCut      Extent = "cut"       // longer than the limit although listed smaller: only the beginning was read
	ExtentShort    Extent = "short"     // fewer bytes came than the server lists
)

// LedgerEntry is the record of one message that was ever looked at.
type LedgerEntry struct {
	SourceID
	Position uint64 // of the message, as listed; 0 where there is none
	Outcome  Outcome
	Reason   string // in words
	From     string // address as read; "" when the header was not read
	ReplyTo  string // the first address of Reply-To, as customer.Normalize gives it; "" when there is none
	Subject  string
	Size     int64 // bytes
	Listed   int64 // the size that the server listed; a different one under the same ID is a different message
	// EmailID is that of the email that was uploaded, or that this is a
	// duplicate of, or the key of bytes that were kept without an email; else "".
	EmailID     string
	Extent      Extent    // how much of the message was read
	BeforeStart bool      // Ignored because it is before the account's start; looked at again when the start moves back
	Baseline    bool      // it was there when the account was connected, with Start.Now
	Unmarked    bool      // uploaded, and still to be marked \Seen on the server
	Keep        bool      // true: never deletable, although uploaded (it was too large to take whole)
	Deleted     bool      // no longer on the server: removed by us, or its ID is void
	Attempts    int       // failed tries so far
	NextTry     time.Time // Failed: not before
	At          time.Time // when the outcome was recorded
}

// ref returns the message as it was listed.
func (e LedgerEntry) ref() Ref {
	return Ref{SourceID: e.SourceID, Position: e.Position, Size: e.Listed}
}

// String returns what became of which message, for logs: "4711 failed: timeout".
func (e LedgerEntry) String() string {
	return fmt.Sprintf("%s %s: %s", e.SourceID, e.Outcome, e.Reason)
}

// Ledger has one record for every message on a server that was ever looked at.
type Ledger interface {
	// Lookup returns the records of these messages (at most 1000); one without a
	// record is absent from the map.
	Lookup(ctx context.Context, account string, ids []SourceID) (map[SourceID]LedgerEntry, error)

	// Record writes records, replacing those of the same ID.
	Record(ctx context.Context, account string, entries []LedgerEntry) error

	// Retry returns up to limit Failed records of a folder and generation whose
	// NextTry is not after now, in ascending order of ID; also those whose
	// NextTry is so far off that the clock must have been set back (more than
	// 25 hours; no pause is longer than a day).
	Retry(ctx context.Context, account, folder string, generation string, now time.Time, limit int) ([]LedgerEntry, error)

	// Deletable returns up to limit records of a folder and generation that are
	// Uploaded or Duplicate, not Keep and not Deleted, and recorded no later
	// than until, in ascending order of ID, beginning after the given one (the
	// zero ID for the first).
	Deletable(ctx context.Context, account, folder, generation string, until time.Time,
		after SourceID, limit int) ([]LedgerEntry, error)

	// Unmarked returns up to limit records of a folder and generation that are
	// Unmarked and not Deleted, in ascending order of ID. None is an empty
	// result. Record with Unmarked false takes a record off.
	Unmarked(ctx context.Context, account, folder string, generation string, limit int) ([]LedgerEntry, error)

	// MarkDeleted sets Deleted on these records; one without a record is ignored.
	MarkDeleted(ctx context.Context, account string, ids []SourceID) error

	// Entries returns up to limit records of an account after the given ID, in
	// ascending order of ID; outcome "" means any.
	Entries(ctx context.Context, account string, outcome Outcome, after SourceID, limit int) ([]LedgerEntry, error)

	// Outcomes counts the records of an account; an outcome without records is absent.
	Outcomes(ctx context.Context, account string) (map[Outcome]int, error)
}
