package integration

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// TestServers_CommitWithoutAnswer loses the connection at each commit of a pass: before the
// server gets it, or before its answer comes. In the second case the work is done, but the
// pass has failed; either way the next ones do all that is left, and nothing twice.
func TestServers_CommitWithoutAnswer(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, d database) {
		server, open := d.alone(t)
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("done=%t", answered), func(t *testing.T) {
				at, stride := 1, 1
				if testing.Short() {
					stride = 5
				}
				for ; commitWithoutAnswer(t, d, server, open, at, answered) && !t.Failed(); at += stride {
				}
				t.Logf("%d commits or fewer", at)
				assert.Greater(t, at, 15)
			})
		}
	})
}

// commitWithoutAnswer reports whether there was an at-th commit.
func commitWithoutAnswer(
	t *testing.T, d database, server killable, open func(string) (*sql.DB, error), at int, done bool,
) bool {
	proxy := newCommitProxy(t, server.Address(), done)
	options := &sqlstore.Options{TablePrefix: fmt.Sprintf("commit%d%t_", at, done)}
	connect := func(address string) *sql.DB {
		db, err := open(address)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	direct := openOn(t, connect(server.Address()), d.dialect, options)
	through := openOn(t, connect(proxy.address()), d.dialect, options)
	h := newHostOf(t, direct, nil, "shop")
	h.manager("kim")
	h.config.Store, h.config.CustomerRepo, h.config.ManagerDirectory = through, through.Customers(), through.Managers()
	h.accounts[0].InitialNotifications, h.accounts[0].InitialAge = inbound.NotifyEach, inbound.AnyAge
	const messages = 5
	for i := range messages {
		h.boxes["shop@shop.example"].Deliver(message(fmt.Sprintf("guest%d@post.example", i%2), fmt.Sprint("number ", i)))
	}
	s := h.syncer()
	proxy.loseCommit(at)
	var failed error
	for range 3 {
		_, err := s.Sync(t.Context(), "shop")
		if err == nil {
			_, err = s.Dispatch(t.Context())
		}
		if err != nil {
			require.Nil(t, failed, "one failure is enough: %v", err)
			require.ErrorIs(t, err, inbound.ErrTemporary)
			failed = err
		}
		require.NoError(t, direct.EndLeases(t.Context())) // spares the time until they run out
	}
	emails, err := direct.ListEmails(t.Context(), inbound.EmailFilter{}, "", 100)
	require.NoError(t, err)
	assert.Len(t, emails, messages, "commit %d", at)
	told := make(map[string]int)
	for _, n := range h.notifier.all() {
		told[n.ID]++
	}
	assert.Len(t, told, messages+2, "commit %d", at)
	n, err := direct.Customers().Counts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, sqlstore.CustomerCounts{All: 2, Created: 2}, n, "commit %d", at)
	outcomes, err := direct.Outcomes(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: messages}, outcomes, "commit %d", at)
	return proxy.happened()
}

// commitProxy passes connections on to a server, and cuts one at a commit.
type commitProxy struct {
	listener net.Listener
	server   string
	done     bool // after the server has got it
	all      sync.WaitGroup

	mu    sync.Mutex
	left  int // commits until then; 0: none is lost
	lost  bool
	conns []net.Conn
}

func newCommitProxy(t *testing.T, server string, done bool) *commitProxy {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &commitProxy{listener: listener, server: server, done: done}
	p.all.Go(p.serve)
	t.Cleanup(func() {
		_ = listener.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.all.Wait()
	})
	return p
}

func (p *commitProxy) address() string { return p.listener.Addr().String() }

func (p *commitProxy) loseCommit(at int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = at
}

func (p *commitProxy) happened() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

func (p *commitProxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		link := &commitLink{proxy: p, client: client, server: server}
		p.all.Go(link.toServer)
		p.all.Go(link.toClient)
	}
}

// commitLink is one connection.
type commitLink struct {
	proxy          *commitProxy
	client, server net.Conn
	mu             sync.Mutex
	mute           bool // the answer that comes next is not passed on
}

func (l *commitLink) close() {
	_ = l.client.Close()
	_ = l.server.Close()
}

func (l *commitLink) toServer() {
	defer l.close()
	piece := make([]byte, 64<<10)
	for {
		n, err := l.client.Read(piece)
		if err != nil {
			return
		}
		if bytes.Contains(bytes.ToLower(piece[:min(n, 20)]), []byte("commit")) && l.proxy.isLost() {
			if !l.proxy.done {
				return
			}
			l.mu.Lock()
			l.mute = true
			l.mu.Unlock()
		}
		if _, err := l.server.Write(piece[:n]); err != nil {
			return
		}
	}
}

func (l *commitLink) toClient() {
	defer l.close()
	piece := make([]byte, 64<<10)
	for {
		n, err := l.server.Read(piece)
		l.mu.Lock()
		mute := l.mute
		l.mu.Unlock()
		if err != nil || mute {
			return
		}
		if _, err := l.client.Write(piece[:n]); err != nil {
			return
		}
	}
}

// isLost counts a commit, and reports whether it is the one.
func (p *commitProxy) isLost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == 0 {
		return false
	}
	p.left--
	p.lost = p.left == 0
	return p.lost
}

// Of two transactions that wait for each other, one of a call of the store itself is tried
// again. Atomic calls its function once, and the error is temporary, so that a Syncer does
// the work again.
func TestPostgres_Deadlock(t *testing.T) {
	for _, d := range databases {
		if d.dialect != sqlstore.Postgres {
			continue
		}
		p := d.place(t)
		store, db := p.store(), p.db()
		customers := store.Customers()
		names := func(name string) []customer.Customer {
			return []customer.Customer{{Shop: "main", Email: "a@example.com", Name: name},
				{Shop: "main", Email: "b@example.com", Name: name}}
		}
		require.NoError(t, customers.Upsert(t.Context(), names("first")...))
		during := func(call func() error) error {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			exec := func(statement string) {
				_, err := tx.Exec(statement)
				require.NoError(t, err)
			}
			exec("SET LOCAL deadlock_timeout = '30s'") // the other one is to find it
			exec("UPDATE postroom_customers SET manager = 'x' WHERE email = 'b@example.com'")
			called := make(chan error, 1)
			go func() { called <- call() }()
			require.Eventually(t, func() bool {
				var waiting int
				require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").Scan(&waiting))
				return waiting > 0
			}, 10*time.Second, 5*time.Millisecond)
			exec("UPDATE postroom_customers SET manager = 'x' WHERE email = 'a@example.com'")
			require.NoError(t, tx.Commit())
			return <-called
		}
		calls := 0
		err := during(func() error {
			return store.Atomic(t.Context(), func(ctx context.Context) error {
				calls++
				return customers.Upsert(ctx, names("second")...)
			})
		})
		require.ErrorIs(t, err, inbound.ErrTemporary)
		require.ErrorContains(t, err, "deadlock")
		assert.Equal(t, 1, calls)
		assert.Contains(t, inbound.HintOf(err), "goes on from there")

		require.NoError(t, during(func() error { return customers.Upsert(t.Context(), names("third")...) }))
		found, err := customers.FindByEmails(t.Context(), "main", []string{"a@example.com", "b@example.com"})
		require.NoError(t, err)
		for _, c := range found {
			assert.Equal(t, "third", c[0].Name)
		}
	}
}
