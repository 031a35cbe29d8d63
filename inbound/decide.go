package inbound

import (
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
)

// facts is all that a decision depends on.
type facts struct {
	sender      string              // normalized; "" when it cannot be read
	fault       string              // what is wrong with a sender that cannot be read; "" when there is none
	senderNote  string              // why the sender is not that of From, or may not be; "" without a list
	owner       string              // the own address or domain that the sender belongs to; "": not the company's
	class       Class               // of the message
	classReason string              // why it has that class
	noReply     bool                // nobody reads answers to the sender
	dmarc       string              // verdict of the account's own provider on the sender: "pass", "fail", "none" or ""
	original    original            // what was uploaded before and is the same
	arrived     time.Time           // zero when unknown
	notBefore   time.Time           // the account's start; zero when all mail counts
	wasThere    bool                // when the account was connected, as far as can be told
	extent      Extent              // how much was read
	size        int64               // bytes that were read
	listed      int64               // bytes by the server's listing; 0: unknown
	confirmed   bool                // a reading on a different connection gave the same bytes
	initial     bool                // it is of the initial upload
	old         bool                // and too old for notifications
	matches     []customer.Customer // best first
}

// decision is what will happen to a message, and why.
type decision struct {
	Outcome  Outcome
	Create   bool              // a customer is created for the sender
	Customer customer.Customer // the match that the email is bound to; zero with Create
	Verified bool              // the sender is that of From, whose domain is proved by DMARC
	Keep     bool              // the message is not deletable although uploaded
	// Initial: uploaded, and of the initial upload. Old: too old for notifications, too.
	Initial, Old bool
	// BeforeStart: ignored because it arrived before the account's start.
	BeforeStart bool
	Reasons     []string // in words, the deciding one last
	Warnings    []string // for those who read the email
}

// decide is a pure function: the same settings and facts give the same decision.
func decide(a Account, f facts) decision {
	d := decision{Verified: f.dmarc == "pass", Keep: f.extent.isPart() || f.extent == ExtentShort}
	end := func(o Outcome, format string, args ...any) decision {
		d.Outcome = o
		d.Reasons = append(d.Reasons, fmt.Sprintf(format, args...))
		return d
	}
	switch {
	case f.original.bytes:
		return end(Duplicate, "the same bytes were uploaded as email %s", f.original.emailID)
	case f.original.part:
		d.Keep = true
		return end(Duplicate, "the same message, as far as it was read, was uploaded as email %s", f.original.emailID)
	case f.original.emailID != "":
		d.Keep = d.Keep && !f.original.whole
		return end(Duplicate, "the same message was uploaded as email %s", f.original.emailID)
	case !f.notBefore.IsZero() && !f.arrived.IsZero() && isBefore(f.arrived, f.notBefore):
		d.BeforeStart = true
		return end(Ignored, "%s", beforeSince(f.arrived, f.notBefore))
	case f.wasThere:
		d.BeforeStart = true
		return end(Ignored, "%s", wasConnectedLater)
	case f.extent == ExtentShort && f.size*10 < f.listed:
		return end(Failed, "the server delivers only %d of the %d bytes that it lists", f.size, f.listed)
	case f.extent != ExtentUnread && f.size == 0:
		return end(Failed, "the server delivers an empty message")
	case f.sender == "" && f.extent == ExtentShort:
		return end(Failed, "no sender's address could be read, and %s", f.missing())
	case f.sender == "" && f.fault != "":
		return end(Quarantined, "no sender's address could be read: %s", f.fault)
	case f.sender == "":
		return end(Quarantined, "no sender's address could be read")
	case f.owner == f.sender:
		return end(Ignored, "sent by the company's own address %s", f.sender)
	case f.owner != "":
		return end(Ignored, "sent by the company's own address %s, which belongs to %s", f.sender, f.owner)
	}
	if f.extent == ExtentShort && !f.confirmed {
		return end(Failed, "%s; it is read once more, on a new connection", f.missing())
	}
	if f.senderNote != "" {
		d.Reasons = append(d.Reasons, f.senderNote)
	}
	if f.extent.isPart() {
		d.Reasons = append(d.Reasons,
			"larger than the limit: only the beginning is uploaded, and it stays on the server")
	}
	if f.extent == ExtentShort {
		d.Reasons = append(d.Reasons, f.missing()+", twice: it stays on the server")
		d.Warnings = append(d.Warnings, f.missing())
	}
	upload := func(format string, args ...any) decision {
		d.Initial, d.Old = f.initial, f.old
		if f.old {
			d.Reasons = append(d.Reasons, olderThanInitialAge)
		}
		return end(Uploaded, format, args...)
	}
	if len(f.matches) > 0 {
		d.Customer = f.matches[0]
		return upload("%s", boundTo(f.sender, d.Customer))
	}
	d.Reasons = append(d.Reasons, "no customer has the address "+f.sender)
	if !a.CreateCustomer {
		return end(Unmatched, "the account does not create customers")
	}
	if why := a.refuses(f); why != "" {
		return end(Unmatched, "no customer is created for %s", why)
	}
	d.Create = true
	return upload("a customer is created for %s", f.sender)
}

// missing says how much of a message is missing.
func (f facts) missing() string {
	return fmt.Sprintf("fewer bytes came than the server lists (%d of %d)", f.size, f.listed)
}

// needsCustomer reports whether the decision depends on who has the sender's
// address.
func (f facts) needsCustomer() bool {
	f.matches = nil
	switch decide(Account{}, f).Outcome {
	case Uploaded, Unmatched:
		return true
	}
	return false
}

// refuses says for what kind of mail, if it is such, no customer is created.
func (a Account) refuses(f facts) string {
	classes := a.CreateFor
	if classes == nil {
		classes = []Class{email.ClassPersonal}
	}
	switch {
	case !slices.Contains(classes, f.class):
		return fmt.Sprintf("%s mail (%s)", f.class, f.classReason)
	case f.noReply && a.CreateFor == nil:
		return "mail from a no-reply address"
	}
	return ""
}

// wasConnectedLater is the reason of what a start from now leaves out.
const wasConnectedLater = "was there before the account was connected"

func beforeSince(arrived, since time.Time) string {
	return fmt.Sprintf("arrived %s, before the account's start %s",
		arrived.UTC().Format(time.RFC3339), since.UTC().Format(time.RFC3339))
}

// isBefore reports whether a message arrived before a moment. Servers tell the
// time of arrival in whole seconds, which stand for the second that they begin.
func isBefore(arrived, moment time.Time) bool {
	if arrived.Nanosecond() == 0 {
		arrived = arrived.Add(time.Second - 1)
	}
	return arrived.Before(moment)
}

// boundTo is the reason of what is bound to a customer.
func boundTo(sender string, c customer.Customer) string {
	return sender + " is customer " + c.ID
}
