package inboundtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// everyTrace is what fill leaves of an account.
var everyTrace = []string{"emails", "raw", "kept", "archived", "ledger", "notifications", "held", "intents", "folder", "state",
	"usage", "health", "secret"}

// fill gives an account n emails and something of everything else.
func (s *accountStore) fill(store AccountStore, account string, n int) {
	s.Helper()
	ctx := s.Context()
	var emails []inbound.NewEmail
	var rows []inbound.LedgerEntry
	var notifications []notify.Notification
	for i := range n {
		id := fmt.Sprint(account, "-e", i)
		e := newEmail(id, []byte("raw of "+id))
		e.AccountID, e.SourceID = account, uid(uint32(i+1))
		emails = append(emails, e)
		uploaded := row(e.SourceID, inbound.Uploaded)
		uploaded.EmailID = id
		rows = append(rows, uploaded)
		notifications = append(notifications, notify.Notification{ID: "n-" + id, Kind: notify.IncomingEmail,
			AccountID: account, ManagerID: "m1", EmailID: id, At: start})
	}
	held := slices.Clone(notifications[:1])
	held[0].ID = "held-" + account
	released := slices.Clone(held)
	released[0].ID = "released-" + account
	kept := row(uid(1_000_000), inbound.Quarantined)
	kept.EmailID = account + "-kept"
	archived := row(uid(1_000_001), inbound.Quarantined)
	archived.EmailID = account + "-archived"
	rows = append(rows, kept, archived, row(uidl("unmatched", 1), inbound.Unmatched))
	s.check(errors.Join(
		store.AddEmails(ctx, emails),
		store.KeepRaw(ctx, kept.EmailID, bytes.NewReader([]byte("kept"))),
		store.KeepArchived(ctx, archived.EmailID, sumOf([]byte(account))),
		store.Record(ctx, account, rows),
		store.Add(ctx, notifications),
		store.Update(ctx, []notify.Entry{{Notification: notifications[0], State: notify.Delivered, Attempts: 1}}),
		store.Hold(ctx, released),
		store.ReleaseHeld(ctx, account, "m1", 1),
		store.Hold(ctx, held),
		store.IntendCustomers(ctx, account, "main", []string{"anna@example.com"}),
		store.SetFolderState(ctx, account, "INBOX", inbound.FolderState{Generation: "7"}),
		store.SetAccountState(ctx, account, inbound.AccountState{StartedAt: start}),
		store.SetUsage(ctx, account, inbound.Usage{HistoryAfter: start}),
		store.SetHealth(ctx, account, inbound.Health{State: inbound.HealthOK}),
		store.SetSavedSecret(ctx, account, savedSecret(account)),
	), "fill the store")
}

// forget calls ForgetAccount until nothing is left, and returns how often.
func (s *accountStore) forget(store AccountStore, account string, limit int) (calls int) {
	s.Helper()
	for more := true; more; calls++ {
		if calls > 1000 {
			s.Fatal("after 1000 calls, ForgetAccount still says that there is more")
		}
		var err error
		more, err = store.ForgetAccount(s.Context(), account, limit)
		s.check(err, "ForgetAccount")
	}
	return calls
}

