package integration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// TestDatabases_Crashes kills passes on a database. POSTROOM_STRIDE=1 tests all steps,
// which takes minutes.
func TestDatabases_Crashes(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, d database) {
		d.place(t) // a server starts outside of the bubble
		inboundtest.TestCrashes(t, func(t *testing.T) inboundtest.Host {
			return crashHost(t, d.store(t))
		}, d.stride(t, 31, 499))
	})
}

func crashHost(t *testing.T, store *sqlstore.Store) inboundtest.Host {
	for _, id := range []string{"m1", "m2", "m3"} {
		m := assign.Manager{ID: id, Name: id, Status: assign.Free}
		require.NoError(t, store.Managers().Put(t.Context(), m, "support"))
	}
	return inboundtest.Host{Store: store, Customers: store.Customers(), Managers: store.Managers()}
}
