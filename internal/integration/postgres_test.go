package integration

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/internal/postgres"
)

// A setting that breaks a promise is refused before anything is changed, with what to do.
func TestPostgresOpen_RefusesSettings(t *testing.T) {
	server := postgres.ForTest(t, &postgres.Options{Dir: fastDir()})
	open := func(dsn string) *sql.DB {
		db, err := sql.Open("pgx", dsn)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	admin := open(server.DSN("postgres"))
	_, err := admin.Exec("CREATE DATABASE old ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
	require.NoError(t, err)
	for dsn, says := range map[string]string{
		server.DSN("postgres") + "&synchronous_commit=off": "set it on or local",
		server.DSN("postgres") + "&client_encoding=LATIN1": "set UTF8",
		server.DSN("old"): "has the encoding LATIN1",
	} {
		_, err := sqlstore.Open(t.Context(), open(dsn), sqlstore.Postgres, nil)
		assert.ErrorContains(t, err, says)
	}
	var tables int
	require.NoError(t, admin.QueryRow("SELECT COUNT(*) FROM pg_tables WHERE tablename LIKE 'postroom%'").Scan(&tables))
	assert.Zero(t, tables)
	for _, setting := range []string{"", "&synchronous_commit=local", "&default_transaction_isolation=serializable",
		"&default_query_exec_mode=cache_describe", "&default_query_exec_mode=exec", "&timezone=Asia/Tokyo"} {
		store := openOn(t, open(server.DSN("postgres")+setting), sqlstore.Postgres, &sqlstore.Options{Namespace: setting})
		twiceTheSame(t, store)
	}
	_, err = admin.Exec("ALTER SYSTEM SET fsync = off")
	require.NoError(t, err)
	server.Kill()
	require.NoError(t, server.Restart())
	_, err = sqlstore.Open(t.Context(), open(server.DSN("postgres")), sqlstore.Postgres, nil)
	assert.ErrorContains(t, err, "fsync=off")
}
