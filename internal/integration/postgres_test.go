package integration

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
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

// A transaction whose process hangs keeps its locks for half a minute at most, or for as
// long as the connection says.
func TestPostgres_TransactionThatHangs(t *testing.T) {
	server := postgres.ForTest(t, &postgres.Options{Dir: fastDir()})
	open := func(settings string) *sqlstore.Store {
		db, err := sql.Open("pgx", server.DSN("postgres")+settings)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return openOn(t, db, sqlstore.Postgres, nil)
	}
	for settings, want := range map[string]string{"": "30s", "&idle_in_transaction_session_timeout=7s": "7s"} {
		store := open(settings)
		require.NoError(t, store.Atomic(t.Context(), func(ctx context.Context) error {
			_, err := store.Acquire(ctx, "account/other", "p", time.Minute)
			require.NoError(t, err)
			tx, _ := sqlstore.Tx(ctx)
			var limit string
			require.NoError(t, tx.QueryRow("SHOW idle_in_transaction_session_timeout").Scan(&limit))
			assert.Equal(t, want, limit)
			return nil
		}))
	}
	hung, other := open("&idle_in_transaction_session_timeout=500ms"), open("")
	err := hung.Atomic(t.Context(), func(ctx context.Context) error {
		_, err := hung.Acquire(ctx, "account/shop", "hung", time.Minute)
		require.NoError(t, err)
		_, err = other.Acquire(t.Context(), "account/shop", "other", time.Minute) // it waits for the lock
		assert.NoError(t, err)
		return nil
	})
	require.ErrorIs(t, err, inbound.ErrTemporary)
	_, err = hung.Acquire(t.Context(), "account/shop", "hung", time.Minute)
	assert.ErrorIs(t, err, inbound.ErrBusy)
}
