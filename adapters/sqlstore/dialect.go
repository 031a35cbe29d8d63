package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
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
// applied_at in Unix microseconds) for each step into the table postroom_migrations. The
// tables have the names that options give them; options may be nil. An unknown dialect and
// options that Open refuses have none.
func Migrations(d Dialect, options *Options) []Migration {
	impl, err := d.implementation(options.tables())
	if err != nil || options.validate() != nil {
		return nil
	}
	steps := impl.migrations()
	for i := range steps {
		steps[i].SQL = options.tables().in(steps[i].SQL)
	}
	return steps
}

// implementation returns a new one for a Store whose tables have these names.
func (d Dialect) implementation(names tables) (dialect, error) {
	switch d {
	case SQLite:
		return newSQLite(names), nil
	case Postgres:
		return postgres{}, nil
	case MariaDB:
		return mariadb{}, nil
	default:
		return nil, fmt.Errorf("sqlstore: unknown dialect %q; want %q, %q or %q", d, SQLite, Postgres, MariaDB)
	}
}

// dialect is what differs between databases, apart from the text of the schema. The
// statements of this package keep to what SQLite, PostgreSQL and MariaDB have in
// common, with "?" for each parameter. They are right at the isolation level READ
// COMMITTED with several transactions that write: what is read in order to write
// something that depends on it is read under a lock.
//
// The names of tables and indexes begin with "postroom_" in all statements and in the
// schema; a querier puts the prefix of the host in its place.
type dialect interface {
	// migrations returns the steps of the schema in order. Types and partial
	// indexes differ. Each is split into statements by [statementsOf].
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

	// migrate applies the steps of the schema that the database does not have yet. Of
	// several programs that start together, one applies them.
	migrate(ctx context.Context, s *Store) error

	// refusesBytes reports a database whose texts are UTF-8, perhaps without NUL. They
	// are kept as [harmless] returns them.
	refusesBytes() bool

	// onConflict ends an INSERT for rows whose key is there already: the given
	// columns are set to the new values, or the row is left when there are none. Do not
	// ask for RowsAffected: in MariaDB, which has ON DUPLICATE KEY UPDATE, it depends on
	// the connection. MariaDB also does the same for any other key of the row.
	onConflict(key string, set ...string) string

	// indexedBy follows the name of a table in FROM where the query must go through
	// this index, or through the table in the order of its primary key for "".
	// PostgreSQL has no such hint and returns "", MariaDB has FORCE INDEX.
	indexedBy(index string) string

	// after returns the condition of the rows that come after these values in the order
	// of the columns, and its arguments. MariaDB uses no index for a comparison of rows.
	after(columns []string, values []any) (condition string, args []any)

	// queued is the condition of assignments that have a place in the queue, and
	// duplicateOf the column of the ledger that has the ID of the email that a record of
	// outcome duplicate is about. They differ where there are no partial indexes, but
	// indexes on generated columns.
	queued() string
	duplicateOf() string

	copyDialect

	// rowsPerInsert returns how many of the rows that are left one INSERT takes, at
	// least 1, when each has so many columns: there is a limit on parameters, and a
	// database that remembers each text of a statement should get few of them.
	rowsPerInsert(left, columns int) int

	// hint returns what the operator can do about an error of the database itself: a
	// full disk, a lost connection, a deadlock. It is "" for errors that a message or a
	// host may be to blame for. PostgreSQL and MariaDB have codes for what is a text
	// in SQLite. What has a hint is temporary: the work is done again later.
	hint(err error) string

	// conflicts reports an error after which the database has undone the transaction
	// because of a different one, as for a deadlock: the same work may succeed at once.
	conflicts(err error) bool
}

// standard is what SQLite and PostgreSQL have in common.
type standard struct{}

func (standard) after(columns []string, values []any) (condition string, args []any) {
	return "(" + strings.Join(columns, ", ") + ") > (" + placeholders(len(values)) + ")", values
}

func (standard) queued() string      { return "place > 0" }
func (standard) duplicateOf() string { return "email_id" }

// migrate applies all steps in one transaction.
func (standard) migrate(ctx context.Context, s *Store) error { return s.migrateTogether(ctx) }
