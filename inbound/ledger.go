package inbound

import (
	"context"
	"fmt"
	"hash/crc32"
	"time"
)

// Outcome is what became of a message on the server.
type Outcome string

// The outcomes. Only Failed is retried automatically; what is Ignored because it is
// marked on the server (Ref.Mark) is looked at again while it is there.
const (
	Uploaded    Outcome = "uploaded"    // bound to a customer and kept
	Duplicate   Outcome = "duplicate"   // the same message was uploaded before
	Unmatched   Outcome = "unmatched"   // no customer has the address, and none is created; not uploaded
	Ignored     Outcome = "ignored"     // own mail, from before the start, or marked as deleted or a draft
	Quarantined Outcome = "quarantined" // no sender's address could be read, or committing failed too often; bytes kept
	Vanished    Outcome = "vanished"    // gone from the server before it could be read
	Failed      Outcome = "failed"      // will be tried again
)

// Outcomes lists every outcome, in display order.
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

// LedgerEntry is the record of one message that a pass has examined.
type LedgerEntry struct {
	SourceID
	Position uint64 // of the message, as listed; 0 where there is none
	Outcome  Outcome
	Reason   string // in words
	// From is the author's address as read, or as customer.Display shows it if
	// customer.Normalize refuses it; "" when the header was not read; see Syncer.SenderOf.
	From string
	// ReplyTo is the first address in Reply-To that is not the company's own, normalized, or
	// else one that is refused, as From has it; "": none.
	ReplyTo string
	Subject string
	// Fingerprint is that of an Unmatched message, as in Email: if an email of it is uploaded
	// by another account of the shop, the message is looked at again.
	Fingerprint string
	Size        int64 // bytes
	ListedSize  int64 // the size that the server listed; a different one under the same ID is a different message
	// EmailID is that of the email that was uploaded, or that this is a duplicate of, or
	// the key of bytes that were kept without an email. Of a Failed
	// message of which fewer bytes came than the server lists, it identifies these bytes.
	// Else it is "".
	EmailID     string
	Extent      Extent    // how much of the message was read
	BeforeStart bool      // Ignored because it is before the account's start; looked at again when the start moves back
	Baseline    bool      // it was there when the account was connected, with Start.Now
	Unmarked    bool      // uploaded, and still to be marked \Seen on the server
	Keep        bool      // true: never deleted from the server, although uploaded (it is not whole)
	Deleted     bool      // no longer on the server: removed by us, or its ID is no longer valid (new UIDVALIDITY)
	Attempts    int       // failed tries so far
	NextTry     time.Time // when the message is looked at again; zero: not without a reason
	At          time.Time // when the outcome was recorded
}

// ref returns the message as it was listed.
func (e LedgerEntry) ref() Ref {
	return Ref{SourceID: e.SourceID, Position: e.Position, Size: e.ListedSize}
}

// String returns what became of which message, for logs: "4711 failed: timeout".
func (e LedgerEntry) String() string {
	return fmt.Sprintf("%s %s: %s", e.SourceID, e.Outcome, e.Reason)
}

