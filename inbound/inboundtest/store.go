package inboundtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
	"github.com/postroom/postroom/notify/notifytest"
)

// TestStore checks an implementation of inbound.Store. open returns an empty
// store for each test and cleans up by t.Cleanup.
func TestStore(t *testing.T, open func(t *testing.T) inbound.Store) {
	groups := map[string]map[string]func(*store){
		"Atomic": atomicTests, "Ledger": ledgerTests, "Emails": emailTests,
		"Fingerprints": fingerprintTests, "Accounts": accountTests, "Leases": leaseTests,
		"Overview": overviewTests, "Archived": archivedTests,
	}
	for group, tests := range groups {
		t.Run(group, func(t *testing.T) {
			for name, test := range tests {
				t.Run(name, func(t *testing.T) { test(&store{T: t, Store: open(t)}) })
			}
		})
	}
	t.Run("Turns", func(t *testing.T) {
		assigntest.TestTurns(t, func(t *testing.T) assign.Turns { return open(t) })
	})
	t.Run("Assignments", func(t *testing.T) {
		assigntest.TestAssignments(t, func(t *testing.T) assign.Assignments { return open(t) })
	})
	t.Run("Outbox", func(t *testing.T) {
		notifytest.TestOutbox(t, func(t *testing.T) notify.Outbox { return open(t) })
	})
	t.Run("Holder", func(t *testing.T) {
		notifytest.TestHolder(t, func(t *testing.T) notifytest.HoldingOutbox { return open(t) })
	})
}

// store is a store under test.
type store struct {
	*testing.T
	inbound.Store
}

// ctx is the context of calls outside of transactions. testing.T has one too,
// but Store's methods are found first only by name.
func (s *store) ctx() context.Context { return s.T.Context() }

func (s *store) check(err error, op string) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v", op, err)
	}
}

// start is a time that every database keeps exactly.
var start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func uid(n uint32) inbound.SourceID {
	return inbound.SourceID{Folder: "INBOX", Generation: "7", Key: fmt.Sprint(n)}
}

func uidl(name string, occurrence int) inbound.SourceID {
	return inbound.SourceID{Key: name, Occurrence: occurrence}
}

func row(id inbound.SourceID, outcome inbound.Outcome) inbound.LedgerEntry {
	return inbound.LedgerEntry{SourceID: id, Outcome: outcome, Reason: "because", From: "anna@example.com",
		Subject: "Привет ☺", Size: 5_000_000_000, ListedSize: 4_999_999_999, At: start}
}

func (s *store) record(rows ...inbound.LedgerEntry) {
	s.Helper()
	s.check(s.Record(s.ctx(), "shop", rows), "Record")
}

// entries returns all rows of the account "shop".
func (s *store) entries() []inbound.LedgerEntry {
	s.Helper()
	rows, err := s.Entries(s.ctx(), "shop", "", inbound.SourceID{}, 10_000)
	s.check(err, "Entries")
	return rows
}

func (s *store) expectIDs(rows []inbound.LedgerEntry, why string, want ...inbound.SourceID) {
	s.Helper()
	got := make([]inbound.SourceID, 0, len(rows))
	for _, r := range rows {
		got = append(got, r.SourceID)
	}
	if !slices.Equal(got, want) {
		s.Errorf("got rows %v, want %v: %s", got, want, why)
	}
}

func newEmail(id string, raw []byte) inbound.NewEmail {
	e := inbound.Email{ID: id, AccountID: "shop", Shop: "main", SourceID: uid(1), CustomerID: "c1",
		From: "anna@example.com", Date: start, Size: int64(len(raw)), UploadedAt: start}
	return inbound.NewEmail{Email: e, Raw: bytes.NewReader(raw)}
}

func (s *store) emails() []string {
	s.Helper()
	list, err := s.ListEmails(s.ctx(), inbound.EmailFilter{}, "", 10_000)
	s.check(err, "ListEmails")
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	return ids
}

var errTest = errors.New("an error of the test")

