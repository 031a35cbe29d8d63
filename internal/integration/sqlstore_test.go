package integration

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/customer/customertest"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestDatabases_Store(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, d database) {
		inboundtest.TestStore(t, func(t *testing.T) inbound.Store { return d.store(t) })
	})
}

func TestDatabases_Customers(t *testing.T) {
	onDatabases(t, testCustomers)
}

func testCustomers(t *testing.T, d database) {
	customertest.TestRepo(t, func(t *testing.T, cards []customer.Customer) customer.Repo {
		return customersOf(t, d.store(t), cards)
	})
}

// customersOf returns the customers of a store, with these to begin with.
func customersOf(t *testing.T, store *sqlstore.Store, cards []customer.Customer) customer.Repo {
	customers := store.Customers()
	require.NoError(t, customers.Upsert(t.Context(), cards...))
	require.NoError(t, customers.DefineFields(t.Context(), customer.Field{Name: "source"}))
	if n, err := customers.Counts(t.Context()); err != nil || n.All != len(cards) {
		t.Skipf("this repository has one customer record for each address of a shop (error %v)", err)
	}
	return customers
}

func TestDatabases_Managers(t *testing.T) {
	onDatabases(t, testManagers)
}

func testManagers(t *testing.T, d database) {
	assigntest.TestDirectory(t, func(t *testing.T, staff []assigntest.Employee) (
		assign.ManagerDirectory, func(string, assign.Status),
	) {
		return managersOf(t, d.store(t), staff)
	})
}

// managersOf returns the managers of a store, and a function that sets a status.
func managersOf(t *testing.T, store *sqlstore.Store, staff []assigntest.Employee) (
	assign.ManagerDirectory, func(string, assign.Status),
) {
	managers := store.Managers()
	for _, e := range staff {
		require.NoError(t, managers.Put(t.Context(), e.Manager, e.Groups...))
		require.NoError(t, managers.SetActive(t.Context(), e.ID, !e.Gone))
	}
	return managers, func(id string, status assign.Status) {
		require.NoError(t, managers.SetStatus(t.Context(), id, status))
	}
}

func TestDatabases_CustomersInTransaction(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		store, other := d.store(t), d.store(t)
		customers := store.Customers()
		assert.False(t, customers.InTransaction(t.Context()))
		require.NoError(t, store.Atomic(t.Context(), func(ctx context.Context) error {
			assert.True(t, customers.InTransaction(ctx))
			assert.False(t, other.Customers().InTransaction(ctx), "the transaction is of a different database")
			return nil
		}))
	})
}

// Bytes that are replaced or dropped take no space any longer.
func TestDatabases_KeptBytesAreRemoved(t *testing.T) {
	onDatabases(t, testKeptBytesAreRemoved)
}

func testKeptBytesAreRemoved(t *testing.T, d database) {
	p := d.place(t)
	store, db := p.store(), p.db()
	count := func(table string) (n int) {
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM "+table).Scan(&n))
		return n
	}
	raw := make(bytesRaw, 600_000)
	for _, key := range []string{"e1", "k1", "k2"} {
		require.NoError(t, store.KeepRaw(t.Context(), key, raw))
	}
	require.Equal(t, 9, count("postroom_raw"))
	require.NoError(t, store.AddEmails(t.Context(), []inbound.NewEmail{{Email: inbound.Email{ID: "e1"}, Raw: raw[:10]}}))
	assert.Equal(t, 7, count("postroom_raw"), "6 parts that are kept, and the email's")
	assert.Equal(t, 2, count("postroom_kept"))
}

func TestDatabases_SecretStore(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		inboundtest.TestSecretStore(t, func(t *testing.T) func(string) inbound.SecretStore {
			open := d.place(t).namespaces()
			return func(namespace string) inbound.SecretStore { return open(namespace) }
		})
	})
}

// Nothing of a refresh token is in the files of the database in clear.
func TestSQLiteSecrets_NotInClear(t *testing.T) {
	path := filepath.Join(t.TempDir(), "postroom.db")
	sealer, err := inbound.NewAESGCM(make([]byte, inbound.SealerKeySize))
	require.NoError(t, err)
	settings := inbound.StaticCredentials{"shop": {ClientSecret: "client-secret", RefreshToken: "refresh-1"}}
	credentials := inbound.NewSavedCredentials(settings, openSQLite(t, path), sealer)
	for _, token := range []inbound.Secret{"refresh-2", "refresh-3"} {
		s, err := credentials.Credentials(t.Context(), "shop")
		require.NoError(t, err)
		s.RefreshToken = token
		require.NoError(t, credentials.SaveSecrets(t.Context(), "shop", s))
	}
	reopened := inbound.NewSavedCredentials(settings, openSQLite(t, path), sealer)
	s, err := reopened.Credentials(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, "refresh-3", s.RefreshToken.Reveal())
	files, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 2, "also the journal")
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NotContains(t, string(content), "refresh-", file)
		assert.NotContains(t, string(content), "client-secret", file)
	}
}
