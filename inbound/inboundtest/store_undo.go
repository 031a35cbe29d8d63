package inboundtest

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// undo runs fn in a transaction that then fails.
func (s *store) undo(fn func(ctx context.Context) error) {
	s.Helper()
	err := s.Atomic(s.ctx(), func(ctx context.Context) error {
		s.check(fn(ctx), "calls within Atomic")
		return errTest
	})
	if !errors.Is(err, errTest) {
		s.Fatalf("Atomic gave %v, want the error of its function", err)
	}
}

func undoRestoresEmails(s *store) {
	kept, replaced := pattern(300_000), pattern(400_000)
	s.check(s.KeepRaw(s.ctx(), "kept", bytes.NewReader(kept)), "KeepRaw")
	s.check(s.KeepRaw(s.ctx(), "replaced", bytes.NewReader(replaced)), "KeepRaw")
	s.add(newEmail("e1", []byte("raw")))
	s.undo(func(ctx context.Context) error {
		return errors.Join(
			s.AddEmails(ctx, []inbound.NewEmail{newEmail("replaced", []byte("the email's"))}),
			s.Store.SetManager(ctx, "c1", "m1"))
	})
	s.expectRaw("kept", kept)
	s.expectRaw("replaced", replaced)
	s.expectRaw("e1", []byte("raw"))
	if ids := s.emails(); !slices.Equal(ids, []string{"e1"}) {
		s.Errorf("the emails are %q after a failed transaction, want e1 as before", ids)
	}
	s.expectManagers("a manager set in a failed transaction is undone", "e1", "")
}

func undoRestoresAssignments(s *store) {
	waits := func(id string) assign.Assignment {
		return assign.Assignment{CustomerID: id, AccountID: "shop", Group: "g",
			Stage: assign.StageWaiting, Since: start}
	}
	before := []assign.Assignment{waits("c1"), waits("c2"), waits("c3"), waits("c4")}
	s.check(s.SetAssignments(s.ctx(), before), "SetAssignments")
	s.check(s.SetAccountState(s.ctx(), "shop", inbound.AccountState{StartedAt: start}), "SetAccountState")
	s.undo(func(ctx context.Context) error {
		assigned := waits("c1")
		assigned.Stage, assigned.ManagerID = assign.StageAssigned, "m1"
		return errors.Join(
			s.SetAssignments(ctx, []assign.Assignment{assigned}),
			s.RemoveAssignments(ctx, []string{"c2"}),
			s.Regroup(ctx, assign.PendingGroup{AccountID: "shop", Group: "g"}, "h"),
			s.SetAssignments(ctx, []assign.Assignment{waits("c1"), waits("c2"), waits("c5")}),
			s.SetAccountState(ctx, "shop", inbound.AccountState{}))
	})
	pending, err := s.Queued(s.ctx(), "g", 10)
	s.check(err, "Queued")
	for i := range pending {
		pending[i].Since, pending[i].NextTry = pending[i].Since.UTC(), pending[i].NextTry.UTC()
	}
	if !slices.Equal(pending, before) {
		s.Errorf("pending after a failed transaction are\n%+v, want them as before:\n%+v", pending, before)
	}
	if got, err := s.Assignments(s.ctx(), []string{"c5"}); err != nil || len(got) != 0 {
		s.Errorf("Assignments gave %v, %v for one who was set in a failed transaction", got, err)
	}
	if a, err := s.AccountState(s.ctx(), "shop"); err != nil || !a.StartedAt.Equal(start) {
		s.Errorf("the account's state is %+v, %v after a failed transaction, want it as before", a, err)
	}
}
