package notify

import (
	"context"
	"time"
)

// State is the state of a notification in the outbox.
type State string

// The states of a notification.
const (
	Pending   State = "pending"   // waits for its delivery or for the next attempt
	Delivered State = "delivered" // the Notifier returned nil
	Dead      State = "dead"      // is not tried again; LastError has the reason
	Held      State = "held"      // is held back: see Holder
	Digested  State = "digested"  // was Held, and an InitialDigest stands for it
)

// Entry is a notification in the outbox.
type Entry struct {
	Notification
	State     State
	Attempts  int       // calls of the Notifier so far
	NextTry   time.Time // no attempt is made before; the zero time means now
	LastError string    // the error of the last attempt; "" if it did not fail
}

// Outbox stores notifications until they are delivered, and keeps them
// afterwards as a record. Implementations must be safe for concurrent use.
type Outbox interface {
	// Add appends any number of notifications in their order. If the outbox already has
	// the ID of a notification, that entry is left unchanged. If ctx carries a
	// transaction, the entries become visible when it commits.
	Add(ctx context.Context, ns []Notification) error

	// Due returns up to limit pending entries in the order in which they were
	// added. It omits all entries of a manager whose oldest pending entry has a
	// NextTry after now, so that later notifications do not overtake it. A
	// NextTry more than 25 hours after now is ignored: no pause is that long, so
	// the clock must have been set back.
	Due(ctx context.Context, now time.Time, limit int) ([]Entry, error)

	// Update stores State, Attempts, NextTry and LastError of entries, by ID.
	// It ignores an ID that is not in the outbox. It leaves an entry unchanged that
	// is Delivered, since a dispatcher that lost its lease may call Update late, or
	// that is Held or Digested.
	Update(ctx context.Context, entries []Entry) error

	// Notifications returns up to limit entries after the given ID ("" means from the
	// start): first the delivered entries in the order of delivery, then the others in
	// the order in which they were added. It omits those that are Held or Digested. An ID
	// that is not in the outbox is an error that wraps inbound.ErrNotFound.
	Notifications(ctx context.Context, after string, limit int) ([]Entry, error)

	// Undelivered returns how many entries are Pending and how many are Dead. Its cost
	// does not grow with the entries that are Delivered.
	Undelivered(ctx context.Context) (pending, dead int, err error)
}
