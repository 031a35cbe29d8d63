package wire

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scripted is a connection on which a server says text.
type scripted struct {
	net.Conn
	io.Reader
	sent bytes.Buffer
}

func (c *scripted) Read(p []byte) (int, error)  { return c.Reader.Read(p) }
func (c *scripted) Write(p []byte) (int, error) { return c.sent.Write(p) }

// hear returns what the library gets when the server says text.
func hear(t *testing.T, c *Conn, server *scripted, text string) string {
	t.Helper()
	server.Reader = strings.NewReader(text)
	c.scanner.last, c.scanner.err = nil, nil
	heard, err := io.ReadAll(struct{ io.Reader }{c})
	require.NoError(t, err)
	return string(heard)
}

func TestConn_Idle(t *testing.T) {
	server := &scripted{}
	c := New(server)
	for _, tag := range []string{"I1", "I2"} {
		require.NoError(t, c.Idle())
		assert.Equal(t, Idling{}, c.Idling())
		assert.Equal(t, "* OK x\r\n", hear(t, c, server, "* OK x\r\n+ go on\r\n"), "the library has not asked for it")
		assert.Equal(t, Idling{Begun: true}, c.Idling())
		assert.Len(t, c.Events(), 1)
		require.NoError(t, c.Done())
		assert.Empty(t, hear(t, c, server, "+ again\r\n"+strings.ToLower(tag)+" OK done\r\n"))
		assert.Equal(t, Idling{Begun: true, Ended: true}, c.Idling())
		assert.Equal(t, tag+" IDLE\r\nDONE\r\n", server.sent.String())
		server.sent.Reset()
	}
	require.NoError(t, c.Idle())
	assert.Empty(t, hear(t, c, server, "I3 BAD [X] \x07what\r\n"))
	assert.Equal(t, Idling{Ended: true, Refusal: &imap.Error{Type: "BAD", Code: "X", Text: "what"}}, c.Idling())
	require.NoError(t, c.Idle())
	hear(t, c, server, "+ go on\r\n"+strings.Repeat("* OK still here\r\n", noisyIdle))
	assert.Equal(t, Idling{Begun: true, Noisy: true}, c.Idling())
}

func TestConn_News(t *testing.T) {
	server := &scripted{}
	c := New(server)
	examine := func(said string) {
		_, err := c.Write([]byte("T1 EXAMINE INBOX\r\n"))
		require.NoError(t, err)
		hear(t, c, server, said+"T1 OK done\r\n")
	}
	examine("* 3 EXISTS\r\n* 1 RECENT\r\n")
	assert.False(t, c.News())
	assert.EqualValues(t, 3, c.Exists())
	for _, tt := range []struct {
		says   string
		news   bool
		exists int
	}{
		{"* 3 EXISTS\r\n* 1 RECENT\r\n* 2 FETCH (FLAGS ())\r\n", false, 3},
		{"* 4 EXISTS\r\n", true, 4},
		{"* 1 EXPUNGE\r\n", false, 3},
		{"* 4 EXISTS\r\n", true, 4},
		{"* 2 EXISTS\r\n* 0 RECENT\r\n", false, 2},
		{"* 1 RECENT\r\n", true, 2},
		{"* 99999999999 EXISTS\r\n* x RECENT\r\n* 0 EXPUNGE\r\n", false, 2},
	} {
		hear(t, c, server, tt.says)
		assert.Equal(t, tt.news, c.News(), tt.says)
		assert.Equal(t, tt.news, c.TakeNews(), tt.says)
		assert.False(t, c.News(), tt.says)
		assert.EqualValues(t, tt.exists, c.Exists(), tt.says)
	}
	examine("* 9 EXISTS\r\n* 9 RECENT\r\n")
	assert.False(t, c.News(), "that is how many there are")
	assert.EqualValues(t, 9, c.Exists())
}

func TestConn_Listed(t *testing.T) {
	server := &scripted{}
	c := New(server)
	c.List()
	assert.Empty(t, hear(t, c, server, "* 2 FETCH (UID 9 RFC822.SIZE 5 FLAGS (\\Draft))\r\n* 1 FETCH (UID 4)\r\n"+
		"* 1 FETCH (RFC822.SIZE 7 UID 4)\r\n* 1 FETCH (FLAGS (\\Deleted) UID 4)\r\n* 3 FETCH (FLAGS ())\r\n"))
	got, err := c.Listed()
	require.NoError(t, err)
	assert.Equal(t, []Message{{Seq: 1, UID: 4, Size: 7, Marks: Marks{Deleted: true}},
		{Seq: 2, UID: 9, Size: 5, Marks: Marks{Draft: true}}}, got)
	assert.NotEmpty(t, hear(t, c, server, "* 1 FETCH (UID 4 RFC822.SIZE 7)\r\n"), "it is over")

	for count, want := range map[int]error{maxListed: nil, maxListed + 1: ErrTooMany} {
		c.List()
		var b strings.Builder
		for uid := range count {
			fmt.Fprintf(&b, "* 1 FETCH (UID %d)\r\n", uid+1)
		}
		hear(t, c, server, b.String())
		got, err := c.Listed()
		require.ErrorIs(t, err, want)
		assert.True(t, want != nil || len(got) == count)
	}
}
