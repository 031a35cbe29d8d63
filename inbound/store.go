package inbound

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// Store is the memory of the SDK. Implementations are safe for concurrent use;
// package inboundtest has the tests that they must pass.
type Store interface {
	// Atomic calls fn with a context that carries a transaction: what fn does
	// through the Store with that context becomes visible and durable together
	// when fn returns nil, and not at all when it returns an error or panics.
	// When Atomic returns nil, the work has survived a crash. Atomic within
	// Atomic joins the outer one. Methods called without it are each atomic.
	Atomic(ctx context.Context, fn func(ctx context.Context) error) error

	Ledger
	Emails
	Accounts
	Leases
	assign.Turns
	assign.Assignments
	notify.Outbox
}

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

// LedgerEntry is the row of one message that was ever looked at.
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

// String returns what became of which message, for logs: "4711 failed: timeout".
func (e LedgerEntry) String() string {
	return fmt.Sprintf("%s %s: %s", e.SourceID, e.Outcome, e.Reason)
}

// Ledger has one row for every message on a server that was ever looked at.
type Ledger interface {
	// Lookup returns the rows of these messages (at most 1000); one without a
	// row is absent from the map.
	Lookup(ctx context.Context, account string, ids []SourceID) (map[SourceID]LedgerEntry, error)

	// Record writes rows, replacing those of the same ID.
	Record(ctx context.Context, account string, entries []LedgerEntry) error

	// Retry returns up to limit Failed rows of a folder and generation whose
	// NextTry is not after now, in ascending order of ID; also those whose
	// NextTry is so far off that the clock must have been set back (more than
	// 25 hours; no pause is longer than a day).
	Retry(ctx context.Context, account, folder string, generation string, now time.Time, limit int) ([]LedgerEntry, error)

	// Deletable returns up to limit rows of a folder and generation that are
	// Uploaded or Duplicate, not Keep and not Deleted, and recorded no later
	// than until, in ascending order of ID, beginning after the given one (the
	// zero ID for the first).
	Deletable(ctx context.Context, account, folder string, generation string, until time.Time, after SourceID, limit int) ([]LedgerEntry, error)

	// Unmarked returns up to limit rows of a folder and generation that are
	// Unmarked and not Deleted, in ascending order of ID. None is an empty
	// result. Record with Unmarked false takes a row off.
	Unmarked(ctx context.Context, account, folder string, generation string, limit int) ([]LedgerEntry, error)

	// MarkDeleted sets Deleted on these rows; one without a row is ignored.
	MarkDeleted(ctx context.Context, account string, ids []SourceID) error

	// Entries returns up to limit rows of an account after the given ID, in
	// ascending order of ID; outcome "" means any.
	Entries(ctx context.Context, account string, outcome Outcome, after SourceID, limit int) ([]LedgerEntry, error)

	// Outcomes counts the rows of an account; an outcome without rows is absent.
	Outcomes(ctx context.Context, account string) (map[Outcome]int, error)
}

// Email is a message that was uploaded and bound to a customer.
type Email struct {
	ID          string // the same for the same bytes in the same account
	AccountID   string
	Shop        string
	SourceID    SourceID // where it was on the server
	CustomerID  string
	ManagerID   string // attached to the customer when the email came; "" if nobody
	MessageID   string // with its angle brackets; "" when there is none
	InReplyTo   string
	References  []string
	From        string // address, as customer.Normalize gives it
	FromName    string
	Subject     string
	Date        time.Time
	Class       email.Class
	Verified    bool // the provider's own authentication results say that DMARC passed
	Size        int64
	SHA256      string // of the raw bytes, in hex
	Truncated   bool   // larger than the limit: only the beginning is kept
	Notify      bool   // its account tells the customer's manager about each incoming email
	Attachments []email.Attachment
	Warnings    []string
	UploadedAt  time.Time
}

// Raw is the bytes of a message.
type Raw interface {
	io.ReaderAt
	Size() int64
}

// NewEmail is an email to add. The Store reads Raw during the call only.
type NewEmail struct {
	Email
	Raw Raw
}

// EmailFilter narrows Emails.ListEmails. The zero value is everything.
type EmailFilter struct {
	AccountID  string
	CustomerID string
}

// Emails keeps what was uploaded, with its raw bytes.
type Emails interface {
	// AddEmails adds emails with their bytes, byte for byte. One whose ID is
	// there already is left as it is. Bytes that KeepRaw kept under the ID of
	// an email that is added are replaced by the email's.
	AddEmails(ctx context.Context, emails []NewEmail) error

	// SetManager sets ManagerID of those of a customer's emails that have
	// none; the others stay as they are. A customer without emails is not an
	// error.
	SetManager(ctx context.Context, customerID, managerID string) error

	// KeepRaw keeps bytes without an email, for what is quarantined; OpenRaw
	// returns them by the same key. A key that is there already, or that is an
	// email's, is left as it is.
	KeepRaw(ctx context.Context, key string, raw Raw) error

	// HaveEmails tells which of these IDs (at most 1000) are there.
	HaveEmails(ctx context.Context, ids []string) (map[string]bool, error)

	// Email returns one email, or ErrNotFound.
	Email(ctx context.Context, id string) (Email, error)

	// OpenRaw streams the raw bytes of an email, or what KeepRaw kept, or
	// returns ErrNotFound. The caller closes the reader. Memory does not grow
	// with the email.
	OpenRaw(ctx context.Context, id string) (io.ReadCloser, error)

	// ListEmails returns up to limit emails in the order of upload, after the
	// given ID ("" for the start).
	ListEmails(ctx context.Context, filter EmailFilter, after string, limit int) ([]Email, error)

	// CountEmails counts what ListEmails would return without a limit.
	CountEmails(ctx context.Context, filter EmailFilter) (int, error)
}

