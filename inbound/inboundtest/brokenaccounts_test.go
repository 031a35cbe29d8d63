package inboundtest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
	"github.com/postroom/postroom/notify"
)

func TestAccountStoreSuiteCatchesBrokenStores(t *testing.T) { mutant.Run(t, brokenAccountStores) }

var brokenAccountStores = map[string]mutant.Mutant{
	"SortsByID": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return sortsByID{s} },
		"KeepsOrderAndText", "in the order in which they were added"),
	"MovesToTheEnd": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return movesToTheEnd{s} },
		"KeepsOrderAndText", "keeps its place"),
	"FoldsIDs": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return foldsIDs{s} },
		"IDsAreExact", "each ID is an account of its own"),
	"ListsWithoutTransaction": accountStore(
		func(s *memstore.Store) inboundtest.AccountStore { return listsOutside{s, memstore.New()} },
		"UndoRestores", "the transaction was undone"),
	"ForgetsNoSecret": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return forgetsNoSecret{s} },
		"ForgetsEverything", `there is ["secret"]`),
	"ForgetsNothingHeld": accountStore(
		func(s *memstore.Store) inboundtest.AccountStore { return forgetsNothingHeld{s, new([]notify.Backlog)} },
		"ForgetsEverything", `there is ["held"]`),
	"ForgetsTheList": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return forgetsTheList{s} },
		"ForgetsEverything", "leaves the list as it is"),
	"IgnoresTheLimit": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return ignoresTheLimit{s} },
		"ForgetsInBatches", "want at most the limit 7"),
	"StopsTooEarly": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return stopsTooEarly{s} },
		"ForgetsInBatches", "a call says that nothing is left"),
	"NeverEnds": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return neverEnds{s} },
		"NoneAtFirst", "says that there is more"),
	"ForgetsInAnyCase": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return forgetsInAnyCase{s} },
		"ForgetsNothingOfOthers", "a different account was forgotten"),
	"ForgetsShared": accountStore(func(s *memstore.Store) inboundtest.AccountStore { return forgetsShared{s} },
		"SharedEmailIsHandedOver", "Email that a different account has, too"),
	"OneNamespace": {Where: "NamespacesAreSeparate", Says: "nothing was added in this namespace",
		Suite: func(t *testing.T) {
			inboundtest.TestAccountStore(t, func(*testing.T) func(string) inboundtest.AccountStore {
				base := memstore.New()
				return func(string) inboundtest.AccountStore { return base }
			})
		}},
}

// accountStore is the suite on stores that are broken by a function.
func accountStore(broken func(*memstore.Store) inboundtest.AccountStore, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		inboundtest.TestAccountStore(t, func(*testing.T) func(string) inboundtest.AccountStore {
			base := memstore.New()
			return func(name string) inboundtest.AccountStore { return broken(base.Namespace(name)) }
		})
	}}
}

type sortsByID struct{ *memstore.Store }

func (s sortsByID) ListAccounts(ctx context.Context) ([]inbound.SavedAccount, error) {
	all, err := s.Store.ListAccounts(ctx)
	slices.SortFunc(all, func(a, b inbound.SavedAccount) int { return strings.Compare(a.ID, b.ID) })
	return all, err
}

type movesToTheEnd struct{ *memstore.Store }

func (s movesToTheEnd) PutAccount(ctx context.Context, a inbound.SavedAccount) error {
	if err := s.DropAccount(ctx, a.ID); err != nil {
		return err
	}
	return s.Store.PutAccount(ctx, a)
}

// foldsIDs compares as some databases do: without regard to case.
type foldsIDs struct{ *memstore.Store }

func (s foldsIDs) PutAccount(ctx context.Context, a inbound.SavedAccount) error {
	a.ID = strings.ToLower(a.ID)
	return s.Store.PutAccount(ctx, a)
}

// listsOutside keeps the list in a different database than the rest.
type listsOutside struct {
	*memstore.Store
	list *memstore.Store
}

func (s listsOutside) ListAccounts(ctx context.Context) ([]inbound.SavedAccount, error) {
	return s.list.ListAccounts(ctx)
}

func (s listsOutside) PutAccount(ctx context.Context, a inbound.SavedAccount) error {
	return s.list.PutAccount(ctx, a)
}

func (s listsOutside) DropAccount(ctx context.Context, id string) error {
	return s.list.DropAccount(ctx, id)
}

type forgetsNoSecret struct{ *memstore.Store }

func (s forgetsNoSecret) ForgetAccount(ctx context.Context, id string, limit int) (bool, error) {
	secret, err := s.SavedSecret(ctx, id)
	if err != nil {
		return false, err
	}
	more, err := s.Store.ForgetAccount(ctx, id, limit)
	if err != nil {
		return false, err
	}
	return more, s.SetSavedSecret(ctx, id, secret)
}

// forgetsNothingHeld goes on with what was held when it was first asked.
type forgetsNothingHeld struct {
	*memstore.Store
	first *[]notify.Backlog
}

func (s forgetsNothingHeld) Backlogs(ctx context.Context) (list []notify.Backlog, err error) {
	if *s.first == nil {
		*s.first, err = s.Store.Backlogs(ctx)
	}
	return *s.first, err
}

type forgetsTheList struct{ *memstore.Store }

func (s forgetsTheList) ForgetAccount(ctx context.Context, id string, limit int) (bool, error) {
	if err := s.DropAccount(ctx, id); err != nil {
		return false, err
	}
	return s.Store.ForgetAccount(ctx, id, limit)
}

type ignoresTheLimit struct{ *memstore.Store }

func (s ignoresTheLimit) ForgetAccount(ctx context.Context, id string, _ int) (bool, error) {
	return s.Store.ForgetAccount(ctx, id, 1_000_000)
}

// stopsTooEarly says that nothing is left when there are no more emails.
type stopsTooEarly struct{ *memstore.Store }

func (s stopsTooEarly) ForgetAccount(ctx context.Context, id string, limit int) (bool, error) {
	if _, err := s.Store.ForgetAccount(ctx, id, limit); err != nil {
		return false, err
	}
	n, err := s.CountEmails(ctx, inbound.EmailFilter{AccountID: id})
	return n > 0, err
}

type neverEnds struct{ *memstore.Store }

func (s neverEnds) ForgetAccount(ctx context.Context, id string, limit int) (bool, error) {
	_, err := s.Store.ForgetAccount(ctx, id, limit)
	return true, err
}

type forgetsInAnyCase struct{ *memstore.Store }

func (s forgetsInAnyCase) ForgetAccount(ctx context.Context, id string, limit int) (bool, error) {
	if _, err := s.Store.ForgetAccount(ctx, strings.ToUpper(id[:1])+id[1:], 1_000_000); err != nil {
		return false, err
	}
	return s.Store.ForgetAccount(ctx, id, limit)
}

// forgetsShared hides the duplicates of other accounts until the emails are gone.
type forgetsShared struct{ *memstore.Store }

func (s forgetsShared) ForgetAccount(ctx context.Context, id string, limit int) (bool, error) {
	rows, err := s.Entries(ctx, "other", inbound.Duplicate, inbound.SourceID{}, 100)
	if err != nil {
		return false, err
	}
	for i := range rows {
		rows[i].Outcome = inbound.Ignored
	}
	if err := s.Record(ctx, "other", rows); err != nil {
		return false, err
	}
	return s.Store.ForgetAccount(ctx, id, limit)
}
