package inbound

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/notify"
)

// writer is an address that messages of a batch are bound by, with its customer.
type writer struct {
	address  string
	customer customer.Customer // as found, or as created
	missing  bool              // nobody has the address: a customer is created for it
	noted    bool              // an earlier attempt began to create a customer for it
	created  bool              // the customer was created by us, now or in that attempt
	emailID  string            // the first email of the batch that is bound to the customer, and not too old
	old      bool              // all its messages in the batch are too old for the customer to be assigned
	*care
}

// writers of a batch, in the order of their first message.
type writers struct {
	list []*writer
	by   map[string]*writer // by address
}

func (ws *writers) add(w *writer) {
	// A customer record that was noted and has no manager is ours to assign; one
	// with a manager was taken up by the host in the meantime.
	w.created = w.noted && !w.missing && w.customer.ManagerID == ""
	ws.list = append(ws.list, w)
	ws.by[w.address] = w
}

// addresses returns the addresses of the writers for whom it holds.
func (ws *writers) addresses(holds func(*writer) bool) []string {
	var addresses []string
	for _, w := range ws.list {
		if holds(w) {
			addresses = append(addresses, w.address)
		}
	}
	return addresses
}

func isMissing(w *writer) bool { return w.missing }

// care is what a batch does about the manager of one customer. The manager is settled
// within the transaction that writes the notifications, so that the manager is notified
// of each message exactly once: by the batch that uploads it when there is a manager,
// or else by whatever assigns the customer later.
type care struct {
	customerID string
	managerID  string            // who is notified of the batch's messages; "": nobody now
	record     assign.Assignment // of the customer from now on
	remembered bool              // the record was there before
	recorded   bool              // the record is new, or has changed
	wanting    bool              // a manager is wanted from the account's group
	assigned   bool              // the batch has given the customer to its manager
	announced  bool              // and the notification of that is written
	unused     string            // whose claimed turn the customer did not need; "": nobody's
	catchUp    bool              // the manager is notified of all the customer's mail, not of the batch's alone
}

// How long the record of a manager outweighs a look-up that shows none: a
// repository with a search index shows an attachment a while later, and one in
// the store's database may have been asked just before it.
const (
	lookupLag       = time.Hour
	lookupLagInside = time.Minute
)

// careFor is a pure function: what to do about a customer's manager, given what
// the host's repository shows and what is remembered.
func careFor(a Account, w *writer, record assign.Assignment, now time.Time, lag time.Duration) *care {
	c := &care{customerID: w.customer.ID, managerID: w.customer.ManagerID, record: record,
		remembered: record.Stage != ""}
	switch record.Stage {
	case "":
		c.record = assign.Assignment{CustomerID: w.customer.ID, Shop: a.Shop, Address: w.address, AccountID: a.ID,
			Group: a.ManagerGroup, EmailID: w.emailID, Stage: assign.StageUnassigned, Since: now}
		c.wanting = c.managerID == "" && a.ManagerGroup != "" && (w.created || a.AssignExisting) && !w.old
		c.recorded = c.managerID == "" && w.created
		c.catchUp = c.wanting && !w.missing
		if !w.created {
			c.record.NotifySince = now // nobody is notified of what came before
		}
	case assign.StageUnassigned:
		c.wanting = c.managerID == "" && a.ManagerGroup != "" && !w.old
		c.record.AccountID, c.record.Group, c.record.EmailID = a.ID, a.ManagerGroup, w.emailID
		c.catchUp = c.wanting
	case assign.StageWaiting, assign.StageClaimed:
		if c.managerID == "" || c.managerID == record.ManagerID {
			c.managerID = "" // the assigner announces it, with all the customer's mail
			return c
		}
		c.catchUp = true // the host has taken the customer in the meantime
		if record.Stage == assign.StageClaimed {
			c.unused = record.ManagerID
		}
	case assign.StageAssigned:
		switch age := now.Sub(record.Since); {
		case c.managerID == record.ManagerID:
			return c
		case c.managerID == "" && age < lag:
			c.managerID = record.ManagerID
			return c
		}
		c.wanting = c.managerID == "" && a.ManagerGroup != "" && a.AssignExisting && !w.old
		c.record.AccountID, c.record.Group, c.record.EmailID = a.ID, a.ManagerGroup, w.emailID
		if c.wanting { // the manager was taken away
			c.record.Round++
			c.record.NotifySince, c.catchUp = now, true
		}
	}
	switch {
	case c.wanting:
		c.record.Stage, c.record.ManagerID, c.record.Since, c.recorded = assign.StageWaiting, "", now, true
	case c.managerID != "" && record.Stage != "":
		c.assign(c.managerID, now)
	}
	return c
}

