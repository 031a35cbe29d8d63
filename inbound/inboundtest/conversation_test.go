package inboundtest_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// conversation is a scripted client.
type conversation struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func converse(t *testing.T, s *inboundtest.Server) *conversation {
	t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Account("").Port)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // the test is over
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	return &conversation{t, conn, bufio.NewReader(conn)}
}

// say sends a line and expects an answer: up to and with the line that the last
// pattern matches. Patterns are of lines, in order; lines between them may be others.
func (c *conversation) say(line string, patterns ...string) {
	c.t.Helper()
	if line != "" {
		_, err := fmt.Fprintf(c.conn, "%s\r\n", line)
		require.NoError(c.t, err)
	}
	var heard strings.Builder
	for _, pattern := range patterns {
		expected := regexp.MustCompile("^" + pattern + "\r\n$")
		for {
			answer, err := c.in.ReadString('\n')
			heard.WriteString(answer)
			require.NoError(c.t, err, "after %q, waiting for %q, the server said:\n%s", line, pattern, heard.String())
			if expected.MatchString(answer) {
				break
			}
			require.NotRegexp(c.t, `^(T |-ERR|\+OK)`, answer, "after %q, waiting for %q", line, pattern)
		}
	}
}

func TestServer_IMAPConversation(t *testing.T) {
	box := inboundtest.NewMailbox()
	box.Deliver(testMessage(1), testMessage(2), testMessage(3))
	box.DeliverTo("Café & co", testMessage(4))
	s := box.ServeIMAP(t, &inboundtest.ServerOptions{Security: inbound.Plain})
	c := converse(t, s)
	c.say("", `\* OK \[CAPABILITY IMAP4rev1 .*AUTH=PLAIN.*\] ready`)
	c.say("T SELECT INBOX", "T BAD .*")
	c.say("T NONSENSE", "T BAD .*")
	c.say(`T LOGIN shop@example.com {5}`, `\+ go on`)
	c.say("wrong", `T NO \[AUTHENTICATIONFAILED\] .*`)
	c.say(`T LOGIN "shop@example.com" "correct horse"`, `T OK \[CAPABILITY .*\] logged in`)
	c.say(`T LIST "" "*"`, `\* LIST \(.*\) "/" "Caf&AOk- &- co"`, `\* LIST \(.*\) "/" "INBOX"`, "T OK .*")
	c.say("T SELECT Nowhere", `T NO \[NONEXISTENT\] .*`)
	c.say("T EXAMINE inbox", `\* 3 EXISTS`, `\* OK \[UIDVALIDITY 1\] .*`, `\* OK \[UIDNEXT 4\] .*`,
		`T OK \[READ-ONLY\] .*`)
	c.say(`T UID STORE 1 +FLAGS (\Seen)`, `T NO \[READ-ONLY\] .*`)
	c.say("T UID SEARCH UID 9:*", `\* SEARCH 3`, "T OK .*")
	c.say("T UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN", `\* ESEARCH \(TAG "T"\) UID MIN 1 MAX 3 COUNT 3 ALL 1:3`,
		"T OK .*")
	c.say("T UID SEARCH RETURN (ALL) SEEN", `\* ESEARCH \(TAG "T"\) UID`, "T OK .*")
	c.say("T UID FETCH 2 (UID RFC822.SIZE FLAGS BODY.PEEK[]<5.4>)",
		`\* 2 FETCH \(UID 2 RFC822.SIZE 49 FLAGS \(\) BODY\[\]<5> \{4\}`, ` ann\)`, "T OK .*")
	c.say("T UID FETCH 2 ENVELOPE", "T BAD .*")
	c.say("T SELECT INBOX", `T OK \[READ-WRITE\] .*`)
	c.say("T UID FETCH 1 BODY[HEADER]", `\* 1 FETCH \(UID 1 BODY\[HEADER\] \{39\}`, "T OK .*")
	assert.Equal(t, []uint32{1}, box.Seen(), "BODY without PEEK marks as read")
	c.say("T IDLE", `\+ idling`)
	box.Deliver(testMessage(5))
	c.say("", `\* 4 EXISTS`)
	box.Remove(2)
	c.say("", `\* 2 EXPUNGE`)
	c.say("DONE", "T OK .*")
	box.MarkDeleted(3)
	c.say(`T UID STORE 1 +FLAGS (\Deleted)`, `\* 1 FETCH \(UID 1 FLAGS \(\\Seen \\Deleted\)\)`, "T OK .*")
	c.say(`T UID STORE 4 FLAGS (\Draft)`, `\* 3 FETCH \(UID 4 FLAGS \(\\Draft\)\)`, "T OK .*")
	c.say("T UID SEARCH UNDRAFT DELETED", `\* SEARCH 1 3`, "T OK .*")
	c.say("T UID SEARCH DRAFT", `\* SEARCH 4`, "T OK .*")
	c.say(`T UID STORE 4 -FLAGS (\Draft)`, `\* 3 FETCH \(UID 4 FLAGS \(\)\)`, "T OK .*")
	c.say("T UID EXPUNGE 1", `\* 1 EXPUNGE`, "T OK .*")
	assert.Equal(t, []uint32{3, 4}, box.UIDs(), "3 is marked, and was not named")
	c.say("T EXPUNGE", `\* 1 EXPUNGE`, "T OK .*")
	c.say("T UNSELECT", "T OK .*")
	c.say("T UID SEARCH ALL", "T BAD .*")
	c.say("T LOGOUT", `\* BYE .*`, "T OK .*")
}

