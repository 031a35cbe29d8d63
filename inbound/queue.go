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
