package integration

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// TestSQLiteCrashes kills a pass at every nth step on a database on disk. n is
// POSTROOM_STRIDE; if that is not set, 17, or 211 with -short. 1 means all steps, which
// take minutes.
func TestSQLiteCrashes(t *testing.T) {
	stride := 17
	if testing.Short() {
		stride = 211
	}
	if v := os.Getenv("POSTROOM_STRIDE"); v != "" {
		var err error
		stride, err = strconv.Atoi(v)
		require.NoError(t, err, "POSTROOM_STRIDE is a number of steps")
	}
	inboundtest.TestCrashes(t, func(t *testing.T) inboundtest.Host {
		store := openSQLite(t, "")
		for _, id := range []string{"m1", "m2", "m3"} {
			m := assign.Manager{ID: id, Name: id, Status: assign.Free}
			require.NoError(t, store.Managers().Put(t.Context(), m, "support"))
		}
		return inboundtest.Host{Store: store, Customers: store.Customers(), Managers: store.Managers()}
	}, stride)
}
