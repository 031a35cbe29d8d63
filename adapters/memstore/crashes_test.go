package memstore_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/walktest"
)

func TestCrashes(t *testing.T) {
	inboundtest.TestCrashes(t, func(*testing.T) inboundtest.Host {
		managers := memstore.NewManagers()
		for _, id := range []string{"m1", "m2", "m3"} {
			managers.Put(assign.Manager{ID: id, Status: assign.Free}, "support")
		}
		return inboundtest.Host{Store: memstore.New(), Customers: memstore.NewCustomers(), Managers: managers}
	}, walktest.Stride(t, 1, 17))
}
