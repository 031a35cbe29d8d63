package main

import (
	"context"
	"flag"
	"os"
	"slices"

	"github.com/postroom/postroom/internal/bench/internal/cli"
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
	cli.Main("bench", func(ctx context.Context) error { return run(ctx, o, os.Stdout) })
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
	err := cli.Parse(f, args, func() string {
		switch {
		case o.messages < 1 || o.rounds < 1 || o.scale <= 0:
			return "-n, -rounds and -scale must be positive"
		case !slices.Contains([]string{"imap", "pop3"}, o.protocol):
			return "-protocol is imap or pop3"
		case !slices.Contains([]string{"", "mbsync", "collector"}, o.only):
			return "-only is mbsync or collector"
		}
		return ""
	})
	return o, err
}
