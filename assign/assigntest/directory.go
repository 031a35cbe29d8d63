package assigntest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/postroom/postroom/assign"
)

// Employee is a manager whom the directory under test has to contain.
type Employee struct {
	assign.Manager
	Groups []string // the groups of which the manager is a member
	Gone   bool     // deactivated: the manager has left the company, but keeps their customers
}

// TestDirectory checks an implementation of assign.ManagerDirectory.
//
// For each test, open returns a directory of these employees and no others, with the
// given IDs, which are decimal digits, so that integer keys work. setStatus changes
// the status of a manager in the way in which the host does that, for example when a
// manager goes to lunch. open registers its cleanup with t.Cleanup.
func TestDirectory(
	t *testing.T,
	open func(t *testing.T, staff []Employee) (
		directory assign.ManagerDirectory, setStatus func(id string, status assign.Status)),
) {
	for name, test := range map[string]func(*office){
		"MembersWithTheirStatus":    membersWithTheirStatus,
		"StatusIsCurrent":           statusIsCurrent,
		"OrderStaysTheSame":         orderStaysTheSame,
		"CallerOwnsTheResult":       callerOwnsTheResult,
		"DeactivatedGetsNothingNew": deactivatedGetsNothingNew,
		"NoSuchGroup":               noSuchGroup,
		"OneManager":                oneManager,
		"NoSuchManager":             noSuchManager,
		"CanceledContext":           canceledContext,
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
	groups := map[string][]assign.Manager{"support": {maria, oleg, zoe, tom, ann}, "sales": {maria, lea}}
	for group, want := range groups {
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

func statusIsCurrent(o *office) {
	o.group("support")
	for _, status := range []assign.Status{assign.Busy, assign.Offline, assign.Free, assign.Lunch, assign.Break} {
		o.setStatus(maria.ID, status)
		want := maria
		want.Status = status
		if got := o.group("support"); !slices.Contains(got, want) {
			o.Errorf("Group gave %+v after %s became %s: want the current status", got, maria.Name, status)
		}
		if got, err := o.directory.Manager(o.Context(), maria.ID); err != nil || got != want {
			o.Errorf("Manager gave %+v, %v after %s became %s: want the current status", got, err, maria.Name, status)
		}
	}
}

func orderStaysTheSame(o *office) {
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
			o.Fatalf("Group gave %q and, after a change of status, %q: the order must stay the same", first, again)
		}
	}
}

func callerOwnsTheResult(o *office) {
	first := o.group("support")
	want := slices.Clone(first)
	first[0] = assign.Manager{ID: "changed by the caller"}
	if again := o.group("support"); !slices.Equal(again, want) {
		o.Error("the next caller sees a change to the returned slice: the caller must own the slice")
	}
}

func deactivatedGetsNothingNew(o *office) {
	for _, group := range []string{"support", "sales"} {
		if slices.Contains(o.group(group), sam) {
			o.Errorf("Group(%s) has %s, who is deactivated and must not get customers", group, sam.Name)
		}
	}
	if got, err := o.directory.Manager(o.Context(), sam.ID); err != nil || got.ID != sam.ID || got.Name != sam.Name {
		o.Errorf("Manager of the deactivated %s gave %+v, %v; want the manager, to whom customers are still attached",
			sam.Name, got, err)
	}
}

func noSuchGroup(o *office) {
	for _, group := range []string{"no such group", "", "999999999", "SUPPORT'"} {
		if got := o.group(group); len(got) != 0 {
			o.Errorf("Group(%q), which does not exist, gave %+v; want no managers", group, got)
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
			o.Errorf("Manager(%q), who does not exist, gave %+v and the error %v; want assign.ErrNotFound",
				id, got, err)
		}
	}
}

func canceledContext(o *office) {
	ctx, cancel := context.WithCancel(o.Context())
	cancel()
	if _, err := o.directory.Group(ctx, "support"); err == nil {
		o.Error("Group with a canceled context gave no error")
	}
	if _, err := o.directory.Manager(ctx, maria.ID); err == nil || errors.Is(err, assign.ErrNotFound) {
		o.Errorf("Manager with a canceled context gave the error %v; want one that is not assign.ErrNotFound", err)
	}
}
