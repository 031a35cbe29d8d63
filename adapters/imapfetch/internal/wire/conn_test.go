package wire

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// piped returns a Conn, and the server's end of its connection.
func piped(t *testing.T) (*Conn, net.Conn) {
	t.Helper()
	client, server := net.Pipe()
	t.Cleanup(func() { _, _ = client.Close(), server.Close() }) // a test may have closed them
	return New(client), server
}

// say makes the server send text and close.
func say(server net.Conn, text string) {
	go func() {
		_, _ = io.WriteString(server, text) // the client may have seen enough
		_ = server.Close()
	}()
}

func TestConn_KeepsReasonOfTheEnd(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"* OK ready\r\n* BYE [LIMIT] no\r\n", "* BYE [LIMIT] no"},
		{"* bye  so long", "* bye  so long"},
		{"x " + strings.Repeat("x", 5000) + "\r\n* BYE now\x1b\r\nA1 NO\r\n", "* BYE now"},
		{"* 1 FETCH (BODY[] * BYE)\r\n", ""},
		{"* 1 FETCH (BODY[] {9}\r\n* BYE no\r\n)\r\n", ""},
		{"* BYE " + strings.Repeat("long ", 500) + "\r\n", "* BYE " + strings.Repeat("long ", 500)[:506]},
		{"", ""},
	} {
		c, server := piped(t)
		say(server, tt.text)
		_, err := io.Copy(io.Discard, c)
		require.NoError(t, err)
		assert.Equal(t, tt.want, c.Bye())
	}
}

func TestConn_Selected(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Mailbox
	}{
		{"T1 OK done\r\n", Mailbox{Deletable: true, Markable: true}},
		{"* OK [UIDVALIDITY 7] v\r\nT1 OK [read-only] done\r\n", Mailbox{"7", true, true, true}},
		{"* OK [UIDVALIDITY 0] v\r\nT1 OK [READ-WRITE] done\r\n", Mailbox{"0", false, true, true}},
		{"* OK [UIDVALIDITY 0018446744073709551616]\r\nT1 OK\r\n", Mailbox{"18446744073709551616", false, true, true}},
		{"* OK [UIDVALIDITY -1] v\r\nT1 OK\r\n", Mailbox{"", false, true, true}},
		{"* OK [UIDVALIDITY 7\r\n* OK [PERMANENTFLAGS (\\seen x])] f\r\nT1 OK\r\n", Mailbox{"7", false, false, true}},
		{"* OK [PERMANENTFLAGS ()] f\r\nT1 OK [READ-ONLY]\r\n", Mailbox{"", true, false, false}},
		{"* OK [PERMANENTFLAGS (\\Deleted \\*)] f\r\nT1 OK\r\n", Mailbox{"", false, true, true}},
		{"* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Draft \\*)] f\r\nT1 OK\r\n",
			Mailbox{"", false, false, true}},
		{"* OK [PERMANENTFLAGS (\"\\\\Deleted\")] f\r\nT1 OK [UIDVALIDITY 8] done\r\n", Mailbox{"8", false, true, false}},
		{"* OK [UIDVALIDITY 7] v\r\nT2 OK\r\nT1 OK\r\n* OK [UIDVALIDITY 9] v\r\nT3 OK [READ-ONLY]\r\n",
			Mailbox{"7", false, true, true}},
		{"T3 OK [UIDVALIDITY 9]\r\nT1 OK\r\nT4 OK\r\n", Mailbox{"9", false, true, true}},
	} {
		c, server := piped(t)
		c.commands.sent([]byte("T1 EXAMINE INBOX\r\nT2 UID SEARCH ALL\r\nT3 NOOP\r\nT4 NOOP\r\n"))
		say(server, tt.text)
		_, err := io.Copy(io.Discard, c)
		require.NoError(t, err)
		assert.Equal(t, tt.want, c.Selected(), "%q", tt.text)
	}
}

func TestConn_CountsWhatIsLeftOut(t *testing.T) {
	c, server := piped(t)
	say(server, "* OK\r\n* FLAGS ()\r\n\r\n* VANISHED 1\r\nstray\r\n+\r\n* LIST x\r\n* 1 FETCH (FLAGS ())\r\n")
	_, err := io.Copy(io.Discard, c)
	require.NoError(t, err)
	assert.Equal(t, 4, c.Dropped())
	require.NoError(t, c.Fault())
}

func TestConn_WritesEmptyResponseAsEmptyLine(t *testing.T) {
	c, server := piped(t)
	got := make(chan string)
	go func() {
		text, _ := io.ReadAll(server) // a pipe has no other end than EOF
		got <- string(text)
	}()
	for _, text := range []string{"=\r\n", "A1 X =\r\n", "=="} {
		n, err := c.Write([]byte(text))
		require.NoError(t, err)
		assert.Len(t, text, n)
	}
	require.NoError(t, c.Close())
	assert.Equal(t, "\r\nA1 X =\r\n==", <-got)
	_, err := c.Write([]byte("x"))
	require.Error(t, err)
}
