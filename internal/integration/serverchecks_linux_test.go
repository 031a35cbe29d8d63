package integration

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/testclient"
)

// checkOutcomes checks that each message on the server has the outcome that it has to
// have, and that the bytes of the uploaded messages are those on the server.
func checkOutcomes(t *testing.T, s *serverScene) {
	c := s.uploaded(t)
	server, r := c.onServer(), c.records()
	assert.Equal(t, s.want, r.outcomes())
	assert.Equal(t, keys(server), ledgerKeys(r), "each message has one record")
	assert.Equal(t, s.want[inbound.Uploaded], len(r.Raw))
	assert.Empty(t, r.differences(server), "the bytes are equal")
	require.NotEmpty(t, r.Emails)
	e := r.Emails[len(r.Emails)/2]
	assert.Equal(t, r.Raw[e.SourceID.Key], s.digest([]byte(c.must("raw", e.ID))))
}

func keys(messages map[string]string) []string { return slices.Sorted(maps.Keys(messages)) }

func ledgerKeys(r records) []string {
	list := make([]string, 0, len(r.Ledger))
	for _, e := range r.Ledger {
		list = append(list, e.Key)
	}
	slices.Sort(list)
	return list
}

// checkSecondRun checks that another run changes neither the database nor the server.
func checkSecondRun(t *testing.T, s *serverScene) {
	c := s.uploaded(t)
	server, before := c.onServer(), c.records()
	for range 2 {
		c.must("run", "-once")
		after := c.records()
		assert.Equal(t, before.outcomes(), after.outcomes())
		assert.Equal(t, before.Ledger, after.Ledger)
		assert.Equal(t, before.Raw, after.Raw)
		assert.Equal(t, before.Notifications, after.Notifications)
	}
	assert.Equal(t, server, c.onServer())
}

// checkUnmarked checks that reading has set no flags.
func checkUnmarked(t *testing.T, s *serverScene) {
	c := s.uploaded(t)
	c.must("run", "-once")
	for uid, m := range c.open().Messages {
		assert.Empty(t, m.Flags, "UID %d", uid)
	}
}

// checkConnection runs the command check with the right and with a wrong password, and
// a run on a folder that does not exist.
func checkConnection(t *testing.T, s *serverScene) {
	c := s.uploaded(t)
	var line struct {
		OK, Reachable bool
		LoggedIn      bool `json:"logged_in"`
		Folders       []string
		Waiting       struct{ Messages *int }
		Error, Hint   string
	}
	require.NoError(t, json.Unmarshal([]byte(c.must("check")), &line))
	assert.True(t, line.OK && line.Reachable && line.LoggedIn)
	require.NotNil(t, line.Waiting.Messages)
	assert.Equal(t, len(c.onServer()), *line.Waiting.Messages)
	if s.protocol == inbound.IMAP {
		assert.Contains(t, line.Folders, "INBOX")
	}

	other := s.newCollection(t, "password: wrong")
	code, out, complaint := other.run("check")
	assert.Equal(t, 1, code)
	require.NoError(t, json.Unmarshal([]byte(out), &line))
	assert.True(t, line.Reachable)
	assert.False(t, line.OK || line.LoggedIn)
	assert.Contains(t, line.Hint, "password")
	assert.Contains(t, lineWith(complaint, "account shop:"), "password")

	if s.protocol == inbound.IMAP {
		other.folder = "Reklamationen"
		other.configure()
		code, _, complaint = other.run("run", "-once")
		assert.Equal(t, 1, code)
		assert.Contains(t, lineWith(complaint, "account shop:"), "Reklamationen")
	}
}

// reconciled is what the command reconcile prints.
type reconciled struct {
	Total    int
	Complete bool
	Gaps     []struct{ Kind, Subject string }
}

func (c *collection) reconcile() reconciled {
	c.t.Helper()
	var r reconciled
	require.NoError(c.t, json.Unmarshal([]byte(c.must("reconcile", "-account", "shop")), &r))
	return r
}

