package inbound

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound/email"
)

// rules is what decides on an account's messages.
type rules struct {
	senders
	replayed string         // the sender whose mail Replay uploads; else ""
	sizes    map[int64]bool // of what was there when the account was connected; see loadSizes
}

// facts gathers what a decision about a message depends on.
func (r *rules) facts(it *item, from sender) facts {
	m := it.message
	f := facts{
		sender: from.address, fault: from.fault, owner: r.company.owner(from.address), senderNote: from.note,
		class: m.Class, classReason: m.ClassReason, noReply: email.IsNoReply(from.address),
		arrived: it.ref.Received, notBefore: it.notBefore, extent: it.extent, size: m.Size, listed: it.ref.Size,
		confirmed: it.isConfirmed(r.account),
	}
	if f.sender != "" && f.sender == normalAddress(m.From) { // DMARC is about From
		f.dmarc = m.DMARC(r.account.AuthservID)
	}
	switch received := arrivalFrom(m.Received); {
	case it.doubtsClock && received.IsZero():
		// A sender's clock proves that a message is old rather than that it is new.
		if date := arrivalFrom(m.Date); !f.arrived.IsZero() || date.Before(it.notBefore) {
			f.arrived = earlierOf(f.arrived, date)
		}
	case it.doubtsClock, f.arrived.IsZero():
		f.arrived = received
	}
	switch {
	case !f.arrived.IsZero():
	case !r.account.Start.Now:
		f.arrived = arrivalFrom(m.Date)
	default: // the sender's clock proves nothing
		f.wasThere = !it.byID && r.sizes[it.ref.Size]
	}
	f.initial, f.old = r.account.ofInitialUpload(f.arrived, it.initialUntil)
	return f
}

// earlierOf returns the earlier of two times. The zero time is none.
func earlierOf(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// firstMail is when RFC 822 appeared: a header from before is from a wrong clock.
var firstMail = time.Date(1982, time.August, 13, 0, 0, 0, 0, time.UTC)

// arrivalFrom returns when a message arrived by a date in its header, which is from
// somebody's clock: a message that is here has arrived by now, and the zero time says that
// the date proves nothing.
func arrivalFrom(date time.Time) time.Time {
	now := time.Now()
	switch {
	case date.Before(firstMail):
		return time.Time{}
	case date.After(now):
		return now
	}
	return date
}

// decide decides on a message by the settings as they hold for its sender: Replay
// creates the one customer that it was asked for, whatever the account says.
func (r *rules) decide(f facts) decision {
	a := r.account
	if f.sender != "" && f.sender == r.replayed {
		a.CreateCustomer, a.CreateFor = true, email.Classes()
	}
	return decide(a, f)
}

// preview decides on messages as far as their headers tell. A message whose sender
// the customer repository cannot look up is not decided on: the outcome is "".
func (r *rules) preview(ctx context.Context, customers customerRepo, heads []*item) ([]decision, error) {
	senders, addresses := make([]sender, len(heads)), make([]string, len(heads))
	for i, it := range heads {
		senders[i] = r.sender(it.message)
		addresses[i] = senders[i].address
	}
	matches, err := customers.findSome(ctx, r.account.Shop, distinct(addresses))
	if err != nil {
		return nil, err
	}
	decisions := make([]decision, len(heads))
	for i, it := range heads {
		f := r.facts(it, senders[i])
		if found, known := matches[addresses[i]]; known {
			f.matches = found
		} else if f.needsCustomer() {
			continue
		}
		decisions[i] = r.decide(f)
	}
	return decisions, nil
}

// loadSizes reads the sizes of what was there when the account was connected.
// They serve messages that no clock of a server can date.
func (r *rules) loadSizes(ctx context.Context, known *records) error {
	if r.sizes != nil {
		return nil
	}
	sizes := make(map[int64]bool)
	for row, err := range known.all(ctx, Ignored) {
		if err != nil {
			return err
		}
		if row.BeforeStart && row.ListedSize > 0 { // 0 is unknown
			sizes[row.ListedSize] = true
		}
	}
	r.sizes = sizes
	return nil
}

// entry returns the record of a decision on a message.
func (r *rules) entry(it *item, d decision) LedgerEntry {
	e := it.ref.entry(d.Outcome, strings.Join(d.Reasons, "; "), time.Now())
	e.Extent, e.Keep, e.BeforeStart = it.extent, d.Keep, d.BeforeStart
	e.Baseline = it.before.Baseline && it.before.isAbout(it.ref)
	e.Attempts = it.before.failures()
	if d.Outcome == Unmatched && it.isRecognizable() {
		e.Fingerprint = it.fingerprint
	}
	if m := it.message; m != nil {
		author, _ := r.company.author(m)
		reply := r.company.replyTo(m)
		e.From, e.ReplyTo = recordedAddress(author), cmp.Or(normalAddress(reply), recordedAddress(reply))
		e.Subject, e.Size = m.Subject, m.Size
	}
	return e
}

// distinct returns the addresses, sorted, each once, without "".
func distinct(addresses []string) []string {
	out := slices.Compact(slices.Sorted(slices.Values(addresses)))
	if len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	return out
}
