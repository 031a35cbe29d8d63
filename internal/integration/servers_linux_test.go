package integration

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailgen"
	"github.com/postroom/postroom/internal/mailserver"
	"github.com/postroom/postroom/notify"
)

// serverChecks are what is checked of each server by each protocol, in this order. Each
// check can also run alone.
var serverChecks = []struct {
	name  string
	check func(*testing.T, *serverScene)
	only  inbound.Protocol // "" means both
}{
	{"EveryMessageHasAnOutcome", checkOutcomes, ""},
	{"SecondRunChangesNothing", checkSecondRun, ""},
	{"NothingIsMarked", checkUnmarked, inbound.IMAP},
	{"Check", checkConnection, ""},
	{"Reconcile", checkReconcile, ""},
	{"NewMail", checkNewMail, ""},
	{"StartNow", checkStartNow, ""},
	{"ExactDeletion", checkExactDeletion, ""},
	{"ExpungedMeanwhile", checkExpungedMeanwhile, inbound.IMAP},
	{"RecreatedMailbox", checkRecreatedMailbox, ""},
	{"Kills", checkKills, ""},
}

// TestServers runs the collector on mail servers of other makers, and on Dovecots with
// other formats and settings. With POSTROOM_SERVERS=full, the mailboxes are larger and
// there are more kills.
func TestServers(t *testing.T) {
	if testing.Short() {
		t.Skip("the other mail servers are left out with -short")
	}
	_, err := buildCollector()
	require.NoError(t, err)
	size := serverSize{messages: 36, scale: 0.2, kills: 1}
	if os.Getenv("POSTROOM_SERVERS") == "full" {
		size = serverSize{messages: 200, scale: 0.5, kills: 5}
	}
	for _, software := range mailserver.All() {
		t.Run(software.Name, func(t *testing.T) {
			t.Parallel()
			server := software.ForTest(t)
			for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
				if portFor(server, protocol) == 0 {
					continue
				}
				t.Run(string(protocol), func(t *testing.T) {
					s := &serverScene{home: t, server: server, protocol: protocol, size: size}
					for _, c := range serverChecks {
						if c.only == "" || c.only == protocol {
							t.Run(c.name, func(t *testing.T) { c.check(t, s) })
						}
					}
				})
			}
		})
	}
}

func portFor(s *mailserver.Server, protocol inbound.Protocol) int {
	if protocol == inbound.IMAP {
		return s.IMAP
	}
	return s.POP3
}

// serverSize is how much is done.
type serverSize struct {
	messages int
	scale    float64 // of the size of the messages; see mailgen.Options
	kills    int
}

// serverScene is a server that is read by one protocol.
type serverScene struct {
	home     *testing.T // the test of the protocol
	server   *mailserver.Server
	protocol inbound.Protocol
	size     serverSize
	first    *collection             // of the mailbox that several checks use; nil before the first of them
	want     map[inbound.Outcome]int // of the messages that were uploaded first
}

// collection is a collector that reads one mailbox of the server.
type collection struct {
	*program
	scene  *serverScene
	user   string
	folder string
}

// newCollection returns a collector on an empty mailbox.
func (s *serverScene) newCollection(t *testing.T, more ...string) *collection {
	t.Helper()
	user, err := s.server.NewMailbox()
	require.NoError(t, err)
	c := &collection{program: newProgram(t, os.DevNull), scene: s, user: user, folder: "INBOX"}
	c.configure(more...)
	return c
}

// configure writes the settings of the account.
func (c *collection) configure(more ...string) {
	c.configurePort(portFor(c.scene.server, c.scene.protocol), more...)
}

func (c *collection) configurePort(port int, more ...string) {
	c.t.Helper()
	lines := []string{
		"accounts:", "  - id: shop", "    shop: main", "    host: 127.0.0.1", "    security: none",
		"    protocol: " + string(c.scene.protocol), fmt.Sprintf("    port: %d", port),
		"    username: " + c.user, "    create_customer: true", "    notify_manager: true",
		"    initial_notifications: each", "    initial_age: 0",
		"    manager_group: support",
	}
	if c.folder != "INBOX" {
		lines = append(lines, "    folders: ["+c.folder+"]")
	}
	hasPassword := false
	for _, line := range more {
		hasPassword = hasPassword || line[:min(9, len(line))] == "password:"
		lines = append(lines, "    "+line)
	}
	if !hasPassword {
		lines = append(lines, "    password: "+mailserver.Password)
	}
	c.write(settings(lines, managerLines("free", "free"))...)
}

// uploaded returns the collection that several checks share. Its mailbox has mail of all
// kinds, and was uploaded once.
func (s *serverScene) uploaded(t *testing.T) *collection {
	t.Helper()
	if s.first == nil {
		s.first = s.newCollection(s.home)
		c := s.first.during(t)
		messages, want := generate(1, s.size)
		odd := oddMessages()
		c.deliver(append(messages, odd...)...)
		want[inbound.Uploaded] += len(odd)
		s.want = want
		c.must("run", "-once")
	}
	return s.first.during(t)
}

// during returns the collection for a test that is a part of the one that has made it.
func (c *collection) during(t *testing.T) *collection {
	p := *c.program
	p.t = t
	return &collection{program: &p, scene: c.scene, user: c.user, folder: c.folder}
}

