package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// follower is a run that goes on until a test ends it, with its standard error.
type follower struct {
	*site
	mu   sync.Mutex
	text bytes.Buffer // standard error so far
	stop func()       // ends the run and waits for its end
	code int          // its exit code, after stop
}

// Write implements io.Writer.
func (f *follower) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.Write(p)
}

func (f *follower) log() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.String()
}

// follow starts "collector run", and waits until it collects.
func follow(t *testing.T, s *site, args ...string) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f, ended := &follower{site: s}, make(chan struct{})
	p := &app{stdout: bufio.NewWriter(io.Discard), stderr: f, env: s.env, errorColumns: func() int { return 0 }}
	go func() {
		defer close(ended)
		f.code = p.main(ctx, append([]string{"run", "-config", s.config}, args...))
	}()
	f.stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(f.stop)
	f.waitFor("msg=collecting")
	return f
}

// waitFor waits until the log has a text.
func (f *follower) waitFor(text string) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return strings.Contains(f.log(), text) }, 20*time.Second, 5*time.Millisecond,
		"no %q in the log", text)
}

// end stops the run and returns its log.
func (f *follower) end() string {
	f.t.Helper()
	f.stop()
	assert.Equal(f.t, exitOK, f.code)
	return f.log()
}
