package notifytest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/notify"
)

// TestOutbox checks an implementation of notify.Outbox. For each test, open returns
// an empty one. It registers its cleanup with t.Cleanup.
func TestOutbox(t *testing.T, open func(t *testing.T) notify.Outbox) {
	tests := map[string]func(*box){
		"AddStoresEveryField":       addStoresEveryField,
		"AddAgain":                  addAgain,
		"DueInOrder":                dueInOrder,
		"LaterEntriesDoNotOvertake": laterEntriesDoNotOvertake,
		"DeadDoesNotBlock":          deadDoesNotBlock,
		"ListedInDeliveryOrder":     listedInDeliveryOrder,
		"PagesCoverEverything":      pagesCoverEverything,
		"PageAfterUnknownID":        pageAfterUnknownID,
		"UpdateOfUnknownID":         updateOfUnknownID,
		"UndeliveredAreCounted":     undeliveredAreCounted,
		"DeliveredStaysDelivered":   deliveredStaysDelivered,
		"NextTryIsKeptExactly":      nextTryIsKept,
		"LargeBatch":                largeBatch,
		"ConcurrentUpdates":         concurrentUpdates,
		"ClockSetBack":              clockSetBack,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(&box{T: t, outbox: open(t)}) })
	}
}

// start is a time that every database stores exactly.
var start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// box is an outbox under test.
type box struct {
	*testing.T
	outbox notify.Outbox
}

func (b *box) check(err error, op string) {
	b.Helper()
	if err != nil {
		b.Fatalf("%s: %v", op, err)
	}
}

// add appends notifications whose ID and manager are given as "ID/manager".
func (b *box) add(texts ...string) {
	b.Helper()
	ns := make([]notify.Notification, len(texts))
	for i, text := range texts {
		ns[i] = notification(text)
	}
	b.check(b.outbox.Add(b.Context(), ns), "Add")
}

func notification(text string) notify.Notification {
	n := notify.Notification{
		Kind: notify.IncomingEmail, AccountID: "shop", Shop: "main", CustomerID: "c1", EmailID: "e1",
		From: "anna@example.com", Subject: "Привет ☺ '\"", At: start,
	}
	for i := range text {
		if text[i] == '/' {
			n.ID, n.ManagerID = text[:i], text[i+1:]
		}
	}
	return n
}

func ids(entries []notify.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.ID)
	}
	return all
}

func (b *box) due(limit int) []notify.Entry {
	b.Helper()
	due, err := b.outbox.Due(b.Context(), start, limit)
	b.check(err, "Due")
	return due
}

func (b *box) expectDue(why string, want ...string) {
	b.Helper()
	if got := ids(b.due(100)); !slices.Equal(got, want) {
		b.Errorf("Due gave %q, want %q: %s", got, want, why)
	}
}

func (b *box) list() []notify.Entry {
	b.Helper()
	list, err := b.outbox.Notifications(b.Context(), "", 1000)
	b.check(err, "Notifications")
	return list
}

// update changes the pending entry with this ID.
func (b *box) update(id string, change func(e *notify.Entry)) {
	b.Helper()
	for _, e := range b.list() {
		if e.ID == id {
			e.Attempts++
			change(&e)
			b.check(b.outbox.Update(b.Context(), []notify.Entry{e}), "Update")
			return
		}
	}
	b.Fatalf("Notifications does not list %q", id)
}

func (b *box) deliver(id string) {
	b.Helper()
	b.update(id, func(e *notify.Entry) { e.State = notify.Delivered })
}

func (b *box) fail(id string) {
	b.Helper()
	b.update(id, func(e *notify.Entry) { e.NextTry, e.LastError = start.Add(time.Minute), "refused" })
}

func addStoresEveryField(b *box) {
	if due, list := b.due(10), b.list(); len(due) != 0 || len(list) != 0 {
		b.Errorf("an empty outbox gave %v and %v", due, list)
	}
	b.check(b.outbox.Add(b.Context(), nil), "Add of nothing")
	b.add("n1/m1")
	want := notify.Entry{Notification: notification("n1/m1"), State: notify.Pending}
	for what, got := range map[string][]notify.Entry{"Due": b.due(10), "Notifications": b.list()} {
		if len(got) != 1 {
			b.Fatalf("%s gave %d entries, want 1", what, len(got))
		}
		if got[0].At = got[0].At.UTC(); got[0] != want {
			b.Errorf("%s gave %+v, want %+v", what, got[0], want)
		}
	}
}

