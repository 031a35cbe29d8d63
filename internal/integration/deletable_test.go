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
// second, the last one at the time that comes back.
func deletableStore(t testing.TB, rows int) (store *sqlstore.Store, last time.Time, db *sql.DB) {
	path := filepath.Join(t.TempDir(), "postroom.db")
	store = openSQLite(t, path)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err = db.Exec(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
		INSERT INTO postroom_ledger (account, folder, generation, uid, uidl, occurrence, outcome, reason, sender, subject,
			size, listed, email_id, keep, deleted, attempts, next_try, at)
		SELECT 'shop', 'INBOX', 1, n, '', 0, 'uploaded', 'known customer', 'somebody@example.com', 'a subject',
			70000, 70000, n, 0, 0, 0, 0, ? + n * 1000000 FROM n`, rows, first.UnixMicro())
	require.NoError(t, err)
	return store, first.Add(time.Duration(rows) * time.Second), db
}

func TestSQLiteDeletable_NothingDueReadsNoRow(t *testing.T) {
	quickest := func(rows int) time.Duration {
		store, last, _ := deletableStore(t, rows)
		best := time.Hour
		for range 20 {
			begin := time.Now()
			due, err := store.Deletable(t.Context(), "shop", "INBOX", 1, last.AddDate(-1, 0, 0), inbound.ID{}, 500)
			best = min(best, time.Since(begin))
			require.NoError(t, err)
			require.Empty(t, due)
		}
		return best
	}
	few, many := quickest(2_000), quickest(200_000)
	t.Log("2,000 rows:", few, "200,000 rows:", many)
	assert.Less(t, many, 5*few+time.Millisecond, "a hundred times the rows cost no more than some scheduling")
}

// Whichever way they are found, the rows are the same ones.
func TestSQLiteDeletable_FewAndMany(t *testing.T) {
	store, last, _ := deletableStore(t, 5_000)
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

// Deleted rows and rows that are marked are passed over by the index, not read.
func TestSQLiteLedger_DoneRowsAreNotRead(t *testing.T) {
	store, last, db := deletableStore(t, 200_000)
	_, err := db.Exec("UPDATE postroom_ledger SET deleted = 1, unmarked = 1 WHERE uid <> 190000")
	require.NoError(t, err)
	for name, read := range map[string]func() ([]inbound.LedgerEntry, error){
		"Deletable": func() ([]inbound.LedgerEntry, error) {
			return store.Deletable(t.Context(), "shop", "INBOX", 1, last, inbound.ID{}, 10)
		},
		"Unmarked": func() ([]inbound.LedgerEntry, error) { return store.Unmarked(t.Context(), "shop", "INBOX", 1, 10) },
	} {
		best := time.Hour
		for range 20 {
			begin := time.Now()
			rows, err := read()
			best = min(best, time.Since(begin))
			require.NoError(t, err)
			require.LessOrEqual(t, len(rows), 1)
		}
		t.Log(name, best)
		assert.Less(t, best, 5*time.Millisecond, "%s reads rows that are done", name)
	}
}

// BenchmarkDeletable asks as every pass does: nothing is due, a few rows are,
// all are, and the last page of all.
func BenchmarkDeletable(b *testing.B) {
	for _, rows := range []int{2_000, 200_000} {
		store, last, _ := deletableStore(b, rows)
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
