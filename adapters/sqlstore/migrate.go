package sqlstore

import (
	"context"
	"fmt"
)

// createMigrations makes the table of the steps that were applied.
const createMigrations = `CREATE TABLE IF NOT EXISTS postroom_migrations (
	version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`

// unfinished is the time at which a step was applied that is not applied to its end.
const unfinished = -1

// schemaVersion returns the version of the schema that the database has; 0 if it has none.
func (s *Store) schemaVersion(ctx context.Context, q querier) (version int, err error) {
	err = q.queryRow(ctx, "SELECT COALESCE(MAX(version), 0) FROM postroom_migrations WHERE applied_at <> ?", unfinished).
		Scan(&version)
	return version, err
}

// migrate applies the migrations that the database does not have yet.
func (s *Store) migrate(ctx context.Context) error {
	// Reading comes first: it does not wait for transactions that write, and needs no
	// right to create tables.
	steps := s.dialect.migrations()
	outside := querier{store: s, once: true}
	have, err := s.schemaVersion(ctx, outside)
	if err == nil && have == steps[len(steps)-1].Version {
		return nil
	}
	if _, err := outside.exec(ctx, createMigrations); err != nil {
		if _, made := s.schemaVersion(ctx, outside); made != nil {
			// In PostgreSQL, one of two that make the table at the same moment fails.
			return s.wrap("prepare migrations", err)
		}
	}
	if err := s.dialect.migrate(ctx, s); err != nil {
		return s.explain(fmt.Errorf("sqlstore: migrate: %w", err))
	}
	return nil
}

// stepsAfter returns the steps that a database of this version does not have yet. It is an
// error if it is newer than this program.
func (s *Store) stepsAfter(version int) ([]Migration, error) {
	steps := s.dialect.migrations()
	if latest := steps[len(steps)-1].Version; version > latest {
		return nil, fmt.Errorf("the database has schema version %d, this program has %d: use a newer program",
			version, latest)
	}
	for len(steps) > 0 && steps[0].Version <= version {
		steps = steps[1:]
	}
	return steps, nil
}

// migrateTogether applies the steps in one transaction, all or none.
func (s *Store) migrateTogether(ctx context.Context) error {
	return s.atomic(ctx, func(ctx context.Context) error {
		q := s.conn(ctx)
		if err := s.dialect.lock(ctx, q, "", "migrations"); err != nil {
			return err
		}
		have, err := s.schemaVersion(ctx, q)
		if err != nil {
			return err
		}
		steps, err := s.stepsAfter(have)
		if err != nil {
			return err
		}
		for _, m := range steps {
			for _, statement := range statementsOf(m.SQL) {
				// Not through q: a question mark in the schema is no placeholder.
				if _, err := s.transaction(ctx).tx.ExecContext(ctx, s.tables.in(statement)); err != nil {
					return fmt.Errorf("version %d (%s): %w", m.Version, m.Name, err)
				}
			}
			if _, err := q.exec(ctx, "INSERT INTO postroom_migrations (version, name, applied_at) VALUES (?, ?, ?)",
				m.Version, m.Name, now()); err != nil {
				return err
			}
		}
		return nil
	})
}
