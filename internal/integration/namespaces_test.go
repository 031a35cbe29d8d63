package integration

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// openNamespaces makes a database and returns a function that opens a namespace in it.
func openNamespaces(t *testing.T) func(namespace string) *sqlstore.Store {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "postroom.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return func(namespace string) *sqlstore.Store {
		store, err := sqlstore.Open(context.Background(), db, sqlstore.SQLite, &sqlstore.Options{Namespace: namespace})
		require.NoError(t, err)
		return store
	}
}

func TestDatabases_Namespaces(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		inboundtest.TestNamespaces(t, func(t *testing.T) func(string) inbound.Store {
			open := d.place(t).namespaces()
			return func(namespace string) inbound.Store { return open(namespace) }
		})
	})
}

func TestSQLiteOpen_RefusesNamespace(t *testing.T) {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "postroom.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for namespace, says := range map[string]string{
		strings.Repeat("n", 101): "the namespace has 101 bytes, at most 100 are allowed",
		strings.Repeat("é", 51):  "102 bytes",
		"acme\x00":               `the namespace "acme\x00" is not`,
		"\xff":                   "UTF-8",
	} {
		_, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, &sqlstore.Options{Namespace: namespace})
		assert.ErrorContains(t, err, says)
	}
}

func TestDatabases_EndLeasesOfOneNamespace(t *testing.T) { onDatabases(t, testEndLeasesOfOneNamespace) }

func testEndLeasesOfOneNamespace(t *testing.T, d database) {
	open := d.place(t).namespaces()
	acme, other := open("acme"), open("")
	ours, err := acme.Acquire(t.Context(), "account/shop", "a process", time.Hour)
	require.NoError(t, err)
	theirs, err := other.Acquire(t.Context(), "account/shop", "a process", time.Hour)
	require.NoError(t, err)
	require.NoError(t, acme.EndLeases(t.Context()))
	require.ErrorIs(t, acme.Confirm(t.Context(), "account/shop", ours), inbound.ErrLeaseLost)
	require.NoError(t, other.Confirm(t.Context(), "account/shop", theirs))
}

func TestDatabases_NamespacesOfCustomers(t *testing.T) { onDatabases(t, testNamespacesOfCustomers) }

func testNamespacesOfCustomers(t *testing.T, d database) {
	open := d.place(t).namespaces()
	ctx := t.Context()
	acme, other := open("acme").Customers(), open("").Customers()
	for namespace, c := range map[string]*sqlstore.Customers{"acme": acme, "other": other} {
		require.NoError(t, c.Upsert(ctx, customer.Customer{ID: "c1", Shop: "main", Email: "anna@example.com",
			Name: namespace}))
		require.NoError(t, c.DefineFields(ctx, customer.Field{Name: namespace}))
	}
	made, created, err := acme.Create(ctx, customer.New{Shop: "main", Email: "bob@example.com",
		Fields: map[string]string{"acme": "yes"}})
	require.NoError(t, err)
	require.True(t, created)
	attached, err := acme.AttachManager(ctx, "c1", "m1")
	require.NoError(t, err)
	require.Equal(t, "m1", attached)

	for _, c := range []struct {
		name    string
		base    *sqlstore.Customers
		all     int
		manager string
	}{{"acme", acme, 2, "m1"}, {"other", other, 1, ""}} {
		fields, err := c.base.Fields(ctx)
		require.NoError(t, err)
		assert.Equal(t, []customer.Field{{Name: c.name}}, fields)
		n, err := c.base.Counts(ctx)
		require.NoError(t, err)
		assert.Equal(t, sqlstore.CustomerCounts{All: c.all, Created: c.all - 1}, n)
		found, err := c.base.FindByEmails(ctx, "main", []string{"anna@example.com", "bob@example.com"})
		require.NoError(t, err)
		assert.Len(t, found, c.all)
		require.Len(t, found["anna@example.com"], 1)
		assert.Equal(t, c.name, found["anna@example.com"][0].Name)
		assert.Equal(t, c.manager, found["anna@example.com"][0].ManagerID)
		one, err := c.base.FindByEmail(ctx, "main", "anna@example.com")
		require.NoError(t, err)
		assert.Equal(t, found["anna@example.com"], one)
	}
	_, err = other.FieldValues(ctx, made.ID)
	require.ErrorIs(t, err, customer.ErrNotFound)
	_, err = other.AttachManager(ctx, made.ID, "m1")
	require.ErrorIs(t, err, customer.ErrNotFound)
	counts, err := other.CountByManager(ctx)
	require.NoError(t, err)
	assert.Empty(t, counts)
}

func TestDatabases_NamespacesOfManagers(t *testing.T) { onDatabases(t, testNamespacesOfManagers) }

func testNamespacesOfManagers(t *testing.T, d database) {
	open := d.place(t).namespaces()
	ctx := t.Context()
	acme, other := open("acme").Managers(), open("").Managers()
	require.NoError(t, acme.Put(ctx, assign.Manager{ID: "m1", Name: "acme"}, "support", "sales"))
	require.NoError(t, other.Put(ctx, assign.Manager{ID: "m1", Name: "other"}, "support"))
	require.NoError(t, other.Put(ctx, assign.Manager{ID: "m2"}, "support"))
	require.NoError(t, acme.SetStatus(ctx, "m1", assign.Busy))
	require.ErrorIs(t, acme.SetActive(ctx, "m2", false), assign.ErrNotFound)
	_, err := acme.Manager(ctx, "m2")
	require.ErrorIs(t, err, assign.ErrNotFound)
	m1, err := other.Manager(ctx, "m1")
	require.NoError(t, err)
	assert.Equal(t, "other", m1.Name)
	assert.Equal(t, assign.Offline, m1.Status)
	for group, want := range map[string][2]int{"support": {1, 2}, "sales": {1, 0}} {
		for i, m := range []*sqlstore.Managers{acme, other} {
			members, err := m.Group(ctx, group)
			require.NoError(t, err)
			assert.Len(t, members, want[i], group)
		}
	}
	require.NoError(t, other.Put(ctx, assign.Manager{ID: "m1"}))
	members, err := acme.Group(ctx, "sales")
	require.NoError(t, err)
	assert.Len(t, members, 1, "m1 has left the groups of the other namespace only")
	all, err := acme.List(ctx)
	require.NoError(t, err)
	assert.Len(t, all, 1)
}

func TestDatabases_AccountStore(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		inboundtest.TestAccountStore(t, func(t *testing.T) func(string) inboundtest.AccountStore {
			open := d.place(t).namespaces()
			return func(namespace string) inboundtest.AccountStore { return open(namespace) }
		})
	})
}
