//go:build unix

package integration

import (
	"bufio"
	"context"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// syncerVariable is set in a process of this program that runs a Syncer instead of tests.
const syncerVariable = "POSTROOM_TEST_SYNCER"

// syncerSettings are what such a process is told, as JSON in the variable.
type syncerSettings struct {
	Database, CAFile string
	Account          inbound.Account
}

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

// runSyncer runs a Syncer until it is told to stop. It writes a line for each pass that ends:
// its error, or nothing.
func runSyncer(text string) error {
	var settings syncerSettings
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	pem, err := os.ReadFile(settings.CAFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(settings.Database))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // all that matters is committed
	store, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	if err != nil {
		return err
	}
	spool, err := os.MkdirTemp("", "syncer")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(spool) }() // a temporary folder
	network := inbound.NetworkPolicy{AllowPrivate: true, RootCAs: roots}
	syncer, err := inbound.New(inbound.Config{
		Accounts:    []inbound.Account{settings.Account},
		Credentials: inbound.StaticCredentials{settings.Account.ID: {Password: password}},
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: network}),
		},
		Store: store, CustomerRepo: store.Customers(), ManagerDirectory: store.Managers(), Notifier: &recorder{},
		SpoolDir: spool,
		Observer: &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) {
			if e.Err == nil {
				fmt.Println()
				return
			}
			fmt.Printf("%.500q\n", e.Err)
		}},
	})
	if err != nil {
		return err
	}
	return syncer.Run(ctx)
}
