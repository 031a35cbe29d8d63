package inbound_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/internal/walktest"
)

// newHostInMemory returns a host without anything in it.
func newHostInMemory(*testing.T) walktest.Host {
	customers := memstore.NewCustomers()
	return walktest.Host{Store: memstore.New(), Customers: customers, Put: customers.Put, Replace: customers.Put}
}

// All steps take most of a minute; POSTROOM_STRIDE=1 walks them.
const (
	killStride    = 11
	disturbStride = 23
)

// Wherever a pass, a replay or an assignment is killed, the next one finishes the
// work, and nothing is done twice.
func TestPromise_NothingTwice_KilledAtEachStep(t *testing.T) {
	walktest.TestKilled(t, newHostInMemory, walktest.Stride(t, killStride, killStride))
}

// Whatever happens to a host behind an API between two steps, managers are notified
// of each email once.
func TestPromise_NotifiedOnce_DisturbedAtEachStep(t *testing.T) {
	walktest.TestDisturbed(t, newHostInMemory, walktest.Stride(t, disturbStride, disturbStride))
}
