package integration

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// wire is a host in memory that collects from a scripted server by the real
// protocols.
type wire struct {
	*testing.T
	box       *inboundtest.Mailbox
	server    *inboundtest.Server
	store     *memstore.Store
	customers *memstore.Customers
	managers  *memstore.Managers
	notified  recorder
	account   inbound.Account
}

func newWire(t *testing.T, protocol inbound.Protocol, deletes bool) *wire {
	w := &wire{
		T: t, box: inboundtest.NewMailbox(), store: memstore.New(),
		customers: memstore.NewCustomers(), managers: memstore.NewManagers(),
	}
	if protocol == inbound.POP3 {
		w.box.POP3 = true
		w.server = w.box.ServePOP3(t, nil)
	} else {
		w.server = w.box.ServeIMAP(t, nil)
	}
	for _, id := range []string{"m1", "m2"} {
		w.managers.Put(assign.Manager{ID: id, Status: assign.Free}, "support")
	}
	w.account = w.server.Account("shop")
	w.account.Shop, w.account.ManagerGroup = "main", "support"
	w.account.CreateCustomer, w.account.NotifyManager, w.account.DeleteUploaded = true, true, deletes
	return w
}

// deliver puts mail of several kinds into the mailbox, the same in every test.
func (w *wire) deliver() {
	for i := range 12 {
		from := fmt.Sprintf("c%d@post.example", i%5)
		w.box.Deliver(plainMessage(from, fmt.Sprint("message ", i), strings.Repeat("line\r\n", 40*i)))
	}
	w.box.Deliver(
		plainMessage("c1@post.example", "message 1", strings.Repeat("line\r\n", 40)), // a copy
		plainMessage("list@post.example", "offer", ""),
		plainMessage("nobody", "no address", ".\r\n..\r\nof dots\r\n"))
}

func plainMessage(from, subject, text string) []byte {
	header := ""
	if strings.HasPrefix(from, "list") {
		header = "List-Id: <list.post.example>\r\n"
	}
	return []byte("From: " + from + "\r\nTo: shop@example.com\r\nSubject: " + subject + "\r\n" +
		"Date: Mon, 06 Jan 2025 10:00:00 +0000\r\n" + header + "\r\n" + text + "The end.\r\n")
}

func (w *wire) pass() error {
	w.Helper()
	network := w.server.Network()
	network.IdleTimeout = time.Second
	s, err := inbound.New(inbound.Config{
		Accounts:    []inbound.Account{w.account},
		Credentials: inbound.StaticCredentials{w.account.ID: w.server.Secrets()},
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: network}),
			inbound.POP3: pop3fetch.New(&pop3fetch.Options{Network: network}),
		},
		Store: w.store, CustomerRepo: w.customers, ManagerDirectory: w.managers, Notifier: &w.notified,
		Logger: slog.New(slog.DiscardHandler), SpoolDir: w.TempDir(),
	})
	require.NoError(w, err)
	_, err = s.Sync(w.Context(), "shop")
	_, dispatched := s.Dispatch(w.Context())
	require.NoError(w, dispatched)
	return err
}

// state describes the state of host and mailbox.
func (w *wire) state() []string {
	var lines []string
	emails, err := w.store.ListEmails(w.Context(), inbound.EmailFilter{}, "", 1000)
	require.NoError(w, err)
	for _, e := range emails {
		lines = append(lines, fmt.Sprintf("email %s from %s, size %d", e.ID, e.From, e.Size))
	}
	for _, c := range w.customers.All() {
		lines = append(lines, fmt.Sprintf("customer %s of %s", c.Email, c.ManagerID))
	}
	rows, err := w.store.Entries(w.Context(), "shop", "", inbound.SourceID{}, 1000)
	require.NoError(w, err)
	for _, row := range rows {
		lines = append(lines, fmt.Sprintf("row %s: %s, deleted %v", row.SourceID, row.Outcome, row.Deleted))
	}
	for _, n := range w.notified.all() {
		lines = append(lines, fmt.Sprintf("notification %s to %s", n.ID, n.ManagerID))
	}
	lines = append(lines, fmt.Sprint("left ", w.box.UIDs()), fmt.Sprint("seen ", w.box.Seen()))
	slices.Sort(lines)
	return lines
}

// undisturbed returns the state after a pass without faults, and the number of its
// steps.
func undisturbed(t *testing.T, protocol inbound.Protocol, deletes bool) ([]string, int) {
	w := newWire(t, protocol, deletes)
	w.deliver()
	require.NoError(t, w.pass())
	steps := w.server.Steps()
	require.NoError(t, w.pass())
	return w.state(), steps
}

// TestSync_CutAtEveryStepOfTheProtocol ends the connection at every command and at
// every part of an answer. The next pass must finish the work.
func TestSync_CutAtEveryStepOfTheProtocol(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		for _, deletes := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, deletes %v", protocol, deletes), func(t *testing.T) {
				want, steps := undisturbed(t, protocol, deletes)
				require.Greater(t, steps, 30)
				t.Logf("%d steps", steps)
				for n := 1; n <= steps; n++ {
					w := newWire(t, protocol, deletes)
					w.deliver()
					w.server.CutAtStep(n)
					cut := w.pass()
					require.NoError(t, w.pass())
					require.Equal(t, want, w.state(), "cut at step %d: %v", n, cut)
				}
			})
		}
	}
}

