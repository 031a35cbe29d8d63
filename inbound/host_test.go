package inbound_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// host is a CRM in memory with one mailbox and one account, "shop".
type host struct {
	t         *testing.T
	box       *inboundtest.Mailbox
	fetcher   inbound.Fetcher // nil: the box
	store     *memstore.Store
	customers *memstore.Customers
	managers  *memstore.Managers
	notified  *recordingNotifier
	config    inbound.Config
	account   inbound.Account
}

// recordingNotifier is a Notifier that keeps what it gets.
type recordingNotifier struct{ list []notify.Notification }

func (r *recordingNotifier) Notify(_ context.Context, n notify.Notification) error {
	r.list = append(r.list, n)
	return nil
}

// elapse lets simulated time pass and waits until all that is due by then is done: what
// other goroutines have written may be read after it.
func elapse(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// newHost returns a host whose account creates customers and notifies managers of
// the group "support", which is empty.
func newHost(t *testing.T) *host {
	h := &host{t: t, box: inboundtest.NewMailbox(), store: memstore.New(), customers: memstore.NewCustomers(),
		managers: memstore.NewManagers(), notified: &recordingNotifier{}}
	h.account = inbound.Account{ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
		Username: "shop@shop.example", NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
		InitialAge: inbound.AnyAge}
	h.config = inbound.Config{Credentials: inboundtest.Password("test"), Store: h.store, CustomerRepo: h.customers,
		ManagerDirectory: h.managers, Notifier: h.notified, Logger: slog.New(slog.DiscardHandler),
		SpoolDir: t.TempDir()}
	return h
}

// syncer returns a new Syncer with the current settings, as after a restart.
func (h *host) syncer() *inbound.Syncer {
	h.t.Helper()
	return h.syncerOf(h.account)
}

// syncerOf returns a Syncer of these accounts, which share the host's mailbox.
func (h *host) syncerOf(accounts ...inbound.Account) *inbound.Syncer {
	h.t.Helper()
	c := h.config
	var fetcher inbound.Fetcher = h.box
	if h.fetcher != nil {
		fetcher = h.fetcher
	}
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: fetcher, inbound.POP3: fetcher, "feed": fetcher}
	c.Accounts = accounts
	s, err := inbound.New(c)
	require.NoError(h.t, err)
	return s
}

// pass syncs the account and dispatches once. Messages may fail, even most of them.
func (h *host) pass() inbound.Report {
	h.t.Helper()
	s := h.syncer()
	report, err := s.Sync(h.t.Context(), "shop")
	require.NoError(h.t, exceptOfMessages(err))
	_, err = s.Dispatch(h.t.Context())
	require.NoError(h.t, err)
	assert.Zero(h.t, h.box.Sessions(), "every session is closed")
	return report
}

// exceptOfMessages returns the error of a pass, or nil if that only says that most of the
// messages fail.
func exceptOfMessages(err error) error {
	var failing *inbound.Error
	if errors.As(err, &failing) && failing.Op == inbound.OpUpload {
		return nil
	}
	return err
}

// use makes the mailbox and the account speak a protocol.
func (h *host) use(protocol inbound.Protocol) {
	h.box.POP3, h.account.Protocol = protocol == inbound.POP3, protocol
}

// sibling returns a second account of the same shop, on a mailbox of its own.
func (h *host) sibling(id string) inbound.Account {
	a := h.account
	a.ID, a.Username = id, id+"@shop.example"
	return a
}

// manager adds a manager to the group "support", or changes the status of one.
func (h *host) manager(id string, s assign.Status) {
	h.t.Helper()
	h.managers.Put(assign.Manager{ID: id, Name: id, Status: s}, "support")
}

// deliverFrom delivers n messages, each from a different address: name0, name1, ...
func (h *host) deliverFrom(name string, n int) {
	for i := range n {
		h.box.Deliver(mail(fmt.Sprintf("%s%d@example.com", name, i), fmt.Sprint(name, i)))
	}
}

