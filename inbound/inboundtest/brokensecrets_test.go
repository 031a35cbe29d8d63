package inboundtest_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestSecretStoreSuiteCatchesBrokenStores(t *testing.T) { mutant.Run(t, brokenSecretStores) }

var brokenSecretStores = map[string]mutant.Mutant{
	"NothingIsAnError": secretStore(func(s inbound.SecretStore) inbound.SecretStore { return nothingIsAnError{s} },
		"NothingAtFirst", "inbound: not found"),
	"KeepsText": secretStore(func(s inbound.SecretStore) inbound.SecretStore { return keepsText{s} },
		"ComesBackAsItWas", "byte for byte"),
	"KeepsTheFirstSecret": secretStore(func(s inbound.SecretStore) inbound.SecretStore { return keepsTheFirstSecret{s} },
		"Replaces", "the last one replaces"),
	"FoldsAccounts": secretStore(func(s inbound.SecretStore) inbound.SecretStore { return foldsAccounts{s} },
		"AccountsAreSeparate", "of Shop gave"),
	"CutsAccounts": secretStore(func(s inbound.SecretStore) inbound.SecretStore { return cutsAccounts{s} },
		"AccountsAreSeparate", "SavedSecret of aaa"),
	"HasNoNamespace": secretStore(func(s inbound.SecretStore) inbound.SecretStore { return hasNoNamespace{s} },
		"NamespacesAreSeparate", `NamespaceName gave ""`),
	"KeepsTheSlice": secretStore(func(s inbound.SecretStore) inbound.SecretStore {
		return &keepsTheSlice{SecretStore: s, last: make(map[string]inbound.SavedSecret)}
	}, "SlicesAreCopied", "does not keep the slice"),
	"KeepsToItself": secretStore(func(inbound.SecretStore) inbound.SecretStore { return memstore.New() },
		"OtherStoresSeeIt", "opened later"),
	"WritesInTwoSteps": secretStore(func(s inbound.SecretStore) inbound.SecretStore { return writesInTwoSteps{s} },
		"ConcurrentOnesAreWhole", "want one of them, whole"),
	"ForgetsTheNamespace": {Where: "NamespacesAreSeparate", Says: "nothing was saved in this namespace",
		Suite: func(t *testing.T) {
			inboundtest.TestSecretStore(t, func(*testing.T) func(string) inbound.SecretStore {
				base := memstore.New()
				return func(name string) inbound.SecretStore { return named{base, name} }
			})
		}},
}

// secretStore is the suite on stores that are broken by a function.
func secretStore(broken func(inbound.SecretStore) inbound.SecretStore, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		inboundtest.TestSecretStore(t, func(*testing.T) func(string) inbound.SecretStore {
			base := memstore.New()
			return func(name string) inbound.SecretStore { return broken(base.Namespace(name)) }
		})
	}}
}

type nothingIsAnError struct{ inbound.SecretStore }

func (s nothingIsAnError) SavedSecret(ctx context.Context, account string) (inbound.SavedSecret, error) {
	saved, err := s.SecretStore.SavedSecret(ctx, account)
	if err == nil && saved.Sealed == nil {
		err = inbound.ErrNotFound
	}
	return saved, err
}

// keepsText has a column for text in UTF-8.
type keepsText struct{ inbound.SecretStore }

func (s keepsText) SetSavedSecret(ctx context.Context, account string, saved inbound.SavedSecret) error {
	saved.Sealed = bytes.ToValidUTF8(saved.Sealed, []byte("?"))
	return s.SecretStore.SetSavedSecret(ctx, account, saved)
}

type keepsTheFirstSecret struct{ inbound.SecretStore }

func (s keepsTheFirstSecret) SetSavedSecret(ctx context.Context, account string, saved inbound.SavedSecret) error {
	if had, err := s.SavedSecret(ctx, account); err != nil || had.Sealed != nil {
		return err
	}
	return s.SecretStore.SetSavedSecret(ctx, account, saved)
}

// foldsAccounts compares as some databases do: without regard to case.
type foldsAccounts struct{ inbound.SecretStore }

func (s foldsAccounts) SavedSecret(ctx context.Context, account string) (inbound.SavedSecret, error) {
	return s.SecretStore.SavedSecret(ctx, strings.ToLower(account))
}

// cutsAccounts has a column that is too narrow.
type cutsAccounts struct{ inbound.SecretStore }

func (s cutsAccounts) SavedSecret(ctx context.Context, account string) (inbound.SavedSecret, error) {
	return s.SecretStore.SavedSecret(ctx, account[:min(len(account), 99)])
}

type hasNoNamespace struct{ inbound.SecretStore }

func (hasNoNamespace) NamespaceName() string { return "" }

type keepsTheSlice struct {
	inbound.SecretStore
	last map[string]inbound.SavedSecret
}

func (s *keepsTheSlice) SavedSecret(_ context.Context, account string) (inbound.SavedSecret, error) {
	return s.last[account], nil
}

func (s *keepsTheSlice) SetSavedSecret(_ context.Context, account string, saved inbound.SavedSecret) error {
	s.last[account] = saved
	return nil
}

// writesInTwoSteps reads a row, and writes half of it later.
type writesInTwoSteps struct{ inbound.SecretStore }

func (s writesInTwoSteps) SetSavedSecret(ctx context.Context, account string, saved inbound.SavedSecret) error {
	before, err := s.SavedSecret(ctx, account)
	if err != nil {
		return err
	}
	time.Sleep(10 * time.Millisecond) // others write in the meantime
	return s.SecretStore.SetSavedSecret(ctx, account, inbound.SavedSecret{After: saved.After, Sealed: before.Sealed})
}

// named is a store of all namespaces.
type named struct {
	inbound.SecretStore
	name string
}

func (n named) NamespaceName() string { return n.name }