// Ledger has one record for every message on a server that a pass has examined.
type Ledger interface {
	// Lookup returns the records of these messages (at most 1000); one without a
	// record is absent from the map.
	Lookup(ctx context.Context, account string, ids []SourceID) (map[SourceID]LedgerEntry, error)

	// Record writes records (at most 1000), replacing those of the same ID.
	Record(ctx context.Context, account string, entries []LedgerEntry) error

	// DueForRetry returns up to limit records of a folder and generation, except Ignored ones,
	// that have a NextTry which is not after now, in the order of SourceID.Compare; also those whose
	// NextTry is so far off that the clock must have been set back (more than
	// 25 hours; no pause is longer than a day).
	DueForRetry(ctx context.Context, account, folder, generation string, now time.Time,
		limit int) ([]LedgerEntry, error)

	// Withheld returns up to limit records of a folder and generation that are Ignored,
	// have a NextTry, and are due like those of DueForRetry, in the order of
	// SourceID.Compare. Every pass calls it: it does not read what is Ignored for ever.
	Withheld(ctx context.Context, account, folder, generation string, now time.Time,
		limit int) ([]LedgerEntry, error)

	// Deletable returns up to limit records of a folder and generation that are
	// Uploaded or Duplicate, not Keep and not Deleted, and recorded no later
	// than until, in the order of SourceID.Compare, beginning after the given
	// one (the zero value for the first).
	Deletable(ctx context.Context, account, folder, generation string, until time.Time,
		after SourceID, limit int) ([]LedgerEntry, error)

	// Unmarked returns up to limit records of a folder and generation that are Unmarked
	// and not Deleted, in the order of SourceID.Compare. Recording an entry with
	// Unmarked false takes it off this list.
	Unmarked(ctx context.Context, account, folder, generation string, limit int) ([]LedgerEntry, error)

	// MarkDeleted sets Deleted on the records of these messages (at most 1000); one
	// without a record is ignored.
	MarkDeleted(ctx context.Context, account string, ids []SourceID) error

	// Reconsider sets NextTry of the Unmatched records of these accounts that have one of
	// these fingerprints (at most 1000) and are not Deleted.
	Reconsider(ctx context.Context, accounts, fingerprints []string, at time.Time) error

	// Entries returns up to limit records of an account after the given ID, which need
	// not have a record, in the order of SourceID.Compare; outcome "" means any.
	Entries(ctx context.Context, account string, outcome Outcome, after SourceID, limit int) ([]LedgerEntry, error)

	// Outcomes counts the records of an account; an outcome without records is absent.
	Outcomes(ctx context.Context, account string) (map[Outcome]int, error)
}

// over returns the records to record when this one replaces another. A message that was
// not uploaded, and whose bytes were kept, may have given its ID to a different one:
// these bytes may be the only copy, so its record goes on under an ID that no server
// gives.
func (e LedgerEntry) over(before LedgerEntry) []LedgerEntry {
	if !before.keepsBytes() || before.EmailID == e.EmailID {
		return []LedgerEntry{e}
	}
	before.Deleted = true
	before.Occurrence = displacedFrom + int(crc32.ChecksumIEEE([]byte(before.EmailID))>>2)
	return []LedgerEntry{e, before}
}

// displacedFrom is the first Occurrence of records that have lost their ID.
const displacedFrom = 1 << 30

func (e LedgerEntry) isDisplaced() bool { return e.Occurrence >= displacedFrom }

// isPart reports that only the beginning of a message was read.
func (e Extent) isPart() bool { return e == ExtentTooLarge || e == ExtentCut }

// isAbout reports whether the record of an ID is about the message that is listed
// under it, as far as the listing tells. Else the ID was reused: by POP3 when a message is
// gone, by a server that was restored, or in a different mailbox.
func (e LedgerEntry) isAbout(ref Ref) bool {
	return !e.isVoid() && (ref.Size == 0 || e.ListedSize == 0 || ref.Size == e.ListedSize)
}

// isVoid reports a record whose ID may be another message's by now.
func (e LedgerEntry) isVoid() bool { return e.Deleted && e.At.IsZero() }

// entry returns a record of the message without anything that was read of it.
func (r Ref) entry(outcome Outcome, reason string, at time.Time) LedgerEntry {
	return LedgerEntry{SourceID: r.SourceID, Position: r.Position, Outcome: outcome, Reason: reason,
		Size: r.Size, ListedSize: r.Size, At: at}
}

// keepsBytes reports a message that was not uploaded, and whose bytes the store has.
func (e LedgerEntry) keepsBytes() bool {
	return e.EmailID != "" && (e.Outcome == Quarantined || e.Outcome == Unmatched || e.Outcome == Ignored)
}

// awaitsReading reports a message that was read once, was shorter than the server lists
// it, and is to be read again on a new connection.
func (e LedgerEntry) awaitsReading() bool {
	return e.Outcome == Failed && e.EmailID != "" && e.Attempts == 1
}

// isUploaded reports a message whose bytes are an email's.
func (e LedgerEntry) isUploaded() bool { return e.Outcome == Uploaded || e.Outcome == Duplicate }
