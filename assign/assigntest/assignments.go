package assigntest

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/assign"
)

// start is a time that every database stores exactly.
var start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// TestAssignments checks an implementation of assign.Assignments. For each test,
// open returns an empty one. It registers its cleanup with t.Cleanup.
func TestAssignments(t *testing.T, open func(t *testing.T) assign.Assignments) {
	for name, test := range map[string]func(*memory){
		"EveryFieldIsKept":         everyFieldIsKept,
		"SetReplaces":              setReplaces,
		"AssignmentsOfAThousand":   assignmentsOfAThousand,
		"Remove":                   removeAssignments,
		"QueuedReturnsPendingOnly": queuedReturnsPendingOnly,
		"PendingInOrder":           pendingInOrder,
		"PendingByNextTry":         pendingByNextTry,
		"PositionIsKept":           positionIsKept,
		"ReturnsAtTheEnd":          returnsAtTheEnd,
		"LastOfTheSameCustomer":    lastOfTheSameCustomer,
		"PendingGroups":            pendingGroups,
		"Regroup":                  regroup,
		"ConcurrentSetsLoseNone":   concurrentSets,
	} {
		t.Run(name, func(t *testing.T) { test(&memory{T: t, Assignments: open(t)}) })
	}
}

// memory is an implementation under test.
type memory struct {
	*testing.T
	assign.Assignments
}

// waits is an assignment of a customer who waits in group "g" of the account
// "shop".
func waits(id string) assign.Assignment {
	return assign.Assignment{
		CustomerID: id, Shop: "main", Address: id + "@example.com", AccountID: "shop", Group: "g",
		EmailID: "e-" + id, Stage: assign.StageWaiting, Since: start,
	}
}

// at is like waits, at a different stage.
func at(stage assign.Stage, id string) assign.Assignment {
	a := waits(id)
	a.Stage = stage
	return a
}

func (m *memory) check(err error, op string) {
	m.Helper()
	if err != nil {
		m.Fatalf("%s: %v", op, err)
	}
}

func (m *memory) set(all ...assign.Assignment) {
	m.Helper()
	m.check(m.SetAssignments(m.Context(), all), "SetAssignments")
}

func (m *memory) wait(ids ...string) {
	m.Helper()
	var all []assign.Assignment
	for _, id := range ids {
		all = append(all, waits(id))
	}
	m.set(all...)
}

// get returns the assignments of customers, with times in UTC.
func (m *memory) get(ids ...string) map[string]assign.Assignment {
	m.Helper()
	got, err := m.Assignments.Assignments(m.Context(), ids)
	m.check(err, "Assignments")
	got = maps.Clone(got)
	for id, a := range got {
		a.Since, a.NextTry = a.Since.UTC(), a.NextTry.UTC()
		got[id] = a
	}
	return got
}

func (m *memory) expect(why string, want assign.Assignment) {
	m.Helper()
	if got, ok := m.get(want.CustomerID)[want.CustomerID]; !ok || got != want {
		m.Errorf("Assignments gave (found: %v)\n%+v, want\n%+v: %s", ok, got, want, why)
	}
}

func (m *memory) pending(group string, limit int) []string {
	m.Helper()
	got, err := m.Queued(m.Context(), group, limit)
	m.check(err, "Queued")
	var ids []string
	for _, a := range got {
		ids = append(ids, a.CustomerID)
	}
	return ids
}

func (m *memory) expectPending(group, why string, want ...string) {
	m.Helper()
	if got := m.pending(group, 1000); !slices.Equal(got, want) {
		m.Errorf("Queued of group %q gave %q, want %q: %s", group, got, want, why)
	}
}

func (m *memory) expectGroups(why string, want ...assign.PendingGroup) {
	m.Helper()
	got, err := m.PendingGroups(m.Context())
	m.check(err, "PendingGroups")
	if !slices.Equal(got, want) {
		m.Errorf("PendingGroups gave %q, want %q: %s", got, want, why)
	}
}

// everyStage returns an assignment at each stage. Together they set every field.
func everyStage() []assign.Assignment {
	unassigned, claimed := at(assign.StageUnassigned, "c1"), at(assign.StageClaimed, "c3")
	unassigned.Group = ""
	claimed.ManagerID, claimed.Attempts, claimed.LastError = "m1", 3, "refused: \"☺\""
	claimed.NextTry, claimed.Address = start.Add(time.Minute), "анна@пример.рф"
	assigned := at(assign.StageAssigned, "c4")
	assigned.ManagerID, assigned.Round, assigned.NotifySince, assigned.Since = "m2", 2, start, start.Add(time.Hour)
	bare := assign.Assignment{CustomerID: "c5", Stage: assign.StageAssigned}
	return []assign.Assignment{unassigned, waits("c2"), claimed, assigned, bare}
}

