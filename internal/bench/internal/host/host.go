// Package host is a host of the SDK with SQLite and one manager, who is free.
package host

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"

	_ "modernc.org/sqlite"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// Open opens the database in a file, and returns a configuration with it that lacks the
// accounts, the network and the notifier. Every account has the same password. The caller
// closes the database.
func Open(ctx context.Context, file, password string) (*sql.DB, inbound.Config, error) {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(file))
	if err != nil {
		return nil, inbound.Config{}, err
	}
	store, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	if err == nil {
		err = store.Managers().Put(ctx, assign.Manager{ID: "m1", Name: "Maria", Status: assign.Free}, "support")
	}
	if err != nil {
		return nil, inbound.Config{}, errors.Join(err, db.Close())
	}
	return db, inbound.Config{
		Store: store, CustomerRepo: store.Customers(), ManagerDirectory: store.Managers(),
		Credentials: inbound.CredentialsFunc(func(context.Context, string) (inbound.Secrets, error) {
			return inbound.Secrets{Password: inbound.Secret(password)}, nil
		}),
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}, nil
}
