package notify

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/postroom/postroom/internal/confusable"
)

// ErrPermanent marks a failure that a retry cannot repair, such as a manager
// without an address. If an error of a Notifier wraps it, the notification is
// dead immediately.
var ErrPermanent = errors.New("notify: permanent failure")

// ErrPaused says that nothing is delivered at the moment, to nobody, because the host has
// turned notifications off for a while. If an error of a Notifier wraps it, the notification
// stays pending, as if the Notifier had not been called, and so do those after it, until the
// next call of [Dispatcher.Drain].
var ErrPaused = errors.New("notify: notifications are paused")

// Kind says what a notification is about.
type Kind string

// The kinds of notifications.
const (
	CustomerAssigned Kind = "customer_assigned" // a new customer was assigned to the manager
	IncomingEmail    Kind = "incoming_email"    // a customer of the manager sent an email

	// AccountBroken says that mail of an account is not uploaded until somebody acts, or has
	// not been for an hour. It is for operators, whose ID is in ManagerID, as is
	// AccountRecovered: an account that they were notified of works again. Both have no
	// customer and no email.
	AccountBroken    Kind = "account_broken"
	AccountRecovered Kind = "account_recovered"

	// InitialDigest stands for many notifications of the other kinds that stem from the
	// initial upload of an account. It has no CustomerID, EmailID, From and Subject.
	InitialDigest Kind = "initial_digest"
)

// Notification is a message to one manager about one event.
type Notification struct {
	// ID is an idempotency key: repeated deliveries of a notification have the same ID.
	ID         string    `json:"id"`
	Kind       Kind      `json:"kind"`
	AccountID  string    `json:"account"`
	Shop       string    `json:"shop"`
	ManagerID  string    `json:"manager"`
	CustomerID string    `json:"customer"`
	EmailID    string    `json:"email"`
	From       string    `json:"from"`    // the sender's address
	Subject    string    `json:"subject"` // decoded, without control characters; of AccountBroken: what is wrong
	At         time.Time `json:"at"`      // when it was added to the outbox
	// Initial is true for what stems from the initial upload of the account.
	Initial bool `json:"initial,omitempty"`
	// Emails and Customers are how many an InitialDigest stands for; 0 in the other kinds.
	// Emails is 0 if the account notifies only of customers who were assigned.
	Emails    int `json:"emails,omitempty"`
	Customers int `json:"customers,omitempty"`
}

// As returns n with the given kind and the ID of that event. The ID of CustomerAssigned
// is made of the customer's ID (package inbound appends the Round of a later
// assignment), that of IncomingEmail of the email's. As is not for the other kinds.
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

// Title returns a text of one line to show to the manager. It is for Notifiers; the SDK
// does not call it. It has the address as people write it: eva@käse.example, where From
// has eva@xn--kse-qla.example, unless that could be mistaken for a different one; see
// customer.Display.
func (n Notification) Title() string {
	from := confusable.ShowAddress(n.From)
	switch n.Kind {
	case CustomerAssigned:
		return "New customer assigned to you: " + from
	case IncomingEmail:
		if n.Subject == "" {
			return "Incoming email from " + from + " without a subject"
		}
		return "Incoming email from " + from + ": " + n.Subject
	case AccountBroken:
		return "Account " + n.AccountID + " uploads no mail, or not all: " + n.Subject
	case AccountRecovered:
		return "Account " + n.AccountID + " works again"
	case InitialDigest:
		return n.digestTitle()
	}
	return string(n.Kind) + ": " + from
}

// digestTitle is the Title of an InitialDigest.
func (n Notification) digestTitle() string {
	upload := "Initial upload of account " + n.AccountID + ": "
	if n.Emails == 0 {
		return upload + count(n.Customers, "customer") + " assigned to you"
	}
	return upload + count(n.Emails, "email") + " from " + count(n.Customers, "customer") + " of yours"
}

// count returns a number with its noun: "1 email", "20 emails".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// Notifier delivers notifications to the host's managers. Implementations must be
// safe for concurrent use.
type Notifier interface {
	// Notify delivers n to the manager n.ManagerID, who is the manager of the
	// customer record and may have left the company. AccountBroken and
	// AccountRecovered are for the operator with that ID. A nil error means that
	// the notification is delivered. Notify may be called again with the same n.ID:
	// after an error, and after a crash between a delivery and its record. It
	// is not called again after an error that wraps ErrPermanent. ErrPaused is for all
	// notifications. Notify must return when the context ends.
	Notify(ctx context.Context, n Notification) error
}
