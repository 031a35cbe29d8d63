package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/postroom/postroom/examples/collector/cli"
)

func main() {
	boundMemory(os.LookupEnv)
	ctx, stop := signal.NotifyContext(context.Background(), endSignals()...)
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the process immediately
		time.Sleep(stopTime)
		abandon()
	})
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr, os.LookupEnv))
}

// endSignals returns the signals that end the process. SIGHUP, which a terminal sends
// when it is closed, is one where standard error is that terminal: the process would go
// on unseen. With nohup it is not, as intended there.
func endSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if term.IsTerminal(int(os.Stderr.Fd())) && !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

const (
	// stopTime is how long a stop may take after a signal. A clean one is fast, but
	// some calls cannot be interrupted: reading from a terminal or a pipe, writing to
	// one that nobody reads, waiting for a locked database.
	stopTime = 4500 * time.Millisecond
	// lineTime is how long writing a line may take.
	lineTime = 100 * time.Millisecond
)

// abandon ends the process without a clean stop. Nothing is lost by that: the next run
// goes on as after a crash.
func abandon() {
	written := make(chan struct{})
	go func() { // standard error may be what blocks
		fmt.Fprintf(os.Stderr, "interrupted, and ended after %v without a clean stop: a read, a write or a locked "+
			"database blocks; nothing is lost, run the command again\n", stopTime)
		close(written)
	}()
	select {
	case <-written:
	case <-time.After(lineTime):
	}
	os.Exit(1)
}
