package assign

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotFound reports a manager that the directory does not have.
var ErrNotFound = errors.New("assign: manager not found")

// Manager is an employee who serves customers.
type Manager struct {
	ID     string // the host's identifier; never empty
	Name   string
	Email  string // where notifications by email go; may be ""
	Status Status
}

// Status says whether a manager is available for new customers.
type Status int

// The statuses. The zero value is Offline, so that a directory that does not
// know leaves nobody marked as available by accident.
const (
	Offline Status = iota // not signed in
	Free
	Lunch
	Busy
	Break
)

var statusNames = [...]string{Offline: "offline", Free: "free", Lunch: "lunch", Busy: "busy", Break: "break"}

// String returns the lower-case name, such as "free".
func (s Status) String() string {
	if s < 0 || int(s) >= len(statusNames) {
		return fmt.Sprintf("Status(%d)", int(s))
	}
	return statusNames[s]
}

// ParseStatus reads what String writes.
func ParseStatus(name string) (Status, error) {
	for i, n := range statusNames {
		if n == name {
			return Status(i), nil
		}
	}
	return Offline, fmt.Errorf("assign: unknown status %q; want one of %q", name, statusNames)
}

// ManagerDirectory is the host's users. Implementations are safe for concurrent
// use.
type ManagerDirectory interface {
	// Group returns the active members of group with their status now, in an
	// order that stays the same from call to call: it breaks the tie between
	// managers who never had a turn. A group that is unknown or empty is an
	// empty result, not an error. The caller owns the slice.
	Group(ctx context.Context, group string) ([]Manager, error)

	// Manager returns one manager, also a deactivated one, or ErrNotFound.
	Manager(ctx context.Context, id string) (Manager, error)
}
