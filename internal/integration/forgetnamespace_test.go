package integration

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// A namespace that is forgotten leaves no row in any table, and one beside it loses none.
func TestForgetNamespace_LeavesNothing(t *testing.T) {
	for _, d := range tenantDatabases {
		t.Run(string(d.dialect), func(t *testing.T) {
			db := sql.OpenDB(d.create(t))
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			open := func(namespace string) *sqlstore.Store {
				store, err := sqlstore.Open(t.Context(), db, d.dialect, &sqlstore.Options{Namespace: namespace})
				require.NoError(t, err)
				fillNamespace(t, store)
				return store
			}
			leaving, staying := open("leaving"), open("staying")
			before := rowsByNamespace(t, d, db)
			for table, n := range before {
				if sharedTables[table] == "" && table != "postroom_copies" && table != "postroom_locks" {
					assert.Greater(t, n["leaving"], 0, "the test has nothing in table %s", table)
					assert.Equal(t, n["leaving"], n["staying"], table)
				}
			}
			calls := 0
			for more := true; more; calls++ {
				require.Less(t, calls, 1000)
				var err error
				more, err = leaving.ForgetNamespace(t.Context(), 7)
				require.NoError(t, err)
			}
			assert.Greater(t, calls, 5, "in steps")
			for table, n := range rowsByNamespace(t, d, db) {
				if table == "postroom_locks" {
					continue // names of locks, which are made when they are needed
				}
				assert.Zero(t, n["leaving"], table)
				assert.Equal(t, before[table]["staying"], n["staying"], table)
			}
			var raw int
			require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM postroom_raw").Scan(&raw))
			emails, err := staying.CountEmails(t.Context(), inbound.EmailFilter{})
			require.NoError(t, err)
			assert.Equal(t, emails+2, raw, "with what is kept: one of each account, and one of none")
		})
	}
}

// fillNamespace writes into every table.
func fillNamespace(t *testing.T, store *sqlstore.Store) {
	ctx := t.Context()
	for _, account := range []string{"shop"} {
		require.NoError(t, fillAccount(ctx, store, account, 0, 10))
		require.NoError(t, store.PutAccount(ctx, inbound.SavedAccount{ID: account}))
	}
	require.NoError(t, store.KeepRaw(ctx, "of no record", bytesRaw("x")))
	require.NoError(t, store.Managers().Put(ctx, assign.Manager{ID: "m1"}, "support"))
	require.NoError(t, store.Customers().DefineFields(ctx, customer.Field{Name: "source"}))
	var assignments []assign.Assignment
	for i := range 20 {
		id := fmt.Sprint("c", i)
		require.NoError(t, store.Customers().Upsert(ctx, customer.Customer{ID: id, Shop: "main", Email: id + "@example.com"}))
		assignments = append(assignments, assign.Assignment{CustomerID: id, Stage: assign.StageWaiting})
	}
	require.NoError(t, store.SetAssignments(ctx, assignments))
	_, err := store.Claim(ctx, "support", []string{"m1"}, 1)
	require.NoError(t, err)
	_, err = store.Acquire(ctx, "account/shop", "a process", time.Hour)
	require.NoError(t, err)
}

// rowsByNamespace counts the rows of each table by namespace.
func rowsByNamespace(t *testing.T, d tenantDatabase, db *sql.DB) map[string]map[string]int {
	counts := make(map[string]map[string]int)
	for _, table := range tableNames(t, d, db) {
		counts[table] = make(map[string]int)
		if sharedTables[table] != "" {
			continue
		}
		rows, err := db.QueryContext(context.Background(), "SELECT namespace, COUNT(*) FROM "+table+" GROUP BY namespace")
		require.NoError(t, err)
		for rows.Next() {
			var namespace string
			var n int
			require.NoError(t, rows.Scan(&namespace, &n))
			counts[table][namespace] = n
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return counts
}
