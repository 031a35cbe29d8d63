package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// options are the flags of the command.
type options struct {
	messages  int
	rounds    int
	scale     float64
	dir       string
	protocol  string
	only      string
	collector string
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // the message is already printed
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&o.messages, "n", 10000, "messages in the mailbox")
	f.IntVar(&o.rounds, "rounds", 3, "how often each program runs")
	f.Float64Var(&o.scale, "scale", 1, "size of attachments and newsletters; 1 makes 10,000 messages about 700 MB")
	f.StringVar(&o.dir, "dir", "", "work in this folder, on the disk to measure (default: the system's temporary one)")
	f.StringVar(&o.protocol, "protocol", "imap", "how the collector reads: imap or pop3; mbsync supports only imap")
	f.StringVar(&o.only, "only", "", "run only mbsync or only collector")
	f.StringVar(&o.collector, "collector", "", "measure this program instead of building examples/collector")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var problem string
	switch {
	case f.NArg() > 0:
		problem = fmt.Sprintf("unexpected argument %q", f.Arg(0))
	case o.messages < 1 || o.rounds < 1 || o.scale <= 0:
		problem = "-n, -rounds and -scale must be positive"
	case !slices.Contains([]string{"imap", "pop3"}, o.protocol):
		problem = "-protocol is imap or pop3"
	case !slices.Contains([]string{"", "mbsync", "collector"}, o.only):
		problem = "-only is mbsync or collector"
	}
	if problem != "" {
		err := fmt.Errorf("%s", problem)
		fmt.Fprintln(f.Output(), "bench:", err)
		return o, err
	}
	return o, nil
}
