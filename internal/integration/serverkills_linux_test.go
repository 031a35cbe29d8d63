package integration

import (
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// checkKills kills collectors with SIGKILL in the middle of the transfer of a mailbox.
// The run that completes must leave what an undisturbed run leaves.
func checkKills(t *testing.T, s *serverScene) {
	undisturbed := s.uploaded(t)
	undisturbed.must("run", "-once")
	want := undisturbed.records()
	c := s.newCollection(t)
	c.user = undisturbed.user

	var size int64
	for _, e := range want.Emails {
		size += e.Size
	}
	var rows []int
	for range s.size.kills {
		// The last kill is before all bytes have come, even if nothing was committed twice.
		c.killAfter(size / int64(s.size.kills+1))
		if code, _, _ := c.run("report"); code == 0 { // the database exists
			rows = append(rows, len(c.records().Ledger))
		}
	}
	t.Logf("records at the kills: %d of %d", rows, len(want.Ledger))
	for _, n := range rows {
		assert.Less(t, n, len(want.Ledger), "killed in the middle")
	}

	c.configure()
	c.mustSoon("run", "-once")
	got := c.records()
	assert.Equal(t, want.outcomes(), got.outcomes())
	assert.Equal(t, keysOf(want), keysOf(got))
	assert.Equal(t, want.Raw, got.Raw)
	assert.Len(t, got.Notifications, len(want.Notifications))
	seen := make(map[string]bool)
	for _, n := range got.Notifications {
		assert.False(t, seen[n.ID], "two notifications %s", n.ID)
		seen[n.ID] = true
	}
}

func keysOf(r records) []string { return slices.Compact(ledgerKeys(r)) }

// killAfter starts a run and kills it when it has got so many bytes from the server.
func (c *collection) killAfter(bytes int64) {
	c.t.Helper()
	g := newGate(c.t, portFor(c.scene.server, c.scene.protocol), bytes)
	defer g.close()
	c.configurePort(g.port())
	cmd := c.command("run", "-once")
	require.NoError(c.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-g.reached:
		require.NoError(c.t, cmd.Process.Kill())
		<-ended
	case err := <-ended:
		c.t.Errorf("the run ended (%v) before it got %d bytes", err, bytes)
	}
}

// mustSoon is must for a command that the server may refuse for a while: it notices late
// that the client of a session was killed.
func (c *collection) mustSoon(name string, args ...string) {
	c.t.Helper()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-again.C {
		code, _, complaint := c.run(name, args...)
		if code == 0 {
			return
		}
		require.Less(c.t, time.Now(), deadline, complaint)
	}
}

// gate is a proxy before a server that lets a number of bytes of the server through and
// then none.
type gate struct {
	listener net.Listener
	server   string
	reached  chan struct{} // closed when the bytes are through
	closed   chan struct{}

	mu    sync.Mutex
	left  int64
	conns []net.Conn
}

func newGate(t *testing.T, port int, bytes int64) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &gate{listener: l, server: "127.0.0.1:" + strconv.Itoa(port), left: bytes,
		reached: make(chan struct{}), closed: make(chan struct{})}
	go g.serve()
	return g
}

func (g *gate) port() int { return g.listener.Addr().(*net.TCPAddr).Port }

// close ends all connections, as the kernel does for a client that was killed.
func (g *gate) close() {
	g.listener.Close()
	close(g.closed)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, conn := range g.conns {
		conn.Close()
	}
}

func (g *gate) serve() {
	for {
		client, err := g.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", g.server)
		if err != nil {
			client.Close()
			continue
		}
		g.mu.Lock()
		g.conns = append(g.conns, client, server)
		g.mu.Unlock()
		go func() {
			_, _ = io.Copy(server, client)
			server.Close()
		}()
		go func() {
			_, _ = io.Copy(io.MultiWriter(counter{g}, client), server)
			client.Close()
		}()
	}
}

// counter counts bytes of the server and holds those that are too many until the gate is
// closed.
type counter struct{ *gate }

func (c counter) Write(p []byte) (int, error) {
	c.mu.Lock()
	before := c.left
	c.left -= int64(len(p))
	c.mu.Unlock()
	if before > 0 && before <= int64(len(p)) {
		close(c.reached)
	}
	if before <= int64(len(p)) {
		<-c.closed
		return 0, inbound.ErrEnded
	}
	return len(p), nil
}
