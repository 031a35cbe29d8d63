//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite"
)

// asCollector is the environment variable that makes the test binary the collector.
const asCollector = "TEST_AS_COLLECTOR"

func TestMain(m *testing.M) {
	if os.Getenv(asCollector) != "" {
		main()
	}
	os.Exit(m.Run())
}

// endTime is how long tests wait for the end of a process. It is more than the 5 s that
// a stop may take, since the machine may be busy.
const endTime = 10 * time.Second

// process is a running collector.
type process struct {
	*exec.Cmd
	t      *testing.T
	stderr *output
	ended  chan struct{} // closed when it has ended
}

// output is what a process has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts the collector. stderr is its standard error; nil: kept in the process.
func start(t *testing.T, stderr *os.File, args ...string) *process {
	t.Helper()
	p := &process{exec.CommandContext(t.Context(), os.Args[0], args...), t, &output{}, make(chan struct{})}
	p.Env = append(os.Environ(), asCollector+"=1")
	p.Stderr = p.stderr
	if stderr != nil {
		p.Stderr = stderr
	}
	require.NoError(t, p.Start())
	go func() {
		defer close(p.ended)
		_ = p.Wait() // the tests look at ProcessState
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill() // it may have ended
		<-p.ended
	})
	return p
}

func (p *process) send(signal os.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.Process.Signal(signal))
}

// end waits for the end of the process and returns its exit code.
func (p *process) end() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(endTime):
		require.Fail(p.t, "the process does not end", p.stderr.String())
	}
	return p.ProcessState.ExitCode()
}

// fifo makes a named pipe.
func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, unix.Mkfifo(path, 0o600))
	return path
}

// openFIFO opens a named pipe for writing, as soon as another process reads it.
func openFIFO(t *testing.T, path string) *os.File {
	t.Helper()
	var f *os.File
	require.Eventually(t, func() bool {
		var err error
		f, err = os.OpenFile(path, os.O_WRONLY|unix.O_NONBLOCK, 0)
		return err == nil
	}, 20*time.Second, 5*time.Millisecond)
	t.Cleanup(func() { _ = f.Close() }) // nothing is to be kept
	return f
}

// silentServer accepts connections and says nothing. accepted gets the first one.
func silentServer(t *testing.T) (port int, accepted <-chan net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	first := make(chan net.Conn, 1)
	go func() {
		if c, err := listener.Accept(); err == nil {
			first <- c
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, first
}

// settingsFor returns settings with one account, and the path of their database.
func settingsFor(t *testing.T, port int) (settings, database string) {
	database = filepath.Join(t.TempDir(), "c.db")
	return fmt.Sprintf("database: sqlite:%s\nallow_private_networks: true\naccounts:\n"+
		"  - {id: shop, protocol: imap, host: 127.0.0.1, port: %d, security: none, username: u, password: p}\n",
		database, port), database
}

func settingsFile(t *testing.T, settings string) string {
	path := filepath.Join(t.TempDir(), "c.yaml")
	require.NoError(t, os.WriteFile(path, []byte(settings), 0o600))
	return path
}

// running starts "collector run" and waits until it has connected to its server.
func running(t *testing.T) (p *process, database string) {
	port, accepted := silentServer(t)
	settings, database := settingsFor(t, port)
	p = start(t, nil, "run", "-config", settingsFile(t, settings))
	select {
	case c := <-accepted:
		t.Cleanup(func() { _ = c.Close() })
	case <-p.ended:
		require.Fail(t, "it ended", p.stderr.String())
	case <-time.After(20 * time.Second):
		require.Fail(t, "it does not connect", p.stderr.String())
	}
	return p, database
}

func TestSignal_StopIsShort(t *testing.T) {
	assert.Less(t, stopTime+lineTime, 5*time.Second)
}

const abandoned = "without a clean stop: a read, a write or a locked database blocks; nothing is lost"

func TestSignal_CleanStop(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		p, _ := running(t)
		p.send(signal)
		assert.Equal(t, 0, p.end(), p.stderr)
		assert.Contains(t, p.stderr.String(), "msg=stopped")
		assert.NotContains(t, p.stderr.String(), "interrupted")
	}
}

func TestSignal_EndsWhileDatabaseIsLocked(t *testing.T) {
	t.Parallel()
	p, database := running(t)
	db, err := sql.Open("sqlite", database+"?_pragma=busy_timeout(20000)")
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
	require.NoError(t, err)
	p.send(syscall.SIGTERM)
	assert.Equal(t, 1, p.end(), p.stderr)
	assert.Contains(t, p.stderr.String(), abandoned)
}

func TestSignal_EndsWhileReading(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"parse"}, {"report", "-config"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			path := fifo(t)
			p := start(t, nil, append(args, path)...)
			openFIFO(t, path)
			p.send(os.Interrupt)
			assert.Equal(t, 1, p.end())
			assert.Contains(t, p.stderr.String(), abandoned)
			assert.Equal(t, 1, strings.Count(p.stderr.String(), "\n"), "one line")
		})
	}
}

func TestSignal_EndsWhileNobodyReadsTheLog(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	defer writer.Close()
	require.NoError(t, writer.SetWriteDeadline(time.Now().Add(100*time.Millisecond)))
	_, err = io.Copy(writer, strings.NewReader(strings.Repeat("x", 1<<20)))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "the pipe is full")

	settings, _ := settingsFor(t, 1)
	path := fifo(t)
	p := start(t, writer, "run", "-config", path)
	f := openFIFO(t, path) // signals are caught by now
	_, err = f.WriteString(settings)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	p.send(syscall.SIGTERM)
	assert.Equal(t, 1, p.end())
}

func TestSignal_SecondOneEndsImmediately(t *testing.T) {
	t.Parallel()
	path := fifo(t)
	p := start(t, nil, "parse", path)
	openFIFO(t, path)
	ctx, stop := context.WithTimeout(t.Context(), endTime)
	defer stop()
	for again := time.NewTicker(20 * time.Millisecond); p.running(); {
		_ = p.Process.Signal(syscall.SIGTERM) // fails if it has ended
		select {
		case <-again.C:
		case <-p.ended:
		case <-ctx.Done():
			require.Fail(t, "it does not end")
		}
	}
	assert.Equal(t, syscall.SIGTERM, p.ProcessState.Sys().(syscall.WaitStatus).Signal())
}

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

func TestSignal_HangupReadsSettings(t *testing.T) {
	t.Parallel()
	p, _ := running(t)
	p.send(syscall.SIGHUP)
	require.Eventually(t, func() bool {
		return strings.Contains(p.stderr.String(), `level=INFO msg="settings read again; nothing else has changed"`)
	}, 10*time.Second, 5*time.Millisecond, p.stderr)
	p.send(syscall.SIGTERM)
	assert.Equal(t, 0, p.end(), p.stderr)
}
