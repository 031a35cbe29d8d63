package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/notify"
)

// crm is the host's customer records. The world's lock guards it.
type crm struct {
	w       *world
	records []*record
	last    int  // number of the last ID given
	batch   bool // it is a customer.BatchFinder
	joins   bool // it is customer.Transactional
	// What goes wrong, by address.
	hangs, fails, refusesManager, refusesRecord map[string]bool
	down                                        error // the error of every call
	lag                                         time.Duration
}

// record is a customer record with its history.
type record struct {
	customer.Customer
	by       string   // the account that created it; "" when it was entered by hand
	attached bool     // by postroom
	counted  bool     // attached by the host to the manager whose turn was claimed
	giver    *process // that attached the manager
	sure     bool     // nothing disturbed the process in giver
	taken    bool     // its first manager was assigned by hand
	managers []string // all that it had, in order
	erased   bool
	erasedAt time.Time
	since    time.Time
	visible  time.Time    // when the search finds it
	draft    *transaction // the transaction that changed it, until that ends; nil: none
	isNew    bool         // and that transaction created it
}

func newCRM(w *world) *crm {
	c := &crm{w: w, hangs: make(map[string]bool), fails: make(map[string]bool), refusesManager: make(map[string]bool),
		refusesRecord: make(map[string]bool), batch: w.rand.IntN(2) > 0, joins: w.rand.IntN(3) == 0}
	for i := range 3 {
		for shop := range 2 {
			c.enter(fmt.Sprint("shop", shop), fmt.Sprintf("known%d@example.com", i), []string{"m0", "m1", ""}[i])
		}
	}
	return c
}

// enter enters a record by hand, unless there is one.
func (c *crm) enter(shop, address, manager string) *record {
	if r := c.of(shop, address); r != nil {
		return r
	}
	c.last++
	r := &record{Customer: customer.Customer{ID: fmt.Sprint("c", c.last), Shop: shop, Email: address,
		ManagerID: manager}}
	r.since = time.Now()
	if manager != "" {
		r.taken, r.managers = true, []string{manager}
	}
	c.records = append(c.records, r)
	return r
}

// of returns the record of an address, or nil.
func (c *crm) of(shop, address string) *record {
	for _, r := range c.records {
		if r.Shop == shop && r.Email == address && !r.erased {
			return r
		}
	}
	return nil
}

// was reports whether the address had a record at this time or later.
func (c *crm) was(shop, address string, since time.Time) bool {
	return slices.ContainsFunc(c.records, func(r *record) bool {
		return r.Shop == shop && r.Email == address && (!r.erased || !r.erasedAt.Before(since))
	})
}

// find returns what a search with this context finds.
func (c *crm) find(ctx context.Context, shop, address string) []customer.Customer {
	r := c.of(shop, address)
	if r == nil || r.visible.After(time.Now()) {
		return nil
	}
	found := r.Customer
	if r.draft != nil && r.draft != ctx.Value(txKey{}) {
		if r.isNew {
			return nil
		}
		found.ManagerID = ""
	}
	return []customer.Customer{found}
}

