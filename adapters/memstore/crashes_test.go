package memstore_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/walktest"
)

func TestCrashes(t *testing.T) {
	crashes(t, func(*testing.T) inbound.Archive { return nil }, walktest.Stride(t, 1, 17))
}

// The bytes are in an archive when what refers to them is committed.
func TestCrashes_WithArchive(t *testing.T) {
	crashes(t, func(*testing.T) inbound.Archive { return memstore.NewArchive() }, walktest.Stride(t, 1, 29))
}

func crashes(t *testing.T, archive func(t *testing.T) inbound.Archive, stride int) {
	inboundtest.TestCrashes(t, func(t *testing.T) inboundtest.Host {
		managers := memstore.NewManagers()
		for _, id := range []string{"m1", "m2", "m3"} {
			managers.Put(assign.Manager{ID: id, Status: assign.Free}, "support")
		}
		return inboundtest.Host{Store: memstore.New(), Customers: memstore.NewCustomers(), Managers: managers,
			Archive: archive(t)}
	}, stride)
}
