package inbound_test

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// judgeAge checks whether an email is rightly of an initial upload or not, and too old for
// notifications or not, as far as the times tell: mail that is moved in keeps its time.
func (w *world) judgeAge(e inbound.Email) {
	const margin = 2 * time.Second // dates in headers have no fractions
	came := w.came[e.ID]
	if came.old && (!e.Initial || e.Notify) {
		w.blame("%s of %s is too old, but initial is %v and notify %v", e.Subject, e.AccountID, e.Initial, e.Notify)
	}
	if e.Initial && came.Start.Now {
		w.blame("%s is of the initial upload of %s, which starts now", e.Subject, e.AccountID)
	}
	if !came.old && e.Notify != came.NotifyManager {
		w.blame("%s of %s: notify is %v", e.Subject, e.AccountID, e.Notify)
	}
	age := came.InitialAge
	if age == 0 {
		age = inbound.DefaultInitialAge
	}
	var received time.Time
	for _, m := range w.messages {
		if m.sum == w.texts[e.SHA256] {
			received = m.received
		}
	}
	c := w.connected[e.AccountID]
	connected := c != nil && !c.from.IsZero()
	switch {
	case came.old && (age < 0 || received.After(time.Now().Add(margin-age))):
		w.blame("%s of %s is too old, but only since %v", e.Subject, e.AccountID, received.Sub(w.began))
	case e.Initial && !came.old && age > 0 && connected && received.Before(c.from.Add(-age-margin)):
		w.blame("%s of %s is not too old, from %v", e.Subject, e.AccountID, received.Sub(w.began))
	}
	// A folder, a mailbox or mail that the account has got later has an initial upload of its own.
	for _, kind := range []string{"folders", "mailbox", "protocol", "start", "hidden", "marked"} {
		if w.kinds[kind] {
			return
		}
	}
	if e.Initial && connected && !c.by.IsZero() && received.After(c.by.Add(margin)) {
		w.blame("%s is of the initial upload of %s, which was over", e.Subject, e.AccountID)
	}
}

// judgeNotifications checks that a manager who has or had the customer was notified,
// once, of each email of a customer with a manager and of each assignment by
// postroom, and of nothing else. What stems from an initial upload may be in a digest, or
// be told to nobody, if the account's settings were such.
func (w *world) judgeNotifications() {
	may, must := make(map[string]*record), make(map[string]string)
	// Existing customers wait from the first email on that asks for a manager.
	waits := make(map[string]bool)
	for _, e := range w.emails {
		r, came := w.crm.byID(e.CustomerID), w.came[e.ID]
		about := notify.Notification{CustomerID: r.ID, EmailID: e.ID}
		// A manager may take a customer just before postroom attaches one.
		if r.attached || (r.by != "" || came.AssignExisting) && (w.disturbed() || w.kinds["takes"] && w.kinds["midpass"]) {
			may[about.As(notify.CustomerAssigned).ID] = r
		}
		if r.attached {
			finished := r.giver.account.ID == e.AccountID && r.by == e.AccountID && !w.account(r.by).Inactive &&
				len(r.managers) == 1
			if !r.erased && (r.sure || finished) {
				must[about.As(notify.CustomerAssigned).ID] = "the assignment of " + r.Email
			}
		}
		waits[r.ID] = waits[r.ID] || !came.old && (r.by != "" || came.AssignExisting && came.ManagerGroup != "")
		if came.NotifyManager && !came.old {
			id := about.As(notify.IncomingEmail).ID
			may[id] = r
			waited := r.by != "" && r.ManagerID != "" && came.ManagerGroup != "" && waits[r.ID]
			if !r.erased && (came.hadManager || r.attached && waits[r.ID] || waited) {
				must[id] = e.Subject + " from " + e.From + " to " + e.AccountID
			}
		}
	}
	untold := maps.Clone(may)
	for _, t := range w.notified {
		if t.Kind == notify.InitialDigest {
			continue
		}
		switch r := may[t.ID]; {
		case r == nil:
			w.blame("%s is notified of something unwanted: %s %s of %s", t.ManagerID, t.Kind, t.Subject, t.From)
		case !slices.Contains(r.managers, t.ManagerID):
			w.blame("%s is notified of %s, whose managers are %v", t.ManagerID, t.From, r.managers)
		case t.again && !w.kinds["kill"] && !w.kinds["fault"] && !w.kinds["lease"] && !w.kinds["slow"]:
			w.blame("%s is notified twice: %s %s", t.ManagerID, t.Kind, t.Subject)
		}
		delete(must, t.ID)
		delete(untold, t.ID)
	}
	w.judgeDigests(untold, must)
	for _, e := range w.emails { // in their order
		about := notify.Notification{CustomerID: e.CustomerID, EmailID: e.ID}
		for _, kind := range []notify.Kind{notify.CustomerAssigned, notify.IncomingEmail} {
			if what, missing := must[about.As(kind).ID]; missing {
				w.blame("no manager is notified of %s; the customer's managers: %v", what,
					w.crm.byID(e.CustomerID).managers)
			}
		}
	}
}

