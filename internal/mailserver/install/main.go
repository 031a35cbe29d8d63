//go:build linux

// Install installs the packages of the mail servers that the tests in
// internal/integration run, into the user's cache directory. It needs root and a Debian
// or Ubuntu, and does not change the packages of the machine.
package main

import (
	"fmt"
	"os"

	"github.com/postroom/postroom/internal/mailserver"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "usage: install; it has no arguments")
		os.Exit(2)
	}
	if err := mailserver.Install(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "install:", err)
		os.Exit(1)
	}
}
