package integration

import (
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// gate is a proxy before a server that lets a number of bytes of the server through, and
// then holds the rest until it is opened again. It is closed at first.
type gate struct {
	listener net.Listener
	server   string

	mu      sync.Mutex
	change  sync.Cond // of the fields below
	left    int64
	reached chan struct{} // closed when left is used up
	conns   map[net.Conn]bool
	sent    strings.Builder // what the clients have sent
}

// newGate starts a gate before a port of 127.0.0.1. It ends with the test.
func newGate(t *testing.T, port int) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &gate{listener: l, server: "127.0.0.1:" + strconv.Itoa(port), conns: make(map[net.Conn]bool)}
	g.change.L = &g.mu
	go g.serve()
	t.Cleanup(func() {
		assert.NoError(t, l.Close())
		g.cut()
	})
	return g
}

func (g *gate) port() int { return g.listener.Addr().(*net.TCPAddr).Port }

// open lets so many bytes through. The channel is closed when they are used up.
func (g *gate) open(bytes int64) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left, g.reached = bytes, make(chan struct{})
	g.change.Broadcast()
	return g.reached
}

// Write records what a client sends.
func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sent.Write(p)
}

// takeSent returns what the clients have sent since it was called last.
func (g *gate) takeSent() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	sent := g.sent.String()
	g.sent.Reset()
	return sent
}

// cut ends all connections, as the kernel does for a client that was killed.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for conn := range g.conns {
		conn.Close()
	}
	clear(g.conns)
	g.change.Broadcast()
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
		// What the server has sent and the gate holds is to be little.
		_ = server.(*net.TCPConn).SetReadBuffer(256 << 10)
		g.mu.Lock()
		g.conns[client], g.conns[server] = true, true
		g.mu.Unlock()
		go func() {
			_, _ = io.Copy(io.MultiWriter(g, server), client) // recorded before the server can answer
			server.Close()
		}()
		go func() {
			g.pass(client, server)
			client.Close()
		}()
	}
}

// pass copies bytes of the server to the client.
func (g *gate) pass(client, server net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := server.Read(buf)
		if err != nil || !g.wait(server, int64(n)) {
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}

// wait waits until so many more bytes of a server may pass. It returns false if the
// connection was cut.
func (g *gate) wait(server net.Conn, n int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.conns[server] {
		if g.left >= n {
			g.left -= n
			return true
		}
		if g.left > 0 {
			g.left = 0
			close(g.reached)
		}
		g.change.Wait()
	}
	return false
}
