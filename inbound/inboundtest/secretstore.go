package inboundtest

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/postroom/postroom/inbound"
)

// TestSecretStore checks an implementation of inbound.SecretStore. open makes an empty
// database for each test and returns a function that opens the store of a namespace in
// that database; it cleans up by t.Cleanup. A store without namespaces is opened as "";
// its function returns nil for other names.
func TestSecretStore(t *testing.T, open func(t *testing.T) (namespace func(name string) inbound.SecretStore)) {
	for name, test := range map[string]func(*secretStore){
		"NothingAtFirst":         nothingAtFirst,
		"ComesBackAsItWas":       secretComesBackAsItWas,
		"Replaces":               secretIsReplaced,
		"AccountsAreSeparate":    secretsOfAccountsAreSeparate,
		"NamespacesAreSeparate":  secretsOfNamespacesAreSeparate,
		"SlicesAreCopied":        secretSlicesAreCopied,
		"OtherStoresSeeIt":       otherStoresSeeTheSecret,
		"ConcurrentOnesAreWhole": concurrentSecretsAreWhole,
	} {
		t.Run(name, func(t *testing.T) { test(&secretStore{t, open(t)}) })
	}
}

// secretStore is a database under test.
type secretStore struct {
	*testing.T
	namespace func(name string) inbound.SecretStore
}

func (s *secretStore) set(store inbound.SecretStore, account string, saved inbound.SavedSecret) {
	s.Helper()
	if err := store.SetSavedSecret(s.Context(), account, saved); err != nil {
		s.Fatalf("SetSavedSecret of %s: %v", account, err)
	}
}

func (s *secretStore) expect(store inbound.SecretStore, account string, want inbound.SavedSecret, why string) {
	s.Helper()
	got, err := store.SavedSecret(s.Context(), account)
	if err != nil {
		s.Fatalf("SavedSecret of %s: %v", account, err)
	}
	if got.After != want.After || !bytes.Equal(got.Sealed, want.Sealed) {
		s.Errorf("SavedSecret of %s gave %+v, want %+v: %s", account, got, want, why)
	}
}

// savedSecret returns one that differs by name.
func savedSecret(name string) inbound.SavedSecret {
	return inbound.SavedSecret{After: "after " + name, Sealed: []byte("\x01\x00\xff " + name)}
}

func nothingAtFirst(s *secretStore) {
	s.expect(s.namespace(""), "shop", inbound.SavedSecret{}, "nothing was saved, which is the zero value and no error")
}

func secretComesBackAsItWas(s *secretStore) {
	store := s.namespace("")
	var every []byte // as encryption gives: every byte, in any order
	for i := range 8192 {
		every = append(every, byte(i*7))
	}
	for _, size := range []int{1, 255, len(every)} {
		want := inbound.SavedSecret{After: strings.Repeat("0123456789abcdef", 4), Sealed: every[:size]}
		s.set(store, "shop", want)
		s.expect(store, "shop", want, "it comes back byte for byte")
	}
}

func secretIsReplaced(s *secretStore) {
	store := s.namespace("")
	for _, name := range []string{"first", "second", "second", "third"} {
		s.set(store, "shop", savedSecret(name))
		s.expect(store, "shop", savedSecret(name), "the last one replaces those before")
	}
}

func secretsOfAccountsAreSeparate(s *secretStore) {
	store := s.namespace("")
	accounts := []string{"shop", "Shop", "shop2", strings.Repeat("a", 99), strings.Repeat("a", 100)}
	for _, account := range accounts {
		s.expect(store, account, inbound.SavedSecret{}, "nothing was saved for this account")
		s.set(store, account, savedSecret(account))
	}
	for _, account := range accounts {
		s.expect(store, account, savedSecret(account), "each account has its own")
	}
}

func secretsOfNamespacesAreSeparate(s *secretStore) {
	names := []string{"", "acme", "ACME", "acme ", strings.Repeat("é", 50)}
	var stores []inbound.SecretStore
	for _, name := range names {
		store := s.namespace(name)
		if store == nil || reflect.ValueOf(store).IsZero() {
			s.Skip("this store has no namespaces")
		}
		if got := store.NamespaceName(); got != name {
			s.Errorf("NamespaceName gave %q, want %q: secrets are sealed for it", got, name)
		}
		s.expect(store, "shop", inbound.SavedSecret{}, "nothing was saved in this namespace")
		s.set(store, "shop", savedSecret("in "+name))
		stores = append(stores, store)
	}
	for i, store := range stores {
		s.expect(store, "shop", savedSecret("in "+names[i]), "namespaces are not kept apart")
	}
}

func secretSlicesAreCopied(s *secretStore) {
	store := s.namespace("")
	given := savedSecret("x")
	s.set(store, "shop", given)
	given.Sealed[0]++
	s.expect(store, "shop", savedSecret("x"), "the store does not keep the slice that it was given")
	got, err := store.SavedSecret(s.Context(), "shop")
	if err != nil {
		s.Fatalf("SavedSecret: %v", err)
	}
	got.Sealed[0]++
	s.expect(store, "shop", savedSecret("x"), "the caller may change the slice that it got")
}

func otherStoresSeeTheSecret(s *secretStore) {
	s.set(s.namespace(""), "shop", savedSecret("x"))
	s.expect(s.namespace(""), "shop", savedSecret("x"), "a store that is opened later has it")
}

func concurrentSecretsAreWhole(s *secretStore) {
	store := s.namespace("")
	const writers = 10
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			if err := store.SetSavedSecret(s.Context(), "shop", savedSecret(fmt.Sprint(i))); err != nil {
				s.Errorf("SetSavedSecret of several at a time: %v", err)
			}
		})
	}
	all.Wait()
	got, err := store.SavedSecret(s.Context(), "shop")
	if err != nil {
		s.Fatalf("SavedSecret: %v", err)
	}
	for i := range writers {
		if reflect.DeepEqual(got, savedSecret(fmt.Sprint(i))) {
			return
		}
	}
	s.Errorf("after several SetSavedSecret at a time, SavedSecret gave %+v: want one of them, whole", got)
}
