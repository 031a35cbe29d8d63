package main

import (
	"io"
	"sync"
	"time"
)

// console is standard error with a line of progress at its bottom. Logs go
// through it, so that they do not break into that line.
type console struct {
	out      io.Writer
	terminal bool

	mu    sync.Mutex
	drawn string // the line that stands there now
}

const (
	clearLine    = "\r\x1b[K"
	redrawEvery  = 200 * time.Millisecond
	reprintEvery = 5 * time.Second // where nothing can be redrawn
)

// Write implements io.Writer.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drawn == "" {
		return c.out.Write(p)
	}
	if _, err := io.WriteString(c.out, clearLine); err != nil {
		return 0, err
	}
	n, err := c.out.Write(p)
	_, _ = io.WriteString(c.out, c.drawn) // the next redraw comes soon
	return n, err
}

// draw replaces the line of progress. It is a convenience: if it cannot be
// written, collecting goes on.
func (c *console) draw(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case line == "":
	case c.terminal:
		c.drawn = line
		_, _ = io.WriteString(c.out, clearLine+line)
	default:
		_, _ = io.WriteString(c.out, line+"\n")
	}
}

// watch draws what a progress says until the returned func is called.
func (c *console) watch(m *progress) (stop func()) {
	every := reprintEvery
	if c.terminal {
		every = redrawEvery
	}
	done := make(chan struct{})
	var drawing sync.WaitGroup
	drawing.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				c.draw(m.line(time.Now()))
				c.finish()
				return
			case now := <-ticker.C:
				c.draw(m.line(now))
			}
		}
	})
	return func() {
		close(done)
		drawing.Wait()
	}
}

// finish leaves the last line where it is.
func (c *console) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drawn != "" {
		_, _ = io.WriteString(c.out, "\n")
		c.drawn = ""
	}
}
