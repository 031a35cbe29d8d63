package integration

import (
	"math"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/testclient"
)

// checkKills kills collectors with SIGKILL in the middle of the transfer of a mailbox.
// The run that completes must leave what an undisturbed run leaves.
func checkKills(t *testing.T, s *serverScene) {
	c := s.newCollection(t)
	messages, want := generate(3, s.size)
	c.deliver(messages...)
	server := c.onServer()
	g := newGate(t, portFor(s.server, s.protocol))
	c.configurePort(g.port()) // the same in all runs: a different port is a different mailbox

	var rows []int
	for n := range s.size.kills {
		// Every second process is killed when it has committed a part of what it got.
		rows = append(rows, c.killInTheMiddle(g, messages, n%2 == 0))
	}
	t.Logf("records at the kills: %d of %d", rows, len(server))

	g.open(math.MaxInt64)
	c.mustSoon("run", "-once")
	r := c.records()
	assert.Equal(t, want, r.outcomes())
	assert.Equal(t, keys(server), ledgerKeys(r))
	assert.Equal(t, want[inbound.Uploaded], len(r.Emails))
	assert.Empty(t, r.differences(server))
	customers, seen := make(map[string]bool), make(map[string]bool)
	for _, e := range r.Emails {
		customers[e.From] = true
	}
	assert.Equal(t, len(customers)+len(r.Emails), len(r.Notifications))
	for _, n := range r.Notifications {
		assert.False(t, seen[n.ID], "two notifications %s", n.ID)
		seen[n.ID] = true
	}
}

// killInTheMiddle starts a run and kills it when it has got a third of the messages that
// are not recorded yet, or when it has then committed some of them. It returns the number
// of records.
func (c *collection) killInTheMiddle(g *gate, messages [][]byte, afterCommit bool) int {
	c.t.Helper()
	before := c.recorded()
	var third int64
	for _, m := range messages[before : before+(len(messages)-before)/3] {
		third += int64(len(m))
	}
	cmd, ended := c.startUntil(g, third)
	if afterCommit {
		assert.Eventually(c.t, func() bool { return c.recorded() > before }, eventually, tick, "nothing is committed")
	}
	require.NoError(c.t, cmd.Process.Kill())
	<-ended
	g.cut()
	after := c.recorded()
	assert.Less(c.t, after, len(messages), "killed in the middle")
	return after
}

// startUntil starts a run, and returns when it has got so many bytes of the server. The
// channel gets the error of the run.
func (c *collection) startUntil(g *gate, bytes int64) (*exec.Cmd, <-chan error) {
	c.t.Helper()
	reached := g.open(bytes)
	cmd := c.command("run", "-once")
	require.NoError(c.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-reached:
	case err := <-ended:
		require.FailNow(c.t, "the run has ended early", "before it got %d bytes, error %v", bytes, err)
	}
	return cmd, ended
}

// recorded returns how many messages have a record.
func (c *collection) recorded() int {
	if code, _, _ := c.run("report"); code != 0 {
		return 0 // no run has made the database yet
	}
	return c.report().total()
}

// checkExpungedMeanwhile lets another client remove messages while a run reads the
// folder. What is uploaded is what the messages were, and nothing that the server may
// send in their place.
func checkExpungedMeanwhile(t *testing.T, s *serverScene) {
	if s.server.LocksReads {
		t.Skip("no client can change a folder while it is read")
	}
	c := s.newCollection(t)
	messages := make([][]byte, 60) // more bytes than the kernel keeps for the server
	for i := range messages {
		messages[i] = letterOf(150_000 + i)
	}
	c.deliver(messages...)
	before := c.onServer()
	g := newGate(t, s.server.IMAP)
	c.configurePort(g.port())
	_, ended := c.startUntil(g, 1_000_000)
	c.inside(func(client *testclient.IMAP) error {
		for _, command := range []string{"SELECT INBOX", `STORE 51:60 +FLAGS.SILENT (\Deleted)`, "EXPUNGE"} {
			if _, err := client.Do(command); err != nil {
				return err
			}
		}
		return nil
	})
	left := c.onServer()
	require.Len(t, left, 50)
	g.open(math.MaxInt64)
	<-ended // it may have failed

	c.mustSoon("run", "-once")
	r := c.records()
	t.Logf("%d of %d messages are uploaded; 10 were removed meanwhile", len(r.Emails), len(messages))
	assert.Empty(t, r.differences(before))
	for key := range left {
		assert.Contains(t, r.Raw, key)
	}
	senders := make(map[string]bool)
	for _, e := range r.Emails {
		senders[e.From] = true
	}
	assert.Equal(t, len(r.Emails), len(senders), "each is of a different customer")
	assert.Equal(t, 2*len(r.Emails), len(r.Notifications))
}

// mustSoon is must for a command that the server may refuse for a while: it notices late
// that the client of a session was killed.
func (c *collection) mustSoon(name string, args ...string) {
	c.t.Helper()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-again.C {
		code, _, complaint := c.run(name, args...)
		if code == 0 {
			return
		}
		require.Less(c.t, time.Now(), deadline, complaint)
	}
}