// emails returns the account's uploaded emails.
func (h *host) emails() []inbound.Email {
	h.t.Helper()
	list, err := h.store.ListEmails(h.t.Context(), inbound.EmailFilter{AccountID: "shop"}, "", 1000)
	require.NoError(h.t, err)
	return list
}

// subjects returns the subjects of the uploaded emails.
func (h *host) subjects() []string {
	h.t.Helper()
	var subjects []string
	for _, e := range h.emails() {
		subjects = append(subjects, e.Subject)
	}
	return subjects
}

// rows returns the ledger by subject.
func (h *host) rows() map[string]inbound.LedgerEntry {
	h.t.Helper()
	list, err := h.store.Entries(h.t.Context(), "shop", "", inbound.SourceID{}, 1000)
	require.NoError(h.t, err)
	rows := make(map[string]inbound.LedgerEntry)
	for _, row := range list {
		rows[row.Subject] = row
	}
	return rows
}

// outcomes returns the outcome of each message in the ledger, by UID or unique-id.
func (h *host) outcomes() map[string]inbound.Outcome {
	h.t.Helper()
	rows, err := h.store.Entries(h.t.Context(), "shop", "", inbound.SourceID{}, 1000)
	require.NoError(h.t, err)
	got := make(map[string]inbound.Outcome)
	for _, r := range rows {
		got[r.SourceID.String()] = r.Outcome
	}
	return got
}

// counts returns the number of ledger rows of each outcome. A Report does not count
// the rows of a baseline.
func (h *host) counts() map[inbound.Outcome]int {
	h.t.Helper()
	counts, err := h.store.Outcomes(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return counts
}

// health returns the recorded health of the account.
func (h *host) health() inbound.Health {
	h.t.Helper()
	health, err := h.store.Health(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return health
}

// assignment returns the record of the assignment of an address's customer.
func (h *host) assignment(address string) assign.Assignment {
	h.t.Helper()
	found, err := h.customers.FindByEmail(h.t.Context(), "main", address)
	require.NoError(h.t, err)
	require.Len(h.t, found, 1)
	records, err := h.store.Assignments(h.t.Context(), []string{found[0].ID})
	require.NoError(h.t, err)
	return records[found[0].ID]
}

// pending returns the customers who wait for a manager of a group.
func (h *host) pending(group string) []assign.Assignment {
	h.t.Helper()
	rows, err := h.store.Queued(h.t.Context(), group, 1000)
	require.NoError(h.t, err)
	return rows
}

// dispatch delivers what is in the outbox, and returns a summary of it.
func (h *host) dispatch(s *inbound.Syncer) []string {
	h.t.Helper()
	before := len(h.notified.list)
	_, err := s.Dispatch(h.t.Context())
	require.NoError(h.t, err)
	return summaries(h.notified.list[before:])
}

// summaries returns the kind, the manager and the sender of each notification:
// "incoming_email kim iris@example.com".
func summaries(list []notify.Notification) []string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprintf("%s %s %s", n.Kind, n.ManagerID, n.From))
	}
	return out
}

// mail returns a message with these header lines besides its own.
func mail(from, subject string, headers ...string) []byte {
	return []byte("From: " + from + "\r\nTo: shop@shop.example\r\nSubject: " + subject +
		"\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: <" +
		strings.ReplaceAll(subject, " ", ".") + "@example.com>\r\n" + strings.Join(append(headers, ""), "\r\n") +
		"\r\nHello, " + subject + ".\r\n")
}

// received returns a message that the server receives now: its topmost Received
// header has the current time.
func received(from, subject string) []byte {
	return mail(from, subject, "Received: from a.example by imap.example.com; "+time.Now().Format(time.RFC1123Z))
}

var fromNow = inbound.Start{Now: true}

// sumOf returns the checksum of a message, as Email.SHA256 has it.
func sumOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// bothProtocols runs a test with IMAP and with POP3.
func bothProtocols(t *testing.T, test func(t *testing.T, protocol inbound.Protocol)) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) { test(t, protocol) })
	}
}
