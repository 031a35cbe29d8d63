package inboundtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

var accountTests = map[string]func(*store){
	"FolderState":         folderState,
	"AccountState":        accountState,
	"Health":              health,
	"Usage":               usage,
	"Intents":             intents,
	"IntentsOfAnyAccount": intentsOfAnyAccount,
}

func folderState(s *store) {
	read := func(account, folder string, want inbound.FolderState) {
		s.Helper()
		got, err := s.FolderState(s.ctx(), account, folder)
		s.check(err, "FolderState")
		got.StartedAt, got.ComparedAt, got.Start = got.StartedAt.UTC(), got.ComparedAt.UTC(), got.Start.UTC()
		if got != want {
			s.Errorf("FolderState of %s/%s gave %+v, want %+v", account, folder, got, want)
		}
	}
	read("shop", "INBOX", inbound.FolderState{})
	state := inbound.FolderState{Mailbox: "Ä@shop.example at mail.example", Generation: "18446744073709551615",
		Position: 1<<63 - 2, NextPosition: 1<<63 - 1, Token: strings.Repeat("Tök/+=", 1000),
		StartPosition: 5, StartGap: 7,
		StartedAt: start, ComparedAt: start.Add(time.Hour), Baseline: true, Start: start.Add(-time.Hour),
		StartMovedAt: start.Add(time.Minute),
		History:      inbound.History{After: 1<<62 + 1, Before: 1<<63 - 2, Last: "ü!~", Messages: 12, Bytes: -1}}
	s.check(s.SetFolderState(s.ctx(), "shop", "INBOX", inbound.FolderState{Generation: "3", StartPosition: 9}),
		"SetFolderState")
	s.check(s.SetFolderState(s.ctx(), "shop", "INBOX", state), "SetFolderState")
	s.check(s.SetFolderState(s.ctx(), "shop", "", inbound.FolderState{Position: 1}), "SetFolderState")
	read("shop", "INBOX", state)
	read("shop", "", inbound.FolderState{Position: 1})
	read("shop", "inbox", inbound.FolderState{})
	read("other", "INBOX", inbound.FolderState{})
}

func accountState(s *store) {
	read := func(account string, want inbound.AccountState) {
		s.Helper()
		got, err := s.Store.AccountState(s.ctx(), account)
		s.check(err, "AccountState")
		if got.StartedAt = got.StartedAt.UTC(); got != want {
			s.Errorf("AccountState of %s gave %+v, want %+v", account, got, want)
		}
	}
	read("shop", inbound.AccountState{})
	s.check(s.SetAccountState(s.ctx(), "shop", inbound.AccountState{StartedAt: start}), "SetAccountState")
	read("shop", inbound.AccountState{StartedAt: start})
	read("Shop", inbound.AccountState{})
	s.check(s.SetAccountState(s.ctx(), "shop", inbound.AccountState{}), "SetAccountState")
	read("shop", inbound.AccountState{})
}

func health(s *store) {
	read := func(account string, want inbound.Health) {
		s.Helper()
		got, err := s.Store.Health(s.ctx(), account)
		s.check(err, "Health")
		if got = inUTC(got); got != want {
			s.Errorf("Health of %s gave %+v, want %+v", account, got, want)
		}
	}
	read("shop", inbound.Health{})
	full := inbound.Health{State: inbound.HealthBackingOff, LastSuccess: start,
		LastError: "refused: \"☺\"", Hint: "wait", Failures: 2, Refusals: 3, MostFailed: true,
		Since: start.Add(-time.Hour), Cause: inbound.CauseThrottled, LastErrorAt: start.Add(2 * time.Second),
		NextAttempt: start.Add(3 * time.Second), TroubleSince: start.Add(4 * time.Second),
		AlertedAt: start.Add(5 * time.Second), InitialSince: start.Add(6 * time.Second),
		InitialDone: 5, InitialTotal: 10, InitialComplete: true,
		InitialTook: 90 * 24 * time.Hour, HistoryAfter: start.Add(7 * time.Second),
		InitialNotBefore: start.Add(8 * time.Second),
		InitialBytes:     1 << 40, InitialTotalBytes: 1 << 41,
		Step: inbound.Step{Op: inbound.OpRead, Folder: "Störung", Since: start, Bytes: 1 << 40,
			LastByte: start.Add(time.Second), At: start.Add(time.Minute)}}
	s.check(s.SetHealth(s.ctx(), "shop", full), "SetHealth")
	read("shop", full)
	read("other", inbound.Health{})
	s.check(s.SetHealth(s.ctx(), "shop", inbound.Health{State: inbound.HealthOK}), "SetHealth")
	read("shop", inbound.Health{State: inbound.HealthOK})
}

func inUTC(h inbound.Health) inbound.Health {
	for _, at := range []*time.Time{&h.Since, &h.LastSuccess, &h.LastErrorAt, &h.NextAttempt, &h.TroubleSince,
		&h.AlertedAt, &h.InitialSince, &h.HistoryAfter, &h.InitialNotBefore, &h.Step.Since, &h.Step.LastByte,
		&h.Step.At} {
		*at = at.UTC()
	}
	return h
}