func TestServer_POP3Conversation(t *testing.T) {
	box := inboundtest.NewMailbox()
	box.Deliver(testMessage(1), []byte(".\r\nSubject: x\r\n\r\n.\r\none\r\ntwo\r\nend"), testMessage(3))
	s := box.ServePOP3(t, &inboundtest.ServerOptions{Security: inbound.Plain})
	c := converse(t, s)
	c.say("", `\+OK ready`)
	c.say("CAPA", `\+OK .*`, "TOP", "UIDL", "PIPELINING", "SASL PLAIN", `\.`)
	c.say("STAT", "-ERR .*")
	c.say("USER shop@example.com", `\+OK .*`)
	c.say("PASS wrong", `-ERR \[AUTH\] .*`)
	c.say("AUTH PLAIN", `\+ `)
	c.say(base64.StdEncoding.EncodeToString([]byte("\x00shop@example.com\x00correct horse")), `\+OK 3 messages`)
	c.say("STAT", `\+OK 3 \d+`)
	c.say("LIST 2", `\+OK 2 33`)
	c.say("UIDL", `\+OK .*`, "1 uidl-1-1", "2 uidl-1-2", "3 uidl-1-3", `\.`)
	c.say("RETR 2", `\+OK .*`, `\.\.`, "Subject: x", "", `\.\.`, "one", "two", "end", `\.`)
	c.say("TOP 2 1", `\+OK .*`, `\.\.`, "Subject: x", "", `\.\.`, `\.`)
	c.say("RETR 4", "-ERR .*")
	c.say("DELE 1", `\+OK .*`)
	c.say("RSET", `\+OK .*`)
	c.say("DELE 2\r\nDELE 2\r\nNOOP", `\+OK .*`)
	c.say("", "-ERR .*")
	c.say("", `\+OK .*`)
	assert.Equal(t, []uint32{1, 2, 3}, box.UIDs(), "QUIT deletes, and nothing before it")
	c.say("QUIT", `\+OK .*`)
	assert.Equal(t, []uint32{1, 3}, box.UIDs())
}

// A test can script answers that no fault provides.
func TestFaults_Answer(t *testing.T) {
	s := inboundtest.NewMailbox().ServeIMAP(t, &inboundtest.ServerOptions{Security: inbound.Plain,
		Faults: inboundtest.Faults{
			Answer: func(command string) (string, bool) {
				tag, rest, _ := strings.Cut(command, " ")
				return "* OK [ALERT] the roof\r\n" + tag + " NO " + rest + "?\r\n", rest == "NOOP"
			},
			Instead: map[string]string{"ID": "NO not you", "ID NIL": ""},
		}})
	c := converse(t, s)
	c.say("T NOOP", `\* OK \[ALERT\] the roof`, `T NO NOOP\?`)
	c.say(`T ID ("name" "x")`, "T NO not you")
	c.say("T ID NIL\r\nT CAPABILITY", `\* CAPABILITY .*`, "T OK .*")
	s.SetFaults(inboundtest.Faults{Instead: map[string]string{"NOOP": inboundtest.Bye}})
	c.say("T NOOP", `\* BYE .*`)
	_, err := c.in.ReadByte()
	require.Error(t, err, "the connection ends after BYE")
	assert.Contains(t, s.Commands(), "T NOOP")
}
