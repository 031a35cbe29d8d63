package inboundtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

var overviewTests = map[string]func(*store){
	"AllHealth":            allHealth,
	"WaitingCustomers":     waitingCustomers,
	"PendingNotifications": pendingNotifications,
}

func allHealth(s *store) {
	expect := func(want map[string]inbound.Health, why string) {
		s.Helper()
		got, err := s.AllHealth(s.ctx())
		s.check(err, "AllHealth")
		for account, h := range got {
			got[account] = inUTC(h)
		}
		if !maps.Equal(got, want) {
			s.Errorf("AllHealth gave %+v, want %+v: %s", got, want, why)
		}
	}
	want := make(map[string]inbound.Health)
	expect(want, "none is recorded at the beginning")
	s.check(s.Atomic(s.ctx(), func(ctx context.Context) error {
		for i := range 1200 {
			account := fmt.Sprint("shop", i)
			want[account] = inbound.Health{State: inbound.HealthNeedsSignIn, Since: start, Cause: inbound.CauseOAuth2,
				LastError: account, LastErrorAt: start, AlertedAt: start, Failures: i, InitialTotal: i}
			s.check(s.SetHealth(ctx, account, want[account]), "SetHealth")
		}
		return nil
	}), "Atomic")
	s.check(s.SetHealth(s.ctx(), "shop7", inbound.Health{}), "SetHealth of the zero value")
	want["shop7"] = inbound.Health{}
	expect(want, "that of each account, as it was recorded last")
}

func waitingCustomers(s *store) {
	expect := func(want map[string]int, why string) {
		s.Helper()
		got, err := s.WaitingCustomers(s.ctx())
		s.check(err, "WaitingCustomers")
		if !maps.Equal(got, want) {
			s.Errorf("WaitingCustomers gave %v, want %v: %s", got, want, why)
		}
	}
	expect(map[string]int{}, "nobody waits at the beginning")
	set := func(customer, account, group string, stage assign.Stage) {
		s.Helper()
		s.check(s.SetAssignments(s.ctx(), []assign.Assignment{
			{CustomerID: customer, AccountID: account, Group: group, Stage: stage, Since: start}}), "SetAssignments")
	}
	set("c1", "shop", "support", assign.StageWaiting)
	set("c2", "shop", "sales", assign.StageWaiting)
	set("c3", "shop", "support", assign.StageClaimed)
	set("c4", "shop", "support", assign.StageAssigned)
	set("c5", "other", "support", assign.StageWaiting)
	set("c6", "third", "", assign.StageUnassigned)
	expect(map[string]int{"shop": 3, "other": 1}, "those at a pending stage, of all groups")
	set("c5", "other", "support", assign.StageAssigned)
	expect(map[string]int{"shop": 3}, "c5 no longer waits")
}

func pendingNotifications(s *store) {
	expect := func(want map[string]inbound.Backlog, why string) {
		s.Helper()
		got, err := s.PendingNotifications(s.ctx())
		s.check(err, "PendingNotifications")
		for account, b := range got {
			b.Oldest = b.Oldest.UTC()
			got[account] = b
		}
		if !maps.Equal(got, want) {
			s.Errorf("PendingNotifications gave %v, want %v: %s", got, want, why)
		}
	}
	expect(map[string]inbound.Backlog{}, "nothing is pending at the beginning")
	var news []notify.Notification
	for i, account := range []string{"shop", "shop", "shop", "other", "shop"} {
		news = append(news, notify.Notification{ID: fmt.Sprint("n", i), Kind: notify.IncomingEmail, ManagerID: "m1",
			AccountID: account, At: start.Add(time.Duration(-i) * time.Minute)})
	}
	s.check(s.Add(s.ctx(), news), "Add")
	before := func(minutes int) time.Time { return start.Add(time.Duration(-minutes) * time.Minute) }
	expect(map[string]inbound.Backlog{"shop": {Count: 4, Oldest: before(4)}, "other": {Count: 1, Oldest: before(3)}},
		"the oldest by the time at which it was added, not by its place")
	due, err := s.Due(s.ctx(), start, 10)
	s.check(err, "Due")
	due[4].State, due[3].State = notify.Delivered, notify.Dead
	due[0].NextTry, due[0].Attempts = start.Add(time.Hour), 3
	s.check(s.Update(s.ctx(), due), "Update")
	expect(map[string]inbound.Backlog{"shop": {Count: 3, Oldest: before(2)}},
		"what is delivered or dead is not pending; what is tried again later is")
}

func overviewsAreSeparate(all []*tenant) {
	for _, t := range all {
		t.check(t.SetHealth(t.ctx(), "shop", inbound.Health{LastError: t.own("error")}), "SetHealth")
		for i := range t.n + 1 {
			id := fmt.Sprint("n", i)
			t.check(t.SetAssignments(t.ctx(), []assign.Assignment{
				{CustomerID: id, AccountID: "shop", Group: "g", Stage: assign.StageWaiting}}), "SetAssignments")
			t.check(t.Add(t.ctx(), []notify.Notification{
				{ID: id, Kind: notify.IncomingEmail, AccountID: "shop", ManagerID: "m1", At: start}}), "Add")
		}
	}
	for _, t := range all {
		health, err1 := t.AllHealth(t.ctx())
		waiting, err2 := t.WaitingCustomers(t.ctx())
		pending, err3 := t.PendingNotifications(t.ctx())
		t.check(errors.Join(err1, err2, err3), "AllHealth, WaitingCustomers and PendingNotifications")
		t.expect("AllHealth", health["shop"].LastError, t.own("error"))
		t.expect("WaitingCustomers", waiting, map[string]int{"shop": t.n + 1})
		t.expect("PendingNotifications", pending["shop"].Count, t.n+1)
	}
}