func usage(s *store) {
	read := func(account string, want inbound.Usage) {
		s.Helper()
		got, err := s.Store.Usage(s.ctx(), account)
		s.check(err, "Usage")
		same := got.HistoryAfter.Equal(want.HistoryAfter) && got.NotBefore.Equal(want.NotBefore) &&
			got.LoginAt.Equal(want.LoginAt) && slices.EqualFunc(got.Spans, want.Spans, func(a, b inbound.UsageSpan) bool {
			return a.From.Equal(b.From) && a.To.Equal(b.To) && a.Bytes == b.Bytes && a.Requests == b.Requests
		})
		if !same {
			s.Errorf("Usage of %s gave %+v, want %+v", account, got, want)
		}
	}
	read("shop", inbound.Usage{})
	full := inbound.Usage{HistoryAfter: start.Add(24 * time.Hour), NotBefore: start.Add(time.Hour), LoginAt: start}
	for i := range 90 {
		from := start.Add(time.Duration(i) * time.Hour)
		full.Spans = append(full.Spans,
			inbound.UsageSpan{From: from, To: from.Add(time.Minute), Bytes: 1<<60 + int64(i), Requests: i})
	}
	given := full
	given.Spans = slices.Clone(full.Spans)
	s.check(s.SetUsage(s.ctx(), "shop", given), "SetUsage")
	given.Spans[0].Bytes = 5 // the caller's again
	read("shop", full)
	if got, err := s.Store.Usage(s.ctx(), "shop"); err == nil && len(got.Spans) > 0 {
		got.Spans[0].Bytes = 6 // the caller's, too
	}
	read("shop", full)
	read("Shop", inbound.Usage{})
	s.check(s.SetUsage(s.ctx(), "shop", inbound.Usage{}), "SetUsage")
	read("shop", inbound.Usage{})
}

func intents(s *store) {
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("a%d@example.com", i))
	}
	intended := func(account, shop string) int {
		s.Helper()
		got, err := s.IntendedCustomers(s.ctx(), account, shop, many)
		s.check(err, "IntendedCustomers")
		for address, yes := range got {
			if !yes {
				s.Errorf("IntendedCustomers has %s as false, want an address that is not noted absent", address)
			}
		}
		return len(got)
	}
	expect := func(got, want int, why string) {
		s.Helper()
		if got != want {
			s.Errorf("IntendedCustomers gave %d addresses, want %d: %s", got, want, why)
		}
	}
	expect(intended("shop", "main"), 0, "none is noted in the beginning")
	s.check(s.IntendCustomers(s.ctx(), "shop", "main", many[:10]), "IntendCustomers")
	s.check(s.IntendCustomers(s.ctx(), "shop", "main", many[5:20]), "IntendCustomers of some that are noted")
	s.check(s.IntendCustomers(s.ctx(), "shop", "main", nil), "IntendCustomers of nobody")
	expect(intended("shop", "main"), 20, "each is noted once")
	expect(intended("shop", "other"), 0, "another shop has none")
	expect(intended("other", "main"), 0, "another account has none")
	s.check(s.FinishCustomers(s.ctx(), "shop", "other", many), "FinishCustomers of what is not there")
	s.check(s.FinishCustomers(s.ctx(), "shop", "main", many[:5]), "FinishCustomers")
	s.check(s.FinishCustomers(s.ctx(), "shop", "main", nil), "FinishCustomers of nobody")
	expect(intended("shop", "main"), 15, "five are finished")
	s.check(s.IntendCustomers(s.ctx(), "shop", "main", many), "IntendCustomers of 1000")
	expect(intended("shop", "main"), 1000, "all are noted")
	s.check(s.FinishCustomers(s.ctx(), "shop", "main", many[1:]), "FinishCustomers of 999")
	expect(intended("shop", "main"), 1, "all others are finished")
	if got, err := s.IntendedCustomers(s.ctx(), "shop", "main", nil); err != nil || len(got) != 0 {
		s.Errorf("IntendedCustomers of nobody gave %v, %v", got, err)
	}
}

