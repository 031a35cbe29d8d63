package blob_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/walktest"
)

// A host whose raw mail is in a bucket dies before and after each call, and goes on.
func TestCrashes(t *testing.T) {
	inboundtest.TestCrashes(t, func(t *testing.T) inboundtest.Host {
		managers := memstore.NewManagers()
		for _, id := range []string{"m1", "m2", "m3"} {
			managers.Put(assign.Manager{ID: id, Status: assign.Free}, "support")
		}
		bucket, _ := faultyBucket()
		return inboundtest.Host{Store: memstore.New(), Customers: memstore.NewCustomers(), Managers: managers,
			Archive: archive(t, bucket, nil)}
	}, walktest.Stride(t, 29, 97))
}
