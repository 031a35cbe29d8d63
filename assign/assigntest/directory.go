package assigntest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/postroom/postroom/assign"
)

// Employee is a manager as the directory under test has to know one.
type Employee struct {
	assign.Manager
	Groups []string // in which the manager is a member
	Gone   bool     // deactivated: has left, keeps the customers
}

// TestDirectory checks an implementation of assign.ManagerDirectory.
//
// For each test, open returns a directory of these employees and nobody else,
// their IDs as given (the suite uses numbers), and a function that sets the
// status of one as the host does it, when somebody goes to lunch for example. It
// sees to the cleaning up by t.Cleanup.
func TestDirectory(t *testing.T, open func(t *testing.T, staff []Employee) (
	directory assign.ManagerDirectory, setStatus func(id string, status assign.Status),
)) {
	for name, test := range map[string]func(*office){
		"MembersWithTheirStatus":   membersWithTheirStatus,
		"StatusIsThatOfNow":        statusIsThatOfNow,
		"OrderStays":               orderStays,
		"CallerOwnsTheResult":      callerOwnsTheResult,
		"DeactivatedGetNothingNew": deactivatedGetNothingNew,
		"NoSuchGroup":              noSuchGroup,
		"OneManager":               oneManager,
		"NoSuchManager":            noSuchManager,
		"EndedContextIsNoticed":    endedContext,
	} {
		t.Run(name, func(t *testing.T) {
			o := &office{T: t}
			o.directory, o.setStatus = open(t, slices.Clone(staff))
			test(o)
		})
	}
}

var (
	maria = assign.Manager{ID: "1", Name: "Maria", Email: "maria@shop.example", Status: assign.Free}
	oleg  = assign.Manager{ID: "2", Name: "Олег", Email: "oleg@shop.example", Status: assign.Lunch}
	zoe   = assign.Manager{ID: "3", Name: "Zoë", Status: assign.Busy}
	tom   = assign.Manager{ID: "4", Name: "Tom", Email: "tom@shop.example", Status: assign.Break}
	ann   = assign.Manager{ID: "5", Name: "Ann", Email: "ann@shop.example", Status: assign.Offline}
	sam   = assign.Manager{ID: "6", Name: "Sam", Email: "sam@shop.example", Status: assign.Free}
	lea   = assign.Manager{ID: "7", Name: "Lea", Email: "lea@shop.example", Status: assign.Free}
	staff = []Employee{
		{Manager: maria, Groups: []string{"support", "sales"}},
		{Manager: oleg, Groups: []string{"support"}},
		{Manager: zoe, Groups: []string{"support"}},
		{Manager: tom, Groups: []string{"support"}},
		{Manager: ann, Groups: []string{"support"}},
		{Manager: sam, Groups: []string{"support", "sales"}, Gone: true},
		{Manager: lea, Groups: []string{"sales"}},
	}
)

// office is a directory under test.
type office struct {
	*testing.T
	directory assign.ManagerDirectory
	setStatus func(id string, status assign.Status)
}

func (o *office) group(name string) []assign.Manager {
	o.Helper()
	members, err := o.directory.Group(o.Context(), name)
	if err != nil {
		o.Fatalf("Group(%s): %v", name, err)
	}
	return members
}

func membersWithTheirStatus(o *office) {
	for group, want := range map[string][]assign.Manager{"support": {maria, oleg, zoe, tom, ann}, "sales": {maria, lea}} {
		got := o.group(group)
		for _, m := range want {
			if !slices.Contains(got, m) {
				o.Errorf("Group(%s) gave %+v, without the member %+v", group, got, m)
			}
		}
		if len(got) != len(want) {
			o.Errorf("Group(%s) gave %d managers, want each of its %d active members once: %+v",
				group, len(got), len(want), got)
		}
	}
}

func statusIsThatOfNow(o *office) {
	o.group("support")
	for _, status := range []assign.Status{assign.Busy, assign.Offline, assign.Free, assign.Lunch, assign.Break} {
		o.setStatus(maria.ID, status)
		want := maria
		want.Status = status
		if got := o.group("support"); !slices.Contains(got, want) {
			o.Errorf("Group gave %+v after %s became %s: want the status of now", got, maria.Name, status)
		}
		if got, err := o.directory.Manager(o.Context(), maria.ID); err != nil || got != want {
			o.Errorf("Manager gave %+v, %v after %s became %s: want the status of now", got, err, maria.Name, status)
		}
	}
}

func orderStays(o *office) {
	ids := func() (all []string) {
		for _, m := range o.group("support") {
			all = append(all, m.ID)
		}
		return all
	}
	first := ids()
	for _, status := range []assign.Status{assign.Offline, assign.Free, assign.Busy, assign.Free} {
		o.setStatus(zoe.ID, status)
		if again := ids(); !slices.Equal(again, first) {
			o.Fatalf("Group gave %q and then, when a status had changed, %q: the order must stay the same", first, again)
		}
	}
}

func callerOwnsTheResult(o *office) {
	first := o.group("support")
	want := slices.Clone(first)
	first[0] = assign.Manager{ID: "changed by the caller"}
	if again := o.group("support"); !slices.Equal(again, want) {
		o.Error("a change to the returned slice is seen by the next caller: the caller has to own it")
	}
}

func deactivatedGetNothingNew(o *office) {
	for _, group := range []string{"support", "sales"} {
		if slices.Contains(o.group(group), sam) {
			o.Errorf("Group(%s) has %s, who is deactivated and would get customers", group, sam.Name)
		}
	}
	if got, err := o.directory.Manager(o.Context(), sam.ID); err != nil || got.ID != sam.ID || got.Name != sam.Name {
		o.Errorf("Manager of the deactivated %s gave %+v, %v; customers are still attached to %s, so it is to be found",
			sam.Name, got, err, sam.Name)
	}
}

func noSuchGroup(o *office) {
	for _, group := range []string{"no such group", "", "999999999", "SUPPORT'"} {
		if got := o.group(group); len(got) != 0 {
			o.Errorf("Group(%q), which does not exist, gave %+v; want nobody", group, got)
		}
	}
}

func oneManager(o *office) {
	for _, want := range []assign.Manager{maria, oleg, zoe, tom, ann, lea} {
		if got, err := o.directory.Manager(o.Context(), want.ID); err != nil || got != want {
			o.Errorf("Manager(%s) gave %+v, %v; want %+v", want.ID, got, err, want)
		}
	}
}

func noSuchManager(o *office) {
	for _, id := range []string{"nobody", "", "999999999"} {
		if got, err := o.directory.Manager(o.Context(), id); !errors.Is(err, assign.ErrNotFound) {
			o.Errorf("Manager(%q), who does not exist, gave %+v and the error %v; want assign.ErrNotFound", id, got, err)
		}
	}
}

func endedContext(o *office) {
	ctx, cancel := context.WithCancel(o.Context())
	cancel()
	if _, err := o.directory.Group(ctx, "support"); err == nil {
		o.Error("Group with an ended context gave no error")
	}
	if _, err := o.directory.Manager(ctx, maria.ID); err == nil || errors.Is(err, assign.ErrNotFound) {
		o.Errorf("Manager with an ended context gave the error %v; want one that does not say the manager is gone", err)
	}
}
