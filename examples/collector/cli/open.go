package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/postroom/postroom/adapters/filearchive"
	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// operator is the ID in the outbox of the person who reads the log.
const operator = "operator"

// service is the opened database.
type service struct {
	settings *config.Settings
	db       *sql.DB
	store    *sqlstore.Store
	archive  *filearchive.Archive // of the raw mail; nil: the store has it
	tokens   *tokenDatabase       // nil: this database has the refresh tokens
	unlock   func() error         // of the database, while this process collects; nil otherwise
	// operators are notified of accounts that are broken; none: nobody is.
	operators []string
}

// create opens the database for collecting. If there is none, it creates it.
func create(ctx context.Context, c *config.Settings) (*service, error) {
	if _, err := checkDatabase(ctx, c); err != nil {
		return nil, err
	}
	if err := makePrivate(c.Database); err != nil {
		return nil, err
	}
	s, err := openWithArchive(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := s.lockForRun(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.seed(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot enter the settings into the database: %w", err), s.close())
	}
	return s, nil
}

// lockForRun locks a SQLite file for collecting. If no other process collects, all
// leases in the database are those of a process that died. lockForRun ends them, so
// that this process need not wait until they expire. A database on a server may be used
// from other machines: leases there are left to expire.
func (s *service) lockForRun(ctx context.Context) (err error) {
	if s.settings.Database.OnServer() {
		return nil
	}
	s.unlock, err = lock(ctx, s.settings.Database.File, func() error { return s.store.EndLeases(ctx) })
	return err
}

// inspect opens a database that an earlier run created. A different process may be
// writing to it.
func inspect(ctx context.Context, c *config.Settings) (*service, error) {
	there, err := isThere(ctx, c)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fmt.Errorf("the database %s is not there yet; run \"collector run -config %s\" first",
			c.Database, c.File)
	}
	return openWithArchive(ctx, c)
}

// isThere reports whether an earlier run has put something into the database.
func isThere(ctx context.Context, c *config.Settings) (bool, error) {
	if c.Database.OnServer() {
		return checkServer(ctx, c.Database, changeSetting(c))
	}
	info, err := os.Stat(c.Database.File)
	return !errors.Is(err, fs.ErrNotExist) && (err != nil || info.Size() > 0), nil
}

// openInMemory opens a database in memory that has only the customers, managers
// and fields of the settings. It is for commands that need no other data.
func openInMemory(ctx context.Context, c *config.Settings) (*service, error) {
	s, err := open(ctx, c, config.Database{Kind: config.SQLite, File: inMemory})
	if err != nil {
		return nil, err
	}
	if err := s.seed(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// isNew reports an account that no run has collected from, as far as can be told without
// a change of the database.
func isNew(ctx context.Context, c *config.Settings, account string) bool {
	if there, err := checkDatabase(ctx, c); err != nil || there == nothing {
		return err == nil
	}
	db, err := connect(c.Database, "&mode=ro")
	if err != nil {
		return false
	}
	defer db.Close()
	dialect := dialects[c.Database.Kind]
	steps := sqlstore.Migrations(dialect, nil)
	if schemaVersion(ctx, db) != steps[len(steps)-1].Version { // Open would migrate it
		return false
	}
	store, err := sqlstore.Open(ctx, db, dialect, nil)
	if err != nil {
		return false
	}
	health, err := store.Health(ctx, account)
	return err == nil && health.InitialTotal == 0 && !health.InitialComplete
}

// inMemory is the path of a SQLite database that is in memory.
const inMemory = ":memory:"

func open(ctx context.Context, c *config.Settings, d config.Database) (*service, error) {
	failed := func(err error) error { return fmt.Errorf("cannot open the database %s: %w", c.Database, err) }
	db, err := connect(d)
	if err != nil {
		return nil, failed(err)
	}
	if d.File == inMemory {
		bound(db, 1) // each connection would have a database of its own
	}
	store, err := sqlstore.Open(ctx, db, dialects[d.Kind], nil)
	switch {
	case errors.Is(err, sqlstore.ErrUnfinishedCopy):
		return nil, errors.Join(fmt.Errorf("the database %s is a copy that was not finished: run \"collector copy\" again"+
			" with the same databases", d), db.Close())
	case err != nil:
		return nil, errors.Join(failed(err), db.Close())
	}
	return &service{settings: c, db: db, store: store}, nil
}

func (s *service) close() error {
	err := s.db.Close()
	if s.archive != nil {
		err = errors.Join(err, s.archive.Close())
	}
	if s.tokens != nil && s.tokens.service != nil {
		err = errors.Join(err, s.tokens.close())
	}
	if s.unlock != nil {
		err = errors.Join(err, s.unlock())
	}
	return err
}

// syncer returns a Syncer for the accounts of the settings.
func (s *service) syncer(
	ctx context.Context, logger *slog.Logger, observer *inbound.Observer,
) (*inbound.Syncer, error) {
	credentials, err := s.credentials(ctx, s.settings)
	if err != nil {
		return nil, err
	}
	syncer, err := inbound.New(s.wiring(s.settings, credentials, logger, observer))
	if err != nil {
		return nil, s.settings.Locate(err)
	}
	return syncer, nil
}

// following returns a Syncer for accounts that change with the settings, and for the
// notifications.
func (s *service) following(
	now *current, logger *slog.Logger, observer *inbound.Observer,
) (*inbound.Syncer, error) {
	wiring := s.wiring(now.get(), now, logger, observer)
	if _, err := inbound.New(wiring); err != nil { // with a source, New does not check the accounts
		return nil, s.settings.Locate(err)
	}
	wiring.Accounts, wiring.OwnAddresses, wiring.OwnDomains = nil, nil, nil
	wiring.AccountSource = now
	wiring.Notifier, wiring.Operators = now, s.operators
	return inbound.New(wiring)
}

// wiring returns the configuration of a Syncer for settings.
func (s *service) wiring(
	c *config.Settings, credentials inbound.Credentials, logger *slog.Logger, observer *inbound.Observer,
) inbound.Config {
	network := inbound.NetworkPolicy{AllowPrivate: c.AllowPrivate, AllowPlaintext: c.AllowPrivate,
		AllowedPorts: c.AllowedPorts, RootCAs: c.RootCAs}
	return inbound.Config{
		Accounts:    c.Accounts,
		Credentials: credentials,
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: keyedHints{imapfetch.New(&imapfetch.Options{Network: network}), c.File},
			inbound.POP3: keyedHints{pop3fetch.New(&pop3fetch.Options{Network: network}), c.File},
		},
		Network:          network,
		Store:            s.store,
		Archive:          s.rawArchive(),
		CustomerRepo:     s.store.Customers(),
		ManagerDirectory: s.store.Managers(),
		OwnAddresses:     c.OwnAddresses,
		OwnDomains:       c.OwnDomains,
		Limits:           c.Limits,
		Opener:           opener,
		Logger:           logger,
		Observer:         observer,
	}
}