var atomicTests = map[string]func(*store){
	"CommitsEverything":          commitsEverything,
	"ErrorUndoesEverything":      func(s *store) { undoes(s, func() error { return errTest }) },
	"PanicUndoesEverything":      func(s *store) { undoes(s, func() error { panic(errTest) }) },
	"UndoRestoresWhatWasThere":   undoRestores,
	"UndoRestoresEmails":         undoRestoresEmails,
	"UndoRestoresAssignments":    undoRestoresAssignments,
	"SeesItsOwnWork":             seesItsOwnWork,
	"JoinsTheOuterOne":           joinsTheOuterOne,
	"CallsItsFunctionOnce":       callsItsFunctionOnce,
	"FailedInnerIsNotKept":       failedInnerIsNotKept,
	"EndedContextCommitsNothing": endedContextCommitsNothing,
	"ConcurrentOnesAllCommit":    concurrentOnesAllCommit,
}

// everything does something through each part of the store.
func everything(ctx context.Context, s inbound.Store) error {
	_, turnErr := s.Claim(ctx, "g", []string{"m1", "m2"}, 1)
	_, claimErr := s.Claim(ctx, "h", []string{"m1"}, 1)
	_, leaseErr := s.Acquire(ctx, "lease", "me", time.Hour)
	return errors.Join(
		s.Record(ctx, "shop", []inbound.LedgerEntry{row(uid(1), inbound.Uploaded)}),
		s.AddEmails(ctx, []inbound.NewEmail{newEmail("e1", []byte("raw"))}),
		s.KeepRaw(ctx, "kept", bytes.NewReader([]byte("kept raw"))),
		s.KeepArchived(ctx, "archived", sumOf([]byte("in the archive"))),
		s.SetFolderState(ctx, "shop", "INBOX", inbound.FolderState{Generation: "7", Position: 9}),
		s.SetHealth(ctx, "shop", inbound.Health{State: inbound.HealthOK, InitialTotal: 3}),
		s.IntendCustomers(ctx, "shop", "main", []string{"anna@example.com"}),
		s.SetAccountState(ctx, "shop", inbound.AccountState{StartedAt: start}),
		s.SetUsage(ctx, "shop", inbound.Usage{HistoryAfter: start}),
		s.SetAssignments(ctx, []assign.Assignment{{CustomerID: "c1", Group: "g", Stage: assign.StageWaiting}}),
		s.Add(ctx, []notify.Notification{{ID: "n1", Kind: notify.IncomingEmail, ManagerID: "m1", At: start}}),
		s.Hold(ctx, []notify.Notification{{ID: "n2", Kind: notify.IncomingEmail, ManagerID: "m1", At: start}}),
		turnErr, claimErr, s.Unclaim(ctx, "h", []string{"m1"}), leaseErr,
	)
}

