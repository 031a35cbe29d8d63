package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"net/url"
	"strings"
)

// MariaDB is MariaDB, version 10.6 or later, with the driver github.com/go-sql-driver/mysql; it
// is tested with version 10.11. The same statements are meant for MySQL 8, which they are not
// tested with.
//
// [Open] refuses a server or connection that would break a promise: the server has
// innodb_flush_log_at_trx_commit=1 (with a binary log also sync_binlog=1, and binlog_format
// MIXED or ROW) and max_allowed_packet of at least 16 MiB, as is the default; the connection
// has a strict sql_mode, utf8mb4 and autocommit, as [MariaDBDSN] asks for.
//
// Transactions run at READ COMMITTED, and lock rows of the table postroom_locks by name. All
// programs write to the same server: the nodes of a Galera cluster do not know each other's
// locks. A program that hangs in a transaction keeps its locks until the server ends its
// connection; idle_transaction_timeout of MariaDB bounds that.
//
// Account IDs may have 100 bytes, folder names 900, generations 200, keys of messages 512,
// shops, groups, managers and customers 600, and emails, fingerprints and leases 300 to 900:
// what is longer is an error. A program that dies while it migrates leaves a step
// half done, with the time -1 in postroom_migrations; the next Open finishes it.
const MariaDB Dialect = "mariadb"

// MariaDBDSN returns the data source name, for the driver github.com/go-sql-driver/mysql, of
// a database on the server at address, such as "db.example.com:3306", or in the socket with
// that path. The user has all rights on the database. The settings suit this store best:
//
//   - charset=utf8mb4: all characters there are.
//   - interpolateParams=true: one round trip for each statement that is not prepared.
//   - timeout=10s: how long it may take to connect.
//
// More settings may be appended, with "&" before each, as in "&tls=true". The store has no
// use for parseTime and loc, since its times are numbers; collation and clientFoundRows
// change nothing for it, and multiStatements is not needed.
func MariaDBDSN(user, password, address, database string) string {
	network := "tcp"
	if strings.HasPrefix(address, "/") {
		network = "unix"
	}
	return user + ":" + password + "@" + network + "(" + address + ")/" + url.PathEscape(database) +
		"?charset=utf8mb4&interpolateParams=true&timeout=10s"
}

// mariadb is the dialect of MariaDB and MySQL, on tables of InnoDB.
type mariadb struct{}

func (mariadb) migrations() []Migration {
	return withTexts("mariadb", []Migration{
		{Version: 12, Name: "the store, and the reference customers and managers"},
		{Version: 14, Name: "raw bytes in an archive, and compressed ones"},
		{Version: 15, Name: "namespaces that were copied from a different database"},
	})
}

// begin begins at READ COMMITTED: at the default level, REPEATABLE READ, a transaction
// that has waited for a lock would go on reading what was there before.
func (mariadb) begin(ctx context.Context, db *sql.DB) (tx *sql.Tx, end func(), err error) {
	tx, err = db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	return tx, func() {}, err
}

// maxLockName is the longest name of a lock in bytes, as a database that refuses bytes
// keeps it. The hash of a longer one stands for it.
const maxLockName = 300

// lock locks a row that the first transaction makes. The database unlocks it when the
// transaction ends, also if its connection is lost, which it does not do with a lock of
// GET_LOCK.
func (mariadb) lock(ctx context.Context, q querier, namespace, name string) error {
	if len(harmless(name)) > maxLockName {
		sum := sha256.Sum256([]byte(name))
		name = hex.EncodeToString(sum[:])
	}
	_, err := q.exec(ctx, "INSERT INTO postroom_locks (namespace, name) VALUES (?, ?)"+
		" ON DUPLICATE KEY UPDATE name = name", namespace, name)
	return err
}

func (mariadb) refusesBytes() bool { return true }

func (mariadb) rebind(query string) string { return query }

func (mariadb) onConflict(key string, set ...string) string {
	if len(set) == 0 {
		first, _, _ := strings.Cut(key, ",")
		return "ON DUPLICATE KEY UPDATE " + first + " = " + first
	}
	for i, column := range set {
		set[i] = column + " = VALUES(" + column + ")"
	}
	return "ON DUPLICATE KEY UPDATE " + strings.Join(set, ", ")
}

func (mariadb) indexedBy(index string) string {
	switch index {
	case "":
		index = "PRIMARY"
	case "postroom_ledger_withheld":
		index = "postroom_ledger_retry" // here it has records of every outcome
	}
	return " FORCE INDEX (" + index + ")"
}

// after is a comparison of each column, from which ranges of an index are read.
func (mariadb) after(columns []string, values []any) (condition string, args []any) {
	last := len(columns) - 1
	condition, args = columns[last]+" > ?", []any{values[last]}
	for i := last - 1; i >= 0; i-- {
		condition = columns[i] + " > ? OR " + columns[i] + " = ? AND (" + condition + ")"
		args = append([]any{values[i], values[i]}, args...)
	}
	return "(" + condition + ")", args
}

func (mariadb) queued() string      { return "pending = 1" }
func (mariadb) duplicateOf() string { return "duplicate_of" }

func (mariadb) rowsPerInsert(left, columns int) int { return min(left, maxParameters/columns) }
