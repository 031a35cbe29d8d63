package integration

import (
	"context"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// syncerVariable is set in a process of this program that runs a Syncer instead of tests.
const syncerVariable = "POSTROOM_TEST_SYNCER"

// syncerSettings are what such a process is told, as JSON in the variable.
type syncerSettings struct {
	Database, CAFile string
	Account          inbound.Account
}

// runSyncer runs a Syncer until it is told to stop. It writes a line for each pass that ends:
// its error, or nothing.
func runSyncer(text string) error {
	var settings syncerSettings
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	pem, err := os.ReadFile(settings.CAFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(settings.Database))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // all that matters is committed
	store, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	if err != nil {
		return err
	}
	spool, err := os.MkdirTemp("", "syncer")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(spool) }() // a temporary folder
	network := inbound.NetworkPolicy{AllowPrivate: true, RootCAs: roots}
	syncer, err := inbound.New(inbound.Config{
		Accounts:    []inbound.Account{settings.Account},
		Credentials: inbound.StaticCredentials{settings.Account.ID: {Password: password}},
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: network}),
		},
		Store: store, CustomerRepo: store.Customers(), ManagerDirectory: store.Managers(), Notifier: &recorder{},
		SpoolDir: spool,
		Observer: &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) {
			if e.Err == nil {
				fmt.Println()
				return
			}
			fmt.Printf("%.500q\n", e.Err)
		}},
	})
	if err != nil {
		return err
	}
	return syncer.Run(ctx)
}
