package inbound

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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

// drainQueue assigns customers who waited, in the order of their arrival, as
// far as somebody of the account's group is there now. One whose card the host has
// deleted waits no longer, and one whom the host cannot save does not hold up the
// others.
func (p *pass) drainQueue(ctx context.Context) error {
	group, stuck := p.account.ManagerGroup, make(map[string]bool)
	var problem error
	for more := group != ""; more; {
		var assigned []string // managers
		err := p.store.Atomic(ctx, func(ctx context.Context) error {
			waiting, err := p.store.Queued(ctx, group, batchMessages)
			waiting = slices.DeleteFunc(waiting, func(w assign.Waiting) bool { return stuck[w.CustomerID] })
			if err != nil || len(waiting) == 0 {
				more = false
				return err
			}
			managers, err := p.distributor.Distribute(ctx, group, len(waiting))
			if err != nil || len(managers) == 0 {
				more = false
				return err
			}
			assigned, err = p.assignWaiting(ctx, group, waiting, managers)
			return err
		})
		if err == nil {
			for _, id := range assigned {
				p.report.Assigned[id]++
			}
			p.wakeDispatcher()
			continue
		}
		err = fmt.Errorf("inbound: assign waiting customers of group %q: %w", group, err)
		var one *unattached
		switch {
		case !errors.As(err, &one):
			return err
		case errors.Is(err, customer.ErrNotFound):
			p.logger.WarnContext(ctx, "a customer who waited for a manager is gone", "account", p.account.ID, "customer", one.customerID)
			if err := p.store.Dequeue(ctx, group, []string{one.customerID}); err != nil {
				return fmt.Errorf("inbound: take a customer off the queue of group %q: %w", group, err)
			}
		case len(stuck) == maxStuck || p.isDown(ctx) != nil:
			return err
		default:
			stuck[one.customerID], problem = true, cmp.Or(problem, err)
		}
	}
	return problem
}

// maxStuck is how many customers who wait cannot be saved before the host's base
// is taken to be down.
const maxStuck = 20

// unattached tells which customer could not be given to a manager.
type unattached struct {
	customerID string
	err        error
}

func (e *unattached) Error() string { return fmt.Sprintf("customer %s: %v", e.customerID, e.err) }
func (e *unattached) Unwrap() error { return e.err }

// assignWaiting returns to whom it has given the customers.
func (p *pass) assignWaiting(ctx context.Context, group string, waiting []assign.Waiting, managers []assign.Manager) (assigned []string, err error) {
	var ids []string
	for i, w := range waiting[:len(managers)] {
		managerID, ours, err := p.attach(ctx, w.CustomerID, managers[i])
		if err != nil {
			return nil, &unattached{w.CustomerID, err}
		}
		ids = append(ids, w.CustomerID)
		if !ours {
			// Attached meanwhile: by the host, or by us before we were cut off.
			if ours, err = p.distributor.Took(ctx, group, managerID); err != nil {
				return nil, err
			}
		}
		if !ours {
			continue
		}
		assigned = append(assigned, managerID)
		if err := p.tellOf(ctx, w, managerID); err != nil {
			return nil, err
		}
	}
	return assigned, p.store.Dequeue(ctx, group, ids)
}

// tellOf tells a manager of a customer who has waited, and of all the mail that
// has come from there meanwhile.
func (p *pass) tellOf(ctx context.Context, w assign.Waiting, managerID string) error {
	first, err := p.store.Email(ctx, w.EmailID)
	if err != nil {
		return err
	}
	about := func(e Email) notify.Notification {
		return notify.Notification{AccountID: e.AccountID, Shop: w.Shop, ManagerID: managerID, CustomerID: w.CustomerID,
			EmailID: e.ID, From: e.From, Subject: e.Subject, At: time.Now()}
	}
	news := []notify.Notification{about(first).As(notify.CustomerAssigned)}
	for after, more := "", true; more; {
		emails, err := p.store.ListEmails(ctx, EmailFilter{CustomerID: w.CustomerID}, after, pageLimit)
		if err != nil {
			return err
		}
		for _, e := range emails {
			if p.accounts[e.AccountID].NotifyManager {
				news = append(news, about(e).As(notify.IncomingEmail))
			}
			after = e.ID
		}
		more = len(emails) == pageLimit
	}
	return p.store.Add(ctx, news)
}

// notification tells the customer's manager about a message.
func (l *line) notification(bound customer.Customer, it *item, d decision, kind notify.Kind) notify.Notification {
	return notify.Notification{AccountID: l.account.ID, Shop: l.account.Shop, ManagerID: bound.ManagerID, CustomerID: bound.ID,
		EmailID: d.emailID, From: d.sender, Subject: it.message.Subject, At: time.Now()}.As(kind)
}
