package integration

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// deletableStore is a store with rows that are deletable some day: one a
// second, the last one at the time that comes back. With done, all but the last
// one are deleted.
func deletableStore(t testing.TB, rows int, done bool) (store *sqlstore.Store, last time.Time) {
	path := filepath.Join(t.TempDir(), "postroom.db")
	store = openSQLite(t, path)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err = db.Exec(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
		INSERT INTO postroom_ledger (account, folder, generation, uid, uidl, occurrence, outcome, reason, sender, subject,
			size, listed, email_id, keep, unmarked, deleted, attempts, next_try, at)
		SELECT 'shop', 'INBOX', 1, n, '', 0, 'uploaded', 'known customer', 'somebody@example.com', 'a subject',
			70000, 70000, n, 0, ?, ? AND n < ?, 0, 0, ? + n * 1000000 FROM n`, rows, done, done, rows, first.UnixMicro())
	require.NoError(t, err)
	return store, first.Add(time.Duration(rows) * time.Second)
}

// quickest is how long the quickest of many reads takes.
func quickest(t *testing.T, want int, read func() ([]inbound.LedgerEntry, error)) time.Duration {
	best := time.Hour
	for range 20 {
		begin := time.Now()
		rows, err := read()
		best = min(best, time.Since(begin))
		require.NoError(t, err)
		require.Len(t, rows, want)
	}
	return best
}

// expectNoScan: many times the rows cost no more than some scheduling.
func expectNoScan(t *testing.T, name string, few, many time.Duration) {
	t.Log(name, "among few rows:", few, "among many:", many)
	assert.Less(t, many, 5*few+time.Millisecond, "%s reads rows that do not belong to its result", name)
}

func TestSQLiteDeletable_NothingDueReadsNoRow(t *testing.T) {
	took := func(rows int) time.Duration {
		store, last := deletableStore(t, rows, false)
		return quickest(t, 0, func() ([]inbound.LedgerEntry, error) {
			return store.Deletable(t.Context(), "shop", "INBOX", 1, last.AddDate(-1, 0, 0), inbound.ID{}, 500)
		})
	}
	expectNoScan(t, "Deletable", took(500), took(50_000))
}

// Rows that are deleted or marked are not in the index.
func TestSQLiteLedger_DoneRowsAreNotRead(t *testing.T) {
	took := func(rows int) (deletable, unmarked time.Duration) {
		store, last := deletableStore(t, rows, true)
		deletable = quickest(t, 1, func() ([]inbound.LedgerEntry, error) {
			return store.Deletable(t.Context(), "shop", "INBOX", 1, last, inbound.ID{}, 10)
		})
		unmarked = quickest(t, 1, func() ([]inbound.LedgerEntry, error) {
			return store.Unmarked(t.Context(), "shop", "INBOX", 1, 10)
		})
		return deletable, unmarked
	}
	deletable, unmarked := took(500)
	deletableOfMany, unmarkedOfMany := took(50_000)
	expectNoScan(t, "Deletable", deletable, deletableOfMany)
	expectNoScan(t, "Unmarked", unmarked, unmarkedOfMany)
}

// Whichever way they are found, the rows are the same ones.
func TestSQLiteDeletable_FewAndMany(t *testing.T) {
	store, last := deletableStore(t, 5_000, false)
	for _, due := range []int{0, 1, 1_999, 2_000, 2_001, 5_000} {
		t.Run(fmt.Sprint(due), func(t *testing.T) {
			until := last.Add(time.Duration(due-5_000) * time.Second)
			var got []uint32
			for after := (inbound.ID{}); ; {
				page, err := store.Deletable(t.Context(), "shop", "INBOX", 1, until, after, 700)
				require.NoError(t, err)
				if len(page) == 0 {
					break
				}
				require.LessOrEqual(t, len(page), 700)
				for _, e := range page {
					got = append(got, e.UID)
				}
				after = page[len(page)-1].ID
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
		store, last := deletableStore(b, rows, false)
		end := inbound.ID{Folder: "INBOX", Generation: 1, UID: uint32(rows - 500)}
		for _, c := range []struct {
			name  string
			until time.Time
			after inbound.ID
		}{
			{"none", last.AddDate(-1, 0, 0), inbound.ID{}},
			{"few", last.Add(time.Duration(100-rows) * time.Second), inbound.ID{}},
			{"all", last, inbound.ID{}},
			{"last", last, end},
		} {
			b.Run(fmt.Sprintf("rows=%d/due=%s", rows, c.name), func(b *testing.B) {
				for b.Loop() {
					_, err := store.Deletable(b.Context(), "shop", "INBOX", 1, c.until, c.after, 500)
					require.NoError(b, err)
				}
			})
		}
	}
}
