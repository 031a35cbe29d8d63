package sqlstore

import (
	"context"
	"database/sql"
)

// Dialect names the SQL that a database speaks.
type Dialect string

// Migration is one step of the schema.
type Migration struct {
	Version int // ascending; numbers may be left out
	Name    string
	SQL     string // several statements
}

// Migrations returns the steps of the schema in order, for hosts that apply migrations
// with a tool of their own before [Open]; they must also insert a row (version, name,
// applied_at in Unix microseconds) for each step into the table postroom_migrations. An
// unknown dialect has none.
func Migrations(d Dialect) []Migration {
	impl := d.implementation()
	if impl == nil {
		return nil
	}
	return impl.migrations()
}

// implementation returns a new one for a Store, or nil for an unknown dialect.
func (d Dialect) implementation() dialect {
	switch d {
	case SQLite:
		return newSQLite()
	default:
		return nil
	}
}

// dialect is what differs between databases, apart from the text of the schema. The
// statements of this package keep to what SQLite, PostgreSQL and MariaDB have in
// common, with "?" for each parameter. They are right at the isolation level READ
// COMMITTED with several transactions that write: what is read in order to write
// something that depends on it is read under a lock.
type dialect interface {
	// migrations returns the steps of the schema in order. Types and partial
	// indexes differ.
	migrations() []Migration

	// check returns an error for a database with a setting that would break a
	// promise. PostgreSQL has synchronous_commit, MariaDB has
	// innodb_flush_log_at_trx_commit and collations that ignore case.
	check(ctx context.Context, db *sql.DB) error

	// begin starts a transaction that has the right to write: in SQLite it takes the
	// write lock. end is called after Commit or Rollback. PostgreSQL and MariaDB
	// begin at READ COMMITTED: at MariaDB's default level, REPEATABLE READ, a
	// transaction that has waited for a lock would go on reading what was there
	// before.
	begin(ctx context.Context, db *sql.DB) (tx *sql.Tx, end func(), err error)

	// lock waits until no other transaction holds the lock with this name, and
	// holds it until the transaction ends: the next holder reads what was
	// committed. It locks names instead of rows, so that it also serves where
	// there is no row yet. PostgreSQL has pg_advisory_xact_lock; MariaDB locks a
	// row of a table that it makes for this purpose, by INSERT ... ON DUPLICATE KEY
	// UPDATE.
	lock(ctx context.Context, q querier, namespace, name string) error

	// rebind brings the placeholders of a statement into the form of the database:
	// $1, $2, ... in PostgreSQL.
	rebind(query string) string

	// onConflict ends an INSERT for rows whose key is there already: the given
	// columns are set to the new values, or the row is left when there are none, and
	// then RowsAffected does not count it. MariaDB has ON DUPLICATE KEY UPDATE.
	onConflict(key string, set ...string) string

	// indexedBy follows the name of a table in FROM where the query must go through
	// this index, or through the table in the order of its primary key for "".
	// PostgreSQL has no such hint and returns "", MariaDB has FORCE INDEX.
	indexedBy(index string) string

	// hint returns what the operator can do about an error of the database itself,
	// or "". PostgreSQL and MariaDB have codes for what is a text in SQLite.
	hint(err error) string
}
