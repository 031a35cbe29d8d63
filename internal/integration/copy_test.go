package integration

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// TestCopy_EveryTableAndColumn: nothing of the schema may be forgotten.
func TestCopy_EveryTableAndColumn(t *testing.T) {
	from, to := newSQLite(t), newSQLite(t)
	fill(t, from, "acme", 1100)
	fill(t, from, "other", 3)
	before := dump(t, from, "acme", true)
	for table := range tablesOf(t, from) {
		if table != "postroom_raw" {
			require.Len(t, before[table], rowsOf(table, 1100), table)
		}
	}

	copied, err := sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"), nil)
	require.NoError(t, err)
	assert.Equal(t, before, dump(t, from, "acme", true), "the source does not change")
	assert.Equal(t, ended(before, "acme"), dump(t, to, "acme", true))
	assert.Empty(t, dump(t, to, "other", true))
	assert.Equal(t, []string{"acme"}, copied.Namespaces)
	var raw int64
	for i := range 1100 {
		raw += 2 * int64(len(fillRaw(i, "acme")))
	}
	assert.Equal(t, raw, copied.RawBytes)
	assert.Len(t, copied.Tables, len(tablesOf(t, from))-1)
	for _, table := range copied.Tables {
		assert.EqualValues(t, rowsOf(table.Table, 1100), table.Rows, table.Table)
		assert.Len(t, table.Digest, 64)
	}
	checkCopiedRaw(t, to, "acme", 1100)
	numbersGoOn(t, to, "acme")
}

// TestCopy_BesideOtherNamespaces: the numbers of the rows are taken in the new database.
func TestCopy_BesideOtherNamespaces(t *testing.T) {
	from, to := newSQLite(t), newSQLite(t)
	fill(t, from, "acme", 40)
	fill(t, to, "other", 50)
	others := dump(t, to, "other", true)
	_, err := sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"), nil)
	require.NoError(t, err)
	assert.Equal(t, ended(dump(t, from, "acme", false), "acme"), dump(t, to, "acme", false))
	assert.Equal(t, others, dump(t, to, "other", true))
	checkCopiedRaw(t, to, "acme", 40)
	checkCopiedRaw(t, to, "other", 50)
	numbersGoOn(t, to, "acme")
}

func TestCopy_AllNamespaces(t *testing.T) {
	from, to := newSQLite(t), newSQLite(t)
	for _, namespace := range []string{"", "a", "acme"} {
		fill(t, from, namespace, 20)
	}
	copied, err := sqlstore.Copy(t.Context(), inSQLite(from, ""), inSQLite(to, ""),
		&sqlstore.CopyOptions{AllNamespaces: true})
	require.NoError(t, err)
	assert.Equal(t, []string{"", "a", "acme"}, copied.Namespaces)
	for _, table := range copied.Tables {
		assert.EqualValues(t, 60, table.Rows, table.Table)
	}
	for _, namespace := range copied.Namespaces {
		assert.Equal(t, ended(dump(t, from, namespace, false), namespace), dump(t, to, namespace, false))
		checkCopiedRaw(t, to, namespace, 20)
	}
}

// TestCopy_GoesOnAfterInterruption: wherever it ends, the next call goes on, and the copy
// is the same.
func TestCopy_GoesOnAfterInterruption(t *testing.T) {
	from := newSQLite(t)
	fill(t, from, "acme", 1100)
	want := ended(dump(t, from, "acme", true), "acme")
	for _, steps := range []int{1, 6} {
		to := newSQLite(t)
		calls, reported := 0, 0
		for ; calls < 200; calls++ {
			ctx, cancel := context.WithCancel(t.Context())
			left, fresh := steps, false
			var last sqlstore.CopyProgress
			_, err := sqlstore.Copy(ctx, inSQLite(from, "acme"), inSQLite(to, "acme"), &sqlstore.CopyOptions{
				Progress: func(p sqlstore.CopyProgress) {
					fresh = p.Verifying || p.Rows > int64(reported)
					last = p
					if fresh {
						left--
					}
					if left == 0 && (!p.Verifying || calls%2 == 0) {
						cancel()
					}
				}})
			cancel()
			if err == nil {
				assert.Equal(t, last.TotalRows, last.Rows)
				assert.Equal(t, last.TotalBytes, last.Bytes)
				break
			}
			require.ErrorIs(t, err, context.Canceled)
			if !last.Verifying {
				reported = int(last.Rows)
			}
			_, err = sqlstore.Open(t.Context(), to, sqlstore.SQLite, &sqlstore.Options{Namespace: "acme"})
			require.ErrorIs(t, err, sqlstore.ErrUnfinishedCopy)
		}
		require.Less(t, calls, 200)
		require.Positive(t, calls)
		t.Logf("%d calls with %d steps each", calls+1, steps)
		assert.Equal(t, want, dump(t, to, "acme", true))
		checkCopiedRaw(t, to, "acme", 1100)
	}
}

