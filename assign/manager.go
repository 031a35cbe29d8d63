package assign

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotFound reports a manager who is not in the directory.
var ErrNotFound = errors.New("assign: manager not found")

// Manager is an employee who serves customers.
type Manager struct {
	ID     string // the host's identifier; never empty
	Name   string // the display name
	Email  string // the address for notifications by email; may be ""
	Status Status
}

// Status says whether a manager is available for new customers.
type Status int

// The statuses. The zero value is Offline, so that a directory that has no status
// for a manager does not report them as available.
const (
	Offline Status = iota // not logged in
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

// ParseStatus returns the status whose String is name.
func ParseStatus(name string) (Status, error) {
	for i, n := range statusNames {
		if n == name {
			return Status(i), nil
		}
	}
	return Offline, fmt.Errorf("assign: unknown status %q; want one of %q", name, statusNames)
}

// ManagerDirectory is the host's directory of managers and their groups.
// Implementations must be safe for concurrent use. The context of a call by the SDK
// ends after 15 seconds at the latest. If the call fails, or returns a manager without
// an ID, customers wait.
type ManagerDirectory interface {
	// Group returns the active members of group with their current status. The
	// order must be the same in each call: it decides between managers who never
	// had a turn. For a group that is unknown or empty, the result is empty and
	// the error is nil. The caller owns the returned slice.
	Group(ctx context.Context, group string) ([]Manager, error)

	// Manager returns a manager, who may be deactivated. An unknown manager is
	// ErrNotFound. The SDK does not call it; it is for a host's Notifier.
	Manager(ctx context.Context, id string) (Manager, error)
}
