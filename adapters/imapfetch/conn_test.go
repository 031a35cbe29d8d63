package imapfetch

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// dialed returns a recorder, and the server's end of its connection.
func dialed(t *testing.T) (*byeRecorder, net.Conn) {
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
	return &byeRecorder{Conn: transport}, server
}

func TestByeRecorder_KeepsReason(t *testing.T) {
	for text, want := range map[string]string{
		"* OK ready\r\n* BYE [LIMIT] no\r\n":                     "* BYE [LIMIT] no",
		"* bye so long":                                          "* bye so long",
		strings.Repeat("x", 5000) + "\r\n* BYE now\r\nA1 NO\r\n": "* BYE now",
		"* 1 FETCH (BODY[] * BYE)\r\n":                           "",
		"":                                                       "",
	} {
		r, server := dialed(t)
		_, err := server.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, server.Close())
		for p := make([]byte, 1000); err == nil; {
			_, err = r.Read(p)
		}
		assert.Equal(t, want, r.bye())
		require.NoError(t, r.Close())
		_, again := r.Read(make([]byte, 1))
		assert.Equal(t, err, again, "reading does not begin again, which would have another error")
	}
}

func TestByeRecorder_WritesEmptyResponseAsEmptyLine(t *testing.T) {
	r, server := dialed(t)
	for _, text := range []string{"=\r\n", "A1 X =\r\n", "=="} {
		n, err := r.Write([]byte(text))
		require.NoError(t, err)
		assert.Len(t, text, n)
	}
	require.NoError(t, r.Close())
	got := make([]byte, 100)
	n := 0
	for {
		m, err := server.Read(got[n:])
		if n += m; err != nil {
			break
		}
	}
	assert.Equal(t, "\r\nA1 X =\r\n==", string(got[:n]))
}
