package riverjobs_test

import (
	"context"
	"log"
	"os/signal"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	riverjobs "github.com/postroom/postroom/adapters/river"

	"github.com/postroom/postroom/inbound"
)

// newSyncer returns a Syncer on a store that the processes share, such as sqlstore's on
// PostgreSQL.
func newSyncer() (*inbound.Syncer, error) { return inbound.New(inbound.Config{}) }

// A worker. Any number of them, on any machines, share the accounts.
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	syncer, err := newSyncer()
	if err != nil {
		log.Fatal(err)
	}
	pool, err := pgxpool.New(ctx, "postgres://crm@db.example/crm")
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil { // River's own tables
		log.Fatal(err)
	}
	config := &river.Config{SoftStopTimeout: 3 * time.Second}
	if err := riverjobs.New(syncer, &riverjobs.Options{Workers: 20}).AddTo(config); err != nil {
		log.Fatal(err)
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		log.Fatal(err)
	}
	if err := client.Start(ctx); err != nil {
		log.Fatal(err)
	}
	<-client.Stopped()
}

// Somebody has changed a password: the account is tried again now.
func ExampleSyncArgs() {
	pool, err := pgxpool.New(context.Background(), "postgres://crm@db.example/crm")
	if err != nil {
		log.Fatal(err)
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{}) // it inserts, and works on nothing
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Insert(context.Background(), riverjobs.SyncArgs{Account: "shop", Now: true}, nil); err != nil {
		log.Fatal(err)
	}
}
