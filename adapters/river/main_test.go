package riverjobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	riverjobs "github.com/postroom/postroom/adapters/river"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/daemon"
	"github.com/postroom/postroom/internal/postgres"
	"github.com/postroom/postroom/notify"
)

// server is the PostgreSQL of all tests; nil if it is not installed.
var server *postgres.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		s, err := postgres.Start(nil)
		switch {
		case err == nil:
			server = s
			defer s.Close()
		case !errors.Is(err, postgres.ErrMissing):
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

var schemas atomic.Int32

// world is a store and mailboxes that several processes share.
type world struct {
	t        *testing.T
	pool     *pgxpool.Pool
	schema   string // of River's tables
	store    *memstore.Store
	accounts *accounts
	notified *notified
	options  riverjobs.Options

	mu    sync.Mutex
	boxes map[string]*inboundtest.Mailbox
}

// accounts is an AccountSource.
type accounts struct {
	mu   sync.Mutex
	list []inbound.Account
}

func (a *accounts) Accounts(context.Context) ([]inbound.Account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.list, nil
}

func (a *accounts) set(list ...inbound.Account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = list
}

// notified is a Notifier that counts.
type notified struct{ count atomic.Int32 }

func (n *notified) Notify(context.Context, notify.Notification) error {
	n.count.Add(1)
	return nil
}

func newWorld(t *testing.T) *world {
	if server == nil {
		if os.Getenv(daemon.Strict) == "1" {
			t.Fatal(postgres.ErrMissing)
		}
		t.Skip(postgres.ErrMissing)
	}
	w := &world{t: t, schema: fmt.Sprint("test", schemas.Add(1)), store: memstore.New(), accounts: &accounts{},
		notified: &notified{}, boxes: make(map[string]*inboundtest.Mailbox)}
	var err error
	w.pool, err = pgxpool.New(t.Context(), server.DSN("postgres"))
	require.NoError(t, err)
	t.Cleanup(w.pool.Close)
	_, err = w.pool.Exec(t.Context(), "CREATE SCHEMA "+w.schema)
	require.NoError(t, err)
	migrator, err := rivermigrate.New(riverpgxv5.New(w.pool), &rivermigrate.Config{Schema: w.schema,
		Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	return w
}

// account returns an account with a mailbox of its own.
func (w *world) account(id string) inbound.Account {
	w.box(id)
	return inbound.Account{ID: id, Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
		Username: id + "@shop.example", CreateCustomer: true, InitialAge: inbound.AnyAge, Interval: time.Second}
}

func (w *world) box(id string) *inboundtest.Mailbox {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.boxes[id] == nil {
		w.boxes[id] = inboundtest.NewMailbox()
	}
	return w.boxes[id]
}

// Open implements inbound.Fetcher.
func (w *world) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	return w.box(a.ID).Open(ctx, a, login)
}

// process is a process of the cluster.
type process struct {
	*river.Client[pgx.Tx]
	syncer *inbound.Syncer
}

// newProcess returns a process that has not started.
func (w *world) newProcess() process {
	w.t.Helper()
	syncer, err := inbound.New(inbound.Config{
		AccountSource: w.accounts, Store: w.store, Credentials: inboundtest.Password("test"), Notifier: w.notified,
		Fetchers:     map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: w},
		CustomerRepo: memstore.NewCustomers(), ManagerDirectory: memstore.NewManagers(),
		Operators: []string{"operator"}, Limits: inbound.Limits{MaxAccounts: 100},
		Logger: slog.New(slog.DiscardHandler), SpoolDir: w.t.TempDir(),
	})
	require.NoError(w.t, err)
	config := &river.Config{Schema: w.schema, Logger: slog.New(slog.DiscardHandler), TestOnly: true,
		FetchPollInterval: 100 * time.Millisecond}
	require.NoError(w.t, riverjobs.New(syncer, &w.options).AddTo(config))
	client, err := river.NewClient(riverpgxv5.New(w.pool), config)
	require.NoError(w.t, err)
	return process{client, syncer}
}

// start starts a process, which ends with the test.
func (w *world) start() process {
	w.t.Helper()
	p := w.newProcess()
	require.NoError(w.t, p.Start(context.Background()))
	w.t.Cleanup(func() { assert.NoError(w.t, p.StopAndCancel(context.Background())) })
	return p
}

// deliver delivers n messages to an account.
func (w *world) deliver(account string, n int) {
	for i := range n {
		w.box(account).Deliver(fmt.Appendf(nil,
			"From: c%d@example.com\r\nSubject: %s %d\r\nMessage-ID: <%d@%[2]s>\r\n\r\ntext\r\n", i, account, i, i))
	}
}

// uploaded returns how many emails of an account there are.
func (w *world) uploaded(account string) int {
	n := 0
	for _, err := range inbound.AllEmails(w.t.Context(), w.store, inbound.EmailFilter{AccountID: account}) {
		require.NoError(w.t, err)
		n++
	}
	return n
}

// eventually waits until something is so.
func (w *world) eventually(is func() bool, what string) {
	w.t.Helper()
	require.Eventually(w.t, is, 60*time.Second, 50*time.Millisecond, what)
}

// jobs returns the jobs of an account, the oldest first.
func (w *world) jobs(p process, account string) (list []*rivertype.JobRow) {
	w.t.Helper()
	found, err := p.JobList(w.t.Context(), river.NewJobListParams().Kinds(riverjobs.SyncArgs{}.Kind()).
		Where("args->>'account' = @account", river.NamedArgs{"account": account}).First(1000))
	require.NoError(w.t, err)
	return found.Jobs
}

// plans returns how often it was looked for accounts that are due.
func (w *world) plans(p process) int {
	w.t.Helper()
	found, err := p.JobList(w.t.Context(), river.NewJobListParams().Kinds("postroom_plan").
		States(rivertype.JobStateCompleted))
	require.NoError(w.t, err)
	return len(found.Jobs)
}
