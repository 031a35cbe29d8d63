package assign

import (
	"context"
	"time"
)

// Stage is how far a customer has come on the way to a manager.
type Stage string

// The stages. A customer whose stage is StageWaiting or StageClaimed is
// pending.
const (
	StageUnassigned Stage = "unassigned" // created by an account without a group of managers
	StageWaiting    Stage = "waiting"    // waits for a manager of the group
	StageClaimed    Stage = "claimed"    // a manager's turn is claimed; not yet attached in the customer repository
	StageAssigned   Stage = "assigned"   // has a manager, who was notified
)

// Pending reports whether a customer at this stage is in the queue for a
// manager.
func (s Stage) Pending() bool { return s == StageWaiting || s == StageClaimed }

// Assignment is what is remembered of a customer whom an account has created
// or wants a manager for.
type Assignment struct {
	CustomerID string // never empty
	Shop       string
	Address    string    // as customer.Normalize gives it
	AccountID  string    // the account through which the customer came
	Group      string    // of managers; "" when the account had none
	EmailID    string    // the email that made the customer known; it may have been erased since
	Stage      Stage     // never empty
	ManagerID  string    // StageClaimed: whose turn was claimed; StageAssigned: who has the customer; else ""
	Round      int       // how often the customer had a manager before and lost them; 0 the first time
	NewsSince  time.Time // the manager is notified of messages uploaded since then; the zero time means of all
	Since      time.Time // when the customer began to wait; StageAssigned: when the manager was recorded
	Attempts   int       // failed attempts to attach a manager since the last success
	NextTry    time.Time // not before; the zero time means now
	LastError  string    // of the last failed attempt; "" when there was none
}

// PendingGroup names customers who wait: those of an account in a group.
type PendingGroup struct{ AccountID, Group string }

// Assignments keeps one assignment for each customer, and the pending ones in
// a queue. The queue is one for all groups: a customer who is moved to
// another group keeps the place. Implementations are safe for concurrent use.
// Each call is atomic; inside a transaction its changes become visible and
// durable with the transaction, and are undone with it.
type Assignments interface {
	// Assignments returns the assignments of these customers (at most 1000),
	// by customer ID. A customer without one is absent from the map.
	Assignments(ctx context.Context, customerIDs []string) (map[string]Assignment, error)

	// SetAssignments writes assignments, replacing those of the same
	// customers in every field. A customer who was pending and still is keeps
	// the place in the queue; one who was not pending is put at its end; one
	// who is not pending anymore leaves it. Writing the same assignments again
	// changes nothing. Several assignments of one customer are written one
	// after another, so the last one stays.
	SetAssignments(ctx context.Context, assignments []Assignment) error

	// RemoveAssignments removes the assignments of these customers; one that
	// is not there is not an error.
	RemoveAssignments(ctx context.Context, customerIDs []string) error

	// Queued returns up to limit pending assignments of a group, whatever
	// their account: those without a NextTry first, then by NextTry, and those
	// with the same NextTry in the order of the queue. It does not compare
	// NextTry with the clock. None is an empty result.
	Queued(ctx context.Context, group string, limit int) ([]Assignment, error)

	// PendingGroups returns every combination of account and group that has
	// pending assignments, each once, in ascending order of account and, within
	// an account, of group, compared byte by byte.
	PendingGroups(ctx context.Context) ([]PendingGroup, error)

	// Regroup moves the pending assignments of one account and group to
	// another group. They keep their places in the queue and all their other
	// fields. None is not an error.
	Regroup(ctx context.Context, from PendingGroup, group string) error
}
