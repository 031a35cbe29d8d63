//go:build unix

package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/postgres"
)

// asWorker is the name of an environment variable with the arguments of a worker. With it,
// the test program is the example.
const asWorker = "CLUSTER_TEST_WORKER"

func TestMain(m *testing.M) {
	if args := os.Getenv(asWorker); args != "" {
		var list []string
		if err := json.Unmarshal([]byte(args), &list); err != nil {
			panic(err)
		}
		os.Args = append(os.Args[:1], list...)
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	accounts = 6
	// takeOverLimit is what the documentation of package riverjobs says, with room for a busy
	// machine: the lease, a look at what is due, and the snooze of a job that waits for it.
	takeOverLimit = 60 * time.Second
)

// scene is a cluster with its mailboxes.
type scene struct {
	t         *testing.T
	server    *postgres.Server
	db        *sql.DB
	store     *sqlstore.Store
	file      string
	boxes     []*inboundtest.Mailbox
	delivered [accounts]int // messages
}

// worker is a process.
type worker struct {
	*exec.Cmd
	name   string
	client string // its name in River
}

func newScene(t *testing.T) *scene {
	s := &scene{t: t, server: postgres.ForTest(t, nil), file: filepath.Join(t.TempDir(), "accounts.txt")}
	var err error
	s.db, err = sql.Open("pgx", s.server.DSN("postgres"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.db.Close()) })
	s.store, err = sqlstore.Open(t.Context(), s.db, sqlstore.Postgres, nil)
	require.NoError(t, err)
	var lines strings.Builder
	for i := range accounts {
		box := inboundtest.NewMailbox()
		s.boxes = append(s.boxes, box)
		for range 5 {
			s.deliver(i)
		}
		// A pass with mail takes a while, so that a process has something to be killed in.
		box.InterceptMessage = func([]byte) error { time.Sleep(20 * time.Millisecond); return nil }
		a := box.ServeIMAP(t, &inboundtest.ServerOptions{Security: inbound.Plain, Username: "u", Password: "p"}).
			Account("a")
		fmt.Fprintf(&lines, "%s imap+plain://u:p@127.0.0.1:%d?interval=1s\n", s.account(i), a.Port)
	}
	require.NoError(t, os.WriteFile(s.file, []byte(lines.String()), 0o600))
	return s
}

func (s *scene) account(i int) string { return fmt.Sprint("account", i) }

// deliver delivers a message to an account.
func (s *scene) deliver(i int) {
	s.delivered[i]++
	n := s.delivered[i]
	s.boxes[i].Deliver(fmt.Appendf(nil, "From: c%d@example.com\r\nSubject: %d\r\nMessage-ID: <%d.%d@example.com>\r\n\r\n"+
		"%[1]d of account %[4]d\r\n", n%7, n, n, i))
}

// start starts a worker and waits until it is at work.
func (s *scene) start(name string) *worker {
	s.t.Helper()
	args, err := json.Marshal([]string{"-database", s.server.DSN("postgres"), "-accounts", s.file, "-private",
		"-workers", "3"})
	require.NoError(s.t, err)
	w := &worker{Cmd: exec.Command(os.Args[0]), name: name}
	w.Env = append(os.Environ(), asWorker+"="+string(args))
	out, err := w.StderrPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, w.Start())
	s.t.Cleanup(func() {
		if w.ProcessState == nil {
			_ = w.Process.Kill()
			_ = w.Wait() // it was killed
		}
	})
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, after, ok := strings.Cut(lines.Text(), "the worker is at work client="); ok {
				client, _, _ := strings.Cut(after, " ")
				ready <- client
			} else if !strings.Contains(lines.Text(), "INFO") {
				fmt.Fprintln(os.Stderr, name, lines.Text())
			}
		}
		close(ready)
	}()
	select {
	case w.client = <-ready:
		require.NotEmpty(s.t, w.client, "the worker has ended")
	case <-time.After(time.Minute):
		require.Fail(s.t, "the worker does not start")
	}
	return w
}

// running returns the accounts that a worker is at work on.
func (s *scene) running(w *worker) (list []int) {
	s.t.Helper()
	rows, err := s.db.QueryContext(s.t.Context(), "SELECT args->>'account' FROM river_job WHERE kind = 'postroom_sync'"+
		" AND state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1", w.client)
	require.NoError(s.t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		require.NoError(s.t, rows.Scan(&id))
		i, err := strconv.Atoi(strings.TrimPrefix(id, "account"))
		require.NoError(s.t, err)
		list = append(list, i)
	}
	require.NoError(s.t, rows.Err())
	return list
}

// uploaded returns how many emails of an account there are.
func (s *scene) uploaded(i int) (n int) {
	s.t.Helper()
	require.NoError(s.t, s.db.QueryRowContext(s.t.Context(),
		"SELECT count(*) FROM postroom_emails WHERE account = $1", s.account(i)).Scan(&n))
	return n
}

func (s *scene) eventually(is func() bool, within time.Duration, what string) {
	s.t.Helper()
	require.Eventually(s.t, is, within, 50*time.Millisecond, what)
}