// checkReconcile checks that there are no gaps, and that new messages are gaps until
// they are uploaded. Where the server has renumbered the folder, all messages are.
func checkReconcile(t *testing.T, s *serverScene) {
	c := s.uploaded(t)
	c.must("run", "-once")
	messages := len(c.onServer())
	r := c.reconcile()
	assert.Equal(t, messages, r.Total)
	assert.True(t, r.Complete)
	assert.Empty(t, r.Gaps)

	c.deliver(letters("gap", 2, time.Now())...)
	gaps := 2
	if s.protocol == inbound.IMAP && s.server.Renumbers {
		gaps += messages
	}
	r = c.reconcile()
	assert.Equal(t, messages+2, r.Total)
	assert.True(t, r.Complete)
	assert.Equal(t, gaps, len(r.Gaps))
	for _, gap := range r.Gaps {
		assert.Equal(t, string(inbound.GapUnrecorded), gap.Kind)
	}
	c.must("run", "-once")
	assert.Empty(t, c.reconcile().Gaps)
}

// checkNewMail checks that the next run uploads the messages that came after the last
// one, and only them.
func checkNewMail(t *testing.T, s *serverScene) {
	c := s.uploaded(t)
	c.must("run", "-once")
	before := c.records()
	for n := range 2 {
		c.deliver(letters("new", 3, time.Now())...)
		c.must("run", "-once")
		after, server := c.records(), c.onServer()
		assert.Equal(t, len(before.Emails)+3*(n+1), len(after.Emails))
		assert.Equal(t, len(before.Notifications)+3+3*(n+1), len(after.Notifications), "of 3 customers and their mail")
		assert.Equal(t, keys(server), ledgerKeys(after))
		for _, e := range after.Emails[len(before.Emails):] {
			assert.Equal(t, "new", e.Subject)
		}
	}
}

// checkStartNow checks that an account with "start: now" uploads only messages that
// come after its first run. The first of them come immediately after it.
func checkStartNow(t *testing.T, s *serverScene) {
	c := s.newCollection(t, "start: now")
	c.deliverOld(5)
	c.must("run", "-once")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 5}, c.records().outcomes())
	for n := range 2 {
		c.deliver(letters("new", 3, time.Now())...)
		c.must("run", "-once")
		r := c.records()
		assert.Equal(t, 3*(n+1), len(r.Emails))
		assert.Equal(t, 5, r.outcomes()[inbound.Ignored])
		assert.Equal(t, keys(c.onServer()), ledgerKeys(r))
		for _, e := range r.Emails {
			assert.Equal(t, "new", e.Subject)
		}
	}
}

// deliverOld delivers messages that arrived an hour ago.
func (c *collection) deliverOld(n int) {
	c.t.Helper()
	at := time.Now().Add(-time.Hour)
	require.NoError(c.t, c.scene.server.Deliver(c.user, at, letters("old", n, at)...))
}

// checkExactDeletion checks that delete_uploaded removes what was uploaded and nothing
// else: neither mail from before the start nor unmatched mail, and no message that
// another client has flagged as deleted. On an IMAP server without UIDPLUS, nothing is
// removed and the collector says why.
func checkExactDeletion(t *testing.T, s *serverScene) {
	c := s.newCollection(t, "start: now")
	c.deliverOld(4)
	c.must("run", "-once")
	news := append([]byte("List-Id: <news.example>\r\n"), letters("news", 1, time.Now())[0]...)
	c.deliver(slices.Insert(letters("new", 5, time.Now()), 2, news)...)
	c.must("run", "-once")
	before := c.records()
	want := map[inbound.Outcome]int{inbound.Ignored: 4, inbound.Uploaded: 5, inbound.Unmatched: 1}
	assert.Equal(t, want, before.outcomes())
	flagged := c.flagDeleted(2)
	server := c.onServer()
	left := maps.Clone(server)
	for key := range before.Raw {
		delete(left, key)
	}

	c.configure("start: now", "delete_uploaded: true")
	code, _, complaint := c.run("run", "-once")
	if s.protocol == inbound.IMAP && !c.hasUIDPLUS() {
		assert.Equal(t, 1, code)
		assert.Contains(t, complaint, "UIDPLUS")
		left = server
	} else {
		assert.Zero(t, code, complaint)
	}
	assert.Equal(t, left, c.onServer())
	assert.Equal(t, flagged, c.flagged())
	assert.Equal(t, before.Raw, c.records().Raw)
}

