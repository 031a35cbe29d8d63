package cli

import (
	"os"

	"golang.org/x/term"
)

// columnsOf returns the width of a terminal, or 0 for a file that is none.
func columnsOf(f *os.File) int {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return 0
	}
	if columns, _, err := term.GetSize(fd); err == nil && columns > 0 {
		return columns
	}
	return 80
}
