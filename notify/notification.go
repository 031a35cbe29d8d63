package notify

import (
	"context"
	"errors"
	"time"
)

// ErrPermanent marks a failure that repeating cannot heal, such as a manager
// without an address. A Notifier wraps it; the notification is dead at once.
var ErrPermanent = errors.New("notify: permanent failure")

// Kind says what a notification is about.
type Kind string

// The kinds of notifications.
const (
	CustomerAssigned Kind = "customer_assigned" // a new customer now belongs to the manager
	IncomingEmail    Kind = "incoming_email"    // a customer of the manager has written
)

// Notification is one thing to tell one manager.
type Notification struct {
	ID         string    `json:"id"` // idempotency key: the same for the same event, however often it is told
	Kind       Kind      `json:"kind"`
	AccountID  string    `json:"account"`
	Shop       string    `json:"shop"`
	ManagerID  string    `json:"manager"`
	CustomerID string    `json:"customer"`
	EmailID    string    `json:"email"`
	From       string    `json:"from"`    // the sender's address
	Subject    string    `json:"subject"` // decoded, without control characters
	At         time.Time `json:"at"`
}

// As returns the notification as one of the given kind, with the ID that this
// event has: a customer is assigned once, an email comes in once.
func (n Notification) As(kind Kind) Notification {
	n.Kind = kind
	switch kind {
	case CustomerAssigned:
		n.ID = string(kind) + "/" + n.CustomerID
	default:
		n.ID = string(kind) + "/" + n.EmailID
	}
	return n
}

// Title is a one-line text for a person.
func (n Notification) Title() string {
	switch n.Kind {
	case CustomerAssigned:
		return "New customer assigned to you: " + n.From
	case IncomingEmail:
		if n.Subject == "" {
			return "Incoming email from " + n.From + " without a subject"
		}
		return "Incoming email from " + n.From + ": " + n.Subject
	}
	return string(n.Kind) + ": " + n.From
}

// Notifier is how the host tells its managers. Implementations are safe for
// concurrent use.
type Notifier interface {
	// Notify tells n.ManagerID, whom the card names: it may be somebody who has
	// left. When it returns nil, the notification is
	// delivered. It may be called again with the same n.ID: after an error,
	// and after a crash between delivery and its record. An error that wraps
	// ErrPermanent is not retried. The call ends when the context does.
	Notify(ctx context.Context, n Notification) error
}
