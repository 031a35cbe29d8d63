package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/postroom/postroom/examples/collector/cli"
)

func main() {
	boundMemory(os.LookupEnv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process immediately
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr, os.LookupEnv))
}