// signalAtWork sends a signal to a worker that is in the middle of passes, and returns the
// accounts of these.
func (s *scene) signalAtWork(w *worker, signal syscall.Signal) (list []int) {
	s.t.Helper()
	s.eventually(func() bool {
		list = s.running(w)
		return len(list) > 0
	}, 2*time.Minute, w.name+" works on an account")
	require.NoError(s.t, w.Process.Signal(signal))
	return s.running(w)
}

// takenOver waits until mail of these accounts is uploaded, and says how long it took.
func (s *scene) takenOver(began time.Time, what string, list []int, delivered [accounts]int) {
	s.t.Helper()
	for _, i := range list {
		n := delivered[i]
		s.eventually(func() bool { return s.uploaded(i) >= n }, takeOverLimit-time.Since(began), s.account(i))
		s.t.Logf("%s in a pass of %s: all its mail uploaded by another worker after %v", what, s.account(i),
			time.Since(began).Round(100*time.Millisecond))
	}
}

// Three workers share the accounts. One is killed in the middle of passes and one is stopped
// for a while, and mail goes on to arrive: nothing is lost, and nothing is done twice.
//
// POSTROOM_CLUSTER=10 makes ten rounds of it, in which a worker is stopped for a minute.
func TestPromise_ClusterLosesNothingAndDoesNothingTwice(t *testing.T) {
	rounds, stopped := 1, 33*time.Second // the lease has ended by then
	if text := os.Getenv("POSTROOM_CLUSTER"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		rounds, stopped = n, time.Minute
	} else if testing.Short() {
		t.Skip("it waits for leases to end")
	}
	s := newScene(t)
	workers := []*worker{s.start("first"), s.start("second"), s.start("third")}
	for i := range accounts {
		s.eventually(func() bool { return s.uploaded(i) == s.delivered[i] }, time.Minute, "the initial upload")
	}
	for range rounds {
		s.playRound(workers, stopped)
		workers[0] = s.start("another")
		rand.Shuffle(len(workers), func(i, j int) { workers[i], workers[j] = workers[j], workers[i] })
	}
	for i := range accounts {
		s.eventually(func() bool { return s.uploaded(i) >= s.delivered[i] }, takeOverLimit, "all mail")
	}
	s.eventually(s.allDelivered, takeOverLimit, "all notifications")
	for _, w := range workers {
		began := time.Now()
		require.NoError(t, w.Process.Signal(syscall.SIGTERM))
		require.NoError(t, w.Wait())
		assert.Less(t, time.Since(began), 10*time.Second, "it stops within seconds")
	}
	s.judge()
}

// playRound kills the first worker and stops the second for a while.
func (s *scene) playRound(workers []*worker, stopped time.Duration) {
	ctx, stop := context.WithCancel(s.t.Context())
	var delivering sync.WaitGroup
	var mu sync.Mutex
	delivering.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			mu.Lock()
			s.deliver(n % accounts)
			mu.Unlock()
			time.Sleep(20 * time.Millisecond) // the pace of deliveries
		}
	})
	defer delivering.Wait()
	defer stop()
	// deliverTo delivers what the worker that had these accounts cannot have seen.
	deliverTo := func(list []int) (delivered [accounts]int) {
		mu.Lock()
		defer mu.Unlock()
		for _, i := range list {
			s.deliver(i)
		}
		return s.delivered
	}
	killed, paused := workers[0], workers[1]
	atKill, began := s.signalAtWork(killed, syscall.SIGKILL), time.Now()
	_ = killed.Wait() // it was killed
	delivered := deliverTo(atKill)
	atStop, beganStop := s.signalAtWork(paused, syscall.SIGSTOP), time.Now()
	deliveredLater := deliverTo(atStop)
	s.takenOver(began, "killed", atKill, delivered)
	s.takenOver(beganStop, "stopped", atStop, deliveredLater)
	if rest := stopped - time.Since(beganStop); rest > 0 {
		time.Sleep(rest)
	}
	require.NoError(s.t, paused.Process.Signal(syscall.SIGCONT))
	s.eventually(func() bool { return len(s.running(paused)) > 0 }, time.Minute, "it goes on")
}

// allDelivered reports whether no notification waits.
func (s *scene) allDelivered() bool {
	pending, dead, err := s.store.Undelivered(s.t.Context())
	require.NoError(s.t, err)
	assert.Zero(s.t, dead)
	return pending == 0
}

// judge checks what the store has.
func (s *scene) judge() {
	count := func(query string) (n int) {
		s.t.Helper()
		require.NoError(s.t, s.db.QueryRowContext(s.t.Context(), query).Scan(&n), query)
		return n
	}
	total := 0
	for i := range accounts {
		assert.Equal(s.t, s.delivered[i], s.uploaded(i), s.account(i))
		total += s.delivered[i]
	}
	assert.Equal(s.t, total, count("SELECT count(DISTINCT (account, subject)) FROM postroom_emails"))
	assert.Equal(s.t, 7, count("SELECT count(*) FROM postroom_customers"))
	s.t.Logf("%d messages, each uploaded once", total)
}
