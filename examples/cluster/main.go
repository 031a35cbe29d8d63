// Cluster collects mail by workers on as many machines as wanted, which share the accounts
// by jobs of River on one PostgreSQL. README.md says how to try it.
//
//	cluster                  a worker, until SIGINT or SIGTERM
//	cluster mailboxes        sample mailboxes on loopback, to try the workers with
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// settings come from the environment, and flags override them.
type settings struct {
	database string
	accounts string
	workers  int
	private  bool
	watch    bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		stop()
		if errors.Is(err, errUsage) {
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// errUsage is an error of the command line that the flag package has printed.
var errUsage = errors.New("wrong usage")

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "mailboxes" {
		return runMailboxes(ctx, args[1:])
	}
	s, err := parse(args, os.Getenv)
	if err != nil {
		return err
	}
	return work(ctx, s, slog.Default())
}

// parse reads the settings of a worker.
func parse(args []string, env func(string) string) (settings, error) {
	var s settings
	workers, err := strconv.Atoi(cmp.Or(env("POSTROOM_WORKERS"), "10"))
	if err != nil || workers < 1 {
		return s, fmt.Errorf("POSTROOM_WORKERS is %q; it must be a number from 1 on", env("POSTROOM_WORKERS"))
	}
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	flags.StringVar(&s.database, "database", env("DATABASE_URL"), "PostgreSQL, as postgres://user@host/database"+
		" (DATABASE_URL); a password belongs in PGPASSWORD or ~/.pgpass")
	flags.StringVar(&s.accounts, "accounts", cmp.Or(env("POSTROOM_ACCOUNTS"), "accounts.txt"),
		"file of mailboxes, one a line (POSTROOM_ACCOUNTS)")
	flags.IntVar(&s.workers, "workers", workers, "how many accounts are worked on at a time (POSTROOM_WORKERS)")
	flags.BoolVar(&s.private, "private", env("POSTROOM_PRIVATE") == "1",
		"mail servers may be in private networks, and without TLS (POSTROOM_PRIVATE=1)")
	flags.BoolVar(&s.watch, "watch", env("POSTROOM_WATCH") == "1",
		"stay connected to the mailboxes, for mail to come within a second (POSTROOM_WATCH=1)")
	switch err := flags.Parse(args); {
	case err != nil:
		return s, errUsage
	case flags.NArg() > 0:
		return s, fmt.Errorf("unknown argument %q; see cluster -h", flags.Arg(0))
	case s.database == "":
		return s, errors.New("no database; set DATABASE_URL or -database")
	case s.workers < 1:
		return s, errors.New("-workers must be at least 1")
	}
	return s, nil
}

// stopWithin is how long a worker lets passes go on that are under way when it is asked to stop.
const stopWithin = 2 * time.Second
