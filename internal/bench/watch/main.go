package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/bench/internal/cli"
	"github.com/postroom/postroom/internal/bench/internal/memory"
)

// options are the flags of the command.
type options struct {
	accounts   int
	deliveries int
	every      time.Duration
	during     time.Duration
	history    int
	protocol   inbound.Protocol
	patience   time.Duration
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // the message is already printed
	}
	cli.Main("watch", func(ctx context.Context) error { return run(ctx, o) })
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("watch", flag.ContinueOnError)
	f.IntVar(&o.accounts, "accounts", 1, "mailboxes to watch")
	f.IntVar(&o.deliveries, "deliveries", 200, "how many messages to deliver")
	f.DurationVar(&o.every, "every", 250*time.Millisecond, "mean pause between two of them")
	f.DurationVar(&o.during, "for", 0, "deliver for so long, instead of -deliveries")
	f.IntVar(&o.history, "history", 0, "messages that are in the first mailbox before")
	f.DurationVar(&o.patience, "patience", time.Minute, "how long a message may take before it counts as missed")
	protocol := f.String("protocol", "imap", "imap or pop3")
	err := cli.Parse(f, args, func() string {
		o.protocol = inbound.Protocol(*protocol)
		switch {
		case o.accounts < 1 || o.deliveries < 1 || o.every <= 0 || o.history < 0:
			return "-accounts, -deliveries and -every must be positive"
		case o.protocol != inbound.IMAP && o.protocol != inbound.POP3:
			return "-protocol is imap or pop3"
		}
		return ""
	})
	if err == nil && o.during > 0 {
		o.deliveries = int(o.during / o.every)
	}
	return o, err
}

// run measures once.
func run(ctx context.Context, o options) error {
	s, err := newScene(ctx, o)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.start(ctx); err != nil {
		return err
	}
	fmt.Printf("%d accounts at work after %.1f s, %s\n", o.accounts, s.ready.Seconds(), footprint())
	if err := s.deliverAll(ctx); err != nil {
		return err
	}
	missed := s.await(ctx)
	fmt.Printf("%s: %d of %d delivered messages told of; logins %d, sessions now %d\n", o.protocol,
		o.deliveries-missed, o.deliveries, s.logins.Load(), s.sessions.Load())
	fmt.Println(s.took())
	if o.history > 0 {
		fmt.Println("initial upload:", s.progress())
	}
	fmt.Printf("at the end %s\n", footprint())
	if err := s.stop(); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d messages missed", missed)
	}
	return nil
}

// footprint says what the process has of goroutines and memory.
func footprint() string {
	now, peak := memory.Of("self")
	return fmt.Sprintf("%d goroutines, memory %.1f MiB, at most %.1f MiB", runtime.NumGoroutine(),
		float64(now)/(1<<20), float64(peak)/(1<<20))
}
