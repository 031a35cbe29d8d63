package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// querier sends statements to the database, within a transaction or without one. It
// is the only place where tables get their names, placeholders are rebound, and texts
// are brought into a form that the database keeps.
type querier struct {
	store *Store
	in    *transaction // nil: without one
	once  bool         // its texts will hardly be sent again, and are not prepared
}

// statement returns a text as the database reads it, and its prepared form; nil if it has none.
func (q querier) statement(text string) (string, *sql.Stmt) {
	text = q.store.dialect.rebind(q.store.tables.in(text))
	switch {
	case q.once:
		return text, nil
	case q.in != nil:
		return text, q.in.statement(text)
	}
	return text, q.store.statements.find(text)
}

// values returns the arguments of a statement as the database takes them.
func (q querier) values(args []any) []any {
	if !q.store.dialect.refusesBytes() {
		return args
	}
	for i, arg := range args {
		if text, ok := arg.(string); ok && !isHarmless(text) {
			args = slices.Clone(args)
			for ; i < len(args); i++ {
				if text, ok := args[i].(string); ok {
					args[i] = harmless(text)
				}
			}
			break
		}
	}
	return args
}

// exec sends a statement that returns no rows. After a conflict the database has undone
// the transaction, and MariaDB would commit each further statement by itself: so none is
// sent any longer.
func (q querier) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if undone := q.in.conflict(); undone != nil {
		return nil, undone
	}
	result, err := q.send(ctx, query, q.values(args)...)
	if err != nil && q.in != nil && q.store.dialect.conflicts(err) {
		q.in.undo(err)
	}
	return result, err
}

func (q querier) send(ctx context.Context, query string, args ...any) (sql.Result, error) {
	switch text, stmt := q.statement(query); {
	case stmt != nil:
		return stmt.ExecContext(ctx, args...)
	case q.in != nil:
		return q.in.tx.ExecContext(ctx, text, args...)
	default:
		return q.store.db.ExecContext(ctx, text, args...)
	}
}

func (q querier) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if undone := q.in.conflict(); undone != nil {
		return nil, undone
	}
	args = q.values(args)
	switch text, stmt := q.statement(query); {
	case stmt != nil:
		return stmt.QueryContext(ctx, args...)
	case q.in != nil:
		return q.in.tx.QueryContext(ctx, text, args...)
	default:
		return q.store.db.QueryContext(ctx, text, args...)
	}
}

func (q querier) queryRow(ctx context.Context, query string, args ...any) scanner {
	if undone := q.in.conflict(); undone != nil {
		return noRow{undone}
	}
	args = q.values(args)
	switch text, stmt := q.statement(query); {
	case stmt != nil:
		return q.row(stmt.QueryRowContext(ctx, args...))
	case q.in != nil:
		return q.row(q.in.tx.QueryRowContext(ctx, text, args...))
	default:
		return q.row(q.store.db.QueryRowContext(ctx, text, args...))
	}
}

// row returns a row whose texts are read as they were written.
func (q querier) row(r scanner) scanner {
	if q.store.dialect.refusesBytes() {
		return textRow{r}
	}
	return r
}

// noRow is the row of a query that was not sent.
type noRow struct{ err error }

func (n noRow) Scan(...any) error { return n.err }

// conn returns the transaction of ctx, or else the database.
func (s *Store) conn(ctx context.Context) querier {
	return querier{store: s, in: s.transaction(ctx)}
}

// lock takes a lock of the namespace until the transaction of q ends. What is read
// under it is still true when the transaction commits, as far as only holders of the
// lock change it.
func (s *Store) lock(ctx context.Context, q querier, name string) error {
	return s.dialect.lock(ctx, q, s.namespace, name)
}

const (
	// maxTries is how often a transaction of the Store's own is tried that conflicts with
	// others.
	maxTries = 4
	// lastTry is when it is not tried again: a wait for a lock may have taken minutes.
	lastTry = 10 * time.Second
)

// write calls fn in a transaction, that of ctx or one of its own, and adds to an
// error the name of the operation. In a transaction of its own, fn is called again after a
// conflict with a different transaction.
func (s *Store) write(ctx context.Context, op string, fn func(ctx context.Context, q querier) error) error {
	var err error
	begun := time.Now()
	for range maxTries {
		err = s.atomic(ctx, func(ctx context.Context) error { return fn(ctx, s.conn(ctx)) })
		if err == nil || s.transaction(ctx) != nil || !s.dialect.conflicts(err) || time.Since(begun) > lastTry {
			break
		}
	}
	return s.wrap(op, err)
}

// maxParameters is how many parameters a statement has at most. SQLite allows 32766,
// PostgreSQL and MariaDB 65535.
const maxParameters = 32000

