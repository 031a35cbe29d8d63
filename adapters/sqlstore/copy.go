package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// The errors of Copy that a program may want to tell apart, with errors.Is.
var (
	// ErrUnfinishedCopy is that of Open for a namespace that Copy has not copied to the end.
	ErrUnfinishedCopy = errors.New("sqlstore: the database is an unfinished copy")
	// ErrCopyRefused is that of Copy where the database has data already.
	ErrCopyRefused = errors.New("sqlstore: cannot copy into this database")
	// ErrDamagedRaw is that of Copy where raw bytes are not those that were uploaded.
	ErrDamagedRaw = errors.New("sqlstore: damaged raw bytes")
)

// Database is one of the two that Copy has to do with.
type Database struct {
	DB      *sql.DB
	Dialect Dialect
	// Options are those that the database is opened with; nil stands for the zero value.
	Options *Options
}

// CopyOptions configure Copy. The zero value copies the namespace of Database.Options.
type CopyOptions struct {
	// AllNamespaces copies every namespace. The default is that of Database.Options alone, of
	// which both databases must have the same.
	AllNamespaces bool
	// Alone says that the caller excludes other programs from the database that is copied in
	// its own way. By default, Copy refuses one where somebody holds a lease: he may be at
	// work, or have ended without giving it up, and then it expires after some minutes.
	Alone bool
	// Progress is called after each batch, by the goroutine of Copy. nil: nothing is called.
	Progress func(CopyProgress)
}

// CopyProgress says how far Copy has come. What an earlier call has copied counts.
type CopyProgress struct {
	Verifying         bool   // all is copied, and is read again and compared
	Namespace, Table  string // of the batch
	Rows, TotalRows   int64  // of all tables and namespaces
	Bytes, TotalBytes int64  // of raw bytes
}

// CopiedTable is what Copy says of a table, summed up over the namespaces.
type CopiedTable struct {
	Table string
	Rows  int64
	// Digest is the sum of the SHA-256 of all rows, in hex. It is the same in both databases.
	Digest string
}

// Copied is the result of Copy.
type Copied struct {
	Namespaces []string
	Tables     []CopiedTable // in the order of copying
	RawBytes   int64
}

// Copy copies everything of a namespace, or of all of them, from one database to another,
// which may be of a different dialect: ledger, emails with their raw bytes, what is kept of
// messages in quarantine, notifications in their order of delivery, turns, assignments,
// leases, accounts, secrets as they are sealed, and the reference customers and managers. A
// Syncer that goes on with the new database uploads nothing again and notifies of nothing
// again.
//
// Both databases are brought to the schema of this program; else the one that is copied
// is not changed. It is read in one transaction in which nobody else can write to it: others
// wait, in SQLite for at most their busy timeout. End them first; a held lease is refused
// with inbound.ErrBusy. In the copy no lease is held, and tokens go on from those that
// were given.
//
// The new database must have nothing of these namespaces, else the error is
// ErrCopyRefused; other namespaces may be there and go on. Until the copy is finished, Open
// refuses it with ErrUnfinishedCopy.
//
// Rows are copied in batches, each in a transaction, in bounded memory. When Copy was
// interrupted at any moment, the next call goes on. It is refused if what was copied has
// changed in the meantime. At the end the number and the SHA-256 of all rows and raw bytes
// in the new database are compared with those that were read. Raw bytes of the source that
// are not what was uploaded end it with ErrDamagedRaw, which names them.
//
// What is in an archive (inbound.Archive) stays there, for the new database. Do not go on
// with the old one beside it: each would remove from the archive what the other one has.
//
// Rows get other numbers in the new database where theirs are taken by other
// namespaces; their order stays.
func Copy(ctx context.Context, from, to Database, options *CopyOptions) (Copied, error) {
	if options == nil {
		options = &CopyOptions{}
	}
	c := &copier{options: *options}
	var err error
	if c.from, err = open(ctx, from.DB, from.Dialect, from.Options); err == nil && !c.options.AllNamespaces {
		err = c.from.checkCopied(ctx)
	}
	if err != nil {
		return Copied{}, fmt.Errorf("the database that is copied: %w", err)
	}
	if c.to, err = open(ctx, to.DB, to.Dialect, to.Options); err != nil {
		return Copied{}, fmt.Errorf("the new database: %w", err)
	}
	if c.from.namespace != c.to.namespace && !c.options.AllNamespaces {
		return Copied{}, fmt.Errorf("sqlstore: the namespace %q cannot be copied to %q: secrets are sealed for one",
			c.from.namespace, c.to.namespace)
	}
	tx, end, err := c.from.dialect.freeze(ctx, c.from)
	if err != nil {
		return Copied{}, c.from.wrap("keep others from writing", err)
	}
	defer end()
	c.source = querier{store: c.from, in: &transaction{store: c.from, tx: tx, ctx: ctx}, once: true}
	result, err := c.run(ctx)
	if err != nil {
		return Copied{}, err
	}
	return result, nil
}

