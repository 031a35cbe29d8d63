package sqlstore

import (
	"embed"
	"fmt"
	"net/url"
	"strings"
)

// Dialect is the SQL that a database speaks. Everything that differs between
// databases is in this file and in the schema.
type Dialect string

// SQLite, version 3.35 or later, with any driver.
const SQLite Dialect = "sqlite"

//go:embed schema
var schema embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version int // 1, 2, ...
	Name    string
	SQL     string // several statements
}

// Migrations returns the steps of the schema in order, for hosts that apply
// migrations with a tool of their own before [Open]; those then also write
// a row (version, name, applied_at in Unix microseconds) for each step into
// the table postroom_migrations. An unknown dialect has none.
func Migrations(d Dialect) []Migration {
	steps := []string{
		"the store, and the reference customers and managers",
		"assignments, and more of each message, folder and account",
		"identities of every protocol",
	}
	var all []Migration
	for i, name := range steps {
		text, err := schema.ReadFile(fmt.Sprintf("schema/%s_%04d.sql", d, i+1))
		if err != nil {
			return nil
		}
		all = append(all, Migration{Version: i + 1, Name: name, SQL: string(text)})
	}
	return all
}

// SQLiteDSN returns the data source name, for the driver modernc.org/sqlite,
// of the database file at path, with the settings that suit this store best.
// With another driver, give the same settings in its own way.
//
//   - synchronous=FULL: what is committed survives a power cut.
//   - A rollback journal (journal_mode=PERSIST): mail is written once, where a
//     write-ahead log writes it twice. Readers go on while a pass runs, but wait
//     some milliseconds for a commit. A host that reads much more than it
//     uploads may put WAL in the place of PERSIST, in the text that comes back
//     (of two values the driver takes the first); the store works with both.
//   - foreign_keys=ON, also for the host's own tables in the file.
//   - busy_timeout: whoever finds the file locked waits up to 30 seconds.
//   - Pages of 16 KiB, and 4 MiB of them cached by each connection; so
//     sql.DB.SetMaxOpenConns bounds the memory, and 4 are plenty.
func SQLiteDSN(path string) string {
	v := url.Values{"_pragma": {
		"busy_timeout(30000)",
		"synchronous(FULL)",
		"foreign_keys(ON)",
		"page_size(16384)",
		"cache_size(256)", // pages; a size in bytes would be taken for pages of 4 KiB
		"journal_size_limit(16777216)",
		"wal_autocheckpoint(1000)",
	}}
	// The driver applies _journal_mode after the rest; page_size has to come
	// before it.
	v.Set("_journal_mode", "PERSIST")
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

// settings returns a query for a setting of a connection, and what to say of a
// value that would break a promise.
func (d Dialect) settings() (query string, check func(value int) error) {
	return "PRAGMA synchronous", func(value int) error {
		if value < 2 {
			return fmt.Errorf("sqlstore: the connection has PRAGMA synchronous=%d, with which a committed email can be lost in a power cut: set FULL, as SQLiteDSN does", value)
		}
		return nil
	}
}

// lock is a statement that takes the right to write at the beginning of a
// transaction and changes nothing. A transaction that reads first and writes
// later would fail where another one has written in between.
func (d Dialect) lock() string { return "DELETE FROM postroom_migrations WHERE version < 0" }

// oneWriter says that writing transactions exclude each other in any case, so
// that queueing for them in the process is fair and costs nothing.
func (d Dialect) oneWriter() bool { return d == SQLite }

// indexedBy follows the name of a table in FROM, where a query must go through
// this index: without statistics SQLite prefers the primary key to a partial
// index on the same columns, and then passes over every row that is not in it.
func (d Dialect) indexedBy(index string) string { return " INDEXED BY " + index }

// unindexed follows the name of a table in FROM, where a query must go through the
// table in the order of its primary key.
func (d Dialect) unindexed() string { return " NOT INDEXED" }

// maxParameters is how many parameters a statement may have.
func (d Dialect) maxParameters() int { return 32000 }

// onConflict ends an INSERT for rows whose key is there already: the given
// columns are set to the new values, or the row is left when there are none.
func (d Dialect) onConflict(key string, set ...string) string {
	if len(set) == 0 {
		return "ON CONFLICT (" + key + ") DO NOTHING"
	}
	for i, column := range set {
		set[i] = column + " = excluded." + column
	}
	return "ON CONFLICT (" + key + ") DO UPDATE SET " + strings.Join(set, ", ")
}
