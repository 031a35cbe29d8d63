package integration

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/mailgen"
)

// copied is a collector whose database is copied.
type copied struct {
	*program
	scene *scene
	more  []string // the settings
}

// collected returns a collector that has uploaded a mailbox of messages.
func collected(t *testing.T, messages int) copied {
	s := newScene(t, nil)
	s.deliver(mailgen.Options{Seed: 17, Messages: messages, Scale: 0.1})
	more := settings([]string{"accounts:"}, accountLines("shop", "imap", s.server.Host(), s.server.Ports().IMAPS,
		"create_customer: true", "notify_manager: true", "manager_group: support", "initial_age: 0"),
		managerLines("free", "free", "lunch"))
	c := copied{newProgram(t, s.server.CAFile(), more...), s, more}
	c.must("run", "-once")
	return c
}

// all is what the collector shows of its database.
func (c copied) all() (all []string) {
	for _, command := range [][]string{{"report"}, {"emails"}, {"ledger", "-account", "shop"}, {"notifications"}} {
		all = append(all, c.must(command[0], command[1:]...))
	}
	return all
}

// take makes a database that of the settings.
func (c copied) take(database string) {
	c.database = database
	c.write(c.more...)
}

// TestCollectorCopy_NothingAgain: with a copy, nothing is uploaded again and nobody is
// notified again.
func TestCollectorCopy_NothingAgain(t *testing.T) {
	c := collected(t, 150)
	before := c.all()
	ids := c.lines("emails")
	for i, to := range copyTargets(t) {
		c.must("copy", "-to", to)
		c.take(to)
		require.Equal(t, before, c.all(), to)
		for i := 0; i < len(ids); i += 20 {
			assert.NotEmpty(t, c.must("raw", ids[i].ID))
		}
		c.must("run", "-once")
		after := c.all()
		require.Equal(t, before[1:], after[1:], "only the time of the last success changes")

		require.NoError(t, c.scene.server.Deliver(mailbox, "INBOX", letterOf(40_000+i)))
		c.must("run", "-once")
		before = c.all()
		require.Equal(t, 1, strings.Count(before[1], "\n")-strings.Count(after[1], "\n"), "new mail goes on")
		require.Greater(t, strings.Count(before[3], "\n"), strings.Count(after[3], "\n"))
	}
}

// copyTargets are databases, each of which is copied to the next.
func copyTargets(t *testing.T) []string {
	servers := serverURLs(t)
	return []string{
		servers["PostgreSQL"], "sqlite:" + filepath.Join(t.TempDir(), "copy.db"),
		servers["MariaDB"], "sqlite:" + filepath.Join(t.TempDir(), "copy.db"),
	}
}

// TestCollectorCopy_Killed: a copy that is killed at any moment goes on, and is the same in
// the end.
func TestCollectorCopy_Killed(t *testing.T) {
	c := collected(t, 400)
	before := c.all()
	for _, to := range copyTargets(t) {
		kills, midway, from := 0, 0, c.database
		for ; kills < 200; kills++ {
			cmd := c.command("copy", "-to", to)
			require.NoError(t, cmd.Start())
			timer := time.AfterFunc(30*time.Millisecond+time.Duration(kills)*15*time.Millisecond, func() {
				_ = cmd.Process.Kill() // it may have ended
			})
			err := cmd.Wait()
			timer.Stop()
			if err == nil {
				break
			}
			require.Equal(t, -1, cmd.ProcessState.ExitCode(), "killed")
			c.take(to)
			if code, _, complaint := c.run("report"); strings.Contains(complaint, "a copy that was not finished") {
				require.Equal(t, 1, code)
				midway++
			}
			c.take(from)
		}
		require.Positive(t, midway)
		t.Logf("%d kills, %d of them midway", kills, midway)
		c.take(to)
		require.Equal(t, before, c.all(), to)
		c.must("run", "-once")
		require.Equal(t, before[1:], c.all()[1:])
		before = c.all()
	}
}
