package integration

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// TestCrashesOnSQLite kills a pass at its steps on a database on disk. All of
// them take minutes: POSTROOM_STRIDE, 17 by default, says every how manieth; 1 is
// all.
func TestCrashesOnSQLite(t *testing.T) {
	stride := 17
	if v := os.Getenv("POSTROOM_STRIDE"); v != "" {
		var err error
		stride, err = strconv.Atoi(v)
		require.NoError(t, err, "POSTROOM_STRIDE is a number of steps")
	}
	inboundtest.TestCrashes(t, func(t *testing.T) inboundtest.Host {
		store := openSQLite(t, "")
		for _, id := range []string{"m1", "m2", "m3"} {
			require.NoError(t, store.Managers().Put(t.Context(), assign.Manager{ID: id, Name: id, Status: assign.Free}, "support"))
		}
		return inboundtest.Host{Store: store, Customers: store.Customers(), Managers: store.Managers()}
	}, stride)
}
