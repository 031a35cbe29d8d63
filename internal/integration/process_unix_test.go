//go:build unix

package integration

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// syncerProcess is a process that runs a Syncer.
type syncerProcess struct {
	t      *testing.T
	cmd    *exec.Cmd
	passes chan string // the error of each pass, "" for none
}

// startSyncer starts a process. It is killed at the end of the test, if it has not ended.
func startSyncer(t *testing.T, settings syncerSettings) *syncerProcess {
	t.Helper()
	text, err := json.Marshal(settings)
	require.NoError(t, err)
	p := &syncerProcess{t: t, cmd: exec.Command(os.Args[0]), passes: make(chan string, 100)}
	p.cmd.Env = append(os.Environ(), syncerVariable+"="+string(text))
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	go func() {
		defer close(p.passes)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.passes <- lines.Text()
		}
	}()
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait() // it was killed
		}
	})
	return p
}

func (p *syncerProcess) signal(s syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
}

// pause stops the process where it does not hold a lock of the database: SQLite would keep
// everybody else from writing as long as it does.
func (p *syncerProcess) pause(database string) {
	p.t.Helper()
	db, err := sql.Open("sqlite", database)
	require.NoError(p.t, err)
	defer func() { require.NoError(p.t, db.Close()) }()
	conn, err := db.Conn(p.t.Context())
	require.NoError(p.t, err)
	require.Eventually(p.t, func() bool {
		p.signal(syscall.SIGSTOP)
		var status syscall.WaitStatus
		_, err := syscall.Wait4(p.cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
		require.NoError(p.t, err)
		require.True(p.t, status.Stopped(), "the process has ended")
		if _, err := conn.ExecContext(p.t.Context(), "BEGIN EXCLUSIVE"); err != nil {
			p.signal(syscall.SIGCONT)
			return false
		}
		_, err = conn.ExecContext(p.t.Context(), "ROLLBACK")
		require.NoError(p.t, err)
		return true
	}, eventually, tick)
	require.NoError(p.t, conn.Close())
}

// passEnded waits for the end of the next pass, and returns its error; "" is none.
func (p *syncerProcess) passEnded() string {
	p.t.Helper()
	select {
	case ended, ok := <-p.passes:
		require.True(p.t, ok, "the process has ended")
		return ended
	case <-time.After(eventually):
		require.Fail(p.t, "no pass ends")
		return ""
	}
}

// stop has the process end by itself.
func (p *syncerProcess) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	asked := time.Now()
	for range p.passes {
	}
	require.NoError(p.t, p.cmd.Wait())
	require.Less(p.t, time.Since(asked), stopLimit)
}
