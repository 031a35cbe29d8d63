// Package cli is what the commands of internal/bench have in common.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Parse parses arguments that are all flags. check returns what is wrong with their values; ""
// is nothing. An error is printed already.
func Parse(f *flag.FlagSet, args []string, check func() string) error {
	if err := f.Parse(args); err != nil {
		return err
	}
	problem := check()
	if f.NArg() > 0 {
		problem = fmt.Sprintf("unexpected argument %q", f.Arg(0))
	}
	if problem == "" {
		return nil
	}
	fmt.Fprintf(f.Output(), "%s: %s\n", f.Name(), problem)
	return errors.New(problem)
}

// Main calls run with a context that SIGINT and SIGTERM end. If run fails, Main prints the
// error and ends the process.
func Main(name string, run func(context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	if stop(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
