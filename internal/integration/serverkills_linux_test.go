package integration

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
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
	reached := g.open(third)
	cmd := c.command("run", "-once")
	require.NoError(c.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-reached:
	case err := <-ended:
		require.FailNow(c.t, "the run has ended before it got its share", "%d bytes, error %v", third, err)
	}
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

// recorded returns how many messages have a record.
func (c *collection) recorded() int {
	if code, _, _ := c.run("report"); code != 0 {
		return 0 // no run has made the database yet
	}
	return c.report().total()
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