// traces returns what there is of an account.
func (s *accountStore) traces(store AccountStore, account string) (found []string) {
	s.Helper()
	ctx := s.Context()
	trace := func(name string, there bool, err error) {
		s.Helper()
		if s.check(err, "look for "+name); there {
			found = append(found, name)
		}
	}
	n, err := store.CountEmails(ctx, inbound.EmailFilter{AccountID: account})
	trace("emails", n > 0, err)
	for name, key := range map[string]string{"raw": account + "-e0", "kept": account + "-kept"} {
		r, err := store.OpenRaw(ctx, key)
		if err == nil {
			_ = r.Close()
		} else if errors.Is(err, inbound.ErrNotFound) {
			trace(name, false, nil)
			continue
		}
		trace(name, true, err)
	}
	sums, err := allArchived(ctx, store, 1000)
	trace("archived", slices.Contains(sums, sumOf([]byte(account))), err)
	rows, err := store.Entries(ctx, account, "", inbound.SourceID{}, 1)
	trace("ledger", len(rows) > 0, err)
	all, err := store.Notifications(ctx, "", 10_000)
	trace("notifications",
		slices.ContainsFunc(all, func(e notify.Entry) bool { return e.AccountID == account }), err)
	backlogs, err := store.Backlogs(ctx)
	trace("held",
		slices.ContainsFunc(backlogs, func(b notify.Backlog) bool { return b.AccountID == account }), err)
	intended, err := store.IntendedCustomers(ctx, account, "main", []string{"anna@example.com"})
	trace("intents", len(intended) > 0, err)
	folder, err := store.FolderState(ctx, account, "INBOX")
	trace("folder", folder != inbound.FolderState{}, err)
	state, err := store.AccountState(ctx, account)
	trace("state", state != inbound.AccountState{}, err)
	usage, err := store.Usage(ctx, account)
	trace("usage", !usage.HistoryAfter.IsZero(), err)
	health, err := store.Health(ctx, account)
	trace("health", health.State == inbound.HealthOK, err)
	secret, err := store.SavedSecret(ctx, account)
	trace("secret", secret.Sealed != nil, err)
	return found
}

func (s *accountStore) expectTraces(store AccountStore, account, why string, want ...string) {
	s.Helper()
	got := s.traces(store, account)
	if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		s.Errorf("of account %s there is %q, want %q: %s", account, got, want, why)
	}
}

func forgetsEverything(s *accountStore) {
	store := s.namespace("")
	s.put(store, savedAccount("shop"))
	s.fill(store, "shop", 3)
	s.expectTraces(store, "shop", "nothing was forgotten", everyTrace...)
	s.forget(store, "shop", 1000)
	s.expectTraces(store, "shop", "everything was forgotten")
	s.expect(store, "ForgetAccount leaves the list as it is", savedAccount("shop"))
	if more, err := store.ForgetAccount(s.Context(), "shop", 1000); err != nil || more {
		s.Errorf("ForgetAccount of what was forgotten gave %v, %v; want false, nil", more, err)
	}
	s.fill(store, "shop", 2)
	s.expectTraces(store, "shop", "what is uploaded afterwards is kept", everyTrace...)
	backlogs, err := store.Backlogs(s.Context())
	s.check(err, "Backlogs")
	if len(backlogs) != 1 || backlogs[0].Held != 1 || backlogs[0].Settled != 1 {
		s.Errorf("Backlogs gave %+v, want one with Held 1 and Settled 1: what was held before is forgotten", backlogs)
	}
}

func forgetsInBatches(s *accountStore) {
	const limit = 7
	store := s.namespace("")
	s.fill(store, "shop", 30)
	before := 30
	for calls := 0; ; calls++ {
		more, err := store.ForgetAccount(s.Context(), "shop", limit)
		s.check(err, "ForgetAccount")
		n, err := store.CountEmails(s.Context(), inbound.EmailFilter{})
		if s.check(err, "CountEmails"); before-n > limit {
			s.Errorf("one call has removed %d emails, want at most the limit %d", before-n, limit)
		}
		if before = n; !more {
			break
		}
		if calls > 100 {
			s.Fatal("ForgetAccount of 94 rows says after 100 calls that there is more")
		}
	}
	s.expectTraces(store, "shop", "a call says that nothing is left")
}

