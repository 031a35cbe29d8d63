package sqlstore

import (
	"context"
	"database/sql"
	"sync"
)

const (
	// maxStatements bounds how many statements are kept prepared, on each connection that
	// uses them. The store has some 80 texts, and 17 more with lists of 11 sizes.
	maxStatements = 300
	// maxStatementText is the longest text, in bytes, that is kept prepared.
	maxStatementText = 8 << 10
)

// statements keeps what is sent often prepared, so that the database does not read the same
// text again. Preparing takes a connection of the pool, and a transaction that waits for
// a second one could wait for itself: so a text that was sent twice is prepared before the
// next transaction begins.
type statements struct {
	db *sql.DB

	mu       sync.Mutex
	sent     map[string]int // texts, by how often they were sent until they were prepared
	wanted   []string
	prepared map[string]*sql.Stmt // closed with db
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, sent: make(map[string]int), prepared: make(map[string]*sql.Stmt)}
}

// find returns the prepared statement of a text, or nil and counts it.
func (s *statements) find(text string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.prepared[text]; stmt != nil {
		return stmt
	}
	if n, known := s.sent[text]; len(text) <= maxStatementText && (known || len(s.sent) < maxStatements) {
		if s.sent[text] = n + 1; n == 1 {
			s.wanted = append(s.wanted, text)
		}
	}
	return nil
}

// prepare prepares what is wanted, as far as it comes until ctx ends. A text that cannot be
// prepared is sent as it is, with the error that it has then.
func (s *statements) prepare(ctx context.Context) {
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = nil
	s.mu.Unlock()
	for i, text := range wanted {
		stmt, err := s.db.PrepareContext(ctx, text)
		s.mu.Lock()
		switch {
		case err == nil:
			s.prepared[text] = stmt
		case ctx.Err() != nil:
			s.wanted = append(s.wanted, wanted[i:]...)
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}
