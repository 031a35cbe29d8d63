package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
)

// migrate applies one statement after the other, since each that changes the schema
// commits by itself. A step that was begun is marked: if a program has died in it, the next
// one does it again, and leaves out what is done already.
func (mariadb) migrate(ctx context.Context, s *Store) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	m := &mariadbMigration{store: s, conn: conn}
	unlock, err := m.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	var have int
	var begun sql.Null[int]
	if err := conn.QueryRowContext(ctx, s.tables.in(`SELECT
		COALESCE(MAX(CASE WHEN applied_at <> ? THEN version END), 0), MAX(CASE WHEN applied_at = ? THEN version END)
		FROM postroom_migrations`), unfinished, unfinished).Scan(&have, &begun); err != nil {
		return err
	}
	steps, err := s.stepsAfter(max(have, begun.V-1))
	if err != nil {
		return err
	}
	for _, step := range steps {
		if err := m.apply(ctx, step, begun.Valid && step.Version == begun.V); err != nil {
			return fmt.Errorf("version %d (%s): %w", step.Version, step.Name, err)
		}
	}
	return nil
}

// mariadbMigration is a connection on which steps of the schema are applied.
type mariadbMigration struct {
	store *Store
	conn  *sql.Conn
}

// lock waits until no other program applies steps to the tables of this prefix. A lock
// with a name is for all databases of the server, and is released when the connection is
// closed.
func (m *mariadbMigration) lock(ctx context.Context) (unlock func(), err error) {
	var database string
	if err := m.conn.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&database); err != nil {
		return nil, fmt.Errorf("find the database of the connection: %w", err)
	}
	sum := sha256.Sum256([]byte(string(m.store.tables) + "\x00" + database))
	name := "postroom " + hex.EncodeToString(sum[:16]) // at most 64 characters
	for {
		var got sql.Null[int]
		if err := m.conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 10)", name).Scan(&got); err != nil {
			return nil, fmt.Errorf("wait for another program that migrates: %w", err)
		}
		if got.V == 1 {
			return func() { _, _ = m.conn.ExecContext(context.WithoutCancel(ctx), "DO RELEASE_LOCK(?)", name) }, nil
		}
	}
}

// apply applies a step, or the rest of one that was begun.
func (m *mariadbMigration) apply(ctx context.Context, step Migration, begun bool) error {
	exec := func(query string, args ...any) error {
		_, err := m.conn.ExecContext(ctx, m.store.tables.in(query), args...)
		return err
	}
	if !begun {
		if err := exec("INSERT INTO postroom_migrations (version, name, applied_at) VALUES (?, ?, ?)",
			step.Version, step.Name, unfinished); err != nil {
			return err
		}
	}
	for _, statement := range statementsOf(step.SQL) {
		if err := exec(statement); err != nil && (!begun || !slices.Contains(alreadyDone, mariadbNumber(err))) {
			return err
		}
	}
	return exec("UPDATE postroom_migrations SET applied_at = ? WHERE version = ?", now(), step.Version)
}

// alreadyDone are the errors of statements that were done before.
var alreadyDone = []uint64{
	1050, // table exists
	1051, // table to drop does not exist
	1060, // column exists
	1061, // index exists
	1091, // column or index to drop does not exist
}
