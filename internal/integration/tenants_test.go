package integration

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/customer/customertest"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/sqlrecord"
	"github.com/postroom/postroom/internal/walktest"
)

// tenantDatabase is a database that several companies share.
type tenantDatabase struct {
	dialect sqlstore.Dialect
	// create makes an empty database, and returns what connects to it.
	create func(t *testing.T) driver.Connector
	// tables is a query for the names of its tables.
	tables string
}

var tenantDatabases = []tenantDatabase{
	{sqlstore.SQLite, createSQLiteInMemory,
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'postroom%'"},
	{sqlstore.Postgres, func(t *testing.T) driver.Connector {
		return connectorTo(t, "pgx", sqlstore.Postgres, createPostgres(t, sharedPostgres.get(t)))
	}, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'postroom%'"},
	{sqlstore.MariaDB, func(t *testing.T) driver.Connector {
		return connectorTo(t, "mysql", sqlstore.MariaDB, createMariaDB(t, sharedMariaDB.get(t)))
	}, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'postroom%'"},
}

// longTenantDatabases are the databases of tests that take minutes: SQLite, and with
// POSTROOM_LONG=1 all of them.
func longTenantDatabases() []tenantDatabase {
	if os.Getenv("POSTROOM_LONG") == "1" {
		return tenantDatabases
	}
	return tenantDatabases[:1]
}

// createSQLiteInMemory makes a database in a folder of the memory, if there is one: these tests make
// thousands of transactions, and none is about what a disk keeps.
func createSQLiteInMemory(t *testing.T) driver.Connector {
	dir, err := os.MkdirTemp("/dev/shm", "postroom-")
	if err != nil {
		return createSQLite(t)
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return connectorTo(t, "sqlite", sqlstore.SQLite, sqlstore.SQLiteDSN(filepath.Join(dir, "postroom.db")))
}

// sharedTables have no namespace of their own.
var sharedTables = map[string]string{
	"postroom_raw":        "the number of an email or of kept bytes finds them, and was found by its namespace",
	"postroom_migrations": "the schema is that of all namespaces",
}

// proof is what statements of a suite were, in their namespaces.
type proof struct {
	tenantDatabase
	t *testing.T

	mu    sync.Mutex
	seen  map[string]scoped // by text
	wrong map[string]error  // what was wrong with it, by text
}

// scoped is a statement with its namespace.
type scoped struct {
	sqlrecord.Statement
	sqlrecord.Scope
}

// open opens a namespace of a database, each of whose statements has to stay in it.
func (p *proof) open(t *testing.T, c driver.Connector, namespace string) *sqlstore.Store {
	scope := sqlrecord.Scope{Prefix: "postroom_", Namespace: namespace, Shared: sharedTables}
	var opened atomic.Bool // before, there are the steps of the schema
	recorder := &sqlrecord.Recorder{Each: func(s sqlrecord.Statement) {
		if !opened.Load() {
			return
		}
		err := scope.Check(s)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.seen[s.Text] = scoped{s, scope}
		if err != nil {
			p.wrong[s.Text] = err
		}
	}}
	db := sql.OpenDB(recorder.Connector(c))
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	store, err := sqlstore.Open(context.Background(), db, p.dialect, &sqlstore.Options{Namespace: namespace})
	require.NoError(t, err)
	opened.Store(true)
	return store
}

// one opens a namespace of a new database.
func (p *proof) one(t *testing.T, _ time.Duration) *sqlstore.Store {
	return p.open(t, p.create(t), "acme")
}

// TestNamespaces_EachStatement: every statement of every suite is bound to the namespace of its
// store, by its text and its arguments, and each of its conditions is needed for that.
func TestNamespaces_EachStatement(t *testing.T) {
	t.Parallel()
	for _, d := range longTenantDatabases() {
		t.Run(string(d.dialect), func(t *testing.T) {
			p := &proof{tenantDatabase: d, t: t, seen: make(map[string]scoped), wrong: make(map[string]error)}
			t.Run("suites", func(t *testing.T) { runSuites(t, d, p.one, p.open) })
			t.Run("rest", func(t *testing.T) { otherQueries(t, p.one(t, 0)) })
			for _, err := range p.wrong {
				assert.NoError(t, err)
			}
			p.requireAllTables()
			p.requireMutantsFound()
		})
	}
}

// runSuites runs all suites of a store, and passes. one opens a namespace of a new database; pause
// is what somebody else waits between two visits, which in simulated time are many.
func runSuites(t *testing.T, d tenantDatabase, one func(t *testing.T, pause time.Duration) *sqlstore.Store,
	open func(t *testing.T, c driver.Connector, namespace string) *sqlstore.Store) {
	const real, simulated = 20 * time.Millisecond, 11 * time.Minute
	t.Run("Store", func(t *testing.T) {
		inboundtest.TestStore(t, func(t *testing.T) inbound.Store { return one(t, real) })
	})
	t.Run("Namespaces", func(t *testing.T) {
		inboundtest.TestNamespaces(t, func(t *testing.T) func(string) inbound.Store {
			c := d.create(t)
			return func(namespace string) inbound.Store { return open(t, c, namespace) }
		})
	})
	t.Run("Accounts", func(t *testing.T) {
		inboundtest.TestAccountStore(t, func(t *testing.T) func(string) inboundtest.AccountStore {
			c := d.create(t)
			return func(namespace string) inboundtest.AccountStore { return open(t, c, namespace) }
		})
	})
	t.Run("Secrets", func(t *testing.T) {
		inboundtest.TestSecretStore(t, func(t *testing.T) func(string) inbound.SecretStore {
			c := d.create(t)
			return func(namespace string) inbound.SecretStore { return open(t, c, namespace) }
		})
	})
	t.Run("Customers", func(t *testing.T) {
		customertest.TestRepo(t, func(t *testing.T, existing []customer.Customer) customer.Repo {
			return customersOf(t, one(t, real), existing)
		})
	})
	t.Run("Managers", func(t *testing.T) {
		assigntest.TestDirectory(t, func(t *testing.T, staff []assigntest.Employee) (
			assign.ManagerDirectory, func(string, assign.Status),
		) {
			return managersOf(t, one(t, real), staff)
		})
	})
	t.Run("Crashes", func(t *testing.T) {
		inboundtest.TestCrashes(t, func(t *testing.T) inboundtest.Host {
			return crashHost(t, one(t, simulated))
		}, walktest.Stride(t, 499, 1999))
	})
	t.Run("Walk", func(t *testing.T) {
		walktest.TestDisturbed(t, func(t *testing.T) walktest.Host { return walkHost(t, one(t, simulated)) },
			walktest.Stride(t, 1499, 2999))
	})
}

// requireAllTables requires that no table was left out.
func (p *proof) requireAllTables() {
	db := sql.OpenDB(p.create(p.t))
	defer func() { require.NoError(p.t, db.Close()) }()
	_, err := sqlstore.Open(p.t.Context(), db, p.dialect, nil)
	require.NoError(p.t, err)
	all := strings.Join(slices.Collect(maps.Keys(p.seen)), "\n")
	for _, table := range tableNames(p.t, p.tenantDatabase, db) {
		if table == "postroom_migrations" {
			continue // only Open reads it
		}
		assert.Contains(p.t, all, table, "no suite reads or writes this table")
	}
}

// tableNames returns the names of the tables in a database.
func tableNames(t *testing.T, d tenantDatabase, db *sql.DB) (tables []string) {
	rows, err := db.Query(d.tables)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var table string
		require.NoError(t, rows.Scan(&table))
		tables = append(tables, table)
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(tables), 15)
	return tables
}

// requireMutantsFound requires that no statement stays in its namespace without any one of its
// conditions, nor with a different namespace as an argument.
func (p *proof) requireMutantsFound() {
	require.Greater(p.t, len(p.seen), 100, "of so many texts")
	mutants := 0
	for text, s := range p.seen {
		for _, mutant := range sqlrecord.Mutants(text) {
			mutants++
			assert.Error(p.t, s.Check(sqlrecord.Statement{Text: mutant, Args: s.Args}), mutant)
		}
		other := s.Scope
		other.Namespace = fmt.Sprint("not ", s.Namespace)
		bound := len(sqlrecord.Mutants(text)) > 0 || strings.Contains(text, "(namespace")
		if err := other.Check(s.Statement); bound {
			assert.Error(p.t, err, text)
		} else {
			assert.NoError(p.t, err, text) // only of tables without a namespace
		}
	}
	p.t.Logf("%d texts, %d mutants", len(p.seen), mutants)
}
