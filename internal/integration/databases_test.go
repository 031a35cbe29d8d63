package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/internal/daemon"
	"github.com/postroom/postroom/internal/mariadb"
	"github.com/postroom/postroom/internal/postgres"
	"github.com/postroom/postroom/internal/walktest"
)

// database is a kind of database that the suites run on.
type database struct {
	name    string
	dialect sqlstore.Dialect
	// create makes an empty database, and returns what opens a pool of connections to it. The
	// test skips where there is no server.
	create func(t testing.TB) (connect func() (*sql.DB, error))
	// every says that suites of many steps take one of so many steps here, of those that they
	// take on SQLite; 0 means all. POSTROOM_STRIDE takes the same everywhere.
	every int
	// alone starts a server that no other test uses, so that it can be killed, and returns what
	// opens a pool of connections to a database of it, at its address or that of a proxy. It is
	// nil where there is no server.
	alone func(t testing.TB) (server killable, open func(address string) (*sql.DB, error))
}

// killable is a server of databases.
type killable interface {
	Kill()          // as a crash would
	Restart() error // after Kill, on the same data
	Address() string
	Log() string
}

// databases are all of them.
var databases = []database{
	{name: "SQLite", dialect: sqlstore.SQLite, create: func(t testing.TB) func() (*sql.DB, error) {
		dsn := sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "postroom.db"))
		return func() (*sql.DB, error) { return sql.Open("sqlite", dsn) }
	}},
	{name: "SQLite by ncruces", dialect: sqlstore.SQLite, every: 10, create: func(t testing.TB) func() (*sql.DB, error) {
		dsn := "file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "postroom.db")) +
			"?_pragma=busy_timeout(30000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)" +
			"&_pragma=page_size(16384)&_pragma=cache_size(256)&_pragma=journal_mode(PERSIST)"
		return func() (*sql.DB, error) { return driver.Open(dsn) }
	}},
	{name: "PostgreSQL", dialect: sqlstore.Postgres, every: 7, create: func(t testing.TB) func() (*sql.DB, error) {
		dsn := createPostgres(t, sharedPostgres.get(t))
		return func() (*sql.DB, error) { return sql.Open("pgx", dsn) }
	}, alone: func(t testing.TB) (killable, func(string) (*sql.DB, error)) {
		server := postgres.ForTest(t, &postgres.Options{Dir: fastDir()})
		return server, func(address string) (*sql.DB, error) {
			return sql.Open("pgx", strings.Replace(server.DSN("postgres"), server.Address(), address, 1))
		}
	}},
	{name: "MariaDB", dialect: sqlstore.MariaDB, every: 7, create: func(t testing.TB) func() (*sql.DB, error) {
		dsn := createMariaDB(t, sharedMariaDB.get(t))
		return func() (*sql.DB, error) { return sql.Open("mysql", dsn) }
	}, alone: func(t testing.TB) (killable, func(string) (*sql.DB, error)) {
		server := mariadb.ForTest(t, &mariadb.Options{Dir: fastDir(), Extra: []string{"--innodb-print-all-deadlocks"}})
		execMariaDB(t, sqlstore.MariaDBDSN("root", "", server.Address(), ""), "CREATE DATABASE crm")
		return server, func(address string) (*sql.DB, error) {
			return sql.Open("mysql", sqlstore.MariaDBDSN("root", "", address, "crm"))
		}
	}},
}

// onServers runs a test on each database that has a server.
func onServers(t *testing.T, test func(t *testing.T, d database)) {
	for _, d := range databases {
		if d.alone != nil {
			t.Run(d.name, func(t *testing.T) { test(t, d) })
		}
	}
}

// stride is that of a suite of many steps, which is so long on SQLite.
func (d database) stride(t *testing.T, usual, short int) int {
	times := max(d.every, 1)
	return walktest.Stride(t, usual*times, short*times)
}

// onDatabases runs a test on each database.
func onDatabases(t *testing.T, test func(t *testing.T, d database)) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) { test(t, d) })
	}
}

// place is one database, that several programs may use.
type place struct {
	t       testing.TB
	dialect sqlstore.Dialect
	connect func() (*sql.DB, error)
}

// place makes an empty database.
func (d database) place(t testing.TB) place {
	t.Helper()
	return place{t: t, dialect: d.dialect, connect: d.create(t)}
}

// db returns another pool of connections.
func (p place) db() *sql.DB {
	p.t.Helper()
	db, err := p.connect()
	require.NoError(p.t, err)
	p.t.Cleanup(func() { require.NoError(p.t, db.Close()) })
	return db
}

