package integration

import (
	"io"
	"net"
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
	c := s.newCollection(t)
	messages, want := generate(3, s.size)
	c.deliver(messages...)
	server := c.onServer()

	var rows []int
	for range s.size.kills {
		left := 0
		for _, m := range messages {
			left += len(m)
		}
		recorded := 0
		if code, _, _ := c.run("report"); code == 0 { // the database exists
			r := c.records()
			recorded = len(r.Ledger)
			for _, e := range r.Ledger {
				left -= int(e.Size)
			}
		}
		rows = append(rows, recorded)
		c.killAfter(int64(left / 3))
	}
	t.Logf("records before each kill: %d of %d", rows, len(server))

	c.configure()
	c.mustSoon("run", "-once")
	r := c.records()
	assert.Equal(t, want, r.outcomes())
	assert.Equal(t, keys(server), ledgerKeys(r))
	assert.Equal(t, want[inbound.Uploaded], len(r.Emails))
	assert.Empty(t, r.differences(server))
	customers, seen := make(map[string]bool), make(map[string]bool)
	for _, e := range r.Emails {
		customers[e.From] = true
	}
	assert.Equal(t, len(customers)+len(r.Emails), len(r.Notifications))
	for _, n := range r.Notifications {
		assert.False(t, seen[n.ID], "two notifications %s", n.ID)
		seen[n.ID] = true
	}
}

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
