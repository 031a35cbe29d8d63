package main

import (
	"bufio"
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	boundMemory(os.LookupEnv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process immediately
	p := &cli{
		stdout: bufio.NewWriterSize(os.Stdout, 64<<10), stderr: os.Stderr,
		env: os.LookupEnv, terminal: isTerminal(os.Stderr),
	}
	os.Exit(p.main(ctx, os.Args[1:]))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
