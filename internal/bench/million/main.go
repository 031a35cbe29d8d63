package main

import (
	"context"
	"flag"
	"os"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/bench/internal/cli"
)

// asClient is the only argument of the process of the SDK.
const asClient = "client"

// options are the flags of the command.
type options struct {
	messages int
	order    inbound.Order
	dir      string
	profile  string
	verbose  bool
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == asClient {
		cli.Main("million", serveJob)
		return
	}
	o, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // the message is already printed
	}
	cli.Main("million", func(ctx context.Context) error { return run(ctx, o) })
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("million", flag.ContinueOnError)
	f.IntVar(&o.messages, "n", 1_000_000, "messages in the mailbox")
	short := f.Bool("short", false, "the same as -n 20000")
	order := f.String("order", "oldest", "which mail the upload reads first: oldest or newest")
	f.StringVar(&o.dir, "dir", "", "work in this folder, on the disk to measure (default: the system's temporary one)")
	f.StringVar(&o.profile, "profile", "", "write a CPU profile of the upload to this file")
	f.BoolVar(&o.verbose, "v", false, "print the commands of the round trips")
	err := cli.Parse(f, args, func() string {
		if *short {
			o.messages = 20_000
		}
		o.order = inbound.Order(*order)
		switch {
		case o.messages < 1000 || o.messages > 100_000_000:
			return "-n is from 1000 to 100,000,000"
		case o.order != inbound.Oldest && o.order != inbound.Newest:
			return "-order is oldest or newest"
		}
		return ""
	})
	return o, err
}
