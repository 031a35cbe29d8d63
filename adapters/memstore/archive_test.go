package memstore_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestArchive(t *testing.T) {
	inboundtest.TestArchive(t, func(*testing.T) func() inbound.Archive {
		a := memstore.NewArchive()
		return func() inbound.Archive { return a }
	})
}