// generate returns messages and what has to become of them. It leaves out automatic mail
// of people who become customers later: what becomes of it is a matter of how often a
// message is read, which some servers change.
func generate(seed uint64, size serverSize) (messages [][]byte, want map[inbound.Outcome]int) {
	mail := mailgen.New(mailgen.Options{Seed: seed, Messages: size.messages, Scale: size.scale})
	people := make(map[string]bool)
	for i := range mail.Len() {
		if _, truth := mail.Message(i); truth.Class == mailgen.Personal {
			people[truth.From] = true
		}
	}
	known := make(map[string]bool)
	var truths []mailgen.Truth
	for i := range mail.Len() {
		raw, truth := mail.Message(i)
		if truth.Class == mailgen.Personal {
			known[truth.From] = true
		} else if people[truth.From] && !known[truth.From] {
			continue
		}
		messages, truths = append(messages, raw), append(truths, truth)
	}
	return messages, expected(truths).outcomes
}

func (c *collection) deliver(messages ...[]byte) {
	c.t.Helper()
	require.NoError(c.t, c.scene.server.Deliver(c.user, time.Time{}, messages...))
}

// onServer returns the messages in the mailbox: their digests, by UID or unique-id.
func (c *collection) onServer() map[string]string {
	c.t.Helper()
	sums := make(map[string]string)
	if c.scene.protocol == inbound.IMAP {
		for uid, m := range c.open().Messages {
			sums[strconv.FormatUint(uint64(uid), 10)] = c.scene.digest(m.Raw)
		}
		return sums
	}
	client, err := c.scene.server.DialPOP3(c.user)
	require.NoError(c.t, err)
	messages, err := client.Read()
	require.NoError(c.t, err)
	require.NoError(c.t, client.Close())
	for uidl, raw := range messages {
		sums[uidl] = c.scene.digest(raw)
	}
	return sums
}

// records is what the collector has in its database.
type records struct {
	Ledger        []inbound.LedgerEntry // of the folder's current generation
	Emails        []inbound.Email
	Notifications []notify.Entry
	Raw           map[string]string // digests of the emails' bytes, by UID or unique-id
}

func (c *collection) records() records {
	c.t.Helper()
	r := records{Raw: make(map[string]string)}
	store := openSQLite(c.t, filepath.Join(c.dir, "collector.db"))
	ctx := c.t.Context()
	ledger, err := store.Entries(ctx, "shop", "", inbound.SourceID{}, 100_000)
	require.NoError(c.t, err)
	generation := c.generation(store)
	for _, e := range ledger {
		if e.Generation == generation {
			r.Ledger = append(r.Ledger, e)
		}
	}
	r.Emails, err = store.ListEmails(ctx, inbound.EmailFilter{}, "", 100_000)
	require.NoError(c.t, err)
	r.Notifications, err = store.Notifications(ctx, "", 100_000)
	require.NoError(c.t, err)
	for _, e := range r.Emails {
		r.Raw[e.SourceID.Key] = c.scene.digest(readRaw(c.t, store, e.ID))
	}
	return r
}

// generation returns the UIDVALIDITY of the folder at the last run; "" in POP3.
func (c *collection) generation(store *sqlstore.Store) string {
	c.t.Helper()
	if c.scene.protocol == inbound.POP3 {
		return ""
	}
	state, err := store.FolderState(c.t.Context(), "shop", c.folder)
	require.NoError(c.t, err)
	return state.Generation
}

// outcomes counts the records of the ledger.
func (r records) outcomes() map[inbound.Outcome]int {
	counts := make(map[inbound.Outcome]int)
	for _, e := range r.Ledger {
		counts[e.Outcome]++
	}
	return counts
}

// differences returns the emails whose bytes are not those on the server.
func (r records) differences(server map[string]string) []string {
	var differ []string
	for key, got := range r.Raw {
		if want := server[key]; got != want {
			differ = append(differ, fmt.Sprintf("%s: stored %s, on the server %s", key, got, cmp.Or(want, "nothing")))
		}
	}
	return differ
}

func readRaw(t *testing.T, store *sqlstore.Store, id string) []byte {
	t.Helper()
	r, err := store.OpenRaw(t.Context(), id)
	require.NoError(t, err)
	raw, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return raw
}

// digest returns the size and a checksum of a message. It leaves out the header fields
// that the server may change; such a server may also add a line end.
func (s *serverScene) digest(raw []byte) string {
	var b bytes.Buffer
	inHeader, skipped := true, false
	for line := range bytes.Lines(raw) {
		name, _, _ := strings.Cut(string(line), ":")
		folded := strings.HasPrefix(name, " ") || strings.HasPrefix(name, "\t")
		skipped = inHeader && (slices.Contains(s.server.Notes, name) || folded && skipped)
		inHeader = inHeader && len(bytes.TrimRight(line, "\r\n")) > 0
		if !skipped {
			b.Write(line)
		}
	}
	text := b.Bytes()
	if len(s.server.Notes) > 0 {
		text = bytes.TrimRight(text, "\r\n")
	}
	return fmt.Sprintf("%d bytes, %x", len(text), sha256.Sum256(text))
}
