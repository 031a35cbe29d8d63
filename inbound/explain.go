package inbound

import (
	"context"
	"fmt"
	"io"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// Explanation is what would become of a message, and why.
type Explanation struct {
	Outcome        Outcome            `json:"outcome"`
	From           string             `json:"from"` // normalised; "" when it cannot be read
	Class          Class              `json:"class"`
	Verified       bool               `json:"verified"`
	CreateCustomer bool               `json:"create_customer"`
	Customer       *customer.Customer `json:"customer"` // the match; null when there is none
	ManagerGroup   string             `json:"manager_group"`
	Notify         []notify.Kind      `json:"notify"` // in their order
	Reasons        []string           `json:"reasons"`
	Warnings       []string           `json:"warnings"`
}

// Explain tells what an account would do with a message if it came in now. It
// changes nothing and takes no turn.
func (s *Syncer) Explain(ctx context.Context, accountID string, raw io.Reader) (Explanation, error) {
	a, err := s.account(accountID)
	if err != nil {
		return Explanation{}, err
	}
	message, err := email.Parse(raw, s.limits.Email)
	if err != nil {
		return Explanation{}, fmt.Errorf("inbound: read the message: %w", err)
	}
	p := &pass{Syncer: s, account: a}
	it := &item{message: message, notBefore: a.Start.Since, truncated: s.limits.MessageBytes > 0 && message.Size > s.limits.MessageBytes}
	f := p.facts(it, a.sender(it))
	if f.sender != "" {
		if f.matches, err = s.customers.FindByEmail(ctx, a.Shop, f.sender); err != nil {
			return Explanation{}, fmt.Errorf("inbound: find customer: %w", err)
		}
	}
	id := emailID(a.ID, message.SHA256)
	have, err := s.store.HaveEmails(ctx, []string{id})
	if err != nil {
		return Explanation{}, fmt.Errorf("inbound: look for duplicates: %w", err)
	}
	if have[id] {
		f.duplicateOf = id
	}
	return explain(a, f, decide(a, f), message.Warnings), nil
}

func explain(a Account, f facts, d Decision, warnings []string) Explanation {
	e := Explanation{Outcome: d.Outcome, From: f.sender, Class: f.class, Verified: d.Verified, CreateCustomer: d.Create,
		Notify: []notify.Kind{}, Reasons: d.Reasons, Warnings: append([]string{}, warnings...)}
	assigns := d.Create && a.ManagerGroup != ""
	if assigns {
		e.ManagerGroup = a.ManagerGroup
		e.Notify = append(e.Notify, notify.CustomerAssigned)
	}
	if d.Outcome == Uploaded && !d.Create {
		e.Customer = &d.Customer
	}
	if d.Outcome == Uploaded && a.NotifyManager && (assigns || d.Customer.ManagerID != "") {
		e.Notify = append(e.Notify, notify.IncomingEmail)
	}
	return e
}