// store returns a store with connections of its own.
func (p place) store() *sqlstore.Store {
	p.t.Helper()
	return openOn(p.t, p.db(), p.dialect, nil)
}

// namespaces returns a function that opens a namespace; all share a pool.
func (p place) namespaces() func(namespace string) *sqlstore.Store {
	p.t.Helper()
	db := p.db()
	return func(namespace string) *sqlstore.Store {
		return openOn(p.t, db, p.dialect, &sqlstore.Options{Namespace: namespace})
	}
}

// placeAlone makes an empty database on a server that no other test uses.
func (d database) placeAlone(t testing.TB) (killable, place) {
	t.Helper()
	server, open := d.alone(t)
	return server, place{t: t, dialect: d.dialect, connect: func() (*sql.DB, error) { return open(server.Address()) }}
}

// store returns one in a database of its own.
func (d database) store(t testing.TB) *sqlstore.Store {
	t.Helper()
	return d.place(t).store()
}

func openOn(t testing.TB, db *sql.DB, dialect sqlstore.Dialect, o *sqlstore.Options) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(context.Background(), db, dialect, o)
	require.NoError(t, err)
	return store
}

// shared is a server that all tests of this program use, each with a database of its own.
type shared[S interface{ Close() error }] struct {
	start   func() (S, error)
	missing error // of start, where the server is not installed
	once    sync.Once
	server  S
	err     error
	started bool
}

// get starts the server at the first call.
func (s *shared[S]) get(t testing.TB) S {
	t.Helper()
	s.once.Do(func() {
		s.server, s.err = s.start()
		s.started = s.err == nil
	})
	if errors.Is(s.err, s.missing) && os.Getenv(daemon.Strict) != "1" {
		t.Skip(s.err)
	}
	require.NoError(t, s.err)
	return s.server
}

func (s *shared[S]) close() error {
	if !s.started {
		return nil
	}
	return s.server.Close()
}

var sharedPostgres = shared[*postgres.Server]{missing: postgres.ErrMissing,
	start: func() (*postgres.Server, error) { return postgres.Start(&postgres.Options{Dir: fastDir()}) }}

var sharedMariaDB = shared[*mariadb.Server]{missing: mariadb.ErrMissing,
	start: func() (*mariadb.Server, error) { return mariadb.Start(&mariadb.Options{Dir: fastDir()}) }}

// fastDir returns a folder in memory, where there is one: a server that many tests share
// would wait for the disk more than anything else.
func fastDir() string {
	const dir = "/dev/shm"
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// closeServers ends what the tests have shared.
func closeServers() error { return errors.Join(sharedPostgres.close(), sharedMariaDB.close()) }

// created counts the databases of this program, for their names.
var created atomic.Int64

// createPostgres makes a schema on a server, which is as good as a database of its own and
// made faster, and returns its data source name.
func createPostgres(t testing.TB, server *postgres.Server) string {
	t.Helper()
	admin, err := sql.Open("pgx", server.DSN("postgres"))
	require.NoError(t, err)
	defer func() { require.NoError(t, admin.Close()) }()
	name := fmt.Sprintf("test%d", created.Add(1))
	_, err = admin.Exec("CREATE SCHEMA " + name)
	require.NoError(t, err)
	t.Cleanup(func() { dropPostgres(t, server, name) })
	return server.DSN("postgres") + "&search_path=" + name
}

// dropPostgres makes room on the disk.
func dropPostgres(t testing.TB, server *postgres.Server, schema string) {
	t.Helper()
	admin, err := sql.Open("pgx", server.DSN("postgres"))
	require.NoError(t, err)
	defer func() { require.NoError(t, admin.Close()) }()
	_, err = admin.Exec("DROP SCHEMA " + schema + " CASCADE")
	require.NoError(t, err)
}

// createMariaDB makes a database on a server and returns its data source name.
func createMariaDB(t testing.TB, server *mariadb.Server) string {
	t.Helper()
	dsn := func(name string) string { return sqlstore.MariaDBDSN("root", "", server.Address(), name) }
	name := fmt.Sprintf("test%d", created.Add(1))
	execMariaDB(t, dsn(""), "CREATE DATABASE "+name)
	t.Cleanup(func() { execMariaDB(t, dsn(""), "DROP DATABASE "+name) }) // makes room on the disk
	return dsn(name)
}

func execMariaDB(t testing.TB, dsn, statement string) {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.Exec(statement)
	require.NoError(t, err)
}
