package inbound

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// Explanation is what would become of a message, and why.
type Explanation struct {
	Outcome        Outcome            `json:"outcome"`
	From           string             `json:"from"` // normalized; "" when it cannot be read
	Class          Class              `json:"class"`
	ClassReason    string             `json:"class_reason"` // why it has that class, as a sentence
	Verified       bool               `json:"verified"`
	CreateCustomer bool               `json:"create_customer"` // a customer would be created
	Customer       *customer.Customer `json:"customer"`        // the match; null when there is none
	ManagerGroup   string             `json:"manager_group"`   // would get the customer; "" if nobody is assigned
	Notify         []notify.Kind      `json:"notify"`          // in their order
	Reasons        []string           `json:"reasons"`
	Warnings       []string           `json:"warnings"`
}

// Explain reports what an account would do with a message if it came in now. It also says
// whether the message is too old for notifications if it is part of the initial upload. It
// changes nothing and claims no manager's turn.
func (s *Syncer) Explain(ctx context.Context, accountID string, raw io.Reader) (Explanation, error) {
	a, err := s.account(ctx, accountID)
	if err != nil {
		return Explanation{}, err
	}
	kept, cut, err := s.spool.take(ctx, raw, 0, max(s.limits.MessageBytes, 0), true)
	if err != nil {
		return Explanation{}, fmt.Errorf("inbound: read the message: %w", err)
	}
	defer kept.Close()
	message, err := email.Parser{Limits: s.limits.Email, Opener: s.opener}.Parse(kept.reader())
	if err != nil {
		return Explanation{}, fmt.Errorf("inbound: read the message: %w", err)
	}
	// It arrives now, so it is after any start that has come.
	it := &item{ref: Ref{Received: time.Now()}, raw: kept, message: message,
		notBefore: a.Start.Since, extent: ExtentWhole}
	if cut {
		it.extent = ExtentTooLarge
	}
	if it.fingerprint, err = fingerprintOf(kept.reader()); err != nil {
		return Explanation{}, fmt.Errorf("inbound: read the message: %w", err)
	}
	rules := &rules{senders: senders{a, s.settings.Load().company}}
	f := rules.facts(it, rules.sender(message))
	if f.sender != "" {
		found, err := s.customers.find(ctx, a.Shop, []string{f.sender})
		if err != nil {
			return Explanation{}, err
		}
		f.matches = found[f.sender]
	}
	past, err := newRecall(ctx, s.store, a, []*item{it})
	if err != nil {
		return Explanation{}, err
	}
	if f.original, err = past.inStore(it); err != nil {
		return Explanation{}, err
	}
	d := rules.decide(f)
	if original := message.ForwardedFrom.Address; original != "" {
		d.Reasons = slices.Insert(d.Reasons, 0, fmt.Sprintf("it forwards a message of %s, by what its text or an "+
			"attached message says; that decides nothing", customer.Display(original)))
	}
	if d.Outcome == Uploaded {
		old, err := s.wouldBeOld(ctx, a, message)
		if err != nil {
			return Explanation{}, err
		}
		if old {
			d.Reasons = slices.Insert(d.Reasons, 0, "if it is part of the initial upload: "+olderThanInitialAge)
		}
	}
	w := &writer{address: f.sender, customer: d.Customer, missing: d.Create, created: d.Create}
	records, err := s.store.Assignments(ctx, []string{w.customer.ID})
	if err != nil {
		return Explanation{}, fmt.Errorf("inbound: read the customer's manager: %w", err)
	}
	return explain(a, f, d, careFor(a, w, records[w.customer.ID], time.Now(), lookupLag), message.Warnings), nil
}

// wouldBeOld reports whether a message is too old for notifications if it is part of the
// account's initial upload, by the time that its header tells.
func (s *Syncer) wouldBeOld(ctx context.Context, a Account, m *email.Message) (bool, error) {
	state, err := s.store.AccountState(ctx, a.ID)
	if err != nil {
		return false, fmt.Errorf("inbound: read state of account: %w", err)
	}
	if state.StartedAt.IsZero() {
		state.StartedAt = time.Now()
	}
	arrived := arrivalFrom(m.Received)
	if arrived.IsZero() {
		arrived = arrivalFrom(m.Date)
	}
	_, old := a.ofInitialUpload(arrived, state.StartedAt)
	return old, nil
}

func explain(a Account, f facts, d decision, c *care, warnings []string) Explanation {
	e := Explanation{Outcome: d.Outcome, From: f.sender, Class: f.class, ClassReason: f.classReason,
		Verified: d.Verified, CreateCustomer: d.Create,
		Notify: []notify.Kind{}, Reasons: d.Reasons, Warnings: append([]string{}, warnings...)}
	if d.Outcome != Uploaded {
		return e
	}
	if !d.Create {
		e.Customer = &d.Customer
	}
	assigns := c.wanting || c.record.Stage.Pending()
	if assigns {
		e.ManagerGroup = c.record.Group
		e.Notify = append(e.Notify, notify.CustomerAssigned)
	}
	if a.NotifyManager && (assigns || c.managerID != "") {
		e.Notify = append(e.Notify, notify.IncomingEmail)
	}
	return e
}
