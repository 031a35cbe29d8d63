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
func deletableStore(t testing.TB, rows int) (store *sqlstore.Store, last time.Time) {
	path := filepath.Join(t.TempDir(), "postroom.db")
	store = openSQLite(t, path)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err = db.Exec(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
		INSERT INTO postroom_ledger (account, folder, generation, uid, uidl, occurrence, outcome, reason, sender, subject,
			size, listed, email_id, keep, deleted, attempts, next_try, at)
		SELECT 'shop', 'INBOX', 1, n, '', 0, 'uploaded', 'known customer', 'somebody@example.com', 'a subject of usual length',
			70000, 70000, n, 0, 0, 0, 0, ? + n * 1000000 FROM n`, rows, first.UnixMicro())
	require.NoError(t, err)
	return store, first.Add(time.Duration(rows) * time.Second)
}

func TestSQLiteDeletable_NothingDueReadsNoRow(t *testing.T) {
	quickest := func(rows int) time.Duration {
		store, last := deletableStore(t, rows)
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
	store, last := deletableStore(t, 5_000)
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
// all are.
func BenchmarkDeletable(b *testing.B) {
	for _, rows := range []int{2_000, 200_000} {
		store, last := deletableStore(b, rows)
		for name, until := range map[string]time.Time{
			"none": last.AddDate(-1, 0, 0), "few": last.Add(time.Duration(100-rows) * time.Second), "all": last,
		} {
			b.Run(fmt.Sprintf("rows=%d/due=%s", rows, name), func(b *testing.B) {
				for b.Loop() {
					_, err := store.Deletable(b.Context(), "shop", "INBOX", 1, until, inbound.ID{}, 500)
					require.NoError(b, err)
				}
			})
		}
	}
}
