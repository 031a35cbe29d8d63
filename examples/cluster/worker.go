package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	riverjobs "github.com/postroom/postroom/adapters/river"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/slognotify"
	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// group is the group of managers who get new customers.
const group = "support"

// work is a worker. It returns nil after ctx has ended.
func work(ctx context.Context, s settings, logger *slog.Logger) error {
	pool, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := migrate(ctx, pool, logger); err != nil {
		return fmt.Errorf("make River's tables: %w", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()                            // pool.Close ends the connections
	store, err := sqlstore.Open(ctx, db, sqlstore.Postgres, nil) // makes or migrates the tables
	if err != nil {
		return err
	}
	syncer, err := newSyncer(ctx, s, store, logger)
	if err != nil {
		return err
	}

	options := &riverjobs.Options{Workers: s.workers}
	if s.watch {
		options.Late = time.Minute // the passes that Run makes are not made twice
	}
	config := &river.Config{SoftStopTimeout: stopWithin, Logger: logger}
	if err := riverjobs.New(syncer, options).AddTo(config); err != nil {
		return err
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil { // ctx ends it, too
		return err
	}
	logger.Info("the worker is at work", "client", client.ID(), "accounts_at_a_time", s.workers)
	var running sync.WaitGroup
	if s.watch {
		running.Go(func() { _ = syncer.Run(ctx) }) // nil: nobody else calls it
	}
	<-client.Stopped()
	running.Wait()
	return nil
}

// open connects to the database, with a connection for each account and some for River.
func open(ctx context.Context, s settings) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(s.database)
	if err != nil {
		return nil, err // without the password
	}
	config.MaxConns = max(config.MaxConns, int32(s.workers)+10)
	// A worker that is stopped in the middle of a transaction, or whose machine is gone, must not
	// keep its locks: all others would wait for it.
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "10s"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// migrate makes or changes River's tables. One process does it at a time.
func migrate(ctx context.Context, pool *pgxpool.Pool, logger *slog.Logger) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	const lock = 0x706f7374 // any number that nobody else uses
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock) // or with the connection
	}()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: logger})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// newSyncer returns the Syncer of a worker. A CRM has its own customers and managers here.
func newSyncer(ctx context.Context, s settings, store *sqlstore.Store, logger *slog.Logger) (*inbound.Syncer, error) {
	managers := store.Managers()
	for _, m := range []assign.Manager{
		{ID: "maria", Name: "Maria", Status: assign.Free}, {ID: "oleg", Name: "Oleg", Status: assign.Free},
	} {
		if err := managers.Put(ctx, m, group); err != nil {
			return nil, err
		}
	}
	network := inbound.NetworkPolicy{AllowPrivate: s.private, AllowPlaintext: s.private}
	accounts := accountFile(s.accounts)
	if _, err := accounts.read(); err != nil {
		return nil, err
	}
	return inbound.New(inbound.Config{
		AccountSource: accounts, Credentials: accounts,
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: network}),
		},
		Network: network, Store: store, CustomerRepo: store.Customers(), ManagerDirectory: managers,
		Notifier: slognotify.New(logger), Logger: logger, Limits: inbound.Limits{MaxAccounts: 10_000},
	})
}
