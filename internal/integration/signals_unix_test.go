//go:build unix

package integration

import (
	"bytes"
	"database/sql"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailgen"
)

// stopLimit is how long a collector may take to stop.
const stopLimit = 5 * time.Second

// A collector that is told to stop in the middle of an initial upload has committed what it
// was at and leaves no lease behind, and the next one reads only the rest.
func TestCollector_StopsInInitialUpload(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	truths := s.deliver(mailgen.Options{Seed: 21, Messages: 3000, Scale: 0.02})
	want := expected(truths)
	g := newGate(t, s.server.Ports().IMAP)
	p := newProgram(t, s.server.CAFile(), settings([]string{"accounts:"},
		accountLines("shop", "imap", "127.0.0.1", g.port(), "security: none", "create_customer: true",
			"notify_manager: true", "manager_group: support", "initial_notifications: each", "initial_age: 0"),
		managerLines("free", "free"))...)

	reached := g.open(1 << 20)
	var said bytes.Buffer
	first := p.command("run")
	first.Stderr = &said
	require.NoError(t, first.Start())
	<-reached
	g.open(math.MaxInt64)
	require.Eventually(t, func() bool { return p.report().total() > 0 }, eventually, tick)
	require.NoError(t, first.Process.Signal(syscall.SIGTERM))
	asked := time.Now()
	err := first.Wait()
	took := time.Since(asked)
	require.NoError(t, err, said.String())
	assert.Less(t, took, stopLimit)
	done := p.report().total()
	t.Logf("stopped in %v with %d of %d messages", took.Round(time.Millisecond), done, len(truths))
	require.Less(t, done, len(truths), "it was to be stopped in the middle")
	assert.Zero(t, heldLeases(t, filepath.Join(p.dir, "collector.db")))

	g.takeSent()
	p.must("run", "-once")
	assert.Greater(t, lowestFetched(t, g.takeSent()), done, "what is done is not listed again")
	report := p.report()
	assert.Equal(t, len(truths), report.total())
	assert.Equal(t, want.outcomes[inbound.Uploaded], report.Emails)
	assert.Equal(t, want.customers, report.CustomersCreated)
	assert.Len(t, p.lines("notifications"), want.customers+report.Emails)
}

// heldLeases counts the leases that somebody has.
func heldLeases(t *testing.T, database string) int {
	t.Helper()
	return count(t, database, "SELECT COUNT(*) FROM postroom_leases WHERE owner <> ''")
}

// count returns the number that a query returns.
func count(t *testing.T, database, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(database))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

var fetchCommand = regexp.MustCompile(`(?m)^\S+ UID FETCH ([0-9:,*]+) `)

// lowestFetched returns the lowest UID that the commands of a client ask for.
func lowestFetched(t *testing.T, sent string) int {
	t.Helper()
	lowest := math.MaxInt
	for _, command := range fetchCommand.FindAllStringSubmatch(sent, -1) {
		for _, part := range strings.FieldsFunc(command[1], func(r rune) bool { return r == ',' || r == ':' }) {
			if uid, err := strconv.Atoi(part); err == nil { // else it is *
				lowest = min(lowest, uid)
			}
		}
	}
	require.Less(t, lowest, math.MaxInt, "no message was fetched")
	return lowest
}

// A process that is paused in the middle of a pass, while another one takes the account over
// and uploads everything, commits nothing when it goes on.
func TestSyncer_PausedProcessCommitsNothingStale(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	database := filepath.Join(t.TempDir(), "postroom.db")
	s.store = openSQLite(t, database)
	s.managers(assign.Free)
	truths := s.deliver(mailgen.Options{Seed: 22, Messages: 1000, Scale: 0.02})
	want := expected(truths)
	g := newGate(t, s.server.Ports().IMAPS)
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.Port = g.port() // the same for both: a different port is a different mailbox
	account.CreateCustomer, account.ManagerGroup, account.NotifyManager = true, "support", true
	account.Interval = time.Second

	reached := g.open(512 << 10)
	process := startSyncer(t, syncerSettings{Database: database, CAFile: s.server.CAFile(), Account: account})
	<-reached
	process.pause(database)
	require.Less(t, len(s.ledger("shop")), len(truths), "it was to be paused in the middle")
	require.Equal(t, 1, count(t, database, "SELECT COUNT(*) FROM postroom_leases"+
		" WHERE owner <> '' AND name = 'account/shop'"), "it was to be paused in a pass")

	// That is what the end of their time comes to, 30 s later.
	require.NoError(t, s.store.EndLeases(t.Context()))
	g.open(math.MaxInt64)
	s.pass(s.syncer(account), "shop")
	require.Equal(t, want.outcomes, s.outcomes("shop"))
	rows, emails := s.ledger("shop"), s.emails("shop")
	due := want.customers + want.outcomes[inbound.Uploaded]
	assert.Equal(t, due, count(t, database, "SELECT COUNT(*) FROM postroom_notifications"))

	process.signal(syscall.SIGCONT)
	require.Contains(t, process.passEnded(), "lease lost: account/shop")
	require.Equal(t, rows, s.ledger("shop"))
	require.Equal(t, emails, s.emails("shop"))
	require.Empty(t, process.passEnded(), "it collects again")
	process.stop()
	assert.Equal(t, rows, s.ledger("shop"))
	assert.Equal(t, emails, s.emails("shop"))
	assert.Zero(t, heldLeases(t, database))
	assert.Equal(t, due, count(t, database, "SELECT COUNT(*) FROM postroom_notifications"))
	checkRaw(t, s, "shop", inbound.IMAP)
}
