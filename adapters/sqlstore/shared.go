package sqlstore

import (
	"context"
	"database/sql"
	"runtime"
	"sync"
	"weak"
)

// shared is what the Stores of a database have in common, whatever their namespaces. A
// thousand of them would otherwise keep the same statements prepared a thousand times, on each
// connection, and each would check the schema anew.
type shared struct {
	dialect    dialect
	statements *statements
	packers    packers

	mu    sync.Mutex
	ready bool // the settings and the schema were checked
}

// sharedKey is what a shared is for.
type sharedKey struct {
	db      weak.Pointer[sql.DB]
	dialect Dialect
	tables  tables
}

// sharedStates has a weak.Pointer[shared] by its sharedKey. It has to be global, because
// databases are the host's, who passes the same one to several calls of Open. It keeps
// nothing alive: what the last Store of a database leaves is removed.
var sharedStates sync.Map

// sharedOf returns what Stores of a database share.
func sharedOf(db *sql.DB, d Dialect, names tables) (*shared, error) {
	key := sharedKey{weak.Make(db), d, names}
	var made *shared
	for {
		entry, found := sharedStates.Load(key)
		if !found {
			if made == nil {
				impl, err := d.implementation(names)
				if err != nil {
					return nil, err
				}
				made = &shared{dialect: impl, statements: newStatements(db)}
			}
			pointer := weak.Make(made)
			if entry, found = sharedStates.LoadOrStore(key, pointer); !found {
				statements := made.statements
				runtime.AddCleanup(made, func(key sharedKey) {
					sharedStates.CompareAndDelete(key, pointer)
					statements.close()
				}, key)
				return made, nil
			}
		}
		if s := entry.(weak.Pointer[shared]).Value(); s != nil {
			return s, nil
		}
		sharedStates.CompareAndDelete(key, entry) // its cleanup is about to
	}
}

// prepare calls check unless it has succeeded before.
func (s *shared) prepare(check func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready {
		return nil
	}
	if err := check(); err != nil {
		return err
	}
	s.ready = true
	return nil
}

// Database returns what is the same for all Stores of a database, as inbound.SharedDatabase
// says: Stores of the same sql.DB join each other's transactions.
func (s *Store) Database() any { return s.db }

// close closes what is prepared.
func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.prepared {
		_ = stmt.Close() // the database may be closed already
	}
	clear(s.prepared)
}

// open checks the settings of the database and brings its schema up to date, for the first
// Store of a database.
func (s *Store) open(ctx context.Context) error {
	return s.shared.prepare(func() error {
		if err := s.dialect.check(ctx, s.db); err != nil {
			return err
		}
		return s.migrate(ctx)
	})
}
