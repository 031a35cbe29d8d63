package integration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/walktest"
)

// TestSQLiteCrashes kills passes on a database on disk. POSTROOM_STRIDE=1 tests all
// steps, which takes minutes.
func TestSQLiteCrashes(t *testing.T) {
	inboundtest.TestCrashes(t, func(t *testing.T) inboundtest.Host {
		store := openSQLite(t, "")
		for _, id := range []string{"m1", "m2", "m3"} {
			m := assign.Manager{ID: id, Name: id, Status: assign.Free}
			require.NoError(t, store.Managers().Put(t.Context(), m, "support"))
		}
		return inboundtest.Host{Store: store, Customers: store.Customers(), Managers: store.Managers()}
	}, walktest.Stride(t, 17, 499))
}
