package inboundtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// examined logs in and examines an INBOX with three messages.
func examined(t *testing.T, f inboundtest.Faults) (*inboundtest.Mailbox, *inboundtest.Server, *conversation) {
	box := inboundtest.NewMailbox()
	box.Deliver(testMessage(1), testMessage(2), testMessage(3))
	s := box.ServeIMAP(t, &inboundtest.ServerOptions{Security: inbound.Plain, Faults: f})
	c := converse(t, s)
	c.say("", `\* OK .*`)
	c.say(`T LOGIN "shop@example.com" "correct horse"`, `T OK .*`)
	c.say("T EXAMINE INBOX", `\* 3 EXISTS`, "T OK .*")
	return box, s, c
}

func TestFaults_QuietIdle(t *testing.T) {
	box, _, c := examined(t, inboundtest.Faults{QuietIdle: true})
	c.say("T IDLE", `\+ idling`)
	box.Deliver(testMessage(4))
	c.say("DONE", `\* 4 EXISTS`, "T OK .*") // it comes with the end of IDLE at the soonest
}

func TestFaults_OldStates(t *testing.T) {
	box, s, c := examined(t, inboundtest.Faults{OldUntilOpened: true})
	box.Deliver(testMessage(4))
	c.say("T NOOP", "T OK .*")
	c.say("T UID SEARCH UID 1:*", `\* SEARCH 1 2 3`, "T OK .*")
	c.say("T EXAMINE INBOX", `\* 4 EXISTS`, "T OK .*")
	s.SetFaults(inboundtest.Faults{OldUntilLogin: true})
	box.Deliver(testMessage(5))
	c.say("T NOOP", "T OK .*")
	c.say("T EXAMINE INBOX", `\* 3 EXISTS`, `\* OK \[UIDNEXT 4\] .*`, "T OK .*")
	other := converse(t, s)
	other.say(`T LOGIN "shop@example.com" "correct horse"`, `T OK .*`)
	other.say("T EXAMINE INBOX", `\* 5 EXISTS`, "T OK .*")
}

func TestFaults_IgnoreDone(t *testing.T) {
	_, s, c := examined(t, inboundtest.Faults{IgnoreDone: true})
	c.say("T IDLE", `\+ idling`)
	c.expectSilence("DONE")
	c.expectSilence("T NOOP")
	assert.Contains(t, s.Commands(), "DONE")
}

func TestFaults_EndIdle(t *testing.T) {
	_, _, c := examined(t, inboundtest.Faults{EndIdle: 10 * time.Millisecond})
	c.say("T IDLE", `\+ idling`, "T OK .*")
	c.say("T NOOP", "T OK .*")
}

func TestServer_SwallowConnections(t *testing.T) {
	box, s, c := examined(t, inboundtest.Faults{})
	s.SwallowConnections()
	c.expectSilence("T IDLE")
	box.Deliver(testMessage(4))
	c.expectSilence("DONE")
	assert.NotContains(t, s.Commands(), "T IDLE", "it is lost")
	other := converse(t, s)
	other.say(`T LOGIN "shop@example.com" "correct horse"`, `T OK .*`)
	assert.Equal(t, 2, s.Connections())
}

func TestServer_FetchBySequenceNumber(t *testing.T) {
	box, _, c := examined(t, inboundtest.Faults{})
	box.Remove(1)
	c.say("T NOOP", `\* 1 EXPUNGE`, "T OK .*")
	c.say("T FETCH 2:9 (UID RFC822.SIZE)", `\* 2 FETCH \(UID 3 RFC822.SIZE \d+\)`, "T OK .*")
	c.say("T FETCH 1 (UID)", `\* 1 FETCH \(UID 2\)`, "T OK .*")
}

// expectSilence sends a line, to which nothing is said for a moment.
func (c *conversation) expectSilence(line string) {
	c.t.Helper()
	_, err := c.conn.Write([]byte(line + "\r\n"))
	require.NoError(c.t, err)
	require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	_, err = c.in.ReadByte()
	require.Error(c.t, err)
	require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(10*time.Second)))
}
