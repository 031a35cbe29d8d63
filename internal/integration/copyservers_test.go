package integration

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// newCopyPlace returns a new database with the namespace "acme".
func newCopyPlace(t *testing.T, d database) sqlstore.Database {
	t.Helper()
	return sqlstore.Database{DB: d.place(t).db(), Dialect: d.dialect, Options: &sqlstore.Options{Namespace: "acme"}}
}

// mustCopy copies from one database to another.
func mustCopy(t *testing.T, from, to sqlstore.Database) sqlstore.Copied {
	t.Helper()
	copied, err := sqlstore.Copy(t.Context(), from, to, nil)
	require.NoError(t, err)
	return copied
}

// filled returns a database in SQLite with n rows in each table, and its dump as it is in a
// copy.
func filled(t *testing.T, n int) (sqlstore.Database, map[string][]string) {
	t.Helper()
	db := newSQLite(t)
	fill(t, db, "acme", n)
	return inSQLite(db, "acme"), ended(dump(t, db, "acme", true), "acme")
}

// TestCopy_BetweenDatabases: from each kind of database to each, all is the same in the end.
func TestCopy_BetweenDatabases(t *testing.T) {
	kinds := slices.DeleteFunc(slices.Clone(databases), func(d database) bool { return d.name == "SQLite by ncruces" })
	for _, first := range kinds {
		for _, second := range kinds {
			t.Run(first.name+" to "+second.name, func(t *testing.T) {
				source, want := filled(t, 60)
				a, b, back := newCopyPlace(t, first), newCopyPlace(t, second), newSQLite(t)
				sums := mustCopy(t, source, a)
				assert.Equal(t, sums, mustCopy(t, a, b))
				assert.Equal(t, sums, mustCopy(t, b, inSQLite(back, "acme")))
				assert.Equal(t, want, dump(t, back, "acme", true))
				checkCopiedRaw(t, back, "acme", 60)
			})
		}
	}
}

// TestCopy_Servers_InPages: more rows than are read at a time.
func TestCopy_Servers_InPages(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		source, want := filled(t, 1100)
		at, back := newCopyPlace(t, d), newSQLite(t)
		mustCopy(t, source, at)
		mustCopy(t, at, inSQLite(back, "acme"))
		assert.Equal(t, want, dump(t, back, "acme", true))
	})
}

// TestCopy_Servers_SameColumns: no dialect has a column that others do not have.
func TestCopy_Servers_SameColumns(t *testing.T) {
	want := make(map[string][]string)
	for table, columns := range tablesOf(t, newSQLite(t)) {
		for _, c := range columns {
			want[table] = append(want[table], c.name)
		}
		slices.Sort(want[table])
	}
	for _, d := range databases {
		if d.dialect == sqlstore.SQLite {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			p := d.place(t)
			p.store()
			schema := map[sqlstore.Dialect]string{sqlstore.Postgres: "current_schema()", sqlstore.MariaDB: "DATABASE()"}
			rows, err := p.db().Query("SELECT table_name, column_name FROM information_schema.columns" +
				" WHERE table_schema = " + schema[d.dialect] + " AND is_generated = 'NEVER' ORDER BY 1, 2")
			require.NoError(t, err)
			defer rows.Close()
			got := make(map[string][]string)
			for rows.Next() {
				var table, column string
				require.NoError(t, rows.Scan(&table, &column))
				if !slices.Contains(append(notCopied, "postroom_locks"), table) {
					got[table] = append(got[table], column)
				}
			}
			require.NoError(t, rows.Err())
			for table := range got {
				slices.Sort(got[table])
			}
			assert.Equal(t, want, got)
		})
	}
}

// TestCopy_Servers_BesideOtherNamespaces: the numbers of rows are taken, and go on above.
func TestCopy_Servers_BesideOtherNamespaces(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		source, _ := filled(t, 30)
		want := ended(dump(t, source.DB, "acme", false), "acme")
		other := newSQLite(t)
		fill(t, other, "other", 40)
		at := newCopyPlace(t, d)
		theirs := sqlstore.Database{DB: at.DB, Dialect: at.Dialect, Options: &sqlstore.Options{Namespace: "other"}}
		mustCopy(t, inSQLite(other, "other"), theirs)
		mustCopy(t, source, at)

		mine := openOn(t, at.DB, at.Dialect, at.Options)
		others := openOn(t, at.DB, at.Dialect, theirs.Options)
		require.NoError(t, mine.KeepRaw(t.Context(), "next", bytesRaw("mine")))
		require.NoError(t, others.KeepRaw(t.Context(), "next", bytesRaw("others")))
		assert.Equal(t, "mine", rawOf(t, mine, "next"))
		assert.Equal(t, "others", rawOf(t, others, "next"))
		var next, highest int64
		require.NoError(t, at.DB.QueryRow("SELECT MIN(seq) FROM postroom_kept WHERE id = 'next'").Scan(&next))
		require.NoError(t, at.DB.QueryRow("SELECT MAX(seq) FROM postroom_kept WHERE id <> 'next'").Scan(&highest))
		assert.Greater(t, next, highest)

		_, err := at.DB.Exec("DELETE FROM postroom_kept WHERE id = 'next'")
		require.NoError(t, err)
		back := newSQLite(t)
		mustCopy(t, at, inSQLite(back, "acme"))
		mustCopy(t, theirs, inSQLite(back, "other"))
		assert.Equal(t, want, dump(t, back, "acme", false))
		assert.Equal(t, ended(dump(t, other, "other", false), "other"), dump(t, back, "other", false))
		checkCopiedRaw(t, back, "acme", 30)
		checkCopiedRaw(t, back, "other", 40)
	})
}

