package sqlstore

import (
	"context"
	"database/sql"
	"strings"
)

// copyDialect is what Copy needs to know of a database.
type copyDialect interface {
	// freeze begins a transaction that only reads, and in which nobody else can write to
	// the tables of the store: writers wait until end, which also ends the transaction.
	freeze(ctx context.Context, s *Store) (tx *sql.Tx, end func(), err error)

	// advance makes the database give only numbers above to in a table that numbers its
	// rows. A row with this number was added in the transaction before: that is enough
	// for SQLite and MariaDB.
	advance(ctx context.Context, q querier, table string, to int64) error
}

// freeze takes the right to write, which nobody else can have then.
func (d *sqlite) freeze(ctx context.Context, s *Store) (tx *sql.Tx, end func(), err error) {
	tx, free, err := d.begin(ctx, s.db)
	if err != nil {
		return nil, nil, err
	}
	return tx, func() {
		_ = tx.Rollback() // it has changed nothing
		free()
	}, nil
}

func (*sqlite) advance(context.Context, querier, string, int64) error { return nil }

// freeze locks the tables, which the connection has to itself then. Its transaction must not
// end with ctx: the pool would get the connection back with the locks.
func (mariadb) freeze(ctx context.Context, s *Store) (tx *sql.Tx, end func(), err error) {
	whole := context.WithoutCancel(ctx)
	if tx, err = s.db.BeginTx(whole, nil); err != nil {
		return nil, nil, err
	}
	end = func() {
		_, _ = tx.ExecContext(whole, "UNLOCK TABLES") // a lost connection has none
		_ = tx.Rollback()
	}
	names := frozenTables()
	if _, err := tx.ExecContext(ctx, s.tables.in("LOCK TABLES "+strings.Join(names, " READ, ")+" READ")); err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

func (mariadb) advance(context.Context, querier, string, int64) error { return nil }

// freeze locks the tables before the transaction reads anything, so that it sees them as they
// are from then on.
func (postgres) freeze(ctx context.Context, s *Store) (tx *sql.Tx, end func(), err error) {
	if tx, err = s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead}); err != nil {
		return nil, nil, err
	}
	end = func() { _ = tx.Rollback() } // it has changed nothing
	if _, err := tx.ExecContext(ctx,
		s.tables.in("LOCK TABLE "+strings.Join(frozenTables(), ", ")+" IN SHARE MODE")); err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

func (postgres) advance(ctx context.Context, q querier, table string, to int64) error {
	sequence := "pg_get_serial_sequence('" + table + "', 'seq')"
	_, err := q.exec(ctx, "SELECT setval("+sequence+", GREATEST(nextval("+sequence+"), CAST(? AS BIGINT)))", to)
	return err
}

// frozenTables are those that nobody may write to while they are copied.
func frozenTables() []string {
	names := []string{"postroom_raw"}
	for _, t := range copiedTables {
		names = append(names, t.name)
	}
	return names
}
