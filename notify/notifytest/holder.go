package notifytest

import (
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/notify"
)

// HoldingOutbox is an outbox that can hold notifications back.
type HoldingOutbox interface {
	notify.Outbox
	notify.Holder
}

// TestHolder checks an implementation of notify.Holder. For each test, open returns an
// empty one. It registers its cleanup with t.Cleanup.
func TestHolder(t *testing.T, open func(t *testing.T) HoldingOutbox) {
	tests := map[string]func(*holder){
		"HeldIsNeitherDueNorListed":    heldIsNeitherDueNorListed,
		"BacklogsByAccountAndManager":  backlogsByAccountAndManager,
		"ReleasedInPlace":              releasedInPlace,
		"ReleaseOfTheFirst":            releaseOfTheFirst,
		"DigestStandsForAllHeld":       digestStandsForAllHeld,
		"DigestOfNothing":              digestOfNothing,
		"NothingIsHeldAgain":           nothingIsHeldAgain,
		"LateUpdateDoesNotRelease":     lateUpdateDoesNotRelease,
		"DigestLeavesDeliveriesInLine": digestLeavesDeliveriesInLine,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			test(&holder{&box{T: t, outbox: o}, o})
		})
	}
}

// holder is an implementation under test.
type holder struct {
	*box
	notify.Holder
}

// hold holds back notifications whose ID and manager are given as "ID/manager". Each is
// about a customer of its own.
func (h *holder) hold(texts ...string) {
	h.T.Helper()
	var ns []notify.Notification
	for i, text := range texts {
		n := notification(text)
		n.CustomerID, n.Initial, n.At = n.ID, true, start.Add(time.Duration(i)*time.Minute)
		ns = append(ns, n)
	}
	h.check(h.Hold(h.T.Context(), ns), "Hold")
}

func (h *holder) backlogs() []notify.Backlog {
	h.T.Helper()
	list, err := h.Backlogs(h.T.Context())
	h.check(err, "Backlogs")
	for i := range list {
		list[i].Since, list[i].LastDigest = list[i].Since.UTC(), list[i].LastDigest.UTC()
	}
	return list
}

func (h *holder) expectBacklogs(why string, want ...notify.Backlog) {
	h.T.Helper()
	if got := h.backlogs(); !slices.Equal(got, want) {
		h.Errorf("Backlogs gave %+v, want %+v: %s", got, want, why)
	}
}

func backlog(manager string, held, settled int) notify.Backlog {
	return notify.Backlog{AccountID: "shop", ManagerID: manager, Shop: "main", Held: held, Since: start,
		Settled: settled}
}

func (h *holder) digest(manager string, at time.Time) {
	h.T.Helper()
	h.check(h.DigestHeld(h.T.Context(), digestOf(manager, at)), "DigestHeld")
}

func digestOf(manager string, at time.Time) notify.Notification {
	return notify.Notification{ID: "digest " + manager + at.String(), Kind: notify.InitialDigest, AccountID: "shop",
		Shop: "main", ManagerID: manager, At: at, Initial: true}
}

func heldIsNeitherDueNorListed(h *holder) {
	h.expectBacklogs("nothing is held")
	h.hold("n1/m1")
	h.add("n2/m1")
	h.expectDue("n1 is held, and n2 may overtake it", "n2")
	if got := ids(h.list()); !slices.Equal(got, []string{"n2"}) {
		h.Errorf("Notifications gave %q, want n2 without the held n1", got)
	}
	h.check(h.ReleaseHeld(h.T.Context(), "shop", "m1", 1), "ReleaseHeld")
	want := notification("n1/m1")
	want.CustomerID, want.Initial = "n1", true
	due := h.due(1)
	if len(due) != 1 {
		h.Fatalf("Due gave %d entries, want the released n1", len(due))
	}
	if due[0].At = due[0].At.UTC(); due[0] != (notify.Entry{Notification: want, State: notify.Pending}) {
		h.Errorf("Due gave %+v, want every field of n1", due[0])
	}
}

func backlogsByAccountAndManager(h *holder) {
	h.hold("n1/m2", "n2/m1", "n3/m2")
	other := notification("n4/m1")
	other.AccountID, other.Shop = "another", "second"
	h.check(h.Hold(h.T.Context(), []notify.Notification{other}), "Hold")
	second, later := backlog("m2", 2, 0), backlog("m1", 1, 0)
	later.Since = start.Add(time.Minute)
	h.expectBacklogs("one of each account and manager, in their order", notify.Backlog{AccountID: "another",
		ManagerID: "m1", Shop: "second", Held: 1, Since: start}, later, second)
}

