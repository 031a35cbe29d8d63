package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/notify"
)

// newcomer is a customer that a batch creates.
type newcomer struct {
	address  string
	customer customer.Customer
	exists   bool   // in the host's base already: only the assignment was missing
	created  bool   // by this account; false: somebody else was first
	assigned bool   // to a manager, by us
	told     bool   // the manager has its notification
	emailID  string // the first email uploaded for the customer
}

// newcomers of a batch, in the order of their first message.
type newcomers struct {
	list []*newcomer
	by   map[string]*newcomer // by address
}

func (n *newcomers) add(one *newcomer) {
	n.list = append(n.list, one)
	n.by[one.address] = one
}

func addressesOf(list []*newcomer) []string {
	addresses := make([]string, len(list))
	for i, n := range list {
		addresses[i] = n.address
	}
	return addresses
}

// intend notes, in a transaction of its own, which customers are about to be
// created. The host's base may not be part of ours: should we be cut off after
// its Create, the note tells the next pass that the customer is ours to assign.
func (l *line) intend(ctx context.Context, news *newcomers) error {
	if len(news.list) == 0 {
		return nil
	}
	err := l.store.Atomic(ctx, func(ctx context.Context) error {
		// Somebody who has lost the lease would note what is finished already.
		if err := l.store.Confirm(ctx, l.leaseName(), l.token); err != nil {
			return err
		}
		return l.store.IntendCustomers(ctx, l.account.ID, l.account.Shop, addressesOf(news.list))
	})
	if err != nil {
		return fmt.Errorf("inbound: note begun creations: %w", err)
	}
	return nil
}

// welcome creates the customers and shares them out.
func (l *line) welcome(ctx context.Context, list []*newcomer) error {
	var unassigned []*newcomer
	for _, n := range list {
		n.assigned, n.told, n.emailID = false, false, ""
		if !n.exists {
			err := askHost(ctx, func(ctx context.Context) (err error) {
				n.customer, n.created, err = l.customers.Create(ctx, customer.New{Shop: l.account.Shop, Email: n.address, Fields: l.account.Fields})
				return err
			})
			if err != nil {
				return fmt.Errorf("inbound: create customer: %w", err)
			}
		}
		switch {
		case !n.created || l.account.ManagerGroup == "":
		case n.customer.ManagerID == "":
			unassigned = append(unassigned, n)
		case n.exists:
			// Attached before we were cut off, so the manager was not told.
			var err error
			if n.assigned, err = l.distributor.Took(ctx, l.account.ManagerGroup, n.customer.ManagerID); err != nil {
				return err
			}
		}
	}
	if len(unassigned) == 0 {
		return nil
	}
	managers, err := l.distributor.Distribute(ctx, l.account.ManagerGroup, len(unassigned))
	var silent *directoryError
	if errors.As(err, &silent) && ctx.Err() == nil && !errors.Is(err, ErrTemporary) {
		l.logger.WarnContext(ctx, "managers not known; new customers wait for one", "account", l.account.ID, "error", err)
		return nil // as for a group in which nobody is
	}
	if err != nil {
		return err
	}
	for i, m := range managers {
		n := unassigned[i]
		if n.customer.ManagerID, n.assigned, err = l.attach(ctx, n.customer.ID, m); err != nil {
			return err
		}
	}
	return nil
}

// attach gives a customer to a manager, unless somebody else was quicker.
func (p *pass) attach(ctx context.Context, customerID string, m assign.Manager) (managerID string, ours bool, err error) {
	err = askHost(ctx, func(ctx context.Context) (err error) {
		managerID, err = p.customers.AttachManager(ctx, customerID, m.ID)
		return err
	})
	if err != nil {
		return "", false, fmt.Errorf("inbound: attach manager %s: %w", m.ID, err)
	}
	return managerID, managerID == m.ID, nil
}

// enqueue lets the customers wait for whom there is no manager now.
func (l *line) enqueue(ctx context.Context, list []*newcomer) error {
	var waiting []assign.Waiting
	for _, n := range list {
		if n.created && n.customer.ManagerID == "" && l.account.ManagerGroup != "" {
			waiting = append(waiting, assign.Waiting{Group: l.account.ManagerGroup, CustomerID: n.customer.ID, Shop: l.account.Shop,
				AccountID: l.account.ID, EmailID: n.emailID, Since: time.Now()})
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	return l.store.Enqueue(ctx, waiting)
}

// notification tells the customer's manager about a message.
func (l *line) notification(bound customer.Customer, it *item, d decision, kind notify.Kind) notify.Notification {
	return notify.Notification{AccountID: l.account.ID, Shop: l.account.Shop, ManagerID: bound.ManagerID, CustomerID: bound.ID,
		EmailID: d.emailID, From: d.sender, Subject: it.message.Subject, At: time.Now()}.As(kind)
}
