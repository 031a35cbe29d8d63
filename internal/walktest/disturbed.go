package walktest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

const addressChanges = "address changes"

// disturbances are changes of the host that may happen between any two steps.
var disturbances = map[string]func(w *world){
	"pass of b": func(w *world) {
		w.boxes["b"].Deliver(message("new1@example.com", "raced 1"), message("new2@example.com", "raced 2"),
			message("known@example.com", "raced 3"))
		if _, err := w.syncer(&inboundtest.Failpoints{}).Sync(w.t.Context(), "b"); err != nil {
			w.t.Error(err)
		}
	},
	"assignment": func(w *world) { // it fails if a different assignment is running
		_, _ = w.syncer(&inboundtest.Failpoints{}).AssignWaiting(w.t.Context())
	},
	"owner takes all": func(w *world) {
		for _, c := range w.customers() {
			if c.Email == stranger {
				continue // waits in no group, so no notification depends on it
			}
			if _, err := w.host.Customers.AttachManager(w.t.Context(), c.ID, owner); err != nil {
				w.t.Error(err)
			}
		}
	},
	"managers change": func(w *world) {
		if members, _ := w.team.Group(w.t.Context(), group); len(members) > 0 {
			w.team.set(nil)
		} else {
			w.team.set([]assign.Manager{{ID: "m2", Status: assign.Free}})
		}
	},
	addressChanges: func(w *world) {
		for _, c := range w.customers() {
			if c.Email == "new1@example.com" {
				c.Email = "merged@example.com"
				w.host.Replace(c)
			}
		}
	},
}

// TestDisturbed changes the host at every nth step outside of transactions, where n
// is stride. It then checks that each email was notified once and to the right
// manager.
func TestDisturbed(t *testing.T, open func(t *testing.T) Host, stride int) {
	for name := range disturbances {
		if name == addressChanges && open(t).Replace == nil {
			continue
		}
		for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
			t.Run(fmt.Sprintf("%s, %s", name, protocol), func(t *testing.T) {
				for at := 1; !t.Failed(); at += stride {
					problems, where := disturbed(t, open, protocol, name, at)
					if where == "" {
						t.Logf("%d steps", (at-1)/stride)
						return
					}
					for _, problem := range problems {
						t.Errorf("disturbed at step %d (%s): %s", at, where, problem)
					}
				}
			})
		}
	}
}

func disturbed(
	t *testing.T, open func(t *testing.T) Host, protocol inbound.Protocol, name string, at int,
) (problems []string, where string) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, open, protocol)
		d := &disturber{at: at, disturb: func() { disturbances[name](w) }}
		points := &inboundtest.Failpoints{Fail: d.step}
		w.do = func(operation string, run func(ctx context.Context, s *inbound.Syncer) error) {
			// A pass of b cannot run within a pass of b.
			ofB := slices.Contains([]string{"first b", "replay b", "second b"}, operation)
			d.begin(operation, name == "pass of b" && ofB)
			if err := run(t.Context(), w.syncer(points)); err != nil {
				t.Fatalf("disturbed at step %d (%s): %s: %v", at, d.where, operation, err)
			}
			time.Sleep(time.Minute)
		}
		w.history()
		where = d.where
		w.team.set([]assign.Manager{{ID: "m1", Status: assign.Free}, {ID: "m2", Status: assign.Free}})
		s := w.syncer(&inboundtest.Failpoints{})
		for range 3 {
			time.Sleep(2 * time.Hour)
			if _, err := s.AssignWaiting(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := dispatch(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		problems = w.problems()
	})
	return problems, where
}

// disturber counts the steps outside of transactions and calls disturb at one of them.
type disturber struct {
	at      int
	disturb func()

	mu           sync.Mutex
	operation    string
	off          bool // while this operation runs
	steps        int
	transactions int // that are open
	busy         bool
	where        string // "": not yet
}

func (d *disturber) begin(operation string, off bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.operation, d.off = operation, off
}

// step is Failpoints.Fail. It does not hold the lock during disturb, so that other
// goroutines can continue.
func (d *disturber) step(_ int, name string) error {
	if d.isDue(name) {
		d.disturb()
		d.mu.Lock()
		d.busy = false
		d.mu.Unlock()
	}
	if name == "before Atomic" {
		d.mu.Lock()
		d.transactions++
		d.mu.Unlock()
	}
	return nil
}

func (d *disturber) isDue(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if name == "after Atomic" {
		d.transactions--
	}
	if d.busy || d.off || d.transactions > 0 {
		return false
	}
	d.steps++
	d.busy = d.steps == d.at
	if d.busy {
		d.where = d.operation + ": " + name
	}
	return d.busy
}

// problems compares the notifications with the final managers of the customers. They
// may differ if the host assigns a customer who waits in no group, and for mail that
// arrived before a customer was assigned.
func (w *world) problems() (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	times := make(map[string]int)
	notified, announced := make(map[string]string), make(map[string]string) // manager by email, by customer
	for _, n := range w.notified.list {
		times[n.ID]++
		if n.Kind == notify.IncomingEmail {
			notified[n.EmailID] = n.ManagerID
		} else {
			announced[n.CustomerID] = n.ManagerID
		}
	}
	for id, n := range times {
		if n > 1 {
			add("notification %s was delivered %d times", id, n)
		}
	}
	customers := make(map[string]customer.Customer)
	for _, c := range w.customers() {
		customers[c.ID] = c
		switch manager := announced[c.ID]; {
		case c.ManagerID == "" && c.Email != stranger:
			add("%s has no manager", c.Email)
		case manager != "" && manager != c.ManagerID:
			add("%s is announced to %s, and has %s", c.Email, manager, c.ManagerID)
		case manager == "" && c.ManagerID != "" && c.ManagerID != owner:
			add("%s is not announced to %s", c.Email, c.ManagerID)
		}
	}
	emails := w.emails()
	var takeover time.Time // of the customer who existed before
	for _, e := range emails {
		if e.Subject == "2" {
			takeover = e.UploadedAt
		}
	}
	for _, e := range emails {
		c := customers[e.CustomerID]
		if e.ManagerID != c.ManagerID {
			add("email %s has manager %q, its customer %q", e.Subject, e.ManagerID, c.ManagerID)
		}
		if c.ID == known && e.UploadedAt.Before(takeover) {
			continue // no manager is notified of it
		}
		if c.ManagerID != "" && e.Notify && notified[e.ID] != c.ManagerID {
			add("email %s was notified to %q, its customer has %q", e.Subject, notified[e.ID], c.ManagerID)
		}
	}
	if len(emails) < 9 {
		add("only %d emails", len(emails))
	}
	return lines
}