// interrupted begins a copy and ends it after some batches.
func interrupted(t *testing.T, from, to sqlstore.Database, batches int) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := sqlstore.Copy(ctx, from, to, &sqlstore.CopyOptions{Progress: func(sqlstore.CopyProgress) {
		if batches--; batches == 0 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestCopy_SourceChangedSince(t *testing.T) {
	for name, change := range map[string]string{
		"changed":   "UPDATE postroom_ledger SET outcome = 'vanished' WHERE at = (SELECT MIN(at) FROM postroom_ledger)",
		"removed":   "DELETE FROM postroom_kept WHERE id IN (SELECT MIN(id) FROM postroom_kept)",
		"new email": "INSERT INTO postroom_kept (namespace, id, raw_size) VALUES ('acme', 'zzz', 0)",
	} {
		t.Run(name, func(t *testing.T) {
			from, to := newSQLite(t), newSQLite(t)
			fill(t, from, "acme", 30)
			interrupted(t, inSQLite(from, "acme"), inSQLite(to, "acme"), 6)
			_, err := from.Exec(change)
			require.NoError(t, err)
			_, err = sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"), nil)
			require.ErrorIs(t, err, sqlstore.ErrCopyRefused)
			t.Log(err)
		})
	}
}

func TestCopy_Refused(t *testing.T) {
	from := newSQLite(t)
	fill(t, from, "acme", 5)
	refused := func(t *testing.T, to *sql.DB, want error, says string) {
		t.Helper()
		before := dump(t, to, "acme", true)
		_, err := sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"), nil)
		require.ErrorIs(t, err, want)
		assert.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "\n")
		t.Log(err)
		assert.Equal(t, before, dump(t, to, "acme", true))
	}
	t.Run("data is there", func(t *testing.T) {
		to := newSQLite(t)
		_, err := to.Exec("INSERT INTO postroom_fields (namespace, name, type) VALUES ('acme', 'source', 'string')")
		require.NoError(t, err)
		refused(t, to, sqlstore.ErrCopyRefused, "postroom_fields has rows")
		_, err = sqlstore.Open(t.Context(), to, sqlstore.SQLite, &sqlstore.Options{Namespace: "acme"})
		require.NoError(t, err, "it can still be used")
	})
	t.Run("it is copied already", func(t *testing.T) {
		to := newSQLite(t)
		_, err := sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"), nil)
		require.NoError(t, err)
		refused(t, to, sqlstore.ErrCopyRefused, "was copied and verified at")
	})
	t.Run("a copy of a different database", func(t *testing.T) {
		other, to := newSQLite(t), newSQLite(t)
		fill(t, other, "acme", 6)
		interrupted(t, inSQLite(other, "acme"), inSQLite(to, "acme"), 3)
		refused(t, to, sqlstore.ErrCopyRefused, "a different database")
	})
	t.Run("a source that is an unfinished copy", func(t *testing.T) {
		half, to := newSQLite(t), newSQLite(t)
		interrupted(t, inSQLite(from, "acme"), inSQLite(half, "acme"), 3)
		_, err := sqlstore.Copy(t.Context(), inSQLite(half, "acme"), inSQLite(to, "acme"), nil)
		require.ErrorIs(t, err, sqlstore.ErrUnfinishedCopy)
		t.Log(err)
	})
	t.Run("a lease is held", func(t *testing.T) {
		to := newSQLite(t)
		store, err := sqlstore.Open(t.Context(), from, sqlstore.SQLite, &sqlstore.Options{Namespace: "acme"})
		require.NoError(t, err)
		_, err = store.Acquire(t.Context(), "account/shop", "somebody", time.Minute)
		require.NoError(t, err)
		refused(t, to, inbound.ErrBusy, `holds the lease "account/shop"`)
		_, err = sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"), &sqlstore.CopyOptions{Alone: true})
		require.NoError(t, err)
		copied, err := sqlstore.Open(t.Context(), to, sqlstore.SQLite, &sqlstore.Options{Namespace: "acme"})
		require.NoError(t, err)
		token, err := copied.Acquire(t.Context(), "account/shop", "somebody else", time.Minute)
		require.NoError(t, err, "nobody holds it in the copy")
		assert.EqualValues(t, 2, token, "tokens do not begin again")
	})
	t.Run("a different namespace", func(t *testing.T) {
		_, err := sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(newSQLite(t), "other"), nil)
		require.ErrorContains(t, err, `cannot be copied to "other"`)
	})
}

// TestCopy_NobodyWritesMeanwhile: what is written to the source after it was read would be
// lost.
func TestCopy_NobodyWritesMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "from.db")
	openSQLite(t, path)
	from, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, from.Close()) })
	fill(t, from, "acme", 3)
	impatient, err := sql.Open("sqlite", strings.Replace(sqlstore.SQLiteDSN(path), "30000", "20", 1))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, impatient.Close()) })
	tried := 0
	_, err = sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(newSQLite(t), "acme"),
		&sqlstore.CopyOptions{Progress: func(p sqlstore.CopyProgress) {
			if tried++; tried%10 != 1 {
				return
			}
			_, err := impatient.Exec("UPDATE postroom_turns SET unused = 0")
			require.ErrorContains(t, err, "locked")
			var n int
			require.NoError(t, impatient.QueryRow("SELECT COUNT(*) FROM postroom_turns").Scan(&n), "others may read")
		}})
	require.NoError(t, err)
	require.Greater(t, tried, 20)
	_, err = impatient.Exec("UPDATE postroom_turns SET unused = 0")
	require.NoError(t, err, "afterwards it is free")
}