// traces says which parts of the store have something of what everything did.
func (s *store) traces() []string {
	s.Helper()
	ctx := s.ctx()
	var found []string
	trace := func(there bool, name string) {
		if there {
			found = append(found, name)
		}
	}
	trace(len(s.entries()) > 0, "ledger")
	trace(len(s.emails()) > 0, "emails")
	for _, key := range []string{"e1", "kept"} {
		r, err := s.OpenRaw(ctx, key)
		if err == nil {
			_ = r.Close()
		} else if !errors.Is(err, inbound.ErrNotFound) {
			s.check(err, "OpenRaw")
		}
		trace(err == nil, "raw "+key)
	}
	trace(len(s.archived(10)) > 0, "archived")
	folder, err := s.FolderState(ctx, "shop", "INBOX")
	s.check(err, "FolderState")
	trace(folder != inbound.FolderState{}, "folder")
	account, err := s.AccountState(ctx, "shop")
	s.check(err, "AccountState")
	trace(account != inbound.AccountState{}, "account")
	usage, err := s.Usage(ctx, "shop")
	s.check(err, "Usage")
	trace(!usage.HistoryAfter.IsZero(), "usage")
	health, err := s.Health(ctx, "shop")
	s.check(err, "Health")
	trace(health != inbound.Health{}, "health")
	intended, err := s.IntendedCustomers(ctx, "shop", "main", []string{"anna@example.com"})
	s.check(err, "IntendedCustomers")
	trace(intended["anna@example.com"], "intents")
	assignments, err := s.Assignments(ctx, []string{"c1"})
	s.check(err, "Assignments")
	pending, err := s.Queued(ctx, "g", 10)
	s.check(err, "Queued")
	trace(len(assignments)+len(pending) > 0, "assignments")
	news, err := s.Notifications(ctx, "", 10)
	s.check(err, "Notifications")
	trace(len(news) > 0, "outbox")
	held, err := s.Backlogs(ctx)
	s.check(err, "Backlogs")
	trace(len(held) > 0, "held notifications")
	_, err = s.Acquire(ctx, "lease", "probe", time.Hour)
	trace(errors.Is(err, inbound.ErrBusy), "lease")
	turn, err := s.Claim(ctx, "g", []string{"m1", "m2"}, 1)
	s.check(err, "Claim")
	trace(slices.Equal(turn, []string{"m2"}), "turns")
	turn, err = s.Claim(ctx, "h", []string{"m2", "m1"}, 1)
	s.check(err, "Claim")
	trace(slices.Equal(turn, []string{"m1"}), "unclaimed turns")
	return found
}

func commitsEverything(s *store) {
	s.check(s.Atomic(s.ctx(), func(ctx context.Context) error { return everything(ctx, s.Store) }), "Atomic")
	want := []string{"ledger", "emails", "raw e1", "raw kept", "archived", "folder", "account", "usage", "health", "intents",
		"assignments", "outbox", "held notifications", "lease", "turns", "unclaimed turns"}
	if got := s.traces(); !slices.Equal(got, want) {
		s.Errorf("after Atomic returned nil there is only %q, want %q", got, want)
	}
}

// undoes runs everything in a transaction that then fails.
func undoes(s *store, fail func() error) {
	var err error
	func() {
		defer func() {
			if p := recover(); p != nil {
				err = p.(error)
			}
		}()
		err = s.Atomic(s.ctx(), func(ctx context.Context) error {
			s.check(everything(ctx, s.Store), "calls within Atomic")
			return fail()
		})
	}()
	if !errors.Is(err, errTest) {
		s.Errorf("Atomic gave %v, want the error, or the panic, of its function", err)
	}
	if got := s.traces(); len(got) != 0 {
		s.Errorf("after Atomic failed there is still something in %q", got)
	}
}

func undoRestores(s *store) {
	s.record(row(uid(1), inbound.Failed))
	s.check(s.SetFolderState(s.ctx(), "shop", "INBOX", inbound.FolderState{Position: 1}), "SetFolderState")
	waiting := []assign.Assignment{
		{CustomerID: "c1", Group: "g", Stage: assign.StageWaiting, Since: start},
		{CustomerID: "c2", Group: "g", Stage: assign.StageWaiting, Since: start},
	}
	s.check(s.SetAssignments(s.ctx(), waiting), "SetAssignments")
	s.check(s.IntendCustomers(s.ctx(), "shop", "main", []string{"anna@example.com"}), "IntendCustomers")
	err := s.Atomic(s.ctx(), func(ctx context.Context) error {
		return errors.Join(
			s.Record(ctx, "shop", []inbound.LedgerEntry{row(uid(1), inbound.Uploaded), row(uid(2), inbound.Uploaded)}),
			s.MarkDeleted(ctx, "shop", []inbound.SourceID{uid(1)}),
			s.SetFolderState(ctx, "shop", "INBOX", inbound.FolderState{Position: 2}),
			s.RemoveAssignments(ctx, []string{"c1"}),
			s.FinishCustomers(ctx, "shop", "main", []string{"anna@example.com"}),
			errTest)
	})
	if !errors.Is(err, errTest) {
		s.Fatalf("Atomic gave %v, want the error of its function", err)
	}
	rows := s.entries()
	s.expectIDs(rows, "uid 2 was undone", uid(1))
	if len(rows) == 1 && (rows[0].Outcome != inbound.Failed || rows[0].Deleted) {
		s.Errorf("the row is %#v, want it as it was before the failed transaction", rows[0])
	}
	if f, _ := s.FolderState(s.ctx(), "shop", "INBOX"); f.Position != 1 {
		s.Errorf("the folder's Position is %d after a failed transaction, want 1 as before", f.Position)
	}
	if q, _ := s.Queued(s.ctx(), "g", 10); len(q) != 2 || q[0].CustomerID != "c1" {
		s.Errorf("the queue is %+v after a failed transaction, want c1 before c2 as it was", q)
	}
	if i, _ := s.IntendedCustomers(s.ctx(), "shop", "main", []string{"anna@example.com"}); !i["anna@example.com"] {
		s.Error("a note removed in a failed transaction is gone")
	}
}

