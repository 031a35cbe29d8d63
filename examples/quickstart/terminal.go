package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	usualWidth = 80 // on fewer columns, the screen has more lines
	maxWidth   = 100
)

// style is a way to print a text on a terminal.
type style string

const (
	bold  style = "1"
	faint style = "2"
	red   style = "31"
	green style = "32"
)

// terminal is where the show is printed. It need not be a terminal: then there are
// neither colors nor the live line.
type terminal struct {
	out      io.Writer
	width    int                             // columns that may be used
	measure  func() (columns int, err error) // the width now; nil if it cannot change
	colored  bool                            // escape sequences of colors are understood and wanted
	animated bool                            // a line can be drawn again

	mu    sync.Mutex
	drawn bool // the live line is shown now
}

// newTerminal finds out what the file can show. The environment variable NO_COLOR
// switches the colors off (https://no-color.org).
func newTerminal(file *os.File) *terminal {
	t := &terminal{out: file, width: usualWidth}
	fd := int(file.Fd())
	if !term.IsTerminal(fd) {
		return t
	}
	t.measure = func() (int, error) {
		columns, _, err := term.GetSize(fd)
		return columns, err
	}
	t.resize()
	t.animated = os.Getenv("TERM") != "dumb" && enableEscapes(file)
	t.colored = t.animated && os.Getenv("NO_COLOR") == ""
	return t
}

// resize finds out the width, which may have changed.
func (t *terminal) resize() {
	if t.measure == nil {
		return
	}
	if columns, err := t.measure(); err == nil && columns > 0 {
		t.width = min(columns, maxWidth)
	}
}

// paint returns text in the style, where the terminal has colors.
func (t *terminal) paint(s style, text string) string {
	if !t.colored || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// live draws the line that shows the progress. The line leaves the last column free: in
// some terminals a character there begins the next line. live ignores write errors: the
// show continues without the line.
func (t *terminal) live(what string, done, total int, text string) {
	if !t.animated {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resize()
	head := truncate(fmt.Sprintf("%-8s %3d of %d  ", what, done, total), t.width-1)
	left := t.width - 1 - columns(head)
	cells := min(30, left)
	full := min(cells*done/max(total, 1), cells)
	bar := t.paint(green, strings.Repeat("█", full)) + t.paint(faint, strings.Repeat("░", cells-full))
	if text = truncate(text, left-cells-2); text != "" {
		text = "  " + text
	}
	fmt.Fprint(t.out, "\r\x1b[K"+t.paint(bold, head)+bar+text)
	t.drawn = true
}

// endLive removes the live line.
func (t *terminal) endLive() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resize()
	if t.drawn {
		fmt.Fprint(t.out, "\r\x1b[K")
		t.drawn = false
	}
}

// wait gives a person the time to see the live line. It returns the reason when ctx
// ends first.
func (t *terminal) wait(ctx context.Context, d time.Duration) error {
	if !t.animated {
		return context.Cause(ctx)
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