// FolderState is what is remembered of one folder.
type FolderState struct {
	Mailbox      string // whose folder the rest belongs to: "user at host"
	Generation   string // that the rest belongs to
	Position     uint64 // every message up to this Position that was listed has a record
	NextPosition uint64 // the highest one seen; a lower one tells that the server was restored from a backup
	Token        string // where the next listing of changes begins; "" where there is none
	// With Start.Now: messages before StartPosition were there before. Those from
	// there on up to StartGap may have been there before, too: time tells.
	StartPosition, StartGap uint64
	StartedAt               time.Time // when the folder was first listed; zero: never
	ComparedAt              time.Time // when all of it was last listed, not only what is new
	// Baseline, with Start.Now: what was there when the account was connected is
	// known by its identity in this generation.
	Baseline bool
	// Start is the account's start by which mail was left out last; zero: none was.
	// StartMovedAt is when it was last moved back: what was left out before then is
	// looked at again when it is listed.
	Start, StartMovedAt time.Time
}

// AccountState is what is remembered of one account beside its health.
type AccountState struct {
	StartedAt time.Time // when the account was first connected; zero: never
}

// Health is how an account is doing.
type Health struct {
	State       HealthState
	LastSuccess time.Time // end of the last pass that went through; zero: none
	LastError   string    // "" after success
	Hint        string    // what to do about LastError
	Failures    int       // passes that failed since the last success
	// Initial upload: messages settled so far, of those there when it began.
	InitialDone, InitialTotal int
	InitialComplete           bool
}

// HealthState is a word for how an account is doing.
type HealthState string

// The states of an account. The zero value means that no pass has ended yet.
const (
	HealthNew      HealthState = ""
	HealthOK       HealthState = "ok"
	HealthDegraded HealthState = "degraded"     // mail is collected; a folder, a deletion or marking fails
	HealthRetrying HealthState = "retrying"     // trouble that heals by itself
	HealthBlocked  HealthState = "needs_action" // somebody has to change something
	HealthInactive HealthState = "inactive"     // switched off
)

// Accounts keeps the progress and health of accounts.
type Accounts interface {
	// FolderState returns the state of a folder; the zero value when there is none.
	FolderState(ctx context.Context, account, folder string) (FolderState, error)
	// SetFolderState replaces it.
	SetFolderState(ctx context.Context, account, folder string, s FolderState) error

	// AccountState returns the state of an account; the zero value when there
	// is none.
	AccountState(ctx context.Context, account string) (AccountState, error)
	// SetAccountState replaces it.
	SetAccountState(ctx context.Context, account string, s AccountState) error

	// Health returns the health of an account; the zero value when there is none.
	Health(ctx context.Context, account string) (Health, error)
	// SetHealth replaces it.
	SetHealth(ctx context.Context, account string, h Health) error

	// IntendCustomers notes that customers for these addresses of a shop are
	// about to be created by an account, which is not "". Noting again changes
	// nothing. A creation that was cut off is recognized by the note, and
	// finished.
	IntendCustomers(ctx context.Context, account, shop string, addresses []string) error
	// IntendedCustomers returns which of these addresses (at most 1000) an
	// account has noted; account "" means any account.
	IntendedCustomers(ctx context.Context, account, shop string, addresses []string) (map[string]bool, error)
	// FinishCustomers removes an account's notes; one that is not there is not
	// an error. Account "" means the notes of every account.
	FinishCustomers(ctx context.Context, account, shop string, addresses []string) error
}

// Leases let one process at a time do a thing.
type Leases interface {
	// Acquire takes the lease called name for owner until ttl from now, and
	// returns its fencing token, which grows with each change of hands. An
	// owner who has it already gets the same token and a new ttl. Somebody
	// else's unexpired lease is ErrBusy, unless it was taken more than ten
	// minutes from now: then the clock was set back, and the lease might not
	// end for a long time. A lease taken less far in the future is a live one:
	// the clocks of two machines may differ by minutes.
	Acquire(ctx context.Context, name, owner string, ttl time.Duration) (token uint64, err error)

	// Confirm returns ErrLeaseLost unless token is the lease's latest. Within
	// Atomic, nobody else can acquire the lease before the transaction ends.
	Confirm(ctx context.Context, name string, token uint64) error

	// Release gives the lease up; without having it, nothing happens.
	Release(ctx context.Context, name, owner string) error
}
