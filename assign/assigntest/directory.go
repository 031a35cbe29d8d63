package assigntest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/assign"
)

// start is a time that every database keeps exactly.
var start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// TestDirectory checks an implementation of assign.ManagerDirectory. open
// returns one in which, for every member given, there is an active manager who
// belongs to the group "support" and nowhere else, in any order.
func TestDirectory(t *testing.T, open func(t *testing.T, members []assign.Manager) assign.ManagerDirectory) {
	members := []assign.Manager{
		{ID: "m1", Name: "Maria", Email: "maria@shop.example", Status: assign.Free},
		{ID: "m2", Name: "Олег", Email: "oleg@shop.example", Status: assign.Lunch},
		{ID: "m3", Name: "Zoë", Status: assign.Busy},
		{ID: "m4", Name: "Tom", Email: "tom@shop.example", Status: assign.Break},
		{ID: "m5", Name: "Ann", Email: "ann@shop.example", Status: assign.Offline},
	}
	directory := open(t, slices.Clone(members))
	ctx := t.Context()

	got, err := directory.Group(ctx, "support")
	if err != nil {
		t.Fatalf("Group: %v", err)
	}
	for _, want := range members {
		if !slices.Contains(got, want) {
			t.Errorf("Group gave %+v, without the member %+v", got, want)
		}
	}
	if len(got) != len(members) {
		t.Errorf("Group gave %d managers, want each of the %d members once: %+v", len(got), len(members), got)
	}
	again, err := directory.Group(ctx, "support")
	if err != nil || !slices.Equal(got, again) {
		t.Errorf("Group gave %+v and then %+v (error %v): the order must stay the same", got, again, err)
	}
	if len(again) > 0 {
		again[0] = assign.Manager{ID: "changed by the caller"}
		if third, _ := directory.Group(ctx, "support"); !slices.Equal(got, third) {
			t.Error("a change to the returned slice is seen by the next caller: the caller has to own it")
		}
	}

	if got, err := directory.Group(ctx, "no such group"); err != nil || len(got) != 0 {
		t.Errorf("Group of an unknown group gave %v, %v; want nobody and no error", got, err)
	}
	if got, err := directory.Manager(ctx, "m2"); err != nil || got != members[1] {
		t.Errorf("Manager(m2) gave %+v, %v; want %+v", got, err, members[1])
	}
	if _, err := directory.Manager(ctx, "nobody"); !errors.Is(err, assign.ErrNotFound) {
		t.Errorf("Manager of an unknown ID gave the error %v, want assign.ErrNotFound", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := directory.Group(ended, "support"); err == nil {
		t.Error("Group with an ended context gave no error")
	}
}