func addAgain(b *box) {
	b.add("n1/m1", "n2/m1")
	b.deliver("n1")
	b.add("n1/m2", "n3/m1", "n3/m2")
	if got := ids(b.list()); !slices.Equal(got, []string{"n1", "n2", "n3"}) {
		b.Errorf("Notifications gave %q after n1 was added twice, want each ID once", got)
	}
	b.expectDue("n1 is delivered, and adding it again does not change that", "n2", "n3")
	if e := b.list()[0]; e.ManagerID != "m1" {
		b.Errorf("adding n1 again changed it to %+v", e)
	}
}

func dueInOrder(b *box) {
	b.add("n3/m1", "n1/m2", "n2/m1")
	b.expectDue("in the order in which they were added", "n3", "n1", "n2")
	if got := ids(b.due(2)); !slices.Equal(got, []string{"n3", "n1"}) {
		b.Errorf("Due with limit 2 gave %q", got)
	}
}

func laterEntriesDoNotOvertake(b *box) {
	b.add("a1/m1", "b1/m2", "a2/m1", "b2/m2")
	b.fail("a1")
	b.expectDue("the next try of a1 is later, and a2 does not overtake it", "b1", "b2")
	due, err := b.outbox.Due(b.Context(), start.Add(time.Minute), 100)
	b.check(err, "Due")
	if got := ids(due); !slices.Equal(got, []string{"a1", "b1", "a2", "b2"}) {
		b.Errorf("Due at the time of the next try gave %q, want all four", got)
	}
	b.deliver("a1")
	b.expectDue("a1 is delivered, so a2 is due", "b1", "a2", "b2")
}

func deadDoesNotBlock(b *box) {
	b.add("a1/m1", "a2/m1")
	b.update("a1", func(e *notify.Entry) {
		e.State, e.LastError, e.NextTry = notify.Dead, "no address", start.Add(time.Hour)
	})
	b.expectDue("a dead entry blocks no other one", "a2")
	if e := b.list()[0]; e.ID != "a1" || e.State != notify.Dead || e.LastError != "no address" || e.Attempts != 1 {
		b.Errorf("Notifications gave %+v, want the dead a1 with its error and one attempt", e)
	}
}

func undeliveredAreCounted(b *box) {
	expect := func(pending, dead int) {
		b.Helper()
		p, d, err := b.outbox.Undelivered(b.Context())
		b.check(err, "Undelivered")
		if p != pending || d != dead {
			b.Errorf("Undelivered gave %d pending and %d dead, want %d and %d", p, d, pending, dead)
		}
	}
	expect(0, 0)
	b.add("n1/m1", "n2/m1", "n3/m2", "n4/m3")
	b.deliver("n1")
	b.fail("n2")
	b.update("n3", func(e *notify.Entry) { e.State = notify.Dead })
	expect(2, 1)
}

func listedInDeliveryOrder(b *box) {
	b.add("n1/m1", "n2/m2", "n3/m3", "n4/m4")
	b.deliver("n3")
	b.deliver("n1")
	b.update("n3", func(*notify.Entry) {}) // recorded again, as after a crash
	if got := ids(b.list()); !slices.Equal(got, []string{"n3", "n1", "n2", "n4"}) {
		b.Errorf("Notifications gave %q, want n3 and n1 in the order of delivery, then n2 and n4", got)
	}
	entries := b.due(10)
	slices.Reverse(entries)
	for i := range entries {
		entries[i].State = notify.Delivered
	}
	b.check(b.outbox.Update(b.Context(), entries), "Update")
	if got := ids(b.list()); !slices.Equal(got, []string{"n3", "n1", "n4", "n2"}) {
		b.Errorf("Notifications gave %q, want n4 and n2 last, in the order in which Update recorded them", got)
	}
}

func pagesCoverEverything(b *box) {
	for i := range 10 {
		b.add(fmt.Sprintf("n%d/m%d", i, i))
	}
	for _, id := range []string{"n7", "n2", "n5"} {
		b.deliver(id)
	}
	var got []string
	for after := ""; ; {
		page, err := b.outbox.Notifications(b.Context(), after, 4)
		b.check(err, "Notifications")
		if len(page) > 4 {
			b.Fatalf("Notifications with limit 4 gave %d", len(page))
		}
		if len(page) == 0 {
			break
		}
		got = append(got, ids(page)...)
		after = page[len(page)-1].ID
	}
	if want := []string{"n7", "n2", "n5", "n0", "n1", "n3", "n4", "n6", "n8", "n9"}; !slices.Equal(got, want) {
		b.Errorf("pages of 4 gave %q, want %q", got, want)
	}
}

// pageAfterUnknownID accepts any error: that it wraps inbound.ErrNotFound is checked by
// inboundtest.TestStore.
func pageAfterUnknownID(b *box) {
	b.add("n1/m1")
	if list, err := b.outbox.Notifications(b.Context(), "unknown", 10); err == nil {
		b.Errorf("Notifications after an unknown ID gave %q and no error, want an error", ids(list))
	}
}

