package inbound

import (
	"context"
	"time"
)

// FolderState is what is remembered of one folder.
type FolderState struct {
	// Mailbox is that which all other fields are about: lower-case "user at host", or
	// "user at host:port" with an unusual port.
	Mailbox      string
	Generation   string // in which the positions and the token are valid
	Position     uint64 // every message up to this Position that was listed has a record, unless it is in History
	NextPosition uint64 // the highest one seen; a lower one means that the server was restored
	Token        string // where the next listing of changes begins; "" where there is none
	// With Start.Now: messages with a Position below StartPosition were there when the
	// account was connected. From StartPosition on and below StartGap, the time of
	// arrival decides; all others are new.
	StartPosition, StartGap uint64
	StartedAt               time.Time // when the folder of this Mailbox was first listed; zero: never
	ComparedAt              time.Time // when all of it was last listed, not only what is new
	// Baseline, with Start.Now, is true when the messages that were there when the
	// account was connected have records with LedgerEntry.Baseline in this generation.
	Baseline bool
	// Start is the time from which mail counted in the last pass (Start.Since, or for
	// Start.Now the first connection); zero: all mail. StartMovedAt is when it was last
	// moved back: mail that was left out before then is looked at again when it is
	// listed.
	Start, StartMovedAt time.Time
	// History is what the initial upload still has to do. The zero value is nothing.
	History History
}

// History is the part of a folder that was there when it was first listed in its
// Generation, and that the initial upload has not come to so far. All else is new mail.
type History struct {
	// After and Before bound the Positions: those between them, without the two, are of the
	// history. Oldest first raises After, newest first lowers Before.
	After, Before uint64
	// Last is the Key of the last message of the history where messages have no Position
	// and the server numbers them in each session (POP3); "" where they have one, and at
	// the end of the initial upload.
	Last string
	// Messages is how many are left. Bytes is how large they are together; -1 is unknown.
	Messages int
	Bytes    int64
}

// isLeft reports that there are Positions between After and Before.
func (h History) isLeft() bool { return h.Before > 0 && h.Before-1 > h.After }

// isOver reports that nothing is left, whether messages have Positions or not.
func (h History) isOver() bool { return !h.isLeft() && h.Last == "" }

// has reports a Position of the history.
func (h History) has(position uint64) bool { return position > h.After && position < h.Before }

// AccountState is what is remembered of one account besides its health.
type AccountState struct {
	StartedAt time.Time // when the account was first connected; zero: never
}

// Progress keeps how far accounts have come, and how they are doing.
type Progress interface {
	// FolderState returns the state of a folder; the zero value when there is none.
	FolderState(ctx context.Context, account, folder string) (FolderState, error)
	// SetFolderState replaces it.
	SetFolderState(ctx context.Context, account, folder string, s FolderState) error

	// AccountState returns the state of an account; the zero value when there
	// is none.
	AccountState(ctx context.Context, account string) (AccountState, error)
	// SetAccountState replaces it.
	SetAccountState(ctx context.Context, account string, s AccountState) error

	// Usage returns how much was read of an account's mailbox lately; the zero value when
	// there is nothing. Its slice belongs to the caller.
	Usage(ctx context.Context, account string) (Usage, error)
	// SetUsage replaces it. It keeps no part of u.
	SetUsage(ctx context.Context, account string, u Usage) error

	// Health returns the health of an account; the zero value when there is none.
	Health(ctx context.Context, account string) (Health, error)
	// SetHealth replaces it.
	SetHealth(ctx context.Context, account string, h Health) error
}

// Intents are notes of customers who are about to be created. A creation that was
// cut off is recognized by its note, and finished.
type Intents interface {
	// IntendCustomers notes that customers for these addresses of a shop (at most 1000)
	// are about to be created by an account, which is not "". Noting again changes
	// nothing. A creation that was cut off is recognized by the note, and finished.
	IntendCustomers(ctx context.Context, account, shop string, addresses []string) error
	// IntendedCustomers returns which of these addresses (at most 1000) an account has
	// noted; account "" means any account. An address that is not noted is absent from
	// the map.
	IntendedCustomers(ctx context.Context, account, shop string, addresses []string) (map[string]bool, error)
	// IntendedElsewhere is IntendedCustomers of any account but this one.
	IntendedElsewhere(ctx context.Context, account, shop string, addresses []string) (map[string]bool, error)
	// FinishCustomers removes an account's notes of these addresses (at most 1000); one
	// that is not there is not an error. Account "" means the notes of every account.
	FinishCustomers(ctx context.Context, account, shop string, addresses []string) error
}