// assign records who has the customer.
func (c *care) assign(managerID string, now time.Time) {
	c.managerID, c.recorded, c.wanting = managerID, true, false
	c.record.Stage, c.record.ManagerID, c.record.Since = assign.StageAssigned, managerID, now
	c.record.Attempts, c.record.NextTry, c.record.LastError = 0, time.Time{}, ""
}

// attend settles, within the transaction of a batch, who is notified of its messages.
// With a team, customers who want a manager get one from it; otherwise they wait.
func (c *committer) attend(ctx context.Context, ws *writers, team []assign.Manager, lag time.Duration) error {
	ids := make([]string, len(ws.list))
	for i, w := range ws.list {
		ids[i] = w.customer.ID
	}
	records, err := c.store.Assignments(ctx, ids)
	if err != nil {
		return err
	}
	if err := c.lookForNewNotes(ctx, ws, records); err != nil {
		return err
	}
	now, cares := time.Now(), make(map[string]*care, len(ids))
	var wanting []*care
	unused := make(map[string][]string) // managers whose turns nobody needed, by group
	recent := make(map[string]*writer)  // by customer
	for _, w := range ws.list {
		if !w.old && recent[w.customer.ID] == nil {
			recent[w.customer.ID] = w
		}
	}
	for _, w := range ws.list {
		one := cares[w.customer.ID]
		if one == nil {
			if r := recent[w.customer.ID]; w.old && r != nil { // a different address of the customer
				w.old, w.emailID = false, r.emailID
			}
			one = careFor(c.account, w, records[w.customer.ID], now, lag)
			cares[w.customer.ID] = one
			if one.wanting {
				wanting = append(wanting, one)
			}
			if one.unused != "" {
				unused[one.record.Group] = append(unused[one.record.Group], one.unused)
			}
		}
		w.care = one
	}
	managers, err := c.distributor.Claim(ctx, c.account.ManagerGroup, team, len(wanting))
	if err != nil {
		return err
	}
	for i, m := range managers {
		attached, err := c.customers.attach(ctx, wanting[i].customerID, m.ID)
		if err != nil {
			return err
		}
		wanting[i].assign(attached, now)
		if wanting[i].assigned = attached == m.ID; !wanting[i].assigned {
			unused[c.account.ManagerGroup] = append(unused[c.account.ManagerGroup], m.ID)
		}
	}
	return unclaim(ctx, c.store, unused)
}

// recordCare writes what the batch has settled about managers, and announces
// customers to them. The batch's emails are in the store by now.
func (c *committer) recordCare(ctx context.Context, ws *writers) error {
	var records []assign.Assignment
	done := make(map[*care]bool)
	for _, w := range ws.list {
		one := w.care
		if one == nil || done[one] {
			continue
		}
		done[one] = true
		if one.recorded {
			records = append(records, one.record)
		}
		if one.catchUp && one.managerID != "" {
			if err := announce(ctx, c.store, c.outbox, one.record, one.assigned); err != nil {
				return err
			}
		}
	}
	if len(records) == 0 {
		return nil
	}
	return c.store.SetAssignments(ctx, records)
}

