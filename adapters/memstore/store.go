package memstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// Store implements inbound.Store in memory, for one namespace: see [Store.Namespace].
// It is safe for concurrent use. While an Atomic runs, calls that do not belong to it
// wait.
type Store struct {
	*database
	*tables
}

var _ inbound.Store = (*Store)(nil)

// database is what the namespaces of a store share.
type database struct {
	turn       chan struct{} // holds a token while a transaction runs
	mu         sync.Mutex    // guards the rest, for transactions that use several goroutines
	namespaces map[string]*tables
}

// tables is what a namespace keeps.
type tables struct {
	name       string                                              // of the namespace
	ledger     map[string]map[inbound.SourceID]inbound.LedgerEntry // by account
	emails     []inbound.Email                                     // in the order of upload
	places     map[string]int                                      // in emails, by ID
	raws       map[string]rawBytes                                 // by email ID, or key of KeepRaw
	alike      map[alikeKey][]int                                  // places in emails, in the order of upload
	duplicates map[string]int                                      // records that are duplicates of an email, by its ID
	folders    map[folderKey]inbound.FolderState
	health     map[string]inbound.Health
	accounts   map[string]inbound.AccountState
	usage      map[string]inbound.Usage // by account
	intents    map[intent][]string      // accounts that have noted it
	leases     map[string]lease
	secrets    map[string]inbound.SavedSecret // by account
	saved      []inbound.SavedAccount         // in the order in which they were added
	lastTurn   map[turnKey]int                // number of the manager's last turn in the group
	unused     map[turnKey]int                // how many turns of the manager were given back
	turns      map[string]int                 // given out, by group

	assignments map[string]assignment // by customer ID
	lastPlace   int                   // given in the queue of the pending ones

	outbox     []string // IDs in the order in which they were added
	entries    map[string]notify.Entry
	deliveries map[string]int           // place in the order of delivery
	delivered  int                      // last place given
	held       map[backlogKey][]string  // IDs of what is Held, in the order in which they were added; never empty
	settled    map[backlogKey]int       // how many were Held and no longer are
	lastDigest map[backlogKey]time.Time // of the backlog's digests
}

// New returns an empty store. Its namespace is "".
func New() *Store {
	db := &database{turn: make(chan struct{}, 1), namespaces: make(map[string]*tables)}
	return (&Store{database: db}).Namespace("")
}

// Namespace returns the part of the store that belongs to a company where several
// share it. It sees and changes nothing of a different namespace. All
// namespaces share one transaction: an Atomic of one makes the others wait, and calls
// with its context take part in it. Stores of one namespace have the same data.
func (s *Store) Namespace(name string) *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.namespaces[name]
	if t == nil {
		t = newTables(name)
		s.namespaces[name] = t
	}
	return &Store{database: s.database, tables: t}
}

func newTables(name string) *tables {
	return &tables{
		name:        name,
		ledger:      make(map[string]map[inbound.SourceID]inbound.LedgerEntry),
		places:      make(map[string]int),
		raws:        make(map[string]rawBytes),
		alike:       make(map[alikeKey][]int),
		duplicates:  make(map[string]int),
		folders:     make(map[folderKey]inbound.FolderState),
		health:      make(map[string]inbound.Health),
		accounts:    make(map[string]inbound.AccountState),
		usage:       make(map[string]inbound.Usage),
		intents:     make(map[intent][]string),
		leases:      make(map[string]lease),
		secrets:     make(map[string]inbound.SavedSecret),
		lastTurn:    make(map[turnKey]int),
		unused:      make(map[turnKey]int),
		turns:       make(map[string]int),
		assignments: make(map[string]assignment),
		entries:     make(map[string]notify.Entry),
		deliveries:  make(map[string]int),
		held:        make(map[backlogKey][]string),
		settled:     make(map[backlogKey]int),
		lastDigest:  make(map[backlogKey]time.Time),
	}
}