func everyFieldIsKept(m *memory) {
	if got := m.get(); len(got) != 0 {
		m.Errorf("Assignments of no customers gave %v", got)
	}
	if got := m.get("c1"); len(got) != 0 {
		m.Errorf("Assignments gave %v, want none at the beginning", got)
	}
	m.set()
	m.set(everyStage()...)
	for _, a := range everyStage() {
		m.expect("every field is stored", a)
	}
	if got := m.get("c1", "unknown", "C2"); len(got) != 1 {
		m.Errorf("Assignments of c1, unknown and C2 gave %v, want only c1", got)
	}
	for _, group := range []string{"", "g"} {
		got, err := m.Queued(m.Context(), group, 10)
		m.check(err, "Queued")
		for _, a := range got {
			a.Since, a.NextTry = a.Since.UTC(), a.NextTry.UTC()
			m.expect("Queued gives the same", a)
		}
	}
}

func setReplaces(m *memory) {
	m.set(everyStage()...)
	for _, a := range everyStage() {
		next := assign.Assignment{CustomerID: a.CustomerID, Stage: assign.StageUnassigned}
		m.set(next)
		m.expect("every field is replaced", next)
	}
	m.expectPending("g", "nobody is pending any longer")
}

func assignmentsOfAThousand(m *memory) {
	var all []assign.Assignment
	var ids []string
	for i := range 2500 {
		all = append(all, waits(fmt.Sprint("c", i)))
	}
	for i := range 1000 {
		ids = append(ids, fmt.Sprint("c", 2*i+1000))
	}
	m.set(all...)
	if got := m.get(ids...); len(got) != 750 {
		m.Errorf("Assignments of 1000 customers gave %d, want the 750 that exist", len(got))
	}
	var want []string
	for _, a := range all {
		want = append(want, a.CustomerID)
	}
	if got := m.pending("g", 3000); !slices.Equal(got, want) {
		m.Errorf("Queued gave %d of the 2500 that were set in one call, or gave them in a different order", len(got))
	}
}

func removeAssignments(m *memory) {
	m.wait("c1", "c2", "c3", "c4")
	m.check(m.RemoveAssignments(m.Context(), []string{"c2", "unknown", "c4"}), "RemoveAssignments")
	m.check(m.RemoveAssignments(m.Context(), []string{"c2"}), "RemoveAssignments of one that is already removed")
	m.check(m.RemoveAssignments(m.Context(), nil), "RemoveAssignments of no customers")
	m.expectPending("g", "only c2 and c4 are removed", "c1", "c3")
	if got := m.get("c1", "c2", "c3", "c4"); len(got) != 2 {
		m.Errorf("Assignments gave %v after c2 and c4 were removed", got)
	}
}

func queuedReturnsPendingOnly(m *memory) {
	m.expectPending("g", "nobody is pending at the beginning")
	m.set(at(assign.StageUnassigned, "c1"), at(assign.StageWaiting, "c2"),
		at(assign.StageClaimed, "c3"), at(assign.StageAssigned, "c4"))
	m.expectPending("g", "waiting customers, and those for whom a turn is claimed", "c2", "c3")
	other := waits("c5")
	other.Group = "G"
	m.set(other)
	m.expectPending("g", "c5 is of a different group", "c2", "c3")
	m.expectPending("G", "c5 is of this group", "c5")
	m.expectPending("unknown", "nobody is of this group")
}

func pendingInOrder(m *memory) {
	var all []assign.Assignment
	for i, id := range []string{"c5", "c4", "c3", "c2", "c1"} {
		a := waits(id)
		a.Since = start.Add(time.Duration(-i) * time.Hour)
		a.AccountID = fmt.Sprint("shop", i%2)
		all = append(all, a)
	}
	m.set(all[:3]...)
	m.set(all[3:]...)
	m.expectPending("g", "first in, first out; names, times and accounts do not matter", "c5", "c4", "c3", "c2", "c1")
	if got := m.pending("g", 2); !slices.Equal(got, []string{"c5", "c4"}) {
		m.Errorf("Queued with limit 2 gave %q, want c5 and c4", got)
	}
}

func pendingByNextTry(m *memory) {
	try := func(id string, next time.Time) assign.Assignment {
		a := waits(id)
		a.NextTry = next
		return a
	}
	m.set(try("c1", start.Add(time.Hour)), try("c2", start.Add(time.Microsecond)), try("c3", time.Time{}),
		try("c4", start), try("c5", start.Add(time.Microsecond)), try("c6", time.Time{}))
	m.expectPending("g", "without a next try, then by next try, then in the order of the queue",
		"c3", "c6", "c4", "c2", "c5", "c1")
	m.set(try("c6", start.Add(time.Minute)), try("c1", time.Time{}))
	m.expectPending("g", "the next try of c6 is later, that of c1, the first in the queue, is now",
		"c1", "c3", "c4", "c2", "c5", "c6")
}

