// Quickstart uploads a mailbox with sample mail into a SQLite file and shows
// what happened. It needs nothing but Go:
//
//	go run ./examples/quickstart
//
// This file is what a CRM needs to embed the SDK; most of it is the function
// collect. mailbox.go and mail/ replace the mail provider, people.go replaces the
// customers and managers of the CRM, and report.go prints the result.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	dir, err := os.MkdirTemp("", "postroom-")
	if err == nil {
		err = run(ctx, os.Stdout, dir)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// run creates its database in dir.
func run(ctx context.Context, out io.Writer, dir string) (err error) {
	box, err := serveMailbox()
	if err != nil {
		return fmt.Errorf("serve a mailbox: %w", err)
	}
	defer box.close()

	path := filepath.Join(dir, "postroom.db")
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(4) // each caches 4 MiB
	store, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	if err != nil {
		return err
	}
	if err := enterPeople(ctx, store); err != nil {
		return err
	}
	if err := collect(ctx, out, store, box); err != nil {
		return err
	}
	return report(ctx, out, store, path)
}

// collect shows how to embed the SDK: it configures a Syncer, runs two passes and
// delivers the notifications.
func collect(ctx context.Context, out io.Writer, store *sqlstore.Store, box *mailbox) error {
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{{
			ID:       "juniper-inbox",
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
			AuthservID:     "mx.juniper.example", // the server whose verification of senders is trusted
		}},
		Credentials:  inbound.StaticCredentials{"juniper-inbox": {Password: box.password}},
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
		Notifier:         &bell{out: out},
	})
	if err != nil {
		return err
	}

	// A service calls syncer.Run(ctx), which does all of this on a schedule.
	for _, name := range []string{"First pass", "Second pass"} {
		pass, err := syncer.Sync(ctx, "juniper-inbox")
		if err != nil {
			return err
		}
		printPass(out, name, pass)
	}
	heading(out, "Notifications, in the order of delivery")
	delivered, err := syncer.Dispatch(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Delivered %d, failed %d.\n", delivered.Delivered, delivered.Failed+delivered.Dead)
	return nil
}

// bell is a Notifier that prints. Yours would add n to the notifications of the CRM
// and remember n.ID, so that it notifies of no event twice.
type bell struct{ out io.Writer }

// Notify implements inbound.Notifier.
func (b *bell) Notify(_ context.Context, n notify.Notification) error {
	_, err := fmt.Fprintf(b.out, "to %-6s %s\n", n.ManagerID, n.Title())
	return err
}
