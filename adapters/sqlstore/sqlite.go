package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
)

// SQLite, version 3.35 or later, with any driver.
const SQLite Dialect = "sqlite"

// SQLiteDSN returns the data source name, for the driver modernc.org/sqlite,
// of the database file at path, with the settings that suit this store best.
// With a different driver, set the same pragmas in that driver's syntax.
//
//   - synchronous=FULL: what is committed survives a power cut.
//   - A rollback journal (journal_mode=PERSIST): mail is written once, where a
//     write-ahead log writes it twice. Readers go on while a pass runs, but wait
//     some milliseconds for a commit. A host that reads much more than it
//     uploads may replace PERSIST by WAL in the returned string; the store works
//     with both. Do not append a second _journal_mode, since the driver uses the
//     first.
//   - foreign_keys=ON, also for the host's own tables in the file.
//   - busy_timeout: a connection that finds the file locked waits up to 30 seconds.
//   - Pages of 4 KiB: every email changes a page of two indexes, and the more emails
//     there are, the fewer of them share one. A database with larger pages, which
//     earlier versions made, stays as it is, and slower when it is large, until it is
//     rewritten by the statement VACUUM on a connection with these settings. That takes
//     as much room on the disk again, and works with a rollback journal only.
//   - 2.5 MiB of pages cached by each connection. In this driver they take twice as much
//     memory; so sql.DB.SetMaxOpenConns bounds the memory, and 4 are plenty.
func SQLiteDSN(path string) string {
	v := url.Values{"_pragma": {
		"busy_timeout(30000)",
		"synchronous(FULL)",
		"foreign_keys(ON)",
		"page_size(4096)",
		"cache_size(-2560)", // KiB, whatever the size of the pages
		"journal_size_limit(16777216)",
		"wal_autocheckpoint(4000)",
	}}
	// The driver applies _journal_mode after the rest; page_size has to come
	// before it.
	v.Set("_journal_mode", "PERSIST")
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

// sqlite is the dialect of SQLite, where one transaction at a time writes.
type sqlite struct {
	standard
	tables  tables
	writing chan struct{} // holds a token while a transaction of this Store runs
}

func newSQLite(names tables) *sqlite { return &sqlite{tables: names, writing: make(chan struct{}, 1)} }

func (*sqlite) migrations() []Migration {
	return withTexts("sqlite", []Migration{
		{Version: 1, Name: "the store, and the reference customers and managers"},
		{Version: 2, Name: "assignments, and more of each message, folder and account"},
		{Version: 3, Name: "namespaces, and identities of every protocol"},
		{Version: 4, Name: "fingerprints, and the time of another look at a record"},
		{Version: 5, Name: "recipients, and a snippet of each email"},
		{Version: 6, Name: "the step of a pass that takes long"},
		{Version: 7, Name: "more of the health of accounts"},
		{Version: 8, Name: "what the initial upload still has to do"},
		{Version: 9, Name: "what stems from an initial upload"},
		{Version: 10, Name: "accounts that are added and removed at run time"},
		{Version: 11, Name: "how much was read of each mailbox"},
		{Version: 12, Name: "how limits of a provider delay an initial upload"},
		{Version: 14, Name: "raw bytes in an archive, and compressed ones"},
		{Version: 15, Name: "namespaces that were copied from a different database"},
	})
}

func (*sqlite) check(ctx context.Context, db *sql.DB) error {
	var synchronous int
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return fmt.Errorf("sqlstore: open database: %w", err)
	}
	if synchronous < 2 {
		return fmt.Errorf("sqlstore: the connection has PRAGMA synchronous=%d, with which a committed email "+
			"can be lost in a power cut: set FULL, as SQLiteDSN does", synchronous)
	}
	return nil
}

// begin waits for the other transactions of the Store first: SQLite lets one write at
// a time in any case, and this way the first to come is the first to be served.
func (d *sqlite) begin(ctx context.Context, db *sql.DB) (tx *sql.Tx, end func(), err error) {
	select {
	case d.writing <- struct{}{}:
		end = func() { <-d.writing }
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("wait for another transaction: %w", context.Cause(ctx))
	}
	tx, err = d.beginToWrite(ctx, db)
	if err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

// beginToWrite takes the right to write by a statement that changes nothing: a
// transaction that reads first and writes later would fail where a different one has
// written in between.
func (d *sqlite) beginToWrite(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, d.tables.in("DELETE FROM postroom_migrations WHERE version < 0")); err != nil {
		_ = tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// lock does nothing: begin has locked the whole database.
func (*sqlite) lock(context.Context, querier, string, string) error { return nil }

// refusesBytes is false: SQLite takes any bytes for a text.
func (*sqlite) refusesBytes() bool { return false }

func (*sqlite) rebind(query string) string { return query }

func (*sqlite) onConflict(key string, set ...string) string {
	if len(set) == 0 {
		return "ON CONFLICT (" + key + ") DO NOTHING"
	}
	for i, column := range set {
		set[i] = column + " = excluded." + column
	}
	return "ON CONFLICT (" + key + ") DO UPDATE SET " + strings.Join(set, ", ")
}

// indexedBy is needed because SQLite, without statistics, prefers the primary key to
// an index on other or fewer rows, and then passes over every row that is not in it.
func (*sqlite) indexedBy(index string) string {
	if index == "" {
		return " NOT INDEXED"
	}
	return " INDEXED BY " + index
}

func (*sqlite) rowsPerInsert(left, columns int) int { return min(left, maxParameters/columns) }

// conflicts is always false: one transaction at a time writes.
func (*sqlite) conflicts(error) bool { return false }

// sqliteHints are by what an error says: drivers have types of their own for errors,
// and none is imported here.
var sqliteHints = []struct{ says, hint string }{
	{"database or disk is full", diskFullHint},
	{"no space left on device", diskFullHint},
	{"disk quota exceeded", diskFullHint},
	{"readonly database", "let this program write to the database file and to its folder"},
	{"unable to open database",
		"check that the folder of the database is there, and that this program may write to it"},
	{"database is locked", lockedHint},
	{"database table is locked", lockedHint},
	{"malformed", "the database file is damaged: stop, and restore it from its backup"},
	{"disk I/O error", "the disk of the database fails: look at the system's log"},
}

const (
	diskFullHint = "make room on the disk of the database; nothing is lost, and it goes on from there"
	lockedHint   = "another program keeps the database locked: end it if it hangs; " +
		"or a repository on this database does not use the transaction of sqlstore.Tx"
)

func (*sqlite) hint(err error) string {
	text := err.Error()
	for _, h := range sqliteHints {
		if strings.Contains(text, h.says) {
			return h.hint
		}
	}
	return ""
}
