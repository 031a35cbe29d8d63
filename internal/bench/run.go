package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/postroom/postroom/internal/dovecot"
)

// program is one of the two programs that are compared.
type program interface {
	name() string
	// download fetches the whole mailbox into dir, which is empty, and checks
	// that all is there.
	download(ctx context.Context, dir string) (usage, error)
}

// run creates the mailbox, runs the programs one after the other and prints the
// results.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	dir, err := os.MkdirTemp(o.dir, "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { // Dovecot's users pass through
		return err
	}
	server, err := dovecot.Start(&dovecot.Options{Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()

	box, err := fill(ctx, server, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "mailbox: %d messages, %.1f MB, on a temporary Dovecot, by TLS on loopback\n",
		box.messages, float64(box.bytes)/1e6)

	programs, err := choose(ctx, o, dir, box)
	if err != nil {
		return err
	}
	results := make(map[string][]usage)
	for round := range o.rounds {
		for _, p := range programs {
			u, err := measure(ctx, p, dir)
			if err != nil {
				return fmt.Errorf("round %d: %s: %w", round+1, p.name(), err)
			}
			results[p.name()] = append(results[p.name()], u)
			fmt.Fprintf(out, "round %d: %-9s %s\n", round+1, p.name(), u.describe(box))
		}
		// The order changes, so that each program runs first and second.
		slices.Reverse(programs)
	}
	report(out, box, results)
	return nil
}

func choose(ctx context.Context, o options, dir string, box mailbox) ([]program, error) {
	var programs []program
	if o.only != "collector" {
		p, err := newMbsync(box)
		if err != nil {
			return nil, err
		}
		programs = append(programs, p)
	}
	if o.only != "mbsync" {
		p, err := newCollector(ctx, o, dir, box)
		if err != nil {
			return nil, err
		}
		programs = append(programs, p)
	}
	return programs, nil
}

// measure runs a program once, into a fresh folder that is removed afterwards.
func measure(ctx context.Context, p program, dir string) (u usage, err error) {
	fresh, err := os.MkdirTemp(dir, "into")
	if err != nil {
		return usage{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(fresh)) }()
	if fresh, err = filepath.Abs(fresh); err != nil {
		return usage{}, err
	}
	// Data that the previous run left to write must not slow down this one.
	syncDisks()
	return p.download(ctx, fresh)
}
