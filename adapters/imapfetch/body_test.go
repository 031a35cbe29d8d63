package imapfetch

import (
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// dialed returns a connection, and the server's end of it.
func dialed(t *testing.T) (*mailconn.Conn, net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	transport, err := mailconn.Dial(t.Context(), inbound.Account{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Security: inbound.Plain,
	}, inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true})
	require.NoError(t, err)
	server, err := listener.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = transport.Close(), server.Close() }) // a test may have closed them
	return transport, server
}

// fakeLiteral is a body of which the server has announced size bytes.
type fakeLiteral struct {
	io.Reader
	size int64
}

func (l fakeLiteral) Size() int64 { return l.size }

func TestBody_TruncatedIsNotEOF(t *testing.T) {
	transport, _ := dialed(t)
	b := newBody(fakeLiteral{strings.NewReader("half"), 8}, transport)
	got, err := io.ReadAll(b)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "half", string(got))
	require.ErrorIs(t, b.skip(), errTruncated)

	b = newBody(fakeLiteral{strings.NewReader("whole"), 5}, transport)
	got, err = io.ReadAll(b)
	require.NoError(t, err)
	assert.Equal(t, "whole", string(got))
	require.NoError(t, b.skip())
}

// While the consumer has a body that has arrived, nothing is asked of the server.
func TestBody_PausesIdleTime(t *testing.T) {
	transport, _ := dialed(t)
	idle := transport.SetIdle(0)
	transport.SetIdle(idle)
	b := newBody(fakeLiteral{strings.NewReader("x"), 1}, transport)
	require.NoError(t, b.skip())
	assert.Zero(t, transport.SetIdle(0))
	b.resume()
	assert.Equal(t, idle, transport.SetIdle(0))
	b.resume()
	assert.Zero(t, transport.SetIdle(idle), "only once")
}

func TestStash_ReturnsBody(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	transport, _ := dialed(t)
	for _, size := range []int{0, 10, stashInMemory, stashInMemory + 1} {
		text := strings.Repeat("x", size)
		st, err := newStash(newBody(fakeLiteral{strings.NewReader(text), int64(size)}, transport))
		require.NoError(t, err)
		assert.Equal(t, size > stashInMemory, st.file != nil)
		from, err := st.reader()
		require.NoError(t, err)
		got, err := io.ReadAll(from)
		require.NoError(t, err)
		assert.Equal(t, len(text), len(got))
		st.free()
		left, err := os.ReadDir(os.TempDir())
		require.NoError(t, err)
		assert.Empty(t, left, "the file is removed")
	}
	st, err := newStash(newBody(fakeLiteral{strings.NewReader("half"), 8}, transport))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	st.free()
	(*stash)(nil).free()
}