func updateOfUnknownID(b *box) {
	b.add("n1/m1")
	unknown := notify.Entry{Notification: notify.Notification{ID: "unknown"}, State: notify.Delivered}
	b.check(b.outbox.Update(b.Context(), []notify.Entry{unknown}), "Update of an unknown ID")
	b.check(b.outbox.Update(b.Context(), nil), "Update of nothing")
	if got := ids(b.list()); !slices.Equal(got, []string{"n1"}) {
		b.Errorf("Notifications gave %q after Update of an unknown ID, want only n1", got)
	}
}

// deliveredStaysDelivered checks that a dispatcher that lost its lease cannot
// record its failure after a different one has delivered.
func deliveredStaysDelivered(b *box) {
	b.add("n1/m1", "n2/m2")
	b.deliver("n1")
	b.deliver("n2")
	want := b.list()
	for _, state := range []notify.State{notify.Pending, notify.Dead, notify.Delivered} {
		b.update("n1", func(e *notify.Entry) {
			e.State, e.NextTry, e.LastError = state, start.Add(time.Minute), "refused"
		})
		if got := b.list(); len(got) != 2 || got[0].ID != "n1" || got[0].State != notify.Delivered ||
			got[0].Attempts != want[0].Attempts || got[0].LastError != "" {
			b.Errorf("Notifications gave %+v after a late Update to %s, want n1 delivered, first and unchanged",
				got, state)
		}
	}
	b.expectDue("both are delivered")
}

func nextTryIsKept(b *box) {
	b.add("n1/m1")
	b.fail("n1")
	e := b.list()[0]
	if !e.NextTry.Equal(start.Add(time.Minute)) || e.LastError != "refused" || e.Attempts != 1 ||
		e.State != notify.Pending {
		b.Errorf("Notifications gave %+v, want the recorded next try, error and one attempt", e)
	}
	b.update("n1", func(e *notify.Entry) { e.NextTry, e.LastError = time.Time{}, "" })
	if e := b.list()[0]; !e.NextTry.IsZero() || e.LastError != "" {
		b.Errorf("Notifications gave %+v, want no next try and no error", e)
	}
	b.expectDue("the zero time means now", "n1")
}

func largeBatch(b *box) {
	var texts, want []string
	for i := range 1200 {
		texts = append(texts, fmt.Sprintf("n%d/m%d", i, i%7))
		want = append(want, fmt.Sprint("n", i))
	}
	b.add(texts...)
	due := b.due(2000)
	if !slices.Equal(ids(due), want) {
		b.Fatalf("Due gave %d of 1200 notifications, or gave them in a different order", len(due))
	}
	for i := range due {
		due[i].State, due[i].Attempts = notify.Delivered, 1
	}
	b.check(b.outbox.Update(b.Context(), due), "Update of 1200 entries")
	b.expectDue("all are delivered")
}

// concurrentUpdates: a dispatcher that has lost its lease may still record.
func concurrentUpdates(b *box) {
	var want []string
	for i := range 40 {
		id := fmt.Sprint("n", i)
		b.add(fmt.Sprintf("%s/m%d", id, i))
		want = append(want, id)
	}
	var wg sync.WaitGroup
	for caller := range 8 {
		wg.Go(func() {
			for i := caller * 5; i < caller*5+5; i++ {
				e := notify.Entry{Notification: notify.Notification{ID: want[i]}, State: notify.Delivered, Attempts: 1}
				if err := b.outbox.Update(b.Context(), []notify.Entry{e}); err != nil {
					b.Errorf("Update beside others: %v", err)
				}
			}
		})
	}
	wg.Wait()
	var got []string
	for after := ""; ; {
		page, err := b.outbox.Notifications(b.Context(), after, 1)
		b.check(err, "Notifications")
		if len(page) == 0 {
			break
		}
		got = append(got, page[0].ID)
		if after = page[0].ID; page[0].State != notify.Delivered {
			b.Errorf("%s is %s after a concurrent Update, want it delivered", after, page[0].State)
		}
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		b.Errorf("pages of one gave %q after concurrent Updates, want each of %q once", got, want)
	}
}

func clockSetBack(b *box) {
	b.add("a1/m1", "a2/m1")
	b.update("a1", func(e *notify.Entry) { e.NextTry = start.Add(24 * time.Hour) })
	b.expectDue("a1 waits for a day")
	b.update("a1", func(e *notify.Entry) { e.NextTry = start.Add(30 * 24 * time.Hour) })
	b.expectDue("no pause is a month long: the clock was set back, and a1 does not wait for it", "a1", "a2")
}