func forgetsNothingOfOthers(s *accountStore) {
	store := s.namespace("")
	for _, account := range []string{"a", "shop", "z", "Shop"} {
		s.fill(store, account, 3)
	}
	s.forget(store, "shop", 4)
	s.expectTraces(store, "shop", "it was forgotten")
	for _, account := range []string{"a", "z", "Shop"} {
		s.expectTraces(store, account, "a different account was forgotten", everyTrace...)
		list, err := store.ListEmails(s.Context(), inbound.EmailFilter{AccountID: account}, "", 10)
		s.check(err, "ListEmails")
		if len(list) != 3 || list[2].ID != account+"-e2" {
			s.Errorf("ListEmails of %s gave %d emails, want its 3", account, len(list))
		}
	}
	again := newEmail("again", []byte("x"))
	s.check(store.AddEmails(s.Context(), []inbound.NewEmail{again}), "AddEmails")
	list, err := store.ListEmails(s.Context(), inbound.EmailFilter{}, "Shop-e2", 10)
	s.check(err, "ListEmails")
	if len(list) != 1 || list[0].ID != "again" {
		s.Errorf("ListEmails after the last one gave %d emails, want the one that was added afterwards", len(list))
	}
}

// sharedEmailIsHandedOver: what a different account got as well is not lost for it.
func sharedEmailIsHandedOver(s *accountStore) {
	store, ctx := s.namespace(""), s.Context()
	s.fill(store, "shop", 3)
	s.fill(store, "other", 1)
	at := inbound.SourceID{Folder: "Ä", Generation: "9", Key: "77", Occurrence: 2}
	duplicate := row(at, inbound.Duplicate)
	duplicate.EmailID = "shop-e1"
	within := row(uid(500), inbound.Duplicate) // of the account itself
	within.EmailID = "shop-e2"
	s.check(errors.Join(store.Record(ctx, "other", []inbound.LedgerEntry{duplicate}),
		store.Record(ctx, "shop", []inbound.LedgerEntry{within})), "Record")
	s.forget(store, "shop", 2)
	s.expectTraces(store, "shop", "it was forgotten")

	e, err := store.Email(ctx, "shop-e1")
	s.check(err, "Email that a different account has, too")
	if e.AccountID != "other" || e.SourceID != at || e.Sources != 1 {
		s.Errorf("the email is of account %s at %v from %d sources, want other at %v from 1: it is the other "+
			"account's from now on", e.AccountID, e.SourceID, e.Sources, at)
	}
	r, err := store.OpenRaw(ctx, "shop-e1")
	s.check(err, "OpenRaw of the shared email")
	raw, err := io.ReadAll(r)
	if s.check(errors.Join(err, r.Close()), "read the shared email"); string(raw) != "raw of shop-e1" {
		s.Errorf("the shared email's bytes are %q", raw)
	}
	rows, err := store.Lookup(ctx, "other", []inbound.SourceID{at})
	s.check(err, "Lookup")
	if got := rows[at]; got.Outcome != inbound.Uploaded || got.EmailID != "shop-e1" || got.Size != duplicate.Size {
		s.Errorf("the other account's record is %+v, want it uploaded and otherwise unchanged", got)
	}
	if _, err := store.Email(ctx, "shop-e2"); !errors.Is(err, inbound.ErrNotFound) {
		s.Errorf("Email of one whose duplicate is of the same account gave %v, want inbound.ErrNotFound", err)
	}
	s.forget(store, "other", 100)
	if n, err := store.CountEmails(ctx, inbound.EmailFilter{}); err != nil || n != 0 {
		s.Errorf("both accounts were forgotten, and there are %d emails (error %v)", n, err)
	}
}

func undoRestoresForgotten(s *accountStore) {
	store := s.namespace("")
	s.fill(store, "shop", 3)
	s.fill(store, "other", 1)
	err := store.Atomic(s.Context(), func(ctx context.Context) error {
		_, err := store.ForgetAccount(ctx, "shop", 1000)
		return errors.Join(err, errTest)
	})
	if !errors.Is(err, errTest) {
		s.Fatalf("Atomic gave %v, want the error of its function", err)
	}
	s.expectTraces(store, "shop", "the transaction was undone", everyTrace...)
	list, err := store.ListEmails(s.Context(), inbound.EmailFilter{}, "shop-e0", 10)
	s.check(err, "ListEmails")
	if len(list) != 3 {
		s.Errorf("after a failed transaction, ListEmails gave %d emails after the first of 4", len(list))
	}
}
