package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/postroom/postroom/inbound"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) == 2 && os.Args[1] == asClient {
		err = serveJob(ctx)
	} else {
		o, wrong := parse(os.Args[1:])
		if wrong != nil {
			os.Exit(2) // the message is already printed
		}
		err = run(ctx, o)
	}
	if err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "million:", err)
		os.Exit(1)
	}
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
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if *short {
		o.messages = 20_000
	}
	o.order = inbound.Order(*order)
	var problem string
	switch {
	case f.NArg() > 0:
		problem = fmt.Sprintf("unexpected argument %q", f.Arg(0))
	case o.messages < 1000 || o.messages > 100_000_000:
		problem = "-n is from 1000 to 100,000,000"
	case o.order != inbound.Oldest && o.order != inbound.Newest:
		problem = "-order is oldest or newest"
	}
	if problem != "" {
		err := fmt.Errorf("%s", problem)
		fmt.Fprintln(f.Output(), "million:", err)
		return o, err
	}
	return o, nil
}
