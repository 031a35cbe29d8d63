package notify

import (
	"context"
	"time"
)

// Holder is the part of an outbox that holds notifications back until it is known how
// many of them a manager would get: those that stem from the initial upload of an account.
// They are then released one by one, or told by one digest. Implementations must be safe
// for concurrent use. Each call is atomic. If ctx carries a transaction, the changes become
// visible when it commits.
type Holder interface {
	// Hold appends any number of notifications as Outbox.Add does, but in the state Held:
	// they are not due, and not listed. If the outbox already has the ID of a
	// notification, in any state, that entry is left unchanged.
	Hold(ctx context.Context, ns []Notification) error

	// Backlogs returns a Backlog for each combination of account and manager that has Held
	// notifications, in ascending order of account and, within an account, of manager. Both
	// are compared byte by byte. It is called often, and reads little if nothing is Held.
	Backlogs(ctx context.Context) ([]Backlog, error)

	// ReleaseHeld makes the first n Held notifications of an account and manager Pending,
	// or all if there are fewer. Among the notifications of the outbox, each of them has
	// the place at which Hold added it.
	ReleaseHeld(ctx context.Context, accountID, managerID string, n int) error

	// DigestHeld makes all Held notifications of digest.AccountID and digest.ManagerID
	// Digested, and adds digest, with Emails and Customers set to what they were about:
	// Emails is the number of those of the kind IncomingEmail, Customers that of different
	// customers. If nothing is Held, it adds nothing.
	DigestHeld(ctx context.Context, digest Notification) error
}

// Backlog is what is held back for one manager of what one account has uploaded.
type Backlog struct {
	AccountID, ManagerID string
	Shop                 string    // of the first Held notification
	Held                 int       // notifications that are Held
	Since                time.Time // the earliest At of them
	Settled              int       // notifications that were Held and no longer are
	LastDigest           time.Time // At of the last InitialDigest; zero: none
}
