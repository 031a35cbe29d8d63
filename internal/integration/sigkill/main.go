// Sigkill kills the collector with SIGKILL at random moments, while mail arrives and
// uploaded messages are deleted from the server. It then checks that each message was
// uploaded exactly once, that only uploaded messages were deleted from the server,
// that each notification was delivered, and that none was delivered again after the
// outbox had recorded its delivery.
//
//	go run ./internal/integration/sigkill -n 100
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are the flags of the command.
type options struct {
	kills    int
	seed     uint64
	protocol string
	pause    time.Duration
}

func main() {
	var o options
	flag.IntVar(&o.kills, "n", 100, "how often the collector is killed")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "seed of the mail and of the times of the kills")
	flag.StringVar(&o.protocol, "protocol", "imap", "imap or pop3")
	flag.DurationVar(&o.pause, "longest", 2*time.Second, "the longest time until a process is killed")
	flag.Parse()
	if flag.NArg() > 0 || o.kills < 1 || o.pause <= 0 || o.protocol != "imap" && o.protocol != "pop3" {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "sigkill:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	fmt.Fprintf(out, "%d kills by %s, seed %d\n", o.kills, o.protocol, o.seed)
	s, err := build(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if closed := s.close(); err == nil {
			err = closed
		}
	}()
	if err := s.killRepeatedly(ctx, o, out); err != nil {
		return err
	}
	return s.judge(ctx, out)
}