func seesItsOwnWork(s *store) {
	s.check(s.Atomic(s.ctx(), func(ctx context.Context) error {
		s.check(everything(ctx, s.Store), "calls within Atomic")
		rows, err := s.Lookup(ctx, "shop", []inbound.SourceID{uid(1)})
		s.check(err, "Lookup")
		have, err := s.HaveEmails(ctx, []string{"e1"})
		s.check(err, "HaveEmails")
		due, err := s.Due(ctx, start, 10)
		s.check(err, "Due")
		if len(rows) != 1 || !have["e1"] || len(due) != 1 {
			s.Errorf("within the transaction there are %d rows, emails %v, %d notifications; "+
				"want what it has just written",
				len(rows), have, len(due))
		}
		return nil
	}), "Atomic")
}

func joinsTheOuterOne(s *store) {
	err := s.Atomic(s.ctx(), func(ctx context.Context) error {
		s.check(s.Atomic(ctx, func(ctx context.Context) error { return everything(ctx, s.Store) }),
			"Atomic within Atomic")
		return errTest
	})
	if !errors.Is(err, errTest) {
		s.Errorf("Atomic gave %v, want the error of its function", err)
	}
	if got := s.traces(); len(got) != 0 {
		s.Errorf("the inner Atomic was committed although the outer one failed: there is something in %q", got)
	}
}

func callsItsFunctionOnce(s *store) {
	for _, want := range []error{nil, errTest, inbound.ErrTemporary} {
		calls := 0
		err := s.Atomic(s.ctx(), func(context.Context) error {
			calls++
			return want
		})
		if calls != 1 || !errors.Is(err, want) {
			s.Errorf("Atomic called its function, which returns %v, %d times and gave %v; want one call, and its error",
				want, calls, err)
		}
	}
}

func failedInnerIsNotKept(s *store) {
	_ = s.Atomic(s.ctx(), func(ctx context.Context) error {
		_ = s.Atomic(ctx, func(ctx context.Context) error {
			s.check(everything(ctx, s.Store), "calls within Atomic")
			return errTest
		})
		return nil
	})
	if got := s.traces(); len(got) != 0 {
		s.Errorf("an inner Atomic failed, and yet there is something of it in %q", got)
	}
}

func endedContextCommitsNothing(s *store) {
	ctx, cancel := context.WithCancel(s.ctx())
	err := s.Atomic(ctx, func(ctx context.Context) error {
		s.check(everything(ctx, s.Store), "calls within Atomic")
		cancel()
		return ctx.Err()
	})
	if err == nil {
		s.Error("Atomic with a context that ended gave no error")
	}
	if got := s.traces(); len(got) != 0 {
		s.Errorf("the context ended within Atomic, and yet there is something in %q", got)
	}
	called := false
	if err := s.Atomic(ctx, func(context.Context) error { called = true; return nil }); err == nil || called {
		s.Errorf("Atomic with an ended context gave %v and called its function: %v; want an error, and no call",
			err, called)
	}
}
