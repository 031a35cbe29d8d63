package inboundtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postroom/postroom/inbound"
)

// AccountStore is a store that keeps accounts, too, as inbound.AccountStore says: what it
// forgets of an account is in the other interfaces.
type AccountStore interface {
	inbound.Store
	inbound.AccountStore
	inbound.SecretStore
}

// TestAccountStore checks an implementation of inbound.AccountStore. open makes an empty
// database for each test and returns a function that opens the store of a namespace in
// that database; it cleans up by t.Cleanup. A store without namespaces is opened as "";
// its function returns nil for other names.
func TestAccountStore(t *testing.T, open func(t *testing.T) (namespace func(name string) AccountStore)) {
	for name, test := range map[string]func(*accountStore){
		"NoneAtFirst":             noAccountAtFirst,
		"KeepsOrderAndText":       accountsKeepOrderAndText,
		"IDsAreExact":             accountIDsAreExact,
		"UndoRestores":            undoRestoresAccounts,
		"NamespacesAreSeparate":   accountsOfNamespacesAreSeparate,
		"ListWithinAtomicHolds":   listWithinAtomicHolds,
		"ForgetsEverything":       forgetsEverything,
		"ForgetsInBatches":        forgetsInBatches,
		"ForgetsNothingOfOthers":  forgetsNothingOfOthers,
		"SharedEmailIsHandedOver": sharedEmailIsHandedOver,
		"UndoRestoresForgotten":   undoRestoresForgotten,
	} {
		t.Run(name, func(t *testing.T) { test(&accountStore{t, open(t)}) })
	}
}

// accountStore is a database under test.
type accountStore struct {
	*testing.T
	namespace func(name string) AccountStore
}

func (s *accountStore) check(err error, op string) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v", op, err)
	}
}

func (s *accountStore) put(store AccountStore, accounts ...inbound.SavedAccount) {
	s.Helper()
	for _, a := range accounts {
		s.check(store.PutAccount(s.Context(), a), "PutAccount of "+a.ID)
	}
}

func (s *accountStore) drop(store AccountStore, id string) {
	s.Helper()
	s.check(store.DropAccount(s.Context(), id), "DropAccount of "+id)
}

func (s *accountStore) expect(store AccountStore, why string, want ...inbound.SavedAccount) {
	s.Helper()
	got, err := store.ListAccounts(s.Context())
	s.check(err, "ListAccounts")
	if !slices.Equal(got, want) {
		s.Errorf("ListAccounts gave %+v, want %+v: %s", got, want, why)
	}
}

func savedAccount(id string) inbound.SavedAccount {
	return inbound.SavedAccount{ID: id, Settings: `{"ID":"` + id + `"}`}
}

func noAccountAtFirst(s *accountStore) {
	store := s.namespace("")
	s.expect(store, "nothing was added, which is no error")
	s.drop(store, "shop") // one that is not there
	more, err := store.ForgetAccount(s.Context(), "shop", 1)
	if s.check(err, "ForgetAccount"); more {
		s.Error("ForgetAccount of an account of which there is nothing says that there is more")
	}
}

func accountsKeepOrderAndText(s *accountStore) {
	store := s.namespace("")
	b, a, c := savedAccount("b"), savedAccount("a"), savedAccount("c")
	s.put(store, b, a, c)
	s.expect(store, "they come in the order in which they were added", b, a, c)
	b.Settings = `{ "Name": "Grüße ☺ \u0000 'x' \"y\" ? $1" }` + strings.Repeat(" ", 10_000)
	a.Forgetting = true
	s.put(store, b, a)
	s.expect(store, "one that is replaced keeps its place, and its text byte for byte", b, a, c)
	a.Forgetting = false
	s.put(store, a)
	s.expect(store, "Forgetting is replaced, too", b, a, c)
	s.drop(store, "b")
	s.expect(store, "b was dropped", a, c)
	s.put(store, b)
	s.expect(store, "one that is added again comes last", a, c, b)
	s.drop(store, "b")
	s.drop(store, "b")
	s.put(store, savedAccount("d"))
	s.expect(store, "the place of the last one is free again", a, c, savedAccount("d"))
}

func accountIDsAreExact(s *accountStore) {
	store := s.namespace("")
	var all []inbound.SavedAccount
	for _, id := range []string{"shop", "Shop", "shop2", strings.Repeat("a", 99), strings.Repeat("a", 100)} {
		all = append(all, savedAccount(id))
	}
	s.put(store, all...)
	s.put(store, all...)
	s.expect(store, "each ID is an account of its own", all...)
	s.drop(store, "Shop")
	s.expect(store, "the others stay", slices.Delete(all, 1, 2)...)
}

func undoRestoresAccounts(s *accountStore) {
	store := s.namespace("")
	a, b := savedAccount("a"), savedAccount("b")
	s.put(store, a, b)
	err := store.Atomic(s.Context(), func(ctx context.Context) error {
		return errors.Join(store.PutAccount(ctx, savedAccount("c")),
			store.PutAccount(ctx, inbound.SavedAccount{ID: "b", Settings: "{}", Forgetting: true}),
			store.DropAccount(ctx, "a"), errTest)
	})
	if !errors.Is(err, errTest) {
		s.Fatalf("Atomic gave %v, want the error of its function", err)
	}
	s.expect(store, "the transaction was undone", a, b)
}

func accountsOfNamespacesAreSeparate(s *accountStore) {
	names := []string{"", "acme", "ACME", strings.Repeat("é", 50)}
	var stores []AccountStore
	for _, name := range names {
		store := s.namespace(name)
		if store == nil || reflect.ValueOf(store).IsZero() {
			s.Skip("this store has no namespaces")
		}
		s.expect(store, "nothing was added in this namespace")
		s.put(store, inbound.SavedAccount{ID: "shop", Settings: name})
		s.fill(store, "shop", 1)
		stores = append(stores, store)
	}
	s.drop(stores[0], "shop")
	s.forget(stores[0], "shop", 100)
	s.expect(stores[0], "it was dropped here")
	for i, store := range stores[1:] {
		s.expect(store, "it was dropped in a different namespace",
			inbound.SavedAccount{ID: "shop", Settings: names[i+1]})
		s.expectTraces(store, "shop", "a different namespace has forgotten its account", everyTrace...)
	}
}

// listWithinAtomicHolds: of several who add an account unless there are three, no more
// than three do.
func listWithinAtomicHolds(s *accountStore) {
	const most, adders = 3, 12
	store := s.namespace("")
	var all sync.WaitGroup
	errs := make([]error, adders)
	for i := range adders {
		all.Go(func() {
			store := s.namespace("") // as another process has it
			errs[i] = store.Atomic(s.Context(), func(ctx context.Context) error {
				list, err := store.ListAccounts(ctx)
				if err != nil || len(list) >= most {
					return errors.Join(err, errTest)
				}
				return store.PutAccount(ctx, savedAccount(fmt.Sprint("account", i)))
			})
		})
	}
	all.Wait()
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
		} else if !errors.Is(err, errTest) {
			s.Errorf("an Atomic that adds an account gave %v", err)
		}
	}
	list, err := store.ListAccounts(s.Context())
	s.check(err, "ListAccounts")
	if len(list) != most || added != most {
		s.Errorf("%d of %d adders have succeeded and there are %d accounts, want %d: within Atomic, what ListAccounts "+
			"gave must hold until the transaction ends", added, adders, len(list), most)
	}
}