// transaction remembers how to undo what was done in it.
type transaction struct {
	db     *database
	undo   []func()
	failed error // of an Atomic that joined: nothing may stay
}

type transactionKey struct{}

func (d *database) transaction(ctx context.Context) *transaction {
	t, _ := ctx.Value(transactionKey{}).(*transaction)
	if t == nil || t.db != d {
		return nil
	}
	return t
}

// Atomic implements inbound.Store. If an inner Atomic fails, the outer one fails too,
// even if fn ignores the error. Here, durable means until the process ends.
func (s *Store) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	if t := s.transaction(ctx); t != nil {
		err := fn(ctx)
		t.failed = errors.Join(t.failed, err)
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	t := &transaction{db: s.database}
	done := false
	defer func() {
		if !done { // an error, or a panic of fn
			t.rollback()
		}
	}()
	if err := fn(context.WithValue(ctx, transactionKey{}, t)); err != nil {
		return err
	}
	if t.failed != nil {
		return fmt.Errorf("memstore: not committed, because a part of it failed: %w", t.failed)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("memstore: commit: %w", context.Cause(ctx))
	}
	done = true
	return nil
}

func (d *database) begin(ctx context.Context) error {
	if ctx.Err() == nil {
		select {
		case d.turn <- struct{}{}:
			return nil
		case <-ctx.Done():
		}
	}
	return fmt.Errorf("memstore: %w", context.Cause(ctx))
}

func (d *database) end() { <-d.turn }

func (t *transaction) rollback() {
	t.db.mu.Lock()
	defer t.db.mu.Unlock()
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
}

// read calls fn with the store locked.
func (s *Store) read(ctx context.Context, fn func() error) error {
	if s.transaction(ctx) == nil {
		if err := s.begin(ctx); err != nil {
			return err
		}
		defer s.end()
	} else if ctx.Err() != nil {
		return fmt.Errorf("memstore: %w", context.Cause(ctx))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return fn()
}

// write calls fn with the store locked, in the transaction of ctx or one of its
// own.
func (s *Store) write(ctx context.Context, fn func(t *transaction) error) error {
	return s.Atomic(ctx, func(ctx context.Context) error {
		return s.read(ctx, func() error { return fn(s.transaction(ctx)) })
	})
}

// load returns m[key]; the zero value if there is none. m is a table that is never replaced.
func load[K comparable, V any](ctx context.Context, s *Store, m map[K]V, key K) (value V, err error) {
	err = s.read(ctx, func() error {
		value = m[key]
		return nil
	})
	return value, err
}

// save sets m[key], in the transaction of ctx or one of its own. m is a table that is never
// replaced.
func save[K comparable, V any](ctx context.Context, s *Store, m map[K]V, key K, value V) error {
	return s.write(ctx, func(t *transaction) error {
		put(t, m, key, value)
		return nil
	})
}

// put sets m[key] until the transaction is undone.
func put[K comparable, V any](t *transaction, m map[K]V, key K, value V) {
	old, had := m[key]
	t.undo = append(t.undo, func() {
		if had {
			m[key] = old
		} else {
			delete(m, key)
		}
	})
	m[key] = value
}

// drop deletes m[key] until the transaction is undone.
func drop[K comparable, V any](t *transaction, m map[K]V, key K) {
	if old, had := m[key]; had {
		t.undo = append(t.undo, func() { m[key] = old })
		delete(m, key)
	}
}

// set sets a field until the transaction is undone. A slice is only ever
// replaced, appended to or changed by setAt, so that its old value is still
// what it was.
func set[V any](t *transaction, field *V, value V) {
	old := *field
	t.undo = append(t.undo, func() { *field = old })
	*field = value
}

// setAt sets an element of a slice until the transaction is undone.
func setAt[V any](t *transaction, slice []V, i int, value V) {
	old := slice[i]
	t.undo = append(t.undo, func() { slice[i] = old })
	slice[i] = value
}