// flagDeleted sets \Deleted on the first n messages, as another client does before it
// expunges them. It returns the UIDs of all messages with the flag; none in POP3.
func (c *collection) flagDeleted(n int) []uint32 {
	c.t.Helper()
	if c.scene.protocol != inbound.IMAP {
		return nil
	}
	c.inside(func(client *testclient.IMAP) error {
		if _, err := client.Do("SELECT " + testclient.Quote(c.folder)); err != nil {
			return err
		}
		_, err := client.Do(fmt.Sprintf(`STORE 1:%d +FLAGS (\Deleted)`, n))
		return err
	})
	flagged := c.flagged()
	require.Len(c.t, flagged, n)
	return flagged
}

// flagged returns the UIDs of the messages with \Deleted; none in POP3.
func (c *collection) flagged() []uint32 {
	if c.scene.protocol != inbound.IMAP {
		return nil
	}
	var uids []uint32
	for uid, m := range c.open().Messages {
		if slices.Contains(m.Flags, `\Deleted`) {
			uids = append(uids, uid)
		}
	}
	slices.Sort(uids)
	return uids
}

func (c *collection) hasUIDPLUS() bool {
	var capabilities []string
	c.inside(func(client *testclient.IMAP) (err error) {
		capabilities, err = client.Do("CAPABILITY")
		return err
	})
	return slices.Contains(strings.Fields(strings.ToUpper(strings.Join(capabilities, " "))), "UIDPLUS")
}

// inside does something in an IMAP session of the mailbox.
func (c *collection) inside(do func(*testclient.IMAP) error) {
	c.t.Helper()
	client, err := c.scene.server.DialIMAP(c.user)
	require.NoError(c.t, err)
	require.NoError(c.t, do(client))
	require.NoError(c.t, client.Close())
}

// open returns what the collection's folder has.
func (c *collection) open() (f testclient.Folder) {
	c.t.Helper()
	c.inside(func(client *testclient.IMAP) (err error) {
		f, err = client.Read(c.folder)
		return err
	})
	return f
}

// checkRecreatedMailbox removes all messages and puts them into the mailbox again, after
// a new one, so that all of them have other identities. Only the new one is uploaded.
func checkRecreatedMailbox(t *testing.T, s *serverScene) {
	c := s.newCollection(t)
	messages, _ := generate(2, serverSize{messages: 12, scale: 0.05})
	recreate := s.recreator(c)
	recreate(messages)
	c.must("run", "-once")
	before := c.records()
	require.NotEmpty(t, before.Emails)

	first := message("first@post.example", "first")
	recreate(slices.Concat([][]byte{first}, messages))
	for range 2 {
		c.must("run", "-once")
		after := c.records()
		assert.Equal(t, len(before.Emails)+1, len(after.Emails), "only the new message is uploaded")
		assert.Equal(t, len(before.Notifications)+2, len(after.Notifications), "for it and its sender")
	}
	reconciled := c.reconcile()
	assert.Equal(t, len(messages)+1, reconciled.Total)
	assert.Empty(t, reconciled.Gaps)
}

// recreator returns a function that makes a mailbox anew, with these messages: by IMAP, a
// folder that is deleted and created.
func (s *serverScene) recreator(c *collection) func([][]byte) {
	if s.protocol == inbound.POP3 {
		return func(messages [][]byte) {
			c.empty()
			c.deliver(messages...)
		}
	}
	c.folder = s.server.FolderPrefix + "Orders"
	c.configure()
	var validity uint32
	return func(messages [][]byte) {
		// Servers take the time in seconds as UIDVALIDITY.
		deadline := time.Now().Add(10 * time.Second)
		for last := validity; validity == last; validity = c.open().UIDValidity {
			require.Less(c.t, time.Now(), deadline, "the folder keeps its UIDVALIDITY")
			c.inside(func(client *testclient.IMAP) error {
				if validity != 0 {
					if _, err := client.Do("DELETE " + testclient.Quote(c.folder)); err != nil {
						return err
					}
				}
				return create(client, c.folder, messages)
			})
		}
	}
}

// create creates a folder with messages.
func create(client *testclient.IMAP, folder string, messages [][]byte) error {
	if _, err := client.Do("CREATE " + testclient.Quote(folder)); err != nil {
		return err
	}
	for _, m := range messages {
		if err := client.Append(folder, m, nil, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// empty removes all messages from the mailbox.
func (c *collection) empty() {
	c.t.Helper()
	client, err := c.scene.server.DialPOP3(c.user)
	require.NoError(c.t, err)
	require.NoError(c.t, client.DeleteAll())
	require.NoError(c.t, client.Close())
}
