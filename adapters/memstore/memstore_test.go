package memstore_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/customer/customertest"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

func TestStore(t *testing.T) {
	inboundtest.TestStore(t, func(*testing.T) inbound.Store { return memstore.New() })
}

func TestCustomers(t *testing.T) {
	customertest.TestRepo(t, func(_ *testing.T, cards []customer.Customer) customer.Repo {
		customers := memstore.NewCustomers(cards...)
		customers.DefineFields(customer.Field{Name: "source"})
		return customers
	})
}

func TestManagers(t *testing.T) {
	assigntest.TestDirectory(t, func(t *testing.T, staff []assigntest.Employee) (
		assign.ManagerDirectory, func(string, assign.Status),
	) {
		managers := memstore.NewManagers()
		for _, e := range staff {
			managers.Put(e.Manager, e.Groups...)
			require.NoError(t, managers.SetActive(e.ID, !e.Gone))
		}
		return managers, func(id string, status assign.Status) { require.NoError(t, managers.SetStatus(id, status)) }
	})
}

func TestManagersMoveAndLeave(t *testing.T) {
	managers := memstore.NewManagers()
	managers.Put(assign.Manager{ID: "m1"}, "a", "b")
	managers.Put(assign.Manager{ID: "m2"}, "a")
	require.NoError(t, managers.SetStatus("m1", assign.Free))
	managers.Put(assign.Manager{ID: "m3"}, "a")
	managers.Put(assign.Manager{ID: "m1", Status: assign.Busy}, "a")

	ids := func(group string) []string {
		members, err := managers.Group(t.Context(), group)
		require.NoError(t, err)
		var ids []string
		for _, m := range members {
			ids = append(ids, m.ID)
		}
		return ids
	}
	assert.Equal(t, []string{"m1", "m2", "m3"}, ids("a"), "m1 keeps its place")
	assert.Empty(t, ids("b"))
	require.NoError(t, managers.SetActive("m2", false))
	assert.Equal(t, []string{"m1", "m3"}, ids("a"))
	m2, err := managers.Manager(t.Context(), "m2")
	require.NoError(t, err, "also a deactivated one")
	assert.Equal(t, "m2", m2.ID)
	assert.ErrorIs(t, managers.SetStatus("nobody", assign.Free), assign.ErrNotFound)
	assert.ErrorIs(t, managers.SetActive("nobody", true), assign.ErrNotFound)
}

func TestCustomersKeepFields(t *testing.T) {
	customers := memstore.NewCustomers(customer.Customer{ID: "anna", Shop: "main", Email: "anna@example.com"})
	customers.DefineFields(customer.Field{Name: "source"})
	definitions, err := customers.Fields(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []customer.Field{{Name: "source"}}, definitions)

	made, created, err := customers.Create(t.Context(), customer.New{Shop: "main", Email: "bob@example.com",
		Fields: map[string]string{"source": "email"}})
	require.NoError(t, err)
	assert.True(t, created)
	assert.Equal(t, map[string]string{"source": "email"}, customers.FieldValues(made.ID))
	assert.Nil(t, customers.FieldValues("anna"))
	assert.Len(t, customers.All(), 2)
}

// While a transaction runs, others wait for it, but no longer than their own
// context lasts.
func TestWaitingEndsWithTheContext(t *testing.T) {
	store := memstore.New()
	require.NoError(t, store.Atomic(t.Context(), func(context.Context) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, store.Add(ctx, []notify.Notification{{ID: "n1"}}), context.Canceled)
		_, err := store.Health(ctx, "shop")
		assert.ErrorIs(t, err, context.Canceled)
		return nil
	}))
}
