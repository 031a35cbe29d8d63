package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/internal/walktest"
)

func newWalkHost(t *testing.T) walktest.Host {
	store := openSQLite(t, "")
	customers := store.Customers()
	put := func(c customer.Customer) { assert.NoError(t, customers.Upsert(t.Context(), c)) }
	return walktest.Host{Store: store, Customers: customers, Put: put}
}

// TestSQLiteWalk kills and disturbs passes of two accounts on a database. Their
// customers take part in the transactions of the store. POSTROOM_STRIDE=1 tests all
// steps, which takes many minutes.
func TestSQLiteWalk(t *testing.T) {
	t.Run("killed", func(t *testing.T) { walktest.TestKilled(t, newWalkHost, walktest.Stride(t, 149, 997)) })
	t.Run("disturbed", func(t *testing.T) { walktest.TestDisturbed(t, newWalkHost, walktest.Stride(t, 307, 1499)) })
}
