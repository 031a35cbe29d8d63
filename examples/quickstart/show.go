package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// frame is the time between two states of the live line.
const frame = 20 * time.Millisecond

// start runs the show, or the part of it that is a process of its own.
func start(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == uploadCommand {
		return upload(ctx, args[1:], os.Stdout)
	}
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	verbose := flags.Bool("v", false, "print the details, too: notifications, customers, files, reasons")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q; there is only -v", flags.Arg(0))
	}
	dir, err := os.MkdirTemp("", "postroom-")
	if err != nil {
		return err
	}
	return run(ctx, newTerminal(os.Stdout), filepath.Join(dir, "postroom.db"), *verbose)
}

// run plays the show with a new database at path and prints what became of the
// messages. A promise that is broken is an error.
func run(ctx context.Context, term *terminal, path string, verbose bool) error {
	f, err := play(ctx, term, path)
	term.endLive()
	if err != nil {
		return err
	}
	if verbose {
		err := withStore(ctx, path, func(store *sqlstore.Store) error {
			return printDetails(ctx, term.out, store, f)
		})
		if err != nil {
			return err
		}
	}
	printScreen(term, f, path, verbose)
	if broken := f.broken(); broken != nil {
		return fmt.Errorf("this must not happen: %w", broken)
	}
	return nil
}

// play fills a mailbox and uploads it, with a kill in the middle.
func play(ctx context.Context, term *terminal, path string) (f *facts, err error) {
	box, err := serveMailbox()
	if err != nil {
		return nil, fmt.Errorf("serve a mailbox: %w", err)
	}
	defer box.close()
	if err := fillAndShow(ctx, term, box); err != nil {
		return nil, err
	}
	err = withStore(ctx, path, func(store *sqlstore.Store) error { return enterPeople(ctx, store) })
	if err != nil {
		return nil, err
	}
	killed, err := uploadAndKill(ctx, box, path, func(committed int) {
		term.live("Upload", committed, box.total, "")
	})
	if err != nil {
		return nil, err
	}
	err = withStore(ctx, path, func(store *sqlstore.Store) error {
		// The process that had the leases is dead.
		if err := store.EndLeases(ctx); err != nil {
			return err
		}
		f, err = resume(ctx, term, store, box, killed)
		return err
	})
	return f, err
}

// fillAndShow delivers the sample mail into the mailbox: slowly on a terminal, so
// that a person sees it.
func fillAndShow(ctx context.Context, term *terminal, box *mailbox) error {
	return box.fill(func(delivered int, raw []byte) error {
		m, err := email.Parse(bytes.NewReader(raw), email.Limits{})
		if err != nil {
			return err
		}
		term.live("Mailbox", delivered, box.total, printable(m.From.Name+": "+m.Subject))
		return term.wait(ctx, frame)
	})
}

// resume makes the pass that continues where the killed process ended, and a second
// one, and takes down what each of them left.
func resume(ctx context.Context, term *terminal, store *sqlstore.Store, box *mailbox, killed bool,
) (f *facts, err error) {
	f = &facts{total: box.total, killed: killed}
	if f.atKill, err = takeSnapshot(ctx, store); err != nil {
		return nil, err
	}
	if killed {
		term.live("Killed", len(f.atKill.entries), box.total, "and now started again")
		if err := term.wait(ctx, 60*frame); err != nil {
			return nil, err
		}
	}
	if !term.animated {
		box.setPace(0)
	}
	var notifier bell
	// The pass counts what it has found so far; the killed one had settled some of that.
	settled := len(f.atKill.entries)
	observer := &inbound.Observer{Progress: func(p inbound.ProgressInfo) {
		settled = max(settled, p.Settled)
		term.live("Upload", settled, box.total, "")
	}}
	if f.first, err = collect(ctx, store, box, &notifier, observer); err != nil {
		return nil, err
	}
	if f.afterFirst, err = takeSnapshot(ctx, store); err != nil {
		return nil, err
	}
	if f.second, err = collect(ctx, store, box, &notifier, nil); err != nil {
		return nil, err
	}
	if f.afterSecond, err = takeSnapshot(ctx, store); err != nil {
		return nil, err
	}
	f.rung = notifier.rung
	f.managers, err = store.Managers().Group(ctx, team)
	return f, err
}