// copier is a running Copy.
type copier struct {
	options    CopyOptions
	from, to   *Store
	source     querier // in which nobody else can write
	namespaces []string
	states     map[string]map[string]copyState // by namespace and table
	progress   CopyProgress
	copied     Copied
}

func (c *copier) run(ctx context.Context) (Copied, error) {
	for _, step := range []func(context.Context) error{c.survey, c.begin, c.copyAll, c.verifyAll, c.finish} {
		err := step(ctx)
		if fault := new(copyFault); errors.As(err, &fault) {
			return Copied{}, fault
		}
		if err != nil {
			return Copied{}, err
		}
	}
	return c.copied, nil
}

// copyFault is an error that is not of a database.
type copyFault struct {
	kind error
	text string
}

func (f *copyFault) Error() string { return f.kind.Error() + f.text }
func (f *copyFault) Unwrap() error { return f.kind }

// refused is the error of a database that cannot be copied to.
func refused(format string, args ...any) error {
	return &copyFault{ErrCopyRefused, ": " + fmt.Sprintf(format, args...)}
}

// survey finds out what there is to copy, and that nobody works on it.
func (c *copier) survey(ctx context.Context) error {
	c.namespaces = []string{c.from.namespace}
	if c.options.AllNamespaces {
		c.namespaces = nil
		for _, t := range copiedTables {
			found, err := collect(ctx, c.source, scanText, "SELECT DISTINCT namespace FROM "+t.name)
			if err != nil {
				return c.from.wrap("list namespaces", err)
			}
			c.namespaces = append(c.namespaces, found...)
		}
		slices.Sort(c.namespaces)
		c.namespaces = slices.Compact(c.namespaces)
	}
	for _, namespace := range c.namespaces {
		if err := c.checkLeases(ctx, namespace); err != nil {
			return err
		}
		for _, t := range copiedTables {
			raw := "0"
			if t.raw != 0 {
				raw = "COALESCE(SUM(raw_size), 0)"
			}
			var rows, bytes int64
			if err := c.source.queryRow(ctx, "SELECT COUNT(*), "+raw+" FROM "+t.name+" WHERE namespace = ?",
				namespace).Scan(&rows, &bytes); err != nil {
				return c.from.wrap("count rows of "+t.name, err)
			}
			c.progress.TotalRows += rows
			c.progress.TotalBytes += bytes
		}
	}
	return nil
}

// checkLeases returns an error if somebody holds a lease of a namespace.
func (c *copier) checkLeases(ctx context.Context, namespace string) error {
	if c.options.Alone {
		return nil
	}
	var name string
	var expires time.Time
	now := time.Now()
	err := c.source.queryRow(ctx, "SELECT name, expires FROM postroom_leases WHERE namespace = ? AND owner <> ''"+
		" AND expires > ? AND taken <= ? ORDER BY expires DESC LIMIT 1",
		namespace, micros(now), micros(now.Add(clockSkew))).Scan(&name, intoTime{&expires})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return c.from.wrap("look for leases", err)
	}
	return &copyFault{inbound.ErrBusy, fmt.Sprintf(": a program works on the database that is copied: it holds the lease"+
		" %q until %s; end it first", name, expires.Format(time.RFC3339))}
}

// report tells how far it has come.
func (c *copier) report(namespace string, t copiedTable, rows, bytes int64) {
	p := &c.progress
	p.Namespace, p.Table = namespace, t.name
	p.Rows += rows
	p.Bytes += bytes
	if c.options.Progress != nil {
		c.options.Progress(*p)
	}
}
