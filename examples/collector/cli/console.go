package cli

import (
	"io"
	"sync"
	"time"
)

// console writes logs to standard error and shows a progress line below them. The
// logs are written through it, so that they do not damage that line.
type console struct {
	out      io.Writer
	terminal bool

	mu    sync.Mutex
	drawn string // the progress line that is shown now
}

const (
	clearLine    = "\r\x1b[K"
	redrawEvery  = 200 * time.Millisecond
	reprintEvery = 5 * time.Second // if stderr is not a terminal
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

// draw replaces the progress line. It ignores write errors: collecting continues
// without the line.
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

// watch draws the progress line until the returned function is called.
func (c *console) watch(p *progress) (stop func()) {
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
				c.draw(p.line(time.Now()))
				c.finish()
				return
			case now := <-ticker.C:
				c.draw(p.line(now))
			}
		}
	})
	return func() {
		close(done)
		drawing.Wait()
	}
}

// finish ends the progress line, which stays visible.
func (c *console) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drawn != "" {
		_, _ = io.WriteString(c.out, "\n")
		c.drawn = ""
	}
}
