package integration

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// notCopied are the tables that have nothing of a namespace that is to be in a copy.
var notCopied = []string{"postroom_migrations", "postroom_copies"}

// newSQLite returns a new database with the schema of the store.
func newSQLite(t *testing.T) *sql.DB {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "postroom.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	return db
}

func inSQLite(db *sql.DB, namespace string) sqlstore.Database {
	return sqlstore.Database{DB: db, Dialect: sqlstore.SQLite, Options: &sqlstore.Options{Namespace: namespace}}
}

// columnOf is a column as SQLite describes it.
type columnOf struct{ name, kind string }

// tablesOf returns the tables that a copy has to have, with their columns.
func tablesOf(t *testing.T, db *sql.DB) map[string][]columnOf {
	rows, err := db.Query(`SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name LIKE 'postroom\_%' ESCAPE '\' ORDER BY m.name, c.cid`)
	require.NoError(t, err)
	defer rows.Close()
	tables := make(map[string][]columnOf)
	for rows.Next() {
		var table string
		var c columnOf
		require.NoError(t, rows.Scan(&table, &c.name, &c.kind))
		if !slices.Contains(notCopied, table) {
			tables[table] = append(tables[table], c)
		}
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(tables), 15)
	return tables
}

// rowsOf returns how many rows a table has where some have n: at most 50, except in a few
// tables.
func rowsOf(table string, n int) int {
	switch table {
	case "postroom_emails", "postroom_kept", "postroom_ledger", "postroom_members":
		return n
	}
	return min(n, 50)
}

// fill adds n rows to each table, or as rowsOf says, with a value of its own in each column:
// a copy that forgets one is a different one.
func fill(t *testing.T, db *sql.DB, namespace string, n int) {
	tx, err := db.Begin()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	insert := func(table string, columns []string, values []any) {
		_, err := tx.Exec("INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES (?"+
			strings.Repeat(", ?", len(values)-1)+")", values...)
		require.NoError(t, err, table)
	}
	first := len(namespace) + 1 // namespaces of different length have their rows in turn
	for table, columns := range tablesOf(t, db) {
		if table == "postroom_raw" {
			continue
		}
		for i := range rowsOf(table, n) {
			raw := fillRaw(i, namespace)
			var names []string
			var values []any
			for at, c := range columns {
				var value any = int64((at*7+i)%100 + 1)
				switch {
				case c.name == "namespace":
					value = namespace
				case c.name == "seq":
					value = int64(first + 7*i)
				case c.name == "archived" && c.kind == "TEXT" && i%10 != 7:
					value = "" // the raw bytes are in the database
				case c.name == "archived" && c.kind == "INTEGER":
					value = 0
					if i%10 == 7 {
						value = 1
					}
				case c.name == "raw_size":
					value = len(raw)
				case c.name == "sha256":
					sum := sha256.Sum256(raw)
					value = hex.EncodeToString(sum[:])
				case isLarge.MatchString(c.name) && c.name != "key_size" && c.kind == "INTEGER":
					value = int64(at+1)<<40 + int64(i)
				case c.kind == "TEXT":
					value = fillText(c.name, namespace, i)
				case c.kind == "BLOB":
					value = []byte{0, byte(i), 0xff, byte(at)}
				}
				names, values = append(names, c.name), append(values, value)
			}
			insert(table, names, values)
			sign := map[string]int{"postroom_emails": 1, "postroom_kept": -1}[table]
			for part := 0; sign != 0 && part*partSize < len(raw); part++ {
				insert("postroom_raw", []string{"owner", "part", "data"},
					[]any{sign * (first + 7*i), part, raw[part*partSize : min((part+1)*partSize, len(raw))]})
			}
		}
	}
	require.NoError(t, tx.Commit())
}

const partSize = 256 << 10

// fillText returns the text of a column in the row i; some have what databases refuse.
func fillText(column, namespace string, i int) string {
	text := fmt.Sprintf("%.3s%d %s %c%d", column, len(column), namespace, 'a'+rune((i*7)%26), i)
	if i%10 == 4 {
		return text + "\xff\x00\uEF00"
	}
	return text + " 😀"
}

// isLarge matches the columns that may have numbers of more than 32 bits.
var isLarge = regexp.MustCompile("(^|_)(at|since|try|size|listed|bytes|position|token|taken|" +
	"expires|delivery|success|place)$")

// fillRaw returns the raw bytes of the row i; some have none, some many, and those of some are
// in an archive.
func fillRaw(i int, namespace string) []byte {
	if i%10 == 7 {
		return nil
	}
	size := i % 300 * 10
	if i%10 == 3 && i < 100 {
		size = partSize*(i%4) + i
	}
	return []byte(strings.Repeat(fmt.Sprintf("%s %d\x00\xff\r\n", namespace, i), size/8))
}

// dump returns the rows of a namespace in each table, in the order of their numbers or
// keys. Numbers are left out unless numbered is set.
func dump(t *testing.T, db *sql.DB, namespace string, numbered bool) map[string][]string {
	all := make(map[string][]string)
	for table, columns := range tablesOf(t, db) {
		if table == "postroom_raw" {
			continue
		}
		var names []string
		order := "1, 2, 3, 4, 5, 6, 7"
		for _, c := range columns {
			if c.name == "seq" {
				order = "seq"
			}
			if c.name != "seq" || numbered {
				names = append(names, c.name)
			}
		}
		if order != "seq" {
			order = strings.Join(names[:min(len(names), 7)], ", ")
		}
		rows, err := db.Query("SELECT "+strings.Join(names, ", ")+" FROM "+table+" WHERE namespace = ? ORDER BY "+order,
			namespace)
		require.NoError(t, err)
		for rows.Next() {
			values := make([]any, len(names))
			into := make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			require.NoError(t, rows.Scan(into...))
			all[table] = append(all[table], fmt.Sprintf("%q", values))
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return all
}

// ended is the dump of a source as it is in a copy: nobody holds a lease there.
func ended(dump map[string][]string, namespace string) map[string][]string {
	for i, row := range dump["postroom_leases"] {
		before, after, _ := strings.Cut(row, `"own5 `+namespace)
		_, after, _ = strings.Cut(after, `" `)
		dump["postroom_leases"][i] = before + `"" ` + after
	}
	return dump
}

// checkCopiedRaw reads the raw bytes through the store.
func checkCopiedRaw(t *testing.T, db *sql.DB, namespace string, n int) {
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, &sqlstore.Options{Namespace: namespace})
	require.NoError(t, err)
	for i := 0; i < n; i += 1 + n/100 {
		r, err := store.OpenRaw(t.Context(), fillText("id", namespace, i))
		if i%10 == 7 {
			require.ErrorAs(t, err, new(*inbound.ArchivedError))
			continue
		}
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, string(fillRaw(i, namespace)), string(text))
		require.NoError(t, r.Close())
	}
}

// numbersGoOn makes sure that the next number in each table is above all others.
func numbersGoOn(t *testing.T, db *sql.DB, namespace string) {
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, &sqlstore.Options{Namespace: namespace})
	require.NoError(t, err)
	var highest, next int64
	require.NoError(t, db.QueryRow("SELECT MAX(seq) FROM postroom_kept").Scan(&highest))
	require.NoError(t, store.KeepRaw(t.Context(), "next", bytesRaw("next")))
	require.NoError(t, db.QueryRow("SELECT seq FROM postroom_kept WHERE id = 'next'").Scan(&next))
	assert.Greater(t, next, highest)
	assert.Equal(t, "next", rawOf(t, store, "next"))
}
