package integration

import (
	"database/sql"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
)

// A host's own run of goose makes the tables, and Open finds nothing left to do.
func TestDatabases_Goose(t *testing.T) {
	dialects := map[sqlstore.Dialect]goose.Dialect{sqlstore.SQLite: goose.DialectSQLite3,
		sqlstore.Postgres: goose.DialectPostgres, sqlstore.MariaDB: goose.DialectMySQL}
	onDatabases(t, func(t *testing.T, d database) {
		options := &sqlstore.Options{TablePrefix: "crm_mail_"}
		files := make(fstest.MapFS)
		for name, text := range sqlstore.Goose(d.dialect, options) {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		p := d.place(t)
		db := p.db()
		provider, err := goose.NewProvider(dialects[d.dialect], db, files)
		require.NoError(t, err)
		applied, err := provider.Up(t.Context())
		require.NoError(t, err)
		assert.Len(t, applied, len(sqlstore.Migrations(d.dialect, nil)))
		before := notedSteps(t, db)
		store := openOn(t, db, d.dialect, options)
		require.NoError(t, fillAccount(t.Context(), store, "shop", 0, 3))
		assert.Equal(t, before, notedSteps(t, db))
		assert.Len(t, before, len(applied))
		// A store beside it has tables of its own.
		outcomes, err := openOn(t, db, d.dialect, nil).Outcomes(t.Context(), "shop")
		require.NoError(t, err)
		assert.Empty(t, outcomes)
	})
}

// notedSteps returns the versions that the database says it has.
func notedSteps(t *testing.T, db *sql.DB) (versions []int) {
	t.Helper()
	rows, err := db.Query("SELECT version FROM crm_mail_migrations ORDER BY version")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var version int
		require.NoError(t, rows.Scan(&version))
		versions = append(versions, version)
	}
	require.NoError(t, rows.Err())
	return versions
}

// Processes that start together on an empty database all find it ready.
func TestDatabases_OpenedTogether(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		for range 3 {
			p := d.place(t)
			var all sync.WaitGroup
			begin := make(chan struct{})
			for range 8 {
				db := p.db()
				all.Go(func() {
					<-begin
					store, err := sqlstore.Open(t.Context(), db, d.dialect, nil)
					if assert.NoError(t, err) {
						_, err = store.Managers().List(t.Context())
						assert.NoError(t, err)
					}
				})
			}
			close(begin)
			all.Wait()
			var applied int
			require.NoError(t, p.db().QueryRow("SELECT COUNT(*) FROM postroom_migrations").Scan(&applied))
			assert.Equal(t, len(sqlstore.Migrations(d.dialect, nil)), applied)
		}
	})
}
