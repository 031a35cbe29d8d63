package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net"
	"strconv"
	"strings"
)

// Postgres is PostgreSQL, version 14 or later, with any driver; it is tested with version 15
// and with pgx/v5 by its package stdlib. The server encodes texts in UTF-8, and its settings
// fsync and synchronous_commit are as in a new server, or safer.
//
// Transactions run at READ COMMITTED, and take advisory locks whose numbers are made of the
// schema, the prefix of the tables, the namespace and what is locked. Behind a pooler that gives each
// transaction a different connection, turn off the driver's prepared statements where the
// pooler does not know them.
const Postgres Dialect = "postgres"

// oldestPostgres is the oldest version that the store runs on, as server_version_num.
const oldestPostgres = 140000

// postgres is the dialect of PostgreSQL.
type postgres struct{ standard }

func (postgres) migrations() []Migration {
	return withTexts("postgres", []Migration{
		{Version: 12, Name: "the store, and the reference customers and managers"},
		{Version: 14, Name: "raw bytes in an archive, and compressed ones"},
		{Version: 15, Name: "namespaces that were copied from a different database"},
		{Version: 16, Name: "rows in the order of their numbers, by namespace"},
	})
}

func (postgres) check(ctx context.Context, db *sql.DB) error {
	var version int
	var encoding, client, fsync, commit string
	err := db.QueryRowContext(ctx, "SELECT current_setting('server_version_num'), current_setting('server_encoding'),"+
		" current_setting('client_encoding'), current_setting('fsync'), current_setting('synchronous_commit')").
		Scan(&version, &encoding, &client, &fsync, &commit)
	switch {
	case err != nil:
		return fmt.Errorf("sqlstore: open database: %w", err)
	case version < oldestPostgres:
		return fmt.Errorf("sqlstore: the server is PostgreSQL %d.%d: use version %d or later",
			version/10000, version%10000, oldestPostgres/10000)
	case encoding != "UTF8":
		return fmt.Errorf("sqlstore: the database has the encoding %s, which has not all letters: "+
			"create it with ENCODING 'UTF8' TEMPLATE template0", encoding)
	case client != "UTF8":
		return fmt.Errorf("sqlstore: the connection has client_encoding %s: set UTF8", client)
	case fsync == "off":
		return errors.New("sqlstore: the server has fsync=off, with which the whole database can be lost in a " +
			"power cut: set it on in postgresql.conf")
	case commit == "off":
		return errors.New("sqlstore: the connection has synchronous_commit=off, with which a committed email " +
			"can be lost in a crash: set it on or local")
	}
	return nil
}

func (postgres) begin(ctx context.Context, db *sql.DB) (*sql.Tx, func(), error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	return tx, func() {}, err
}

// lock takes an advisory lock. Two names that have the same number wait for each other,
// which is as rare as it is harmless. A process that hangs in its transaction, or whose
// machine is gone, would keep the lock: after half a minute, which is as long as its lease,
// the server ends it, unless the connection says how long that may take.
func (postgres) lock(ctx context.Context, q querier, namespace, name string) error {
	sum := sha256.Sum256([]byte(string(q.store.tables) + "\x00" + namespace + "\x00" + name))
	_, err := q.exec(ctx,
		"SELECT set_config('"+idleLimit+"', COALESCE(NULLIF(current_setting('"+idleLimit+"'), '0'), '30s'), true),"+
			" pg_advisory_xact_lock(? # hashtextextended(current_schema(), 0))", int64(binary.BigEndian.Uint64(sum[:])))
	return err
}

// idleLimit is how long a transaction may wait for its client.
const idleLimit = "idle_in_transaction_session_timeout"

// rebind numbers the placeholders. No statement has a question mark elsewhere.
func (postgres) rebind(query string) string {
	n := strings.Count(query, "?")
	if n == 0 {
		return query
	}
	b := make([]byte, 0, len(query)+4*n)
	for i := 1; ; i++ {
		before, after, found := strings.Cut(query, "?")
		b = append(b, before...)
		if !found {
			return string(b)
		}
		b = strconv.AppendInt(append(b, '$'), int64(i), 10)
		query = after
	}
}

// refusesBytes is true: a text is UTF-8 without NUL.
func (postgres) refusesBytes() bool { return true }

func (postgres) onConflict(key string, set ...string) string {
	return (*sqlite)(nil).onConflict(key, set...)
}

func (postgres) indexedBy(string) string { return "" }

// maxInsert is how many rows an INSERT has at most. It saves nothing to have more in one.
const maxInsert = 128

// rowsPerInsert is a power of two: drivers keep statements prepared by their text, and each
// number of rows is a text.
func (postgres) rowsPerInsert(left, columns int) int {
	most := min(left, maxInsert, maxParameters/columns)
	return 1 << (bits.Len(uint(most)) - 1)
}

// Classes and codes of errors, by SQLSTATE.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// stateOf returns the SQLSTATE of an error of the server, or "". Both pgx and lib/pq have
// the method.
func stateOf(err error) string {
	var coded interface{ SQLState() string }
	if errors.As(err, &coded) {
		return coded.SQLState()
	}
	return ""
}

func (postgres) conflicts(err error) bool {
	state := stateOf(err)
	return state == serializationFailure || state == deadlockDetected
}

// postgresHints are by the beginning of the SQLSTATE; the first one counts.
var postgresHints = []struct{ state, hint string }{
	{"40", "another transaction was in the way; nothing is to be done, and it goes on from there"},
	{"55P03", "another transaction keeps a lock: end the program that hangs, or raise lock_timeout"},
	{"57014", "the server cancelled the statement: raise statement_timeout, or see who cancels statements"},
	{"57", lostHint},
	{"08", lostHint},
	{"25P03", lostHint},
	{"25006", "the server only reads: connect to the primary server, with target_session_attrs=read-write"},
	{"28", "the server refuses the login: correct the user and the password in the data source name"},
	{"3D000", "the database does not exist: create it, or correct its name in the data source name"},
	{"42501", "give the database user the rights to read and write the tables, and to create them"},
	{"42P01", "a table is missing: look at the search_path of the connection and at Options.TablePrefix"},
	{"53100", diskFullHint},
	{"53300", "the server has no connection left: raise max_connections, or bound the pools of its clients"},
	{"53", "the server is short of resources: look at its log"},
	{"58", "the server's system fails: look at its log"},
	{"XX", "the server reports an internal error or damaged data: stop, look at its log, and check its disk"},
}

// lostHint is also for a server that starts or stops.
const lostHint = "the connection to the database is lost: see whether the server runs; nothing is lost, " +
	"and it goes on from there"

func (postgres) hint(err error) string {
	state := stateOf(err)
	if state == "" {
		if isLostConnection(err) {
			return lostHint
		}
		return ""
	}
	for _, h := range postgresHints {
		if strings.HasPrefix(state, h.state) {
			return h.hint
		}
	}
	return ""
}

// isLostConnection reports errors of a connection that cannot be used, or not be made. A
// driver has its own words for one that it has closed.
func isLostConnection(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	var network *net.OpError
	return errors.As(err, &network) || strings.Contains(err.Error(), "conn closed")
}
