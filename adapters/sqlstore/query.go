package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"
)

// querier sends statements to the database, within a transaction or without one. It
// is the only place where placeholders are rebound.
type querier struct {
	to interface { // *sql.DB or *sql.Tx
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
		PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	}
	dialect dialect
}

func (q querier) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return q.to.ExecContext(ctx, q.dialect.rebind(query), args...)
}

func (q querier) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return q.to.QueryContext(ctx, q.dialect.rebind(query), args...)
}

func (q querier) queryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return q.to.QueryRowContext(ctx, q.dialect.rebind(query), args...)
}

func (q querier) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	return q.to.PrepareContext(ctx, q.dialect.rebind(query))
}

// conn returns the transaction of ctx, or else the database.
func (s *Store) conn(ctx context.Context) querier {
	if t := s.transaction(ctx); t != nil {
		return querier{t.tx, s.dialect}
	}
	return querier{s.db, s.dialect}
}

// lock takes a lock of the namespace until the transaction of q ends. What is read
// under it is still true when the transaction commits, as far as only holders of the
// lock change it.
func (s *Store) lock(ctx context.Context, q querier, name string) error {
	return s.dialect.lock(ctx, q, s.namespace, name)
}

// write calls fn in a transaction, that of ctx or one of its own, and adds to an
// error the name of the operation.
func (s *Store) write(ctx context.Context, op string, fn func(ctx context.Context, q querier) error) error {
	err := s.Atomic(ctx, func(ctx context.Context) error { return fn(ctx, s.conn(ctx)) })
	return s.wrap(op, err)
}

// maxParameters is how many parameters a statement has at most. SQLite allows 32766,
// PostgreSQL and MariaDB 65535.
const maxParameters = 32000

// insert adds rows with as few statements as the limit on parameters allows.
// head is "INSERT INTO table (columns)", tail what follows the values.
func (s *Store) insert(ctx context.Context, q querier, head string, rows [][]any, tail string) error {
	for len(rows) > 0 {
		n := min(len(rows), maxParameters/len(rows[0]))
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		values := "(" + placeholders(len(rows[0])) + ")"
		query := head + " VALUES " + values + strings.Repeat(", "+values, n-1) + " " + tail
		if _, err := q.exec(ctx, query, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// placeholders returns n placeholders: "?, ?, ?".
func placeholders(n int) string {
	if n == 0 {
		return "NULL" // x IN (NULL) is never true
	}
	return "?" + strings.Repeat(", ?", n-1)
}

// appendArgs appends values to the arguments before them.
func appendArgs[T any](before []any, values []T) []any {
	for _, v := range values {
		before = append(before, v)
	}
	return before
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
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(into ...any) error }

func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}

// count is a row of a GROUP BY.
type count[K ~string] struct {
	key K
	n   int
}

func scanCount[K ~string](row scanner) (c count[K], err error) {
	err = row.Scan(&c.key, &c.n)
	return c, err
}

// countBy returns what a query of two columns, key and count, finds.
func countBy[K ~string](ctx context.Context, q querier, query string, args ...any) (map[K]int, error) {
	counts, err := collect(ctx, q, scanCount[K], query, args...)
	if err != nil {
		return nil, err
	}
	m := make(map[K]int, len(counts))
	for _, c := range counts {
		m[c.key] = c.n
	}
	return m, nil
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
type intoJSON struct{ v any }

// Scan implements sql.Scanner.
func (i intoJSON) Scan(value any) error {
	var text sql.Null[string]
	if err := text.Scan(value); err != nil {
		return err
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
