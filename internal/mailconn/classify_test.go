package mailconn

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// On Windows, a refused connection has a different error number.
func TestClassify_RefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	_, err = net.Dial("tcp", address)
	require.Error(t, err)
	err = Classify(inbound.OpConnect, err)
	require.ErrorIs(t, err, inbound.ErrTemporary)
	assert.Equal(t, "nothing listens on that port; check host, port and security", inbound.HintOf(err))
}
