package inbound_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// host is a CRM in memory with one mailbox.
type host struct {
	t         *testing.T
	box       *inboundtest.Mailbox
	fetcher   inbound.Fetcher // nil: the box
	store     *memstore.Store
	customers *memstore.Customers
	managers  *memstore.Managers
	told      *recorder
	config    inbound.Config
	account   inbound.Account
}

// recorder is a Notifier that remembers.
type recorder struct{ list []notify.Notification }

func (r *recorder) Notify(_ context.Context, n notify.Notification) error {
	r.list = append(r.list, n)
	return nil
}

func newHost(t *testing.T) *host {
	h := &host{t: t, box: inboundtest.NewMailbox(), store: memstore.New(), customers: memstore.NewCustomers(), managers: memstore.NewManagers(), told: &recorder{}}
	h.account = inbound.Account{ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "shop@shop.example",
		NotifyManager: true, CreateCustomer: true, ManagerGroup: "support"}
	h.config = inbound.Config{Credentials: inboundtest.Password("test"), Store: h.store, CustomerRepo: h.customers, ManagerDirectory: h.managers, Notifier: h.told,
		Logger: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir()}
	return h
}

// syncer makes a new one of the settings as they are now, as after a restart.
func (h *host) syncer() *inbound.Syncer {
	h.t.Helper()
	c := h.config
	fetcher := h.fetcher
	if fetcher == nil {
		fetcher = h.box
	}
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: fetcher, inbound.POP3: fetcher}
	c.Accounts = []inbound.Account{h.account}
	s, err := inbound.New(c)
	require.NoError(h.t, err)
	return s
}

// syncerOf makes a Syncer of these accounts, which share the host's mailbox.
func (h *host) syncerOf(accounts ...inbound.Account) *inbound.Syncer {
	h.t.Helper()
	c := h.config
	var fetcher inbound.Fetcher = h.box
	if h.fetcher != nil {
		fetcher = h.fetcher
	}
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: fetcher, inbound.POP3: fetcher}
	c.Accounts = accounts
	s, err := inbound.New(c)
	require.NoError(h.t, err)
	return s
}

// pass syncs and dispatches once.
func (h *host) pass() inbound.Report {
	h.t.Helper()
	s := h.syncer()
	report, err := s.Sync(h.t.Context(), "shop")
	require.NoError(h.t, err)
	_, err = s.Dispatch(h.t.Context())
	require.NoError(h.t, err)
	assert.Zero(h.t, h.box.Sessions(), "every session is closed")
	return report
}

// use has the host speak a protocol.
func (h *host) use(protocol inbound.Protocol) {
	h.box.POP3, h.account.Protocol = protocol == inbound.POP3, protocol
}

// sibling returns a second account of the same shop, on a mailbox of its own.
func (h *host) sibling(id string) inbound.Account {
	a := h.account
	a.ID, a.Username = id, id+"@shop.example"
	return a
}

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

func (h *host) emails() []inbound.Email {
	h.t.Helper()
	list, err := h.store.ListEmails(h.t.Context(), inbound.EmailFilter{AccountID: "shop"}, "", 1000)
	require.NoError(h.t, err)
	return list
}

// subjects of the emails that were uploaded.
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

// outcomes of every message on the server, by UID.
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

// countOf counts the ledger: what a baseline settles is not a pass's doing.
func countOf(_ inbound.Report, h *host) map[inbound.Outcome]int {
	counts, err := h.store.Outcomes(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return counts
}

func (h *host) health() inbound.Health {
	h.t.Helper()
	health, err := h.store.Health(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return health
}

// assignment returns what is remembered of the customer of an address.
func (h *host) assignment(address string) assign.Assignment {
	h.t.Helper()
	found, err := h.customers.FindByEmail(h.t.Context(), "main", address)
	require.NoError(h.t, err)
	require.Len(h.t, found, 1)
	records, err := h.store.Assignments(h.t.Context(), []string{found[0].ID})
	require.NoError(h.t, err)
	return records[found[0].ID]
}

func (h *host) pending(group string) []assign.Assignment {
	h.t.Helper()
	rows, err := h.store.Queued(h.t.Context(), group, 1000)
	require.NoError(h.t, err)
	return rows
}

// dispatch delivers what is in the outbox, and returns the kinds of it.
func (h *host) dispatch(s *inbound.Syncer) []string {
	h.t.Helper()
	before := len(h.told.list)
	_, err := s.Dispatch(h.t.Context())
	require.NoError(h.t, err)
	return kinds(h.told.list[before:])
}

func kinds(list []notify.Notification) []string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprintf("%s %s %s", n.Kind, n.ManagerID, n.From))
	}
	return out
}

func mail(from, subject string, headers ...string) []byte {
	return []byte("From: " + from + "\r\nTo: shop@shop.example\r\nSubject: " + subject + "\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: <" +
		strings.ReplaceAll(subject, " ", ".") + "@example.com>\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\nHello, " + subject + ".\r\n")
}

// received is a message that came to the server now, and says so in its topmost
// Received header.
func received(from, subject string) []byte {
	return mail(from, subject, "Received: from a.example by imap.example.com; "+time.Now().Format(time.RFC1123Z))
}

var fromNow = inbound.Start{Now: true}

func sumOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// bothProtocols runs a test for each.
func bothProtocols(t *testing.T, test func(t *testing.T, protocol inbound.Protocol)) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) { test(t, protocol) })
	}
}
