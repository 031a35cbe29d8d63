package memstore_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestNamespaces(t *testing.T) {
	inboundtest.TestNamespaces(t, func(*testing.T) func(string) inbound.Store {
		store := memstore.New()
		return func(name string) inbound.Store { return store.Namespace(name) }
	})
}

func TestSecretStore(t *testing.T) {
	inboundtest.TestSecretStore(t, func(*testing.T) func(string) inbound.SecretStore {
		store := memstore.New()
		return func(name string) inbound.SecretStore { return store.Namespace(name) }
	})
}

func TestAccountStore(t *testing.T) {
	inboundtest.TestAccountStore(t, func(*testing.T) func(string) inboundtest.AccountStore {
		store := memstore.New()
		return func(name string) inboundtest.AccountStore { return store.Namespace(name) }
	})
}