// maxInsertBytes is how many bytes of text one INSERT of several rows has at most. A packet of
// MariaDB may have 16 MiB by default, and what the driver has escaped is longer.
const maxInsertBytes = 4 << 20

// insert adds rows with as few statements as the dialect takes: SQLite copies
// pages before a statement that a statement before it has changed.
// head is "INSERT INTO table (columns)", tail what follows the values.
func (s *Store) insert(ctx context.Context, q querier, head string, rows [][]any, tail string) error {
	for len(rows) > 0 {
		n := fitting(rows[:s.dialect.rowsPerInsert(len(rows), len(rows[0]))])
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		values := "(" + placeholders(len(rows[0])) + ")"
		query := head + " VALUES " + values + strings.Repeat(", "+values, n-1) + " " + tail
		q.once = n > 1 // the next number of rows is a different one
		if _, err := q.exec(ctx, query, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// fitting returns how many of the first rows have at most maxInsertBytes bytes of text together,
// at least 1.
func fitting(rows [][]any) int {
	size := 0
	for i, row := range rows {
		for _, value := range row {
			switch v := value.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
		}
		if size > maxInsertBytes {
			return max(i, 1)
		}
	}
	return len(rows)
}

// placeholders returns n placeholders: "?, ?, ?".
func placeholders(n int) string { return "?" + strings.Repeat(", ?", n-1) }

// longList is how long a list with repeated values may be. Those of a page are shorter, and
// a longer one would have to be prepared for each length.
const longList = 1024

// list returns the placeholders of a list, as in "x IN (" + marks + ")", and the arguments
// before with its values after them. The last value is repeated until their number is a
// power of two, so that few texts have to be prepared. Nothing is in a list without values.
func list[T any](before []any, values []T) (marks string, args []any) {
	args = slices.Clone(before)
	if len(values) == 0 {
		return "NULL", args // x IN (NULL) is never true
	}
	n := len(values)
	if n <= longList {
		n = 1 << bits.Len(uint(n-1))
	}
	for i := range n {
		args = append(args, values[min(i, len(values)-1)])
	}
	return placeholders(n), args
}

// collect reads all rows of a query and closes it, so that the connection is
// free for the next statement.
func collect[T any](
	ctx context.Context, q querier, scan func(row scanner) (T, error), query string, args ...any,
) ([]T, error) {
	rows, err := q.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is also that of Err
	var all []T
	row := q.row(rows)
	for rows.Next() {
		one, err := scan(row)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// scanner is a row of what a query returns.
type scanner interface{ Scan(into ...any) error }

func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}

// keyed is a row that has a key.
type keyed[K comparable, V any] struct {
	key   K
	value V
}

// collectMap returns what a query finds, by the keys of the rows.
func collectMap[K comparable, V any](
	ctx context.Context, q querier, scan func(row scanner) (keyed[K, V], error), query string, args ...any,
) (map[K]V, error) {
	rows, err := collect(ctx, q, scan, query, args...)
	if err != nil {
		return nil, err
	}
	m := make(map[K]V, len(rows))
	for _, row := range rows {
		m[row.key] = row.value
	}
	return m, nil
}

// countBy returns what a query of two columns, key and count, finds.
func countBy[K ~string](ctx context.Context, q querier, query string, args ...any) (map[K]int, error) {
	return collectMap(ctx, q, func(row scanner) (c keyed[K, int], err error) {
		err = row.Scan(&c.key, &c.value)
		return c, err
	}, query, args...)
}

// micros is how times are stored. The zero time is stored as itself, in year 1.
func micros(t time.Time) int64 { return t.UnixMicro() }

func now() int64 { return micros(time.Now()) }

// intoTime scans what micros wrote.
type intoTime struct{ t *time.Time }

// Scan implements sql.Scanner.
func (i intoTime) Scan(value any) error {
	var n sql.Null[int64]
	if err := n.Scan(value); err != nil {
		return err
	}
	*i.t = time.UnixMicro(n.V).UTC()
	return nil
}

// asJSON is how lists and maps are stored.
func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("sqlstore: " + err.Error()) // only strings, numbers and times come here
	}
	return string(text)
}

// intoJSON scans what asJSON wrote.
type intoJSON struct {
	v        any
	harmless bool // the text is as harmless has returned it
}

// Scan implements sql.Scanner.
func (i intoJSON) Scan(value any) error {
	var text sql.Null[string]
	if err := text.Scan(value); err != nil {
		return err
	}
	if i.harmless {
		text.V = original(text.V)
	}
	return json.Unmarshal([]byte(text.V), i.v)
}

// boolInt is how booleans are stored.
func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
