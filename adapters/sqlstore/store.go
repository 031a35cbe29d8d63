package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound"
)

// Store implements inbound.Store on database/sql. It is safe for concurrent use, also
// by several processes on the same database.
type Store struct {
	db         *sql.DB
	dialect    dialect
	tables     tables
	namespace  string
	statements *statements
	shared     *shared // has the dialect and the statements; they end with the last Store
}

var _ inbound.Store = (*Store)(nil)

// Options configure Open. The zero value suits a database of one company.
type Options struct {
	// Namespace names the company whose data the store holds, where several share
	// the database: a Store sees and changes nothing of a different namespace. It
	// has at most 100 bytes of UTF-8, compared byte by byte. The default is "".
	Namespace string

	// TablePrefix is what the names of all tables and indexes begin with: at most 30 lower
	// case letters, digits and underscores, beginning with a letter. Stores with different
	// prefixes have nothing in common. The default is "postroom_". In PostgreSQL, tables are
	// made and looked for along the connection's search_path; a host that wants a schema
	// for them sets search_path in its data source name.
	TablePrefix string
}

// maxNamespace is how many bytes a namespace may have. It is a part of every key,
// and databases limit the size of keys.
const maxNamespace = 100

func (o *Options) validate() error {
	if o == nil {
		return nil
	}
	if err := o.tables().validate(); err != nil {
		return err
	}
	switch {
	case len(o.Namespace) > maxNamespace:
		return fmt.Errorf("sqlstore: the namespace has %d bytes, at most %d are allowed; it begins with %.20q",
			len(o.Namespace), maxNamespace, o.Namespace)
	case !utf8.ValidString(o.Namespace) || strings.ContainsRune(o.Namespace, 0):
		return fmt.Errorf("sqlstore: the namespace %q is not a text in UTF-8 without zero bytes", o.Namespace)
	}
	return nil
}

// Open brings the schema up to date and returns the store. It checks on one connection
// of the pool that the database is set up to keep what it commits; all connections must
// have the same settings. Options may be nil. An unknown dialect, a value that Options does
// not allow, and a database whose schema is newer than this program are errors. The
// caller goes on owning db and closes it after the last use of the store.
//
// Stores of the same db share what they can. Only the first Open looks at the schema, so one
// for each of a thousand namespaces is cheap. They keep the same statements prepared, at most
// 300 on each connection, of some 5 KB each in SQLite, and take turns to write.
func Open(ctx context.Context, db *sql.DB, dialect Dialect, options *Options) (*Store, error) {
	s, err := open(ctx, db, dialect, options)
	if err != nil {
		return nil, err
	}
	if err := s.checkCopied(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// open is Open for Copy: the namespace may be an unfinished copy.
func open(ctx context.Context, db *sql.DB, dialect Dialect, options *Options) (*Store, error) {
	if err := options.validate(); err != nil {
		return nil, err
	}
	common, err := sharedOf(db, dialect, options.tables())
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, dialect: common.dialect, tables: options.tables(), statements: common.statements, shared: common}
	if options != nil {
		s.namespace = options.Namespace
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// transaction is what Atomic puts in the context.
type transaction struct {
	store  *Store
	tx     *sql.Tx
	ctx    context.Context // of the transaction as a whole
	failed error           // of an Atomic that joined: nothing may be committed

	mu     sync.Mutex
	stmts  map[string]*sql.Stmt // prepared ones by their text, in this transaction
	undone error                // the conflict after which the database has undone it
}

// undo notes a conflict after which the database has undone the transaction.
func (t *transaction) undo(conflict error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.undone == nil {
		t.undone = conflict
		_ = t.tx.Rollback()
	}
}

// conflict returns what undo has noted, or nil.
func (t *transaction) conflict() error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.undone
}

// statement returns the prepared statement of a text, or nil.
func (t *transaction) statement(text string) *sql.Stmt {
	t.mu.Lock()
	defer t.mu.Unlock()
	stmt := t.stmts[text]
	if stmt == nil {
		if prepared := t.store.statements.find(text); prepared != nil {
			stmt = t.tx.StmtContext(t.ctx, prepared)
			t.stmts[text] = stmt
		}
	}
	return stmt
}

type transactionKey struct{}

func (s *Store) transaction(ctx context.Context) *transaction {
	t, _ := ctx.Value(transactionKey{}).(*transaction)
	if t == nil || t.store.db != s.db {
		return nil
	}
	return t
}

// Tx returns the transaction that [Store.Atomic] has put in ctx; ok is false where
// there is none. A host whose tables are in the same database writes with it in
// Create and AttachManager of its CustomerRepo, and says so by
// customer.Transactional, whose method returns ok. Its rows then commit or roll back
// together with the email.
//
// While there is a transaction, write only with it. A write on a different connection
// deadlocks: it waits for the transaction, and the transaction waits for the
// repository, until the context ends or the write fails (in SQLite with "database is
// locked", after the busy timeout). Do not commit the transaction or roll it back:
// Atomic does.
func Tx(ctx context.Context) (*sql.Tx, bool) {
	t, _ := ctx.Value(transactionKey{}).(*transaction)
	if t == nil {
		return nil, false
	}
	return t.tx, true
}

// Atomic implements inbound.Store. If an inner Atomic fails, the outer one fails too,
// even if fn ignores the error. That of a different namespace of the same db is an inner one,
// too. The transaction takes the right to write when it
// begins: in SQLite the write lock of the database, which one transaction at a time
// can hold. When ctx ends, the transaction is rolled back.
//
// A deadlock, a lost connection and whatever else is the database's own trouble is an error
// that wraps inbound.ErrTemporary, also if a host's repository met it in the transaction.
// After a connection that is lost during the commit, the work may have been committed.
func (s *Store) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.explain(s.atomic(ctx, fn))
}

// atomic is Atomic, but the error is not explained yet.
func (s *Store) atomic(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	if t := s.transaction(ctx); t != nil {
		if err := fn(ctx); err != nil {
			t.failed = errors.Join(t.failed, err)
			return err
		}
		return nil
	}
	s.statements.prepare(ctx)
	tx, end, err := s.dialect.begin(ctx, s.db)
	if err != nil {
		return s.wrap("begin", err)
	}
	defer end()
	// After Commit, this does nothing; it is for errors and panics of fn.
	defer func() { _ = tx.Rollback() }()
	t := &transaction{store: s, tx: tx, ctx: ctx, stmts: make(map[string]*sql.Stmt)}
	err = fn(context.WithValue(ctx, transactionKey{}, t))
	if undone := t.conflict(); undone != nil && !errors.Is(err, undone) {
		// A host's repository that came after it has found no transaction any longer.
		return fmt.Errorf("sqlstore: not committed: %w", errors.Join(undone, err))
	}
	if err != nil {
		return err
	}
	if t.failed != nil {
		return fmt.Errorf("sqlstore: not committed, because a part of it failed: %w", t.failed)
	}
	if err := tx.Commit(); err != nil {
		return s.wrap("commit", err)
	}
	return nil
}
