package integration

import (
	"io"
	"net"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// gate is a proxy before a server that lets a number of bytes of the server through and
// then none. It is closed at first.
type gate struct {
	listener net.Listener
	server   string

	mu      sync.Mutex
	left    int64
	reached chan struct{} // closed when left is used up
	conns   []net.Conn
}

// newGate starts a gate before a port of 127.0.0.1. It ends with the test.
func newGate(t *testing.T, port int) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &gate{listener: l, server: "127.0.0.1:" + strconv.Itoa(port)}
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
	return g.reached
}

// cut ends all connections, as the kernel does for a client that was killed.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, conn := range g.conns {
		conn.Close()
	}
	g.conns = nil
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
		go g.pass(client, server)
	}
}

// pass copies bytes of the server to the client. When the gate is closed, it keeps the
// connection as it is until the gate is cut.
func (g *gate) pass(client, server net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := server.Read(buf)
		if err != nil {
			client.Close()
			return
		}
		if !g.take(int64(n)) {
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			server.Close()
			return
		}
	}
}

// take reports whether so many more bytes may pass.
func (g *gate) take(n int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left <= 0 {
		return false
	}
	if g.left -= n; g.left <= 0 {
		close(g.reached)
	}
	return g.left > 0
}
