package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mariadb"
)

// openMySQL opens a pool of connections.
func openMySQL(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestMariaDBDSN_IsReadByTheDriver(t *testing.T) {
	const password = `p@ss:w/rd?x=1&y#%25)` + "`" + `"'é`
	for address, network := range map[string]string{"[::1]:3306": "tcp", "db.example.com:3307": "tcp",
		"/run/mysqld/mysqld.sock": "unix"} {
		c, err := mysql.ParseDSN(sqlstore.MariaDBDSN("crm user", password, address, "crm/1?") + "&tls=true")
		require.NoError(t, err)
		assert.Equal(t, []string{"crm user", password, network, address, "crm/1?", "true"},
			[]string{c.User, c.Passwd, c.Net, c.Addr, c.DBName, c.TLSConfig})
		assert.True(t, c.InterpolateParams)
		assert.Equal(t, 10*time.Second, c.Timeout)
	}
}

// A setting that breaks a promise is refused, with what to do.
func TestMariaDBOpen_RefusesSettings(t *testing.T) {
	server := mariadb.ForTest(t, &mariadb.Options{Extra: []string{"--log-bin", "--server-id=1", "--sync-binlog=1"}})
	dsn := createMariaDB(t, server)
	admin := openMySQL(t, dsn)
	for setting, says := range map[string]string{
		"sql_mode=%27%27": "add STRICT_TRANS_TABLES",
		"sql_mode=%27STRICT_ALL_TABLES,EMPTY_STRING_IS_NULL%27": "remove EMPTY_STRING_IS_NULL",
		"charset=latin1":                "has the character set latin1",
		"charset=utf8mb3":               "has the character set utf8mb3",
		"autocommit=0":                  "has autocommit=OFF",
		"binlog_format=%27STATEMENT%27": "set MIXED or ROW",
	} {
		_, err := sqlstore.Open(t.Context(), openMySQL(t, dsn+"&"+setting), sqlstore.MariaDB, nil)
		assert.ErrorContains(t, err, says)
	}
	for variable, says := range map[string]string{
		"innodb_flush_log_at_trx_commit": "has innodb_flush_log_at_trx_commit=2, with which a committed email can be lost",
		"sync_binlog":                    "has a binary log and sync_binlog=2",
	} {
		_, err := admin.Exec("SET GLOBAL " + variable + " = 2")
		require.NoError(t, err)
		_, err = sqlstore.Open(t.Context(), admin, sqlstore.MariaDB, nil)
		assert.ErrorContains(t, err, says)
		_, err = admin.Exec("SET GLOBAL " + variable + " = 1")
		require.NoError(t, err)
	}
	var tables int
	require.NoError(t, admin.QueryRow("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()").
		Scan(&tables))
	assert.Zero(t, tables, "what is refused changes nothing")
	for _, setting := range []string{"", "&clientFoundRows=true", "&interpolateParams=false", "&collation=utf8mb4_bin",
		"&charset=utf8mb4", "&sql_mode=%27STRICT_ALL_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES%27",
		"&parseTime=true&loc=Local"} {
		store := openOn(t, openMySQL(t, dsn+setting), sqlstore.MariaDB, &sqlstore.Options{Namespace: setting})
		twiceTheSame(t, store)
	}
}

// twiceTheSame does what may have been done before.
func twiceTheSame(t *testing.T, store *sqlstore.Store) {
	ctx := t.Context()
	for i := range 2 {
		_, created, err := store.Customers().Create(ctx, customer.New{Shop: `it's "main" \`, Email: "a@example.com"})
		require.NoError(t, err)
		assert.Equal(t, i == 0, created)
		require.NoError(t, store.KeepRaw(ctx, "k1", bytesRaw("kept")))
		require.NoError(t, store.AddEmails(ctx, []inbound.NewEmail{{Raw: bytesRaw("raw"), Email: inbound.Email{ID: "e1"}}}))
		require.NoError(t, fillAccount(ctx, store, "shop", 0, 3))
	}
	assert.Equal(t, "kept", rawOf(t, store, "k1"))
	assert.Equal(t, "raw", rawOf(t, store, "e1"))
	more, err := store.ForgetAccount(ctx, "shop", 1000)
	require.NoError(t, err)
	assert.False(t, more)
}

// Several programs that start together make the tables once.
func TestMariaDBMigrate_Together(t *testing.T) {
	dsn := createMariaDB(t, sharedMariaDB.get(t))
	var wg sync.WaitGroup
	for range 6 {
		db := openMySQL(t, dsn)
		db.SetMaxOpenConns(1) // no second connection is waited for
		wg.Go(func() {
			store, err := sqlstore.Open(context.Background(), db, sqlstore.MariaDB, nil)
			if assert.NoError(t, err) {
				assert.NoError(t, store.SetAccountState(t.Context(), "shop", inbound.AccountState{}))
			}
		})
	}
	wg.Wait()
	var steps, unfinished int
	require.NoError(t, openMySQL(t, dsn).QueryRow("SELECT COUNT(*), SUM(applied_at <= 0) FROM postroom_migrations").
		Scan(&steps, &unfinished))
	assert.Equal(t, len(sqlstore.Migrations(sqlstore.MariaDB, nil)), steps)
	assert.Zero(t, unfinished)
}

// A program that dies while it migrates leaves some tables: the next one makes the rest. But
// it does not take tables of somebody else for its own.
func TestMariaDBMigrate_Interrupted(t *testing.T) {
	type statement struct {
		version int
		text    string
	}
	var all []statement
	for _, step := range sqlstore.Migrations(sqlstore.MariaDB, nil) {
		for _, text := range regexp.MustCompile(`(?s).*?;( --[^\n]*)?\n`).FindAllString(step.SQL, -1) {
			all = append(all, statement{step.Version, text})
		}
	}
	require.Greater(t, len(all), 20)
	for _, done := range []int{0, 1, 7, len(all) - 3, len(all) - 1} {
		db := openMySQL(t, createMariaDB(t, sharedMariaDB.get(t)))
		begun := 0
		for _, one := range all[:done] {
			_, err := db.Exec(one.text)
			require.NoError(t, err)
			begun = one.version
		}
		if done > 0 && begun == all[0].version {
			_, err := sqlstore.Open(t.Context(), db, sqlstore.MariaDB, nil)
			require.ErrorContains(t, err, "migrate: version 12")
			require.ErrorContains(t, err, "already exists")
			_, err = db.Exec("UPDATE postroom_migrations SET applied_at = -1")
			require.NoError(t, err)
		} else if done > 0 {
			_, err := db.Exec("CREATE TABLE postroom_migrations (version INTEGER NOT NULL PRIMARY KEY," +
				" name TEXT NOT NULL, applied_at BIGINT NOT NULL)")
			require.NoError(t, err)
			_, err = db.Exec("INSERT INTO postroom_migrations VALUES (12, 'the store', 1), (?, 'begun', -1)", begun)
			require.NoError(t, err)
		}
		twiceTheSame(t, openOn(t, db, sqlstore.MariaDB, nil))
		twiceTheSame(t, openOn(t, db, sqlstore.MariaDB, &sqlstore.Options{Namespace: "again"}))
	}
}

func TestMariaDBOpen_NewerSchema(t *testing.T) {
	dsn := createMariaDB(t, sharedMariaDB.get(t))
	db := openMySQL(t, dsn)
	openOn(t, db, sqlstore.MariaDB, nil)
	_, err := db.Exec("INSERT INTO postroom_migrations (version, name, applied_at) VALUES (999, 'later', 1)")
	require.NoError(t, err)
	_, err = sqlstore.Open(t.Context(), openMySQL(t, dsn), sqlstore.MariaDB, nil) // as a program that starts
	require.ErrorContains(t, err, "schema version 999, this program has")
}

// After a deadlock the server has undone the transaction, and would commit each further
// statement by itself: nothing of the transaction is committed, even if the host ignores
// the error.
func TestMariaDBAtomic_DeadlockUndoesAll(t *testing.T) {
	for name, setting := range map[string]string{
		"deadlock": "", "wait for a lock": "&innodb_lock_wait_timeout=1",
	} {
		t.Run(name, func(t *testing.T) {
			dsn := createMariaDB(t, sharedMariaDB.get(t)) + setting
			store := openOn(t, openMySQL(t, dsn), sqlstore.MariaDB, nil)
			locked := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
			gaveUp := make(chan struct{})
			var once sync.Once
			var wg sync.WaitGroup
			errs := make([]error, 2)
			for i := range 2 {
				wg.Go(func() {
					errs[i] = store.Atomic(t.Context(), func(ctx context.Context) error {
						account := fmt.Sprint("shop", i)
						write := func(ctx context.Context, n int) error {
							return store.SetFolderState(ctx, account, fmt.Sprint(n), inbound.FolderState{})
						}
						_, first := store.Acquire(ctx, fmt.Sprint(i), account, time.Minute)
						assert.NoError(t, errors.Join(first, write(ctx, 0)))
						close(locked[i])
						<-locked[1-i]
						if setting != "" && i == 1 { // it goes on after the other one has given up
							<-gaveUp
							return nil
						}
						_, second := store.Acquire(ctx, fmt.Sprint(1-i), account, time.Minute)
						once.Do(func() { close(gaveUp) })
						if third := write(ctx, 1); second != nil {
							require.ErrorIs(t, third, inbound.ErrTemporary, "nothing is sent any longer")
						}
						tx, _ := sqlstore.Tx(ctx)
						_, err := tx.Exec("UPDATE postroom_leases SET token = token")
						assert.Equal(t, second != nil, err != nil, "nor by the host")
						return nil
					})
				})
			}
			wg.Wait()
			failed := 0
			for i, err := range errs {
				var folders int
				require.NoError(t, openMySQL(t, dsn).QueryRow("SELECT COUNT(*) FROM postroom_folders WHERE account = ?",
					fmt.Sprint("shop", i)).Scan(&folders))
				if err == nil {
					assert.Positive(t, folders)
					continue
				}
				failed++
				require.ErrorIs(t, err, inbound.ErrTemporary)
				assert.Contains(t, inbound.HintOf(err), "tried again")
				assert.Zero(t, folders)
			}
			assert.Equal(t, 1, failed)
		})
	}
}

// A call of the store itself that meets a deadlock is made again.
func TestMariaDBWrite_TriesAgain(t *testing.T) {
	dsn := createMariaDB(t, sharedMariaDB.get(t))
	store, db := openOn(t, openMySQL(t, dsn), sqlstore.MariaDB, nil), openMySQL(t, dsn)
	upsert := func(name string) error {
		return store.Customers().Upsert(t.Context(),
			customer.Customer{Shop: "main", Email: "a@example.com", Name: name},
			customer.Customer{Shop: "main", Email: "b@example.com", Name: name})
	}
	require.NoError(t, upsert("first"))
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	exec := func(statement string) {
		t.Helper()
		_, err := tx.Exec(statement)
		require.NoError(t, err)
	}
	// The server undoes the transaction that has changed less.
	exec("INSERT INTO postroom_fields (namespace, name, type) WITH RECURSIVE n (i) AS" +
		" (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT 'other', i, '' FROM n")
	exec("UPDATE postroom_customers SET manager = 'x'" +
		" WHERE namespace = '' AND shop = 'main' AND email = 'b@example.com'")
	called := make(chan error, 1)
	go func() { called <- upsert("second") }()
	require.Eventually(t, func() bool {
		var waiting int
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'").
			Scan(&waiting))
		return waiting > 0
	}, 10*time.Second, 200*time.Millisecond) // asked more often, the server repeats itself
	exec("UPDATE postroom_customers SET manager = 'x'" +
		" WHERE namespace = '' AND shop = 'main' AND email = 'a@example.com'")
	require.NoError(t, tx.Commit())
	require.NoError(t, <-called)
	for _, address := range []string{"a@example.com", "b@example.com"} {
		found, err := store.Customers().FindByEmail(t.Context(), "main", address)
		require.NoError(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, "second", found[0].Name)
		assert.Equal(t, "x", found[0].ManagerID)
	}
}