func TestCopy_DamagedRaw(t *testing.T) {
	for name, c := range map[string]struct{ damage, says string }{
		"part missing": {"DELETE FROM postroom_raw WHERE owner = 5 + 7 * 13 AND part = 0", "part 0 is missing"},
		"last part":    {"DELETE FROM postroom_raw WHERE owner = 5 + 7 * 13 AND part = 1", "there are 262144 bytes of"},
		"no part":      {"DELETE FROM postroom_raw WHERE owner = 5 + 7 * 13", "there are 0 bytes of"},
		"other bytes": {"UPDATE postroom_raw SET data = zeroblob(LENGTH(data)) WHERE owner = 5 + 7 * 13 AND part = 1",
			"SHA-256 is"},
		"quarantine": {"UPDATE postroom_raw SET data = zeroblob(7) WHERE owner = -5 - 7 * 13 AND part = 0",
			"there are 98322 bytes of"},
		"wrong part size": {"UPDATE postroom_emails SET raw_size = 7 WHERE seq = 5 + 7 * 13", "bytes of 7"},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := newSQLite(t), newSQLite(t)
			fill(t, from, "acme", 20)
			_, err := from.Exec(c.damage)
			require.NoError(t, err)
			for range 2 {
				_, err = sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"), nil)
				require.ErrorIs(t, err, sqlstore.ErrDamagedRaw)
				assert.ErrorContains(t, err, "id2 acme n13")
				assert.ErrorContains(t, err, c.says)
				assert.NotContains(t, err.Error(), "\n")
			}
			t.Log(err)
		})
	}
}

// TestCopy_DamagedCopy: what is not in the new database as it was copied is found out.
func TestCopy_DamagedCopy(t *testing.T) {
	for name, damage := range map[string]string{
		"a row is changed":     "UPDATE postroom_ledger SET reason = 'x' WHERE at = (SELECT MAX(at) FROM postroom_ledger)",
		"a row is missing":     "DELETE FROM postroom_usage WHERE account = (SELECT MIN(account) FROM postroom_usage)",
		"a row is too much":    "INSERT INTO postroom_fields (namespace, name, type) VALUES ('acme', 'x', 'x')",
		"raw bytes of emails":  "UPDATE postroom_raw SET data = zeroblob(LENGTH(data)) WHERE owner = 5 + 7 * 13",
		"raw bytes quarantine": "UPDATE postroom_raw SET data = zeroblob(LENGTH(data)) WHERE owner = -5 - 7 * 13",
	} {
		t.Run(name, func(t *testing.T) {
			from, to := newSQLite(t), newSQLite(t)
			fill(t, from, "acme", 20)
			var once error
			_, err := sqlstore.Copy(t.Context(), inSQLite(from, "acme"), inSQLite(to, "acme"),
				&sqlstore.CopyOptions{Progress: func(p sqlstore.CopyProgress) {
					if p.Rows == p.TotalRows && !p.Verifying && once == nil {
						_, once = to.Exec(damage)
						once = errors.Join(once, errDamaged)
					}
				}})
			require.ErrorIs(t, once, errDamaged)
			require.EqualError(t, once, errDamaged.Error())
			require.Error(t, err)
			t.Log(err)
			_, err = sqlstore.Open(t.Context(), to, sqlstore.SQLite, &sqlstore.Options{Namespace: "acme"})
			require.ErrorIs(t, err, sqlstore.ErrUnfinishedCopy)
		})
	}
}

var errDamaged = errors.New("damaged once")
