package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/postroom/postroom/internal/bench/internal/cli"
	"github.com/postroom/postroom/internal/bench/internal/memory"
)

// options are the flags of the command.
type options struct {
	tenants    int
	accounts   int // of each
	idle       time.Duration
	deliveries int
	every      time.Duration
	flood      int // messages in the mailbox of one that floods
	quiet      bool
	dir        string
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // the message is already printed
	}
	cli.Main("tenants", func(ctx context.Context) error { return run(ctx, o, os.Stdout) })
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("tenants", flag.ContinueOnError)
	f.IntVar(&o.tenants, "n", 1000, "tenants, each with a Syncer of its own")
	f.IntVar(&o.accounts, "accounts", 1, "accounts of each")
	f.DurationVar(&o.idle, "idle", time.Minute, "for how long statements are counted while nothing arrives")
	f.IntVar(&o.deliveries, "deliveries", 500, "messages that are delivered to tenants at random afterwards")
	f.DurationVar(&o.every, "every", 100*time.Millisecond, "pause between two of them")
	f.IntVar(&o.flood, "flood", 500, "messages in the mailbox of a tenant that floods")
	f.BoolVar(&o.quiet, "quiet", false, "let no tenant flood, hang or fail")
	f.StringVar(&o.dir, "dir", "", "keep the database in this folder (default: the system's temporary one)")
	short := f.Bool("short", false, "the same as -n 50 -idle 3s -deliveries 50 -every 20ms -flood 50")
	err := cli.Parse(f, args, func() string {
		if *short {
			o.tenants, o.idle, o.deliveries, o.every, o.flood = 50, 3*time.Second, 50, 20*time.Millisecond, 50
		}
		if o.tenants < 10 || o.accounts < 1 || o.idle < 0 || o.deliveries < 1 || o.every < 0 || o.flood < 0 {
			return "-n is 10 or more, -accounts and -deliveries are positive, and nothing is negative"
		}
		return ""
	})
	return o, err
}

// run measures once.
func run(ctx context.Context, o options, out io.Writer) error {
	s, err := newScene(ctx, o)
	if err != nil {
		return err
	}
	defer s.close()
	before, goroutines := footprint(), runtime.NumGoroutine()
	began := time.Now()
	if err := s.open(ctx); err != nil {
		return err
	}
	opened := time.Since(began)
	fmt.Fprintf(out, "%d tenants opened in %v, with %d statements\n",
		o.tenants, opened.Round(time.Millisecond), s.sent.Load())
	if err := s.start(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d of them behave; all of these were at work after %.1f s\n", len(s.behaving()), s.ready.Seconds())
	counted, minutes, err := s.countIdle(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "idle: %.1f statements per tenant and minute, %.0f transactions a minute of all together\n",
		counted.statements/minutes, counted.transactions/minutes)
	if err := s.deliverAll(ctx); err != nil {
		return err
	}
	missed := s.await(ctx)
	after, peak := memory.Of("self")
	fmt.Fprintf(out, "new mail: %s\n", s.latencies())
	fmt.Fprintf(out, "memory: %.1f MiB, at most %.1f MiB; %.1f KiB heap and %.1f goroutines per tenant\n",
		float64(after)/(1<<20), float64(peak)/(1<<20), float64(footprint()-before)/1024/float64(o.tenants),
		float64(runtime.NumGoroutine()-goroutines)/float64(o.tenants))
	fmt.Fprintf(out, "logins %d, sessions now %d, at most %d\n", s.logins.Load(), s.sessions.Load(), s.mostSessions.Load())
	stopping := time.Now()
	if err := s.stop(); err != nil {
		return err
	}
	took := time.Since(stopping).Round(time.Millisecond)
	// Those of database/sql that end a transaction may take a moment longer.
	for until := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > goroutines && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
	fmt.Fprintf(out, "stopped in %v, goroutines left %d\n", took, max(0, runtime.NumGoroutine()-goroutines))
	if missed > 0 {
		return fmt.Errorf("%d messages missed", missed)
	}
	return nil
}

// footprint returns the bytes of the heap that are in use.
func footprint() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
