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
	customertest.TestRepo(t, func(t *testing.T, cards []customer.Customer) customer.Repo {
		customers := openSQLite(t, "").Customers()
		require.NoError(t, customers.Upsert(t.Context(), cards...))
		require.NoError(t, customers.DefineFields(t.Context(), customer.Field{Name: "source"}))
		if n, err := customers.Counts(t.Context()); err != nil || n.All != len(cards) {
			t.Skipf("this base has one card for each address of a shop (error %v)", err)
		}
		return customers
	})
}

func TestSQLiteManagers(t *testing.T) {
	assigntest.TestDirectory(t, func(t *testing.T, staff []assigntest.Employee) (assign.ManagerDirectory, func(string, assign.Status)) {
		managers := openSQLite(t, "").Managers()
		for _, e := range staff {
			require.NoError(t, managers.Put(t.Context(), e.Manager, e.Groups...))
			require.NoError(t, managers.SetActive(t.Context(), e.ID, !e.Gone))
		}
		return managers, func(id string, status assign.Status) { require.NoError(t, managers.SetStatus(t.Context(), id, status)) }
	})
}
