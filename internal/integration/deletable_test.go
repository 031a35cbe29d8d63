package integration

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// deletableStore is a store with rows that are deletable some day: one a
// second, the last one at the time that comes back. With done, all but the last
// one are deleted. The second connection is the test's own.
func deletableStore(t testing.TB, rows int, done bool) (store *sqlstore.Store, db *sql.DB, last time.Time) {
	path := filepath.Join(t.TempDir(), "postroom.db")
	store = openSQLite(t, path)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err = db.Exec(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
		INSERT INTO postroom_ledger (namespace, account, folder, generation, key_size, source_key, occurrence,
			position, outcome, reason, sender, reply_to, subject, size, listed, email_id, extent,
			before_start, baseline, keep, unmarked, deleted,
			attempts, next_try, at)
		SELECT '', 'shop', 'INBOX', '1', LENGTH(n), n, 0, n, 'uploaded', 'known customer',
			'somebody@example.com', '', 'a subject', 70000, 70000, n, 'whole', 0, 0, 0, ?, ? AND n < ?,
			0, 0, ? + n * 1000000 FROM n`, rows, done, done, rows, first.UnixMicro())
	require.NoError(t, err)
	return store, db, first.Add(time.Duration(rows) * time.Second)
}

// expectIndexOnly: the read goes through the index and cannot do without it, and
// the index leaves out the rows that do not belong to the result.
func expectIndexOnly(t *testing.T, db *sql.DB, index string, read func() error) {
	t.Helper()
	var definition string
	err := db.QueryRow("SELECT sql FROM sqlite_schema WHERE name = ?", index).Scan(&definition)
	require.NoError(t, err)
	_, filter, _ := strings.Cut(definition, "WHERE")
	assert.Regexp(t, "deleted = 0|next_try > 0", filter, "%s has an entry for every row", index)
	require.NoError(t, read())
	_, err = db.Exec("DROP INDEX " + index)
	require.NoError(t, err)
	assert.ErrorContains(t, read(), index, "the read does without its index")
}

func TestSQLiteDeletable_NothingDueReadsNoRow(t *testing.T) {
	store, db, last := deletableStore(t, 500, false)
	expectIndexOnly(t, db, "postroom_ledger_due", func() error {
		rows, err := store.Deletable(t.Context(), "shop", "INBOX", "1", last.AddDate(-1, 0, 0), inbound.SourceID{}, 500)
		assert.Empty(t, rows)
		return err
	})
}

// Rows that are deleted or marked are not in the index.
func TestSQLiteLedger_DoneRowsAreNotRead(t *testing.T) {
	store, db, last := deletableStore(t, 500, true)
	for index, read := range map[string]func() ([]inbound.LedgerEntry, error){
		"postroom_ledger_due": func() ([]inbound.LedgerEntry, error) {
			return store.Deletable(t.Context(), "shop", "INBOX", "1", last, inbound.SourceID{}, 10)
		},
		"postroom_ledger_unmarked": func() ([]inbound.LedgerEntry, error) {
			return store.Unmarked(t.Context(), "shop", "INBOX", "1", 10)
		},
	} {
		expectIndexOnly(t, db, index, func() error {
			rows, err := read()
			if err == nil {
				assert.Len(t, rows, 1)
			}
			return err
		})
	}
}

// What is ignored for ever is not in the index of what is looked at again.
func TestSQLiteWithheld_IgnoredRowsAreNotRead(t *testing.T) {
	store, db, last := deletableStore(t, 500, false)
	var never time.Time
	_, err := db.Exec("UPDATE postroom_ledger SET outcome = 'ignored', next_try = CASE position WHEN 7 THEN ? ELSE ? END",
		last.UnixMicro(), never.UnixMicro())
	require.NoError(t, err)
	expectIndexOnly(t, db, "postroom_ledger_withheld", func() error {
		rows, err := store.Withheld(t.Context(), "shop", "INBOX", "1", last, 10)
		if err == nil {
			require.Len(t, rows, 1)
			assert.Equal(t, "7", rows[0].Key)
		}
		return err
	})
}

// Whichever way they are found, the rows are the same ones.
func TestSQLiteDeletable_FewAndMany(t *testing.T) {
	store, _, last := deletableStore(t, 5_000, false)
	for _, due := range []int{0, 1, 1_999, 2_000, 2_001, 5_000} {
		t.Run(fmt.Sprint(due), func(t *testing.T) {
			until := last.Add(time.Duration(due-5_000) * time.Second)
			var got []uint64
			for after := (inbound.SourceID{}); ; {
				page, err := store.Deletable(t.Context(), "shop", "INBOX", "1", until, after, 700)
				require.NoError(t, err)
				if len(page) == 0 {
					break
				}
				require.LessOrEqual(t, len(page), 700)
				for _, e := range page {
					got = append(got, e.Position)
				}
				after = page[len(page)-1].SourceID
			}
			assert.Len(t, got, due)
			assert.True(t, slices.IsSorted(got))
		})
	}
}

// BenchmarkDeletable asks as every pass does: nothing is due, a few rows are,
// all are, and the last page of all.
func BenchmarkDeletable(b *testing.B) {
	for _, rows := range []int{2_000, 200_000} {
		store, _, last := deletableStore(b, rows, false)
		end := inbound.SourceID{Folder: "INBOX", Generation: "1", Key: fmt.Sprint(rows - 500)}
		for _, c := range []struct {
			name  string
			until time.Time
			after inbound.SourceID
		}{
			{"none", last.AddDate(-1, 0, 0), inbound.SourceID{}},
			{"few", last.Add(time.Duration(100-rows) * time.Second), inbound.SourceID{}},
			{"all", last, inbound.SourceID{}},
			{"last", last, end},
		} {
			b.Run(fmt.Sprintf("rows=%d/due=%s", rows, c.name), func(b *testing.B) {
				for b.Loop() {
					_, err := store.Deletable(b.Context(), "shop", "INBOX", "1", c.until, c.after, 500)
					require.NoError(b, err)
				}
			})
		}
	}
}
