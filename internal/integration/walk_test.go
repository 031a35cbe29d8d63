package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/internal/walktest"
)

// TestDatabases_Walk kills and disturbs passes of two accounts on a database. Their
// customers take part in the transactions of the store. POSTROOM_STRIDE=1 tests all
// steps, which takes many minutes.
func TestDatabases_Walk(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, d database) {
		d.place(t) // a server starts outside of the bubble
		open := func(t *testing.T) walktest.Host { return walkHost(t, d.store(t)) }
		t.Run("killed", func(t *testing.T) { walktest.TestKilled(t, open, d.stride(t, 199, 997)) })
		t.Run("disturbed", func(t *testing.T) { walktest.TestDisturbed(t, open, d.stride(t, 401, 1499)) })
	})
}

func walkHost(t *testing.T, store *sqlstore.Store) walktest.Host {
	customers := store.Customers()
	put := func(c customer.Customer) { assert.NoError(t, customers.Upsert(t.Context(), c)) }
	return walktest.Host{Store: store, Customers: customers, Put: put}
}