// judgeDigests checks that managers are not flooded by what stems from initial uploads, and
// that the digests stand for as many emails as were not told one by one: for all that must
// be told, and none twice. may and must are what no single notification has told. It takes
// out of must what digests or settings excuse.
func (w *world) judgeDigests(may map[string]*record, must map[string]string) {
	type backlog struct{ account, manager string }
	singles, told := make(map[backlog]map[string]bool), make(map[string]int)
	last := make(map[backlog]time.Time)
	seen := make(map[string]bool)
	for _, t := range w.notified {
		key := backlog{t.AccountID, t.ManagerID}
		if !t.Initial || seen[t.ID] {
			continue
		}
		seen[t.ID] = true
		if t.Kind != notify.InitialDigest {
			if singles[key] == nil {
				singles[key] = make(map[string]bool)
			}
			singles[key][t.ID] = true
			continue
		}
		if before := last[key]; t.At.Sub(before) < 24*time.Hour {
			w.blame("%s gets two digests of %s within a day", t.ManagerID, t.AccountID)
		}
		last[key] = t.At
		told[t.AccountID] += t.Emails
		if t.Customers == 0 || !w.tells[t.AccountID][inbound.NotifyDigest] {
			w.blame("%s gets a digest of %s: %+v", t.ManagerID, t.AccountID, t.Notification)
		}
	}
	for key, ids := range singles {
		if len(ids) > 20 && !w.tells[key.account][inbound.NotifyEach] {
			w.blame("%s gets %d notifications of the initial upload of %s", key.manager, len(ids), key.account)
		}
	}
	least, most := make(map[string]int), make(map[string]int)
	initial := make(map[string]bool) // customers
	for _, e := range w.emails {
		id := notify.Notification{EmailID: e.ID}.As(notify.IncomingEmail).ID
		if !e.Initial {
			continue
		}
		initial[e.CustomerID] = true
		if may[id] != nil {
			most[e.AccountID]++
		}
		if _, missing := must[id]; missing {
			least[e.AccountID]++
			delete(must, id)
		}
	}
	silent := false
	for account := range w.tells {
		silent = silent || w.tells[account][inbound.NotifyNone]
		if told[account] > most[account] {
			w.blame("digests of %s tell of %d emails, and only %d are not told one by one", account, told[account],
				most[account])
		}
		if told[account] < least[account] && !w.tells[account][inbound.NotifyNone] {
			w.blame("digests of %s tell of %d emails, and %d are not told one by one", account, told[account],
				least[account])
		}
	}
	for id := range must {
		if customer, ok := strings.CutPrefix(id, string(notify.CustomerAssigned)+"/"); ok && initial[customer] &&
			(len(last) > 0 || silent) {
			delete(must, id)
		}
	}
}
