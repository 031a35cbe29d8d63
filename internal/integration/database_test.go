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
	"github.com/postroom/postroom/inbound"
)

// TestSQLite_FailureIsTemporary: each error has a hint for the operator, nothing is
// lost, and the next pass goes on.
func TestSQLite_FailureIsTemporary(t *testing.T) {
	for name, c := range map[string]struct {
		pragma string
		hint   string
		during func(t *testing.T, path string)
	}{
		"disk is full":          {"_pragma=max_page_count(60)", "make room on the disk", nil},
		"database is read-only": {"mode=ro", "let this program write", nil},
		"database stays locked": {"_pragma=busy_timeout(300)", "keeps the database locked", lockDatabase},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, nil)
			path := filepath.Join(t.TempDir(), "postroom.db")
			s.store = openSQLite(t, path)
			for i := range 30 {
				raw := letterOf(30_000 + i)
				require.NoError(t, s.server.Deliver(mailbox, "INBOX", raw))
			}
			account := s.account("shop", inbound.IMAP, inbound.TLS)
			account.CreateCustomer, account.DeleteUploaded = true, true

			healthy := s.store
			s.store = openFailing(t, path, c.pragma)
			if c.during != nil {
				c.during(t, path)
			}
			_, err := s.syncer(account).Sync(t.Context(), "shop")
			require.Error(t, err)
			t.Log(err)
			require.ErrorIs(t, err, inbound.ErrTemporary)
			assert.Contains(t, inbound.HintOf(err), c.hint)
			assert.NotContains(t, err.Error(), "\n")

			s.store = healthy
			if c.during != nil {
				unlockDatabase(t)
			}
			before := len(s.onServer()) + len(s.emails("shop"))
			assert.GreaterOrEqual(t, before, 30, "what has left the server is in the database")
			s.pass(s.syncer(account), "shop")
			assert.Len(t, s.emails("shop"), 30)
			assert.Empty(t, s.onServer())
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 30}, s.outcomes("shop"),
				"nothing was held against a message")
		})
	}
}

// openFailing opens the database once more, with a setting that makes it fail.
func openFailing(t *testing.T, path, setting string) *sqlstore.Store {
	dsn := strings.Replace(sqlstore.SQLiteDSN(path), "_pragma=busy_timeout%2830000%29&", "", 1)
	db, err := sql.Open("sqlite", dsn+"&"+setting)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	store, err := sqlstore.Open(context.Background(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	return store
}

var locked *sql.Conn

// lockDatabase is another program that keeps the database to itself.
func lockDatabase(t *testing.T, path string) {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	locked, err = db.Conn(t.Context())
	require.NoError(t, err)
	_, err = locked.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
	require.NoError(t, err)
}

func unlockDatabase(t *testing.T) {
	_, err := locked.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	require.NoError(t, locked.Close())
}

// TestSQLiteLease_ClockAhead: the clocks of two machines may differ by minutes, and a
// lease that the one ahead has taken is not taken over for it.
func TestSQLiteLease_ClockAhead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "postroom.db")
	store := openSQLite(t, path)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = store.Acquire(t.Context(), "account/shop", "a machine ahead", 30*time.Second)
	require.NoError(t, err)
	acquire := func(ahead time.Duration) error {
		taken := time.Now().Add(ahead)
		_, err := db.Exec("UPDATE postroom_leases SET taken = ?, expires = ?",
			taken.UnixMicro(), taken.Add(30*time.Second).UnixMicro())
		require.NoError(t, err)
		_, err = store.Acquire(t.Context(), "account/shop", "a different machine", 30*time.Second)
		return err
	}
	require.ErrorIs(t, acquire(2*time.Minute), inbound.ErrBusy)
	require.ErrorIs(t, acquire(9*time.Minute), inbound.ErrBusy)
	err = acquire(11 * time.Minute)
	require.NoError(t, err, "no two clocks differ by so much: this machine's clock was set back")
}

// TestSQLite_ClockSetBack: a lease or retry whose time is far in the future since the
// clock was set back is due now.
func TestSQLite_ClockSetBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "postroom.db")
	store := openSQLite(t, path)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	ahead := time.Now().Add(30 * 24 * time.Hour)

	token, err := store.Acquire(t.Context(), "account/shop", "a process that died", 30*time.Second)
	require.NoError(t, err)
	_, err = store.Acquire(t.Context(), "account/shop", "a different one", 30*time.Second)
	require.ErrorIs(t, err, inbound.ErrBusy)
	_, err = db.Exec("UPDATE postroom_leases SET taken = ?, expires = ?", ahead.UnixMicro(),
		ahead.Add(30*time.Second).UnixMicro())
	require.NoError(t, err)
	next, err := store.Acquire(t.Context(), "account/shop", "a different one", 30*time.Second)
	require.NoError(t, err)
	assert.Greater(t, next, token)

	failed := inbound.LedgerEntry{SourceID: inbound.SourceID{Folder: "INBOX", Generation: "1", Key: "1"},
		Outcome: inbound.Failed, NextTry: ahead, At: ahead}
	soon := inbound.LedgerEntry{SourceID: inbound.SourceID{Folder: "INBOX", Generation: "1", Key: "2"},
		Outcome: inbound.Failed, NextTry: time.Now().Add(time.Hour)}
	require.NoError(t, store.Record(t.Context(), "shop", []inbound.LedgerEntry{failed, soon}))
	due, err := store.DueForRetry(t.Context(), "shop", "INBOX", "1", time.Now(), 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	assert.Equal(t, "1", due[0].Key)
}