func (c *crm) byID(id string) *record {
	for _, r := range c.records {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// failsFor reports whether the host fails for an address.
func (c *crm) failsFor(address string) bool {
	return c.hangs[address] || c.fails[address] || c.refusesManager[address] || c.refusesRecord[address]
}

// give assigns a customer to a manager by hand.
func (r *record) give(manager string) {
	r.taken = r.taken || r.ManagerID == ""
	r.ManagerID, r.managers = manager, append(r.managers, manager)
}

// crmClient is the crm as a process uses it.
type crmClient struct{ *process }

var errWorld = errors.New("it does not work")

// trouble returns the error of a call about these addresses. A host that hangs does
// so until the call's context ends.
func (h crmClient) trouble(ctx context.Context, addresses ...string) error {
	h.w.mu.Lock()
	c := h.w.crm
	hangs := slices.ContainsFunc(addresses, func(a string) bool { return c.hangs[a] }) ||
		errors.Is(c.down, context.DeadlineExceeded)
	err := c.down
	if slices.ContainsFunc(addresses, func(a string) bool { return c.fails[a] }) {
		err = errWorld
	}
	h.w.mu.Unlock()
	if hangs {
		<-ctx.Done()
		time.Sleep(time.Duration(1000 + h.number(1_000_000))) // no two things happen at the same time
		return ctx.Err()
	}
	return err
}

// FindByEmail implements customer.Repo.
func (h crmClient) FindByEmail(ctx context.Context, shop, address string) (found []customer.Customer, err error) {
	if err := h.trouble(ctx, address); err != nil {
		return nil, err
	}
	err = h.do(ctx, "FindByEmail", func() error {
		found = h.w.crm.find(ctx, shop, address)
		return nil
	})
	return found, err
}

// Create implements customer.Repo.
func (h crmClient) Create(ctx context.Context, n customer.New) (made customer.Customer, created bool, err error) {
	if err := h.trouble(ctx, n.Email); err != nil {
		return customer.Customer{}, false, err
	}
	err = h.do(ctx, "Create", func() error {
		r := h.w.crm.of(n.Shop, n.Email)
		if created = r == nil; created {
			if h.w.crm.refusesRecord[n.Email] {
				return errWorld
			}
			r = h.w.crm.enter(n.Shop, n.Email, "")
			r.by, r.visible = h.account.ID, time.Now().Add(h.w.crm.lag)
			r.isNew = h.w.crm.joins
			h.w.crm.enlist(ctx, r)
			h.w.note("%s creates %s of %s", h.account.ID, r.ID, n.Email)
			if !h.w.mayCreate(h.process, n.Email) {
				h.w.blame("%s by %s creates a customer of %s, whose mail does not ask for one", h.name, h.account.ID,
					n.Email)
			}
		}
		made = r.Customer
		return nil
	})
	return made, created, err
}

// AttachManager implements customer.Repo.
func (h crmClient) AttachManager(ctx context.Context, customerID, managerID string) (attached string, err error) {
	address := ""
	h.w.locked(func() {
		if r := h.w.crm.byID(customerID); r != nil {
			address = r.Email
		}
	})
	if err := h.trouble(ctx, address); err != nil {
		return "", err
	}
	err = h.do(ctx, "AttachManager", func() error {
		r := h.w.crm.byID(customerID)
		switch {
		case r == nil || r.erased:
			return fmt.Errorf("%w: %s", customer.ErrNotFound, customerID)
		case h.w.crm.refusesManager[r.Email]:
			return errWorld
		case r.ManagerID == "":
			r.ManagerID, r.attached, r.giver, r.managers = managerID, true, h.process, append(r.managers, managerID)
			h.w.note("%s attaches %s to %s (%s)", h.account.ID, managerID, r.ID, r.Email)
			if h.w.isSharedNow(customerID) {
				h.w.shares[managerID]++
			}
			h.w.crm.enlist(ctx, r)
			if r.by == "" && !h.w.mayAssign(r) {
				h.w.blame("customer %s was entered by hand, and %s gives them to a manager", r.Email, h.account.ID)
			}
		case r.ManagerID == managerID && !r.attached && !r.counted && h.w.isSharedNow(customerID):
			r.counted = true
			h.w.shares[managerID]++
		}
		attached = r.ManagerID
		return nil
	})
	return attached, err
}

// batchCRM finds many customers together.
type batchCRM struct{ crmClient }

// FindByEmails implements customer.BatchFinder.
func (h batchCRM) FindByEmails(ctx context.Context, shop string,
	addresses []string) (map[string][]customer.Customer, error) {
	if err := h.trouble(ctx, addresses...); err != nil {
		return nil, err
	}
	found := make(map[string][]customer.Customer)
	err := h.do(ctx, "FindByEmails", func() error {
		for _, address := range addresses {
			if list := h.w.crm.find(ctx, shop, address); len(list) > 0 {
				found[address] = list
			}
		}
		return nil
	})
	return found, err
}

// joinedCRM takes part in the transactions of the store.
type joinedCRM struct{ crmClient }

// InTransaction implements customer.Transactional.
func (joinedCRM) InTransaction(ctx context.Context) bool { return ctx.Value(txKey{}) != nil }

// directory is the host's ManagerDirectory as a process uses it.
type directory struct{ *process }

// Group implements assign.ManagerDirectory.
func (d directory) Group(ctx context.Context, group string) (members []assign.Manager, err error) {
	err = d.do(ctx, "Group", func() error {
		if d.w.directoryDown {
			return errWorld
		}
		members, err = d.w.managers.Group(ctx, group)
		return err
	})
	return members, err
}

// Manager implements assign.ManagerDirectory.
func (d directory) Manager(ctx context.Context, id string) (m assign.Manager, err error) {
	err = d.do(ctx, "Manager", func() error {
		m, err = d.w.managers.Manager(ctx, id)
		return err
	})
	return m, err
}

// worldNotifier is the host's Notifier as a process uses it.
type worldNotifier struct{ *process }

// Notify implements notify.Notifier.
func (t worldNotifier) Notify(ctx context.Context, n notify.Notification) error {
	return t.do(ctx, "Notify", func() error {
		if t.w.notifierDown {
			return errWorld
		}
		again := slices.ContainsFunc(t.w.notified, func(o notified) bool { return o.ID == n.ID })
		t.w.notified = append(t.w.notified, notified{n, again})
		t.w.note("%s is notified: %s %s of %s", n.ManagerID, n.Kind, n.Subject, n.From)
		return nil
	})
}