func releasedInPlace(h *holder) {
	h.add("n1/m1")
	h.hold("n2/m1", "n3/m2")
	h.add("n4/m1")
	h.check(h.ReleaseHeld(h.T.Context(), "shop", "m1", 10), "ReleaseHeld")
	h.expectDue("n2 is where it was added, and n3 is another manager's", "n1", "n2", "n4")
	h.expectBacklogs("that of m2 is left", notify.Backlog{AccountID: "shop", ManagerID: "m2", Shop: "main", Held: 1,
		Since: start.Add(time.Minute)})
	h.check(h.ReleaseHeld(h.T.Context(), "shop", "m3", 10), "ReleaseHeld of nothing")
	h.deliver("n2")
	h.expectDue("n2 is delivered", "n1", "n4")
}

func releaseOfTheFirst(h *holder) {
	h.hold("n1/m1", "n2/m1", "n3/m1")
	h.check(h.ReleaseHeld(h.T.Context(), "shop", "m1", 2), "ReleaseHeld")
	h.expectDue("two of three are released", "n1", "n2")
	want := backlog("m1", 1, 2)
	want.Since = start.Add(2 * time.Minute)
	h.expectBacklogs("n3 is left, and two were held before", want)
	h.deliver("n1")
	h.expectBacklogs("a delivered one was held, too", want)
}

func digestStandsForAllHeld(h *holder) {
	h.hold("n1/m1", "n2/m1", "n3/m2")
	assigned := notification("n4/m1")
	assigned.Kind, assigned.CustomerID, assigned.Initial = notify.CustomerAssigned, "n1", true
	h.check(h.Hold(h.T.Context(), []notify.Notification{assigned}), "Hold")
	h.digest("m1", start)
	want := digestOf("m1", start)
	want.Emails, want.Customers = 2, 2
	due := h.due(10)
	if len(due) != 1 {
		h.Fatalf("Due gave %d entries after DigestHeld, want the digest alone", len(due))
	}
	if due[0].At = due[0].At.UTC(); due[0].Notification != want {
		h.Errorf("Due gave the digest %+v, want %+v", due[0].Notification, want)
	}
	h.hold("n5/m1")
	first := backlog("m1", 1, 3)
	first.LastDigest = start
	second := backlog("m2", 1, 0)
	second.Since = start.Add(2 * time.Minute)
	h.expectBacklogs("three are settled, by a digest", first, second)
	h.digest("m1", start.Add(time.Hour))
	h.hold("n6/m1")
	first.Settled, first.LastDigest = 4, start.Add(time.Hour)
	h.expectBacklogs("the last digest counts", first, second)
	if got := len(h.list()); got != 2 {
		h.Errorf("Notifications gave %d entries, want the two digests", got)
	}
}

func digestOfNothing(h *holder) {
	h.hold("n1/m2")
	h.digest("m1", start)
	h.expectDue("m1 had nothing held, so there is no digest")
}

func nothingIsHeldAgain(h *holder) {
	h.hold("n1/m1", "n2/m1")
	h.add("n1/m1", "n3/m1")
	h.hold("n1/m1", "n3/m1")
	h.expectDue("n1 is held already, n3 pending already", "n3")
	h.digest("m1", start)
	h.hold("n1/m1", "n2/m1")
	h.add("n1/m1")
	h.expectBacklogs("n1 and n2 are in a digest")
	if got := len(h.list()); got != 2 {
		h.Errorf("Notifications gave %d entries, want n3 and the digest", got)
	}
}

func lateUpdateDoesNotRelease(h *holder) {
	h.hold("n1/m1", "n2/m2")
	h.digest("m2", start)
	for _, id := range []string{"n1", "n2"} {
		e := notify.Entry{Notification: notify.Notification{ID: id}, State: notify.Pending}
		h.check(h.outbox.Update(h.T.Context(), []notify.Entry{e}), "Update")
		e.State = notify.Delivered
		h.check(h.outbox.Update(h.T.Context(), []notify.Entry{e}), "Update")
	}
	h.expectBacklogs("Update leaves what is held", backlog("m1", 1, 0))
	if got := len(h.list()); got != 1 {
		h.Errorf("Notifications gave %d entries, want the digest alone", got)
	}
}

func digestLeavesDeliveriesInLine(h *holder) {
	h.hold("n1/m1")
	h.digest("m1", start)
	h.add("n2/m2", "n3/m3")
	h.deliver("n3")
	h.deliver("n2")
	if got := ids(h.list()); len(got) != 3 || got[0] != "n3" || got[1] != "n2" {
		h.Errorf("Notifications gave %q, want n3 and n2 in the order of delivery, then the digest", got)
	}
}
