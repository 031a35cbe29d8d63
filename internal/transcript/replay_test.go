package transcript_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/transcript"
)

// client talks to a Replayer, line by line.
type client struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func startSmall(t *testing.T) (*transcript.Replayer, func() *client) {
	t.Helper()
	tr, err := transcript.Parse(strings.NewReader(smallHeader + smallRules))
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := transcript.Serve(l, tr)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r, func() *client {
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() }) // the server may have closed before
		c := &client{t, conn, bufio.NewReader(conn)}
		assert.Equal(t, "+OK ready", c.line())
		return c
	}
}

func (c *client) line() string {
	c.t.Helper()
	text, err := c.in.ReadString('\n')
	require.NoError(c.t, err)
	return strings.TrimRight(text, "\r\n")
}

func (c *client) send(text string) {
	c.t.Helper()
	_, err := fmt.Fprintf(c.conn, "%s\r\n", text)
	require.NoError(c.t, err)
}

func TestReplayer_Answers(t *testing.T) {
	r, dial := startSmall(t)
	c := dial()
	c.send("stat")
	assert.Regexp(t, `^\+OK 7 \d{4}$`, c.line())
	c.send("RETR 2")
	assert.Equal(t, "7 \xe9", c.line())
	assert.Equal(t, ".", c.line())
	c.send("RETR 4")
	assert.Equal(t, "nine", c.line())
	assert.Equal(t, ".", c.line())
	c.send("XYZZY")
	assert.Equal(t, "-ERR unknown", c.line())
	assert.Equal(t, []string{"XYZZY"}, r.Unknown())
	c = dial()
	c.send("STAT") // twice in all connections together
	c.line()
	c.send("STAT")
	assert.Equal(t, "-ERR unknown", c.line())
	c.send("AUTH")
	assert.Equal(t, "+", c.line())
	c.send("secret words")
	assert.Equal(t, "+OK", c.line())
	_, err := c.in.ReadByte()
	require.Error(t, err, "the connection is closed")
	assert.Empty(t, r.Unmet())
}

func TestReplayer_TellsWhatWasNotMet(t *testing.T) {
	r, dial := startSmall(t)
	c := dial()
	c.send("STAT")
	c.line()
	c.send("DELE 1")
	c.line()
	c.send("AUTH")
	c.line()
	c.send("nonsense")
	_, err := c.in.ReadByte()
	require.Error(t, err, "the connection is closed")
	unmet := strings.Join(r.Unmet(), "\n")
	for _, text := range []string{
		`does not go on with "secret*"`, "the rule was used 1 times", "the rule was used 0 times",
		"the client makes the server use this rule", "not met: two",
	} {
		assert.Contains(t, unmet, text)
	}
}
