package assign

import (
	"context"
	"time"
)

// Stage says how far the assignment of a customer to a manager has come.
type Stage string

// The stages. A customer whose stage is StageWaiting or StageClaimed is
// pending.
const (
	StageUnassigned Stage = "unassigned" // created by an account without a group of managers
	StageWaiting    Stage = "waiting"    // waits for a manager of the group
	StageClaimed    Stage = "claimed"    // a turn is claimed, but the manager is not yet attached
	StageAssigned   Stage = "assigned"   // has a manager; the notifications are in the outbox
)

// Pending reports whether a customer at this stage is in the queue for a
// manager.
func (s Stage) Pending() bool { return s == StageWaiting || s == StageClaimed }

// Assignment describes how far the assignment of one customer has come. A
// customer has one if an account created the record, or if Account.AssignExisting of
// package inbound applied to the customer.
type Assignment struct {
	CustomerID string // never empty
	Shop       string
	Address    string // in the form that customer.Normalize returns
	AccountID  string // the account that received the customer's email
	Group      string // the group of managers; "" if the account had none
	EmailID    string // the email that caused the assignment; it may have been erased since
	Stage      Stage  // never empty

	// ManagerID is the manager whose turn was claimed (StageClaimed) or who has
	// the customer (StageAssigned). It is "" at the other stages.
	ManagerID string
	// Round is 0 for the customer's first assignment. It grows by 1 each time the
	// customer has to be assigned again because the host removed the manager.
	Round int
	// NotifySince says of which emails the manager is notified: of those uploaded
	// at that time or later. The zero time means all.
	NotifySince time.Time
	// Since is when the customer began to wait or, at StageAssigned, when the
	// manager was recorded.
	Since time.Time

	Attempts  int       // failed attempts to attach a manager since the last success
	NextTry   time.Time // no attempt is made before; the zero time means now
	LastError string    // the error of the last attempt; "" if it did not fail
}

// PendingGroup identifies the pending customers of one account in one group.
type PendingGroup struct{ AccountID, Group string }

// Assignments stores one assignment for each customer, and a queue of the pending
// ones. There is one queue for all groups: a customer who is moved to a different
// group keeps their position. Implementations must be safe for concurrent use.
// Each call is atomic. If ctx carries a transaction, the changes become visible
// and durable when it commits, and are undone when it rolls back.
type Assignments interface {
	// Assignments returns the assignments of these customers (at most 1000),
	// by customer ID. A customer without an assignment is absent from the map. If ctx
	// carries a transaction, a different one that asks for assignments waits until it
	// ends.
	Assignments(ctx context.Context, customerIDs []string) (map[string]Assignment, error)

	// SetAssignments writes any number of assignments. Each of them replaces every
	// field of the customer's former assignment. A customer who was pending and still
	// is keeps their position in the queue. One who becomes pending is appended to the
	// queue, and one who is no longer pending is removed from it. Writing the same
	// assignments again changes nothing. If a customer occurs several times, the
	// assignments are written one after the other, and the last one remains.
	SetAssignments(ctx context.Context, assignments []Assignment) error

	// RemoveAssignments removes the assignments of any number of customers. A customer
	// without an assignment is not an error.
	RemoveAssignments(ctx context.Context, customerIDs []string) error

	// Queued returns up to limit pending assignments of a group, of all
	// accounts. Those without a NextTry come first, then those with an earlier
	// NextTry; those with the same NextTry are in the order of the queue. Queued
	// does not compare NextTry with the clock. If the group has no pending
	// assignments, the result is empty.
	Queued(ctx context.Context, group string, limit int) ([]Assignment, error)

	// PendingGroups returns every combination of account and group that has
	// pending assignments, each once, in ascending order of account and, within
	// an account, of group. Both are compared byte by byte.
	PendingGroups(ctx context.Context) ([]PendingGroup, error)

	// Regroup moves the pending assignments of one account and group to a
	// different group. They keep their positions in the queue and all their
	// other fields. If there are none, Regroup does nothing.
	Regroup(ctx context.Context, from PendingGroup, group string) error
}