func positionIsKept(m *memory) {
	m.wait("c1", "c2", "c3")
	m.wait("c4", "c2", "c1")
	m.expectPending("g", "pending customers keep their position", "c1", "c2", "c3", "c4")
	claimed := at(assign.StageClaimed, "c1")
	claimed.ManagerID = "m1"
	m.set(claimed)
	m.expectPending("g", "a claim changes no position", "c1", "c2", "c3", "c4")
	m.wait("c1")
	m.expectPending("g", "returning a claimed turn changes no position", "c1", "c2", "c3", "c4")
	moved := waits("c2")
	moved.Group, moved.AccountID = "h", "other"
	m.set(moved)
	m.wait("c2")
	m.expectPending("g", "there is one queue for all groups", "c1", "c2", "c3", "c4")
}

func returnsAtTheEnd(m *memory) {
	m.wait("c1", "c2", "c3", "c4")
	m.set(at(assign.StageAssigned, "c1"))
	m.check(m.RemoveAssignments(m.Context(), []string{"c4"}), "RemoveAssignments")
	m.expectPending("g", "c1 is assigned, and c4 is removed", "c2", "c3")
	m.wait("c4", "c1")
	m.expectPending("g", "customers who wait again are appended", "c2", "c3", "c4", "c1")
}

func lastOfTheSameCustomer(m *memory) {
	m.wait("c1", "c2")
	last := waits("c3")
	last.LastError = "the last one"
	m.set(waits("c3"), waits("c4"), last, at(assign.StageAssigned, "c1"), waits("c1"))
	m.expectPending("g", "they are written one after the other", "c2", "c3", "c4", "c1")
	m.expect("the last one remains", last)
}

func pendingGroups(m *memory) {
	m.expectGroups("nobody is pending at the beginning")
	set := func(account, group string, stage assign.Stage) {
		a := at(stage, account+group+string(stage))
		a.AccountID, a.Group = account, group
		m.set(a)
	}
	pair := func(account, group string) assign.PendingGroup {
		return assign.PendingGroup{AccountID: account, Group: group}
	}
	waiting := []assign.PendingGroup{pair("b", "x"), pair("a", "y"), pair("a", "x"), pair("B", "z"), pair("a", "")}
	for _, g := range waiting {
		set(g.AccountID, g.Group, assign.StageWaiting)
	}
	set("b", "x", assign.StageClaimed)
	set("c", "x", assign.StageClaimed)
	set("d", "x", assign.StageAssigned)
	set("d", "x", assign.StageUnassigned)
	m.expectGroups("each pair with pending assignments, once, in ascending order",
		pair("B", "z"), pair("a", ""), pair("a", "x"), pair("a", "y"), pair("b", "x"), pair("c", "x"))
}

func regroup(m *memory) {
	other, claimed := waits("c2"), at(assign.StageClaimed, "c4")
	other.AccountID, claimed.ManagerID = "other", "m1"
	there := waits("c3")
	there.Group = "h"
	m.set(waits("c1"), other, there, claimed, at(assign.StageAssigned, "c5"), at(assign.StageUnassigned, "c6"))
	move := func(account, from, to, what string) {
		m.check(m.Regroup(m.Context(), assign.PendingGroup{AccountID: account, Group: from}, to), what)
	}
	move("shop", "g", "h", "Regroup")
	move("nobody", "h", "g", "Regroup of no assignments")
	move("shop", "h", "h", "Regroup to the same group")
	m.expectPending("g", "assignments of the other account are not moved", "c2")
	m.expectPending("h", "those of shop are moved, and keep their positions", "c1", "c3", "c4")
	moved := claimed
	moved.Group = "h"
	m.expect("only the group is changed", moved)
	m.expect("an assignment that is not pending is not moved", at(assign.StageAssigned, "c5"))
	m.expect("an assignment that is not pending is not moved", at(assign.StageUnassigned, "c6"))
	m.expectGroups("one account is moved",
		assign.PendingGroup{AccountID: "other", Group: "g"}, assign.PendingGroup{AccountID: "shop", Group: "h"})
}

func concurrentSets(m *memory) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				a := waits(fmt.Sprintf("c%d-%d", i, j))
				if err := m.SetAssignments(m.Context(), []assign.Assignment{a}); err != nil {
					m.Errorf("concurrent SetAssignments: %v", err)
				}
			}
		})
	}
	wg.Wait()
	got := m.pending("g", 100)
	last := make(map[byte]byte) // the latest number of each caller
	for _, id := range got {
		caller, number := id[1], id[3]
		if number < last[caller] {
			m.Errorf("%s comes after one that the same caller set later", id)
		}
		last[caller] = number
	}
	if slices.Sort(got); len(slices.Compact(got)) != 40 {
		m.Errorf("8 concurrent callers set 40 customers, and %d are pending", len(got))
	}
}
