package integration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/customer/customertest"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestSQLiteStore(t *testing.T) {
	inboundtest.TestStore(t, func(t *testing.T) inbound.Store { return openSQLite(t, "") })
}

func TestSQLiteCustomers(t *testing.T) {
	customertest.TestRepo(t, func(t *testing.T) customer.Repo { return openSQLite(t, "").Customers() })
}

func TestSQLiteManagers(t *testing.T) {
	assigntest.TestDirectory(t, func(t *testing.T, members []assign.Manager) assign.ManagerDirectory {
		managers := openSQLite(t, "").Managers()
		for _, m := range members {
			require.NoError(t, managers.Put(t.Context(), m, "support"))
		}
		return managers
	})
}
