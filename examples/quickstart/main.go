// Quickstart uploads a mailbox with sample mail into a SQLite file and shows what
// became of every message, on one screen. It needs nothing but Go:
//
//	go run ./examples/quickstart      # -v prints the details, too
//
// This file is what a CRM needs to embed the SDK; most of it is the function
// collect. people.go replaces the customers and managers of the CRM, mailbox.go and
// mail/ the mail provider. The other files are the show: kill.go kills the first
// pass in the middle, promises.go checks that nothing is lost, and screen.go and
// details.go print.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := start(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

const account = "juniper-inbox"

// result is what collect returns.
type result struct {
	pass      inbound.Report
	delivered notify.Report
	compared  inbound.Reconciliation
}

// collect shows how to embed the SDK: it configures a Syncer, makes a pass of the
// account, delivers the notifications, and compares the server with the ledger.
func collect(ctx context.Context, store *sqlstore.Store, box *mailbox, notifier inbound.Notifier,
	observer *inbound.Observer,
) (r result, err error) {
	// The screen shows what goes well.
	troubles := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	syncer, err := inbound.New(inbound.Config{
		Logger: troubles,
		Accounts: []inbound.Account{{
			ID:       account,
			Shop:     shop,
			Protocol: inbound.IMAP,
			Host:     box.host,
			Port:     box.port,
			Security: inbound.Plain, // the sample server has no TLS; without this line, TLS is required
			Username: box.username,

			NotifyManager:  true, // notify a customer's manager of each email
			CreateCustomer: true, // unknown senders become customers ...
			ManagerGroup:   team, // ... of these managers ...
			Fields:         map[string]string{"source": "email"},
			// For the sample mail, as if it came in now. Omit both lines for a mailbox with mail in it.
			InitialNotifications: inbound.NotifyEach,
			InitialAge:           inbound.AnyAge,
			AuthservID:           "mx.juniper.example", // the server whose verification of senders is trusted
		}},
		Credentials:  inbound.StaticCredentials{account: {Password: box.password}},
		OwnAddresses: []string{"orders@juniper.example"}, // besides the accounts' user names
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{
				// For a server on this machine. Omit it for any other server.
				Network: inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true},
			}),
		},
		Store:            store,
		CustomerRepo:     store.Customers(), // or your own: three methods
		ManagerDirectory: store.Managers(),  // or your own: two methods
		Notifier:         notifier,          // your own: one method
		Observer:         observer,          // nil, or told of the progress
	})
	if err != nil {
		return r, err
	}
	// A service calls syncer.Run(ctx), which does the first two on a schedule.
	if r.pass, err = syncer.Sync(ctx, account); err != nil {
		return r, err
	}
	if r.delivered, err = syncer.Dispatch(ctx); err != nil {
		return r, err
	}
	r.compared, err = syncer.Reconcile(ctx, account)
	return r, err
}

// bell is a Notifier that collects what it is told. Yours would add n to the
// notifications of the CRM and remember n.ID, so that it notifies of no event twice.
type bell struct {
	mu   sync.Mutex
	rung []notify.Notification
}

// Notify implements inbound.Notifier.
func (b *bell) Notify(_ context.Context, n notify.Notification) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = append(b.rung, n)
	return nil
}

// withStore opens the database, calls fn and closes the database. If there is none,
// it creates it.
func withStore(ctx context.Context, path string, fn func(*sqlstore.Store) error) (err error) {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(4) // each caches 2.5 MiB
	store, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	if err != nil {
		return err
	}
	return fn(store)
}
