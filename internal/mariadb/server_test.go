package mariadb

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// greeting returns what the server says to a new client: it begins with the version.
func greeting(t *testing.T, s *Server) string {
	conn, err := net.Dial("tcp", s.Address())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	packet := make([]byte, 100)
	n, err := conn.Read(packet)
	require.NoError(t, err)
	return string(packet[:n])
}

func TestServer_StartsKillsAndRestarts(t *testing.T) {
	s := ForTest(t, nil)
	address := s.Address()
	assert.Contains(t, greeting(t, s), "MariaDB")
	s.Kill()
	_, err := net.Dial("tcp", address)
	require.Error(t, err)
	require.NoError(t, s.Restart())
	assert.Equal(t, address, s.Address())
	assert.Contains(t, greeting(t, s), "MariaDB")
	assert.Equal(t, 2, strings.Count(s.Log(), "ready for connections"), s.Log())

	s.Kill()
	s.options.Extra = []string{"--no-such-option"}
	require.ErrorContains(t, s.Restart(), "unknown option '--no-such-option'")
	require.NoError(t, s.Close())
	_, err = os.Stat(s.dir)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, s.Close())
}
