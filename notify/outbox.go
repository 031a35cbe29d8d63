package notify

import (
	"context"
	"time"
)

// State is where a notification stands.
type State string

// The states of a notification.
const (
	Pending   State = "pending"   // waiting for delivery, or for the next try
	Delivered State = "delivered" // the Notifier returned nil
	Dead      State = "dead"      // given up; the error is kept
)

// Entry is a notification in the outbox.
type Entry struct {
	Notification
	State     State
	Attempts  int       // calls of the Notifier so far
	NextTry   time.Time // not before; the zero time means at once
	LastError string    // "" when the last attempt succeeded or there was none
}

// Outbox keeps notifications until they are delivered, and afterwards as their
// record. Implementations are safe for concurrent use.
type Outbox interface {
	// Add appends notifications in order. One whose ID is there already is
	// left as it is. Inside a transaction they become visible with it.
	Add(ctx context.Context, ns []Notification) error

	// Due returns up to limit pending entries in the order in which they were
	// added, leaving out every manager whose oldest pending entry has its
	// NextTry after now: later news do not overtake it. A NextTry more than 25
	// hours off does not count: the clock was set back.
	Due(ctx context.Context, now time.Time, limit int) ([]Entry, error)

	// Update stores State, Attempts, NextTry and LastError of entries, by ID.
	// An ID that is not there is ignored. An entry that is Delivered is left as
	// it is, whatever Update says: a dispatcher that has lost its lease may be
	// late.
	Update(ctx context.Context, entries []Entry) error

	// Notifications returns up to limit entries after the given ID ("" for the
	// start): delivered ones in the order of delivery, then the others in the
	// order in which they were added.
	Notifications(ctx context.Context, after string, limit int) ([]Entry, error)
}