// intentsOfAnyAccount: account "" stands for every account.
func intentsOfAnyAccount(s *store) {
	note := func(account string, addresses ...string) {
		s.Helper()
		s.check(s.IntendCustomers(s.ctx(), account, "main", addresses), "IntendCustomers")
	}
	expect := func(why, account string, want ...string) {
		s.Helper()
		got, err := s.IntendedCustomers(s.ctx(), account, "main", []string{"a@x", "b@x", "c@x", "d@x"})
		s.check(err, "IntendedCustomers")
		var noted []string
		for address, yes := range got {
			if yes {
				noted = append(noted, address)
			}
		}
		if slices.Sort(noted); !slices.Equal(noted, want) {
			s.Errorf("IntendedCustomers of account %q gave %q, want %q: %s", account, noted, want, why)
		}
	}
	elsewhere := func(account string, want int) {
		s.Helper()
		got, err := s.IntendedElsewhere(s.ctx(), account, "main", []string{"a@x", "b@x", "c@x", "d@x"})
		s.check(err, "IntendedElsewhere")
		if len(got) != want {
			s.Errorf("IntendedElsewhere of account %q gave %v, want %d addresses: those of all others", account, got, want)
		}
	}
	expect("none is noted in the beginning", "")
	elsewhere("one", 0)
	note("one", "a@x", "b@x")
	note("two", "b@x", "c@x")
	s.check(s.IntendCustomers(s.ctx(), "one", "other", []string{"d@x"}), "IntendCustomers")
	expect("those of every account in this shop", "", "a@x", "b@x", "c@x")
	elsewhere("one", 2)
	elsewhere("two", 2)
	elsewhere("three", 3)
	s.check(s.FinishCustomers(s.ctx(), "one", "main", []string{"b@x"}), "FinishCustomers")
	expect("another account's note stays", "", "a@x", "b@x", "c@x")
	expect("another account's note stays", "two", "b@x", "c@x")
	expect("b@x is finished", "one", "a@x")
	note("one", "b@x")
	s.check(s.FinishCustomers(s.ctx(), "", "main", []string{"b@x", "c@x", "d@x"}), "FinishCustomers of any account")
	expect("b@x and c@x are finished for every account", "", "a@x")
	expect("b@x and c@x are finished for every account", "two")
	got, err := s.IntendedCustomers(s.ctx(), "one", "other", []string{"d@x"})
	if s.check(err, "IntendedCustomers"); !got["d@x"] {
		s.Error("FinishCustomers of any account has removed a note of another shop")
	}
}

var leaseTests = map[string]func(*store){
	"OneOwnerAtATime":             oneOwnerAtATime,
	"TokensGrowAfterRelease":      releasedTokens,
	"ExpiredLeaseIsTakenOver":     expiredLease,
	"OneOfManyGetsIt":             oneOfMany,
	"ConfirmHolds":                confirmHolds,
	"ReleaseByAnotherDoesNothing": releaseByAnother,
	"RenewsThoseThatAreHeld":      renewsHeld,
}

func (s *store) acquire(name, owner string, ttl time.Duration) uint64 {
	s.Helper()
	token, err := s.Acquire(s.ctx(), name, owner, ttl)
	s.check(err, "Acquire of "+name+" by "+owner)
	return token
}

func (s *store) expectLost(name string, token uint64, why string) {
	s.Helper()
	if err := s.Confirm(s.ctx(), name, token); !errors.Is(err, inbound.ErrLeaseLost) {
		s.Errorf("Confirm gave %v, want inbound.ErrLeaseLost: %s", err, why)
	}
}

func oneOwnerAtATime(s *store) {
	s.expectLost("a", 1, "nobody has ever had the lease")
	token := s.acquire("a", "one", time.Hour)
	if _, err := s.Acquire(s.ctx(), "a", "two", time.Hour); !errors.Is(err, inbound.ErrBusy) {
		s.Errorf("Acquire of a lease that somebody else has gave %v, want inbound.ErrBusy", err)
	}
	if again := s.acquire("a", "one", time.Hour); again != token {
		s.Errorf("its owner got the token %d first and %d again, want the same", token, again)
	}
	s.check(s.Confirm(s.ctx(), "a", token), "Confirm")
	s.expectLost("a", token+1, "this token was never given")
	s.acquire("b", "two", time.Hour) // another lease
	s.check(s.Confirm(s.ctx(), "a", token), "Confirm")
}

func releasedTokens(s *store) {
	last := uint64(0)
	for i := range 4 {
		owner := fmt.Sprint("owner", i%2)
		token := s.acquire("a", owner, time.Hour)
		if token <= last {
			s.Errorf("the token is %d after %d: it has to grow with each change of hands", token, last)
		}
		s.check(s.Release(s.ctx(), "a", owner), "Release")
		s.expectLost("a", last, "an older token")
		last = token
	}
}

func expiredLease(s *store) {
	old := s.acquire("a", "one", time.Nanosecond)
	var token uint64
	for deadline := time.Now().Add(10 * time.Second); ; {
		var err error
		if token, err = s.Acquire(s.ctx(), "a", "two", time.Hour); err == nil {
			break
		}
		if !errors.Is(err, inbound.ErrBusy) || time.Now().After(deadline) {
			s.Fatalf("Acquire of a lease that ran for a nanosecond: %v", err)
		}
	}
	if token <= old {
		s.Errorf("the token is %d after %d: it has to grow with each change of hands", token, old)
	}
	s.expectLost("a", old, "somebody else took over")
	s.check(s.Confirm(s.ctx(), "a", token), "Confirm")
	s.check(s.Release(s.ctx(), "a", "one"), "Release by the one who lost it")
	s.check(s.Confirm(s.ctx(), "a", token), "Confirm after the loser's Release")
}

func releaseByAnother(s *store) {
	token := s.acquire("a", "one", time.Hour)
	s.check(s.Release(s.ctx(), "a", "two"), "Release by one who has not got it")
	s.check(s.Release(s.ctx(), "never taken", "two"), "Release of a lease that was never taken")
	s.check(s.Confirm(s.ctx(), "a", token), "Confirm")
}