// TestCopy_Servers_TablePrefix: the tables have other names in the new database.
func TestCopy_Servers_TablePrefix(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		source, want := filled(t, 5)
		at, back := newCopyPlace(t, d), newSQLite(t)
		at.Options = &sqlstore.Options{Namespace: "acme", TablePrefix: "crm_"}
		mustCopy(t, source, at)
		var n int
		require.NoError(t, at.DB.QueryRow("SELECT COUNT(*) FROM crm_ledger").Scan(&n))
		assert.Equal(t, 5, n)
		mustCopy(t, at, inSQLite(back, "acme"))
		assert.Equal(t, want, dump(t, back, "acme", true))
	})
}

// TestCopy_Servers_NumbersGoOn: in a database that had nothing, too.
func TestCopy_Servers_NumbersGoOn(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		source, _ := filled(t, 5)
		at := newCopyPlace(t, d)
		mustCopy(t, source, at)
		store := openOn(t, at.DB, at.Dialect, at.Options)
		require.NoError(t, store.KeepRaw(t.Context(), "next", bytesRaw("next")))
		var next, highest int64
		require.NoError(t, at.DB.QueryRow("SELECT MAX(seq) FROM postroom_kept WHERE id = 'next'").Scan(&next))
		require.NoError(t, at.DB.QueryRow("SELECT MAX(seq) FROM postroom_kept WHERE id <> 'next'").Scan(&highest))
		assert.Greater(t, next, highest)
	})
}

// TestCopy_Servers_NobodyWritesMeanwhile: others can read what is copied, and write
// afterwards.
func TestCopy_Servers_NobodyWritesMeanwhile(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		source, _ := filled(t, 3)
		p := d.place(t)
		at := sqlstore.Database{DB: p.db(), Dialect: d.dialect, Options: source.Options}
		mustCopy(t, source, at)
		others := p.db()
		write := func(limit time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			_, err := others.ExecContext(ctx, "UPDATE postroom_turns SET unused = 0")
			return err
		}
		tried := 0
		_, err := sqlstore.Copy(t.Context(), at, inSQLite(newSQLite(t), "acme"),
			&sqlstore.CopyOptions{Progress: func(sqlstore.CopyProgress) {
				if tried++; tried%10 != 1 {
					return
				}
				require.Error(t, write(100*time.Millisecond))
				var n int
				require.NoError(t, others.QueryRow("SELECT COUNT(*) FROM postroom_turns").Scan(&n))
				require.Equal(t, 3, n)
			}})
		require.NoError(t, err)
		require.Greater(t, tried, 20)
		require.NoError(t, write(20*time.Second))
		require.NoError(t, at.DB.PingContext(t.Context()))
		_, err = at.DB.Exec("UPDATE postroom_turns SET unused = 1")
		require.NoError(t, err, "the connection of the copy is as it was")
	})
}

// TestCopy_Servers_GoesOn: after an interruption at each batch, as the source and as the new
// database.
func TestCopy_Servers_GoesOn(t *testing.T) {
	onDatabases(t, func(t *testing.T, d database) {
		source, want := filled(t, 20)
		at, back := newCopyPlace(t, d), newSQLite(t)
		for _, step := range [][2]sqlstore.Database{{source, at}, {at, inSQLite(back, "acme")}} {
			for batches := 2; batches < 40; batches += 3 {
				if !interruptedAt(t, step[0], step[1], batches) {
					break
				}
			}
			_, err := sqlstore.Open(t.Context(), step[1].DB, step[1].Dialect, step[1].Options)
			require.NoError(t, err)
		}
		assert.Equal(t, want, dump(t, back, "acme", true))
		checkCopiedRaw(t, back, "acme", 20)
	})
}

// interruptedAt copies until some batches are reported, and tells whether it was ended by
// that.
func interruptedAt(t *testing.T, from, to sqlstore.Database, batches int) bool {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := sqlstore.Copy(ctx, from, to, &sqlstore.CopyOptions{Progress: func(sqlstore.CopyProgress) {
		if batches--; batches == 0 {
			cancel()
		}
	}})
	if err != nil {
		require.ErrorIs(t, err, context.Canceled)
	}
	return err != nil
}

// TestCopy_Servers_Killed: a server that dies while it is copied, or copied to, is an error
// of the database, and the next call goes on.
func TestCopy_Servers_Killed(t *testing.T) {
	onServers(t, func(t *testing.T, d database) {
		server, p := d.placeAlone(t)
		db := p.db()
		source, want := filled(t, 30)
		at := sqlstore.Database{DB: db, Dialect: d.dialect, Options: source.Options}
		back := inSQLite(newSQLite(t), "acme")
		for _, step := range [][2]sqlstore.Database{{source, at}, {at, back}} {
			for _, batches := range []int{3, 25} { // when it copies, and when it verifies
				reported := 0
				_, err := sqlstore.Copy(t.Context(), step[0], step[1],
					&sqlstore.CopyOptions{Progress: func(sqlstore.CopyProgress) {
						if reported++; reported == batches {
							server.Kill()
						}
					}})
				if d.dialect == step[1].Dialect || batches == 3 {
					require.ErrorIs(t, err, inbound.ErrTemporary)
					assert.NotEmpty(t, inbound.HintOf(err))
					t.Log(err)
				}
				require.NoError(t, server.Restart())
			}
			if _, err := sqlstore.Open(t.Context(), step[1].DB, step[1].Dialect, step[1].Options); err != nil {
				mustCopy(t, step[0], step[1])
			}
		}
		assert.Equal(t, want, dump(t, back.DB, "acme", true))
		checkCopiedRaw(t, back.DB, "acme", 30)
	})
}
