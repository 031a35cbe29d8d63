package integration

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// badNetwork passes connections on to a server, and cuts, stalls and delays them at random
// until it is calm.
type badNetwork struct {
	listener net.Listener
	server   string
	calm     atomic.Bool
	all      sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// trouble is what happens to one direction of a connection.
type trouble struct {
	after int           // bytes until it is cut or stalled; 0: never
	stall bool          // it is stalled
	pause time.Duration // before each piece
}

func newBadNetwork(t *testing.T, server string) *badNetwork {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b := &badNetwork{listener: listener, server: server, conns: make(map[net.Conn]bool)}
	b.all.Go(b.serve)
	t.Cleanup(func() {
		_ = listener.Close()
		b.cutAll()
		b.all.Wait()
	})
	return b
}

func (b *badNetwork) port() int { return b.listener.Addr().(*net.TCPAddr).Port }

func (b *badNetwork) serve() {
	for {
		client, err := b.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", b.server)
		if err != nil || !b.calm.Load() && rand.IntN(10) == 0 { // refused
			_ = client.Close()
			continue
		}
		b.add(client, server)
		b.all.Go(func() { b.pass(client, server, b.trouble()) })
		b.all.Go(func() { b.pass(server, client, b.trouble()) })
	}
}

// trouble returns what is to happen to a new connection.
func (b *badNetwork) trouble() trouble {
	if b.calm.Load() {
		return trouble{}
	}
	switch rand.IntN(4) {
	case 0:
		return trouble{after: 1 << rand.IntN(22)}
	case 1:
		return trouble{after: 1 << rand.IntN(22), stall: true}
	case 2:
		return trouble{pause: time.Duration(rand.IntN(200)) * time.Millisecond}
	}
	return trouble{}
}

// pass copies one direction of a connection until it ends.
func (b *badNetwork) pass(from, to net.Conn, tr trouble) {
	defer b.cut(from, to)
	piece := make([]byte, 16<<10)
	for passed := 0; ; {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		time.Sleep(tr.pause)
		if passed += n; tr.after > 0 && passed >= tr.after && !b.calm.Load() {
			if tr.stall {
				_, _ = io.Copy(io.Discard, from) // until somebody gives up
			}
			return
		}
		if _, err := to.Write(piece[:n]); err != nil {
			return
		}
	}
}

func (b *badNetwork) add(conns ...net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range conns {
		b.conns[c] = true
	}
}

func (b *badNetwork) cut(conns ...net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(b.conns, c)
	}
}

// cutAll cuts what is open.
func (b *badNetwork) cutAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.conns {
		_ = c.Close()
	}
}

// becomeCalm ends all trouble.
func (b *badNetwork) becomeCalm() { b.calm.Store(true) }