// notificationOf notifies a manager of an email.
func notificationOf(e Email, managerID string, kind notify.Kind) notify.Notification {
	return notify.Notification{
		AccountID: e.AccountID, Shop: e.Shop, ManagerID: managerID, CustomerID: e.CustomerID,
		EmailID: e.ID, From: e.From, Subject: e.Subject, At: time.Now(), Initial: e.Initial,
	}.As(kind)
}

// needsTeam reports whether a customer of the batch may want a manager.
func (ws *writers) needsTeam(a Account) bool {
	if a.ManagerGroup == "" {
		return false
	}
	for _, w := range ws.list {
		if w.missing || w.customer.ManagerID == "" {
			return true
		}
	}
	return false
}

// announce notifies a manager of a customer, and of all the customer's messages whose
// accounts notify. What was announced before has its notification already. ours is
// false where the host has made the assignment itself.
func announce(ctx context.Context, store Store, out outbox, a assign.Assignment, ours bool) error {
	if err := store.SetManager(ctx, a.CustomerID, a.ManagerID); err != nil {
		return err
	}
	var news []notify.Notification
	mails, initial := 0, 0
	for e, err := range AllEmails(ctx, store, EmailFilter{CustomerID: a.CustomerID}) {
		if err != nil {
			return err
		}
		if e.UploadedAt.Before(a.NotifySince) {
			continue
		}
		if mails++; e.Initial {
			initial++
		}
		if e.Notify {
			news = append(news, notificationOf(e, a.ManagerID, notify.IncomingEmail))
		}
	}
	if ours {
		first, err := store.Email(ctx, a.EmailID)
		if err != nil && !errors.Is(err, ErrNotFound) { // the email may have been erased
			return err
		}
		// Who has written since the initial upload is not only one of it.
		about := Email{ID: a.EmailID, AccountID: a.AccountID, Shop: a.Shop, CustomerID: a.CustomerID,
			From: a.Address, Subject: first.Subject, Initial: mails > 0 && initial == mails}
		assigned := notificationOf(about, a.ManagerID, notify.CustomerAssigned)
		if a.Round > 0 {
			assigned.ID += "/" + strconv.Itoa(a.Round) // a different event than the first assignment
		}
		news = slices.Insert(news, 0, assigned)
	}
	return out.add(ctx, news)
}

// unclaim gives back, by group, the turns of managers that nobody needed.
func unclaim(ctx context.Context, turns assign.Turns, unused map[string][]string) error {
	for _, group := range slices.Sorted(maps.Keys(unused)) {
		if err := turns.Unclaim(ctx, group, unused[group]); err != nil {
			return err
		}
	}
	return nil
}

// lookForNewNotes finds customers whom a different account has created since the batch
// looked for notes, and has not recorded yet. They are ours to assign, too. The batch's own
// notes prove nothing: the host may have entered the customer meanwhile.
func (c *committer) lookForNewNotes(ctx context.Context, ws *writers, records map[string]assign.Assignment) error {
	isOpen := func(w *writer) bool {
		return !w.created && w.customer.ManagerID == "" && records[w.customer.ID].Stage == ""
	}
	found := ws.addresses(func(w *writer) bool { return isOpen(w) && !w.missing })
	missing := ws.addresses(func(w *writer) bool { return isOpen(w) && w.missing })
	noted := make(map[string]bool)
	look := func(intended func(context.Context, string, string, []string) (map[string]bool, error),
		account string, addresses []string) error {
		if len(addresses) == 0 {
			return nil
		}
		some, err := intended(ctx, account, c.account.Shop, addresses)
		if err != nil {
			return fmt.Errorf("inbound: read begun creations: %w", err)
		}
		maps.Copy(noted, some)
		return nil
	}
	if err := look(c.store.IntendedCustomers, "", found); err != nil {
		return err
	}
	if err := look(c.store.IntendedElsewhere, c.account.ID, missing); err != nil {
		return err
	}
	for _, w := range ws.list {
		if isOpen(w) && noted[w.address] {
			w.noted, w.created = true, true
		}
	}
	return nil
}
