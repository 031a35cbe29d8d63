package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/postroom/postroom/inbound"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "watch:", err)
		os.Exit(1)
	}
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
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.protocol = inbound.Protocol(*protocol)
	var problem string
	switch {
	case f.NArg() > 0:
		problem = fmt.Sprintf("unexpected argument %q", f.Arg(0))
	case o.accounts < 1 || o.deliveries < 1 || o.every <= 0 || o.history < 0:
		problem = "-accounts, -deliveries and -every must be positive"
	case o.protocol != inbound.IMAP && o.protocol != inbound.POP3:
		problem = "-protocol is imap or pop3"
	}
	if problem != "" {
		err := fmt.Errorf("%s", problem)
		fmt.Fprintln(f.Output(), "watch:", err)
		return o, err
	}
	if o.during > 0 {
		o.deliveries = int(o.during / o.every)
	}
	return o, nil
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
	fmt.Printf("%d accounts at work after %.1f s, %d goroutines, %s\n", o.accounts, s.ready.Seconds(), goroutines(),
		memory())
	if err := s.deliverAll(ctx); err != nil {
		return err
	}
	missed := s.await(ctx)
	fmt.Printf("%s: %d of %d delivered messages told of; logins %d, sessions now %d\n", o.protocol,
		o.deliveries-missed, o.deliveries, s.logins.Load(), s.sessions.Load())
	fmt.Println(s.latencies.String())
	if o.history > 0 {
		fmt.Println("initial upload:", s.progress())
	}
	fmt.Printf("at the end %d goroutines, %s\n", goroutines(), memory())
	if err := s.stop(); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d messages missed", missed)
	}
	return nil
}