// TestSync_FaultyServers runs one pass on a faulty server and further passes on a
// correct one. No message may be lost, uploaded twice or deleted too early.
func TestSync_FaultyServers(t *testing.T) {
	type fault struct {
		name  string
		fault inboundtest.Faults
		works bool // the pass succeeds nevertheless
	}
	both := []fault{
		{"trickles", inboundtest.Faults{Trickle: 7}, true},
		{"falls silent", inboundtest.Faults{SilentAt: 4000}, true},
		{"falls silent immediately", inboundtest.Faults{SilentAt: 1}, false},
		{"closes the connection", inboundtest.Faults{CutAt: 3000, CutBy: inboundtest.CutByFIN}, true},
		{"sends megabytes without a line break", inboundtest.Faults{Noise: strings.Repeat("x", 4<<20)}, false},
		{"is wrong about sizes", inboundtest.Faults{SizeOff: 17}, true},
	}
	for protocol, own := range map[inbound.Protocol][]fault{
		inbound.IMAP: {
			{"has NUL bytes in its answers", inboundtest.Faults{Noise: "\x00\xff"}, true},
			{"splits answers", inboundtest.Faults{SplitFetch: true}, true},
			{"sends the UID last", inboundtest.Faults{UIDLast: true}, true},
			{"omits messages", inboundtest.Faults{OmitFromFetch: []uint32{2, 9}}, true},
			{"has a UIDNEXT far ahead", inboundtest.Faults{UIDNextAhead: 420_000}, true},
			{"hides its UIDNEXT", inboundtest.Faults{NoUIDNext: true}, true},
			{"limits messages", inboundtest.Faults{MessageLimit: 4}, true},
			{"announces 4 GiB", inboundtest.Faults{Literal: "4294967296"}, false},
			{"announces less than nothing", inboundtest.Faults{Literal: "-1"}, false},
			{"says BYE", inboundtest.Faults{Instead: map[string]string{"UID FETCH": "* BYE shutting down"}}, false},
			{"throttles", inboundtest.Faults{Instead: map[string]string{"UID FETCH": inboundtest.Throttled}}, false},
			{"has no ESEARCH", inboundtest.Faults{Without: []string{"ESEARCH"}}, true},
		},
		inbound.POP3: {
			{"has NUL bytes in its answers", inboundtest.Faults{Noise: "\x00\xff"}, false},
			{"gives copies one unique-id", inboundtest.Faults{TwinUIDLs: true}, true},
			{"lists too few", inboundtest.Faults{UIDLShort: 2}, false},
			{"has no pipelining", inboundtest.Faults{Without: []string{"PIPELINING"}}, true},
			{"has no UIDL", inboundtest.Faults{Without: []string{"UIDL"}}, true},
			{"has no TOP", inboundtest.Faults{Without: []string{"TOP"}}, true},
			{"refuses a message", inboundtest.Faults{Instead: map[string]string{"RETR 3": "-ERR not now"}}, true},
			{"refuses QUIT", inboundtest.Faults{Instead: map[string]string{
				"QUIT": "-ERR some messages not removed",
			}}, false},
			{"loses the answer to QUIT", inboundtest.Faults{QuitLost: true}, false},
			{"is in use", inboundtest.Faults{Instead: map[string]string{
				"PASS": "-ERR [IN-USE] locked", "AUTH": "-ERR [IN-USE] locked",
			}}, false},
		},
	} {
		for _, f := range slices.Concat(both, own) {
			t.Run(string(protocol)+" "+f.name, func(t *testing.T) {
				w := newWire(t, protocol, true)
				w.deliver()
				w.server.SetFaults(f.fault)
				err := w.pass()
				if f.works {
					assert.NoError(t, err)
				} else {
					assert.Error(t, err)
					assert.NotContains(t, err.Error(), "\n")
				}
				w.server.SetFaults(inboundtest.Faults{})
				w.settle()
				want, _ := undisturbed(t, protocol, true)
				assert.Equal(t, ofPeople(want), ofPeople(w.state()))
			})
		}
	}
}

// TestSync_ServerHangsUpOnAMessage checks that the messages after it are uploaded.
func TestSync_ServerHangsUpOnAMessage(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			w := newWire(t, protocol, true)
			w.deliver()
			w.server.SetFaults(inboundtest.Faults{HangUpOn: []uint32{3}})
			require.NoError(t, w.pass())
			rows, err := w.store.Entries(t.Context(), "shop", inbound.Failed, inbound.SourceID{}, 10)
			require.NoError(t, err)
			require.Len(t, rows, 1)
			assert.Equal(t, "the connection ended while the message was read", rows[0].Reason)
			w.server.SetFaults(inboundtest.Faults{})
			w.settle()
			want, _ := undisturbed(t, protocol, true)
			assert.Equal(t, ofPeople(want), ofPeople(w.state()))
		})
	}
}

// settle runs the passes that retry failed messages.
func (w *wire) settle() {
	w.Helper()
	rows, err := w.store.Entries(w.Context(), "shop", inbound.Failed, inbound.SourceID{}, 1000)
	require.NoError(w, err)
	for i := range rows {
		rows[i].NextTry = rows[i].At // as if the pause were over
	}
	require.NoError(w, w.store.Record(w.Context(), "shop", rows))
	health, err := w.store.Health(w.Context(), "shop")
	require.NoError(w, err)
	health.HistoryAfter = time.Time{} // nor does the provider want one
	require.NoError(w, w.store.SetHealth(w.Context(), "shop", health))
	require.NoError(w, w.store.SetUsage(w.Context(), "shop", inbound.Usage{}))
	require.NoError(w, w.pass())
	require.NoError(w, w.pass())
}

// ofPeople removes what may differ after a fault: the ledger, since a faulty server
// may have reported different source IDs, and which manager has which customer, since
// that depends on the order in which messages could be read.
func ofPeople(lines []string) []string {
	var rest []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "row ") {
			line, _, _ = strings.Cut(line, " of m")
			line, _, _ = strings.Cut(line, " to m")
			rest = append(rest, line)
		}
	}
	slices.Sort(rest)
	return rest
}
