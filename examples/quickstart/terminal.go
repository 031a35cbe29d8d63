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
	minWidth = 80 // the commands need it
	maxWidth = 100
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
	width    int  // columns that may be used
	colored  bool // escape sequences of colors are understood and wanted
	animated bool // a line can be drawn again

	mu    sync.Mutex
	drawn bool // the live line is shown now
}

// newTerminal finds out what the file can show. The environment variable NO_COLOR
// switches the colors off (https://no-color.org).
func newTerminal(file *os.File) *terminal {
	t := &terminal{out: file, width: minWidth}
	fd := int(file.Fd())
	if !term.IsTerminal(fd) {
		return t
	}
	if columns, _, err := term.GetSize(fd); err == nil {
		t.width = min(max(columns, minWidth), maxWidth)
	}
	t.animated = os.Getenv("TERM") != "dumb" && enableEscapes(file)
	t.colored = t.animated && os.Getenv("NO_COLOR") == ""
	return t
}

// paint returns text in the style, where the terminal has colors.
func (t *terminal) paint(s style, text string) string {
	if !t.colored || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// live draws the line that shows the progress. It ignores write errors: the show
// continues without the line.
func (t *terminal) live(what string, done, total int, text string) {
	if !t.animated {
		return
	}
	const cells = 30
	full := min(cells*done/max(total, 1), cells)
	bar := t.paint(green, strings.Repeat("█", full)) + t.paint(faint, strings.Repeat("░", cells-full))
	head := fmt.Sprintf("%-8s %3d of %d  ", what, done, total)
	text = truncate(text, t.width-len(head)-cells-len("  ")-1)
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprint(t.out, "\r\x1b[K"+t.paint(bold, head)+bar+"  "+text)
	t.drawn = true
}

// endLive removes the live line.
func (t *terminal) endLive() {
	t.mu.Lock()
	defer t.mu.Unlock()
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
