package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
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
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: fetcher, inbound.POP3: fetcher, "feed": fetcher}
	c.Accounts = []inbound.Account{h.account}
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

func (h *host) manager(id string, s assign.Status) {
	h.t.Helper()
	h.managers.Put(assign.Manager{ID: id, Name: id, Status: s}, "support")
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

func (h *host) emails() []inbound.Email {
	h.t.Helper()
	list, err := h.store.ListEmails(h.t.Context(), inbound.EmailFilter{AccountID: "shop"}, "", 1000)
	require.NoError(h.t, err)
	return list
}

func mail(from, subject string, headers ...string) []byte {
	return []byte("From: " + from + "\r\nTo: shop@shop.example\r\nSubject: " + subject + "\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: <" +
		strings.ReplaceAll(subject, " ", ".") + "@example.com>\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\nHello, " + subject + ".\r\n")
}

func kinds(list []notify.Notification) []string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprintf("%s %s %s", n.Kind, n.ManagerID, n.From))
	}
	return out
}

func TestUploadBindsCreatesAssignsAndNotifies(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			h := newHost(t)
			h.box.POP3, h.account.Protocol = protocol == inbound.POP3, protocol
			h.manager("m1", assign.Free)
			h.manager("m2", assign.Lunch)
			h.customers.Put(customer.Customer{ID: "anna", Shop: "main", Email: "anna@example.com", ManagerID: "m2"})
			h.box.Deliver(
				mail("Anna <Anna@Example.com>", "known"),
				mail("new@example.com", "first"),
				mail("new@example.com", "second"),
				mail("news@example.com", "offer", "List-Id: <news.example.com>", "Precedence: bulk"),
				mail("shop@shop.example", "own"),
				[]byte("Subject: nobody\r\n\r\nno sender\r\n"),
			)
			report := h.pass()
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3, inbound.Unmatched: 1, inbound.Ignored: 1, inbound.Quarantined: 1}, report.Outcomes)
			assert.Equal(t, 6, report.Listed)
			assert.Equal(t, 1, report.CustomersCreated)
			assert.Equal(t, map[string]int{"m1": 1}, report.Assigned)
			assert.Len(t, h.outcomes(), 6, "every message on the server has an outcome")
			assert.Equal(t, []string{
				"incoming_email m2 anna@example.com",
				"customer_assigned m1 new@example.com", "incoming_email m1 new@example.com", "incoming_email m1 new@example.com",
			}, kinds(h.told.list))
			assert.Len(t, h.box.UIDs(), 6, "nothing is deleted unless asked for")
			assert.Empty(t, h.box.Seen())

			again := h.pass()
			assert.Empty(t, again.Outcomes, "a second pass changes nothing")
			assert.Len(t, h.told.list, 4)
			assert.Len(t, h.emails(), 3)
		})
	}
}

func TestCreationOffLeavesUnknownSendersOnTheServer(t *testing.T) {
	h := newHost(t)
	h.account.CreateCustomer, h.account.DeleteUploaded = false, true
	h.customers.Put(customer.Customer{ID: "anna", Shop: "main", Email: "anna@example.com"})
	h.customers.Put(customer.Customer{ID: "other", Shop: "other", Email: "bob@example.com"})
	h.box.Deliver(mail("bob@example.com", "one"), mail("anna@example.com", "two"), mail("new@example.com", "three"), mail("anna@example.com", "four"))
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Unmatched: 2}, report.Outcomes)
	assert.Equal(t, []uint32{1, 3}, h.box.UIDs(), "what is uploaded is deleted, and nothing else")
	assert.Equal(t, 2, report.Deleted)
	rows, err := h.store.Entries(t.Context(), "shop", inbound.Unmatched, inbound.SourceID{}, 10)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	assert.Equal(t, "bob@example.com", rows[0].From, "the header line stays in the ledger")
	assert.Equal(t, "one", rows[0].Subject)
	assert.Empty(t, h.told.list)
}

func TestStartNowTakesOnlyWhatArrivesLater(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			h := newHost(t)
			h.box.POP3, h.account.Protocol, h.account.Start = protocol == inbound.POP3, protocol, inbound.Start{Now: true}
			for i := range 20 {
				h.box.Deliver(mail("old@example.com", fmt.Sprint("old ", i)))
			}
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 20}, countOf(h.pass(), h))
			h.box.Deliver(mail("new@example.com", "later"))
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
			assert.Len(t, h.outcomes(), 21)
		})
	}
}

// countOf counts the ledger: what a baseline settles is not a pass's doing.
func countOf(_ inbound.Report, h *host) map[inbound.Outcome]int {
	counts, err := h.store.Outcomes(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return counts
}

func TestRenumberedMailboxUploadsNothingTwice(t *testing.T) {
	h := newHost(t)
	h.manager("m1", assign.Free)
	for i := range 10 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
	}
	h.pass()
	told := len(h.told.list)
	h.box.Renumber()
	h.box.Deliver(mail("late@example.com", "late"))
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 10, inbound.Uploaded: 1}, report.Outcomes)
	assert.Len(t, h.emails(), 11)
	assert.Len(t, h.told.list, told+2, "no second notification")
}

func TestRenumberedMailboxFromNowStaysFromNow(t *testing.T) {
	h := newHost(t)
	h.account.Start.Now = true
	h.box.Deliver(mail("old@example.com", "old"))
	h.pass()
	h.box.Renumber()
	h.box.Deliver(mail("new@example.com", "new"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 1, inbound.Uploaded: 1}, h.pass().Outcomes)
}

func TestSameMailTwiceIsOneEmail(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "same"), mail("a@example.com", "same"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Duplicate: 1}, h.pass().Outcomes)
}

func TestCustomersAreSharedOutEvenly(t *testing.T) {
	h := newHost(t)
	for id, s := range map[string]assign.Status{"m1": assign.Free, "m2": assign.Free, "m3": assign.Lunch, "m4": assign.Busy, "m5": assign.Offline} {
		h.manager(id, s)
	}
	for i := range 21 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
	}
	got := h.pass().Assigned
	assert.ElementsMatch(t, []string{"m1", "m2"}, slices.Collect(maps.Keys(got)), "only the free ones")
	assert.InDelta(t, got["m1"], got["m2"], 1)
	h.manager("m1", assign.Busy)
	h.manager("m2", assign.Break)
	for i := range 20 {
		h.box.Deliver(mail(fmt.Sprintf("d%d@example.com", i), fmt.Sprint("more ", i)))
	}
	assert.Equal(t, map[string]int{"m1": 4, "m2": 4, "m3": 4, "m4": 4, "m5": 4}, h.pass().Assigned)
}

func TestCustomersWaitForSomebodyToAppear(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("first@example.com", "one"), mail("second@example.com", "two"))
	report := h.pass()
	assert.Equal(t, 2, report.CustomersCreated)
	h.box.Deliver(mail("first@example.com", "three"))
	h.pass()
	assert.Empty(t, h.told.list)
	h.manager("m1", assign.Free)
	h.pass()
	assert.Equal(t, []string{"customer_assigned m1 first@example.com", "incoming_email m1 first@example.com", "incoming_email m1 first@example.com",
		"customer_assigned m1 second@example.com", "incoming_email m1 second@example.com"}, kinds(h.told.list), "also of what came while they waited")
	h.pass()
	assert.Len(t, h.told.list, 5)
}

func TestMarkSeenMarksOnlyWhatIsUploaded(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen = true
	h.box.Deliver(mail("a@example.com", "one"), mail("shop@shop.example", "own"))
	h.pass()
	assert.Equal(t, []uint32{1}, h.box.Seen())
}

func TestLargeMessageIsCutAndKeptOnTheServer(t *testing.T) {
	h := newHost(t)
	h.account.DeleteUploaded, h.config.Limits.MessageBytes = true, 1000
	h.box.Deliver(append(mail("a@example.com", "large"), strings.Repeat("x", 5000)...), mail("a@example.com", "small"))
	h.pass()
	list := h.emails()
	require.Len(t, list, 2)
	for _, e := range list {
		assert.Equal(t, e.Subject == "large", e.Truncated)
		assert.LessOrEqual(t, e.Size, int64(1000))
	}
	assert.Equal(t, []uint32{1}, h.box.UIDs(), "what was cut stays on the server")
}

func TestNothingIsLostAndNothingTwiceWhereverAPassIsCutOff(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			want := walk(t, protocol, 0)
			require.Positive(t, want.steps)
			for cut := 1; cut <= want.steps; cut++ {
				got := walk(t, protocol, cut)
				got.steps = want.steps
				require.Equal(t, want, got, "cut off at step %d", cut)
			}
		})
	}
}

// end is how things stand after a history of passes.
type end struct {
	steps    int
	outcomes map[string]inbound.Outcome
	emails   []string
	told     []string
	left     []uint32
}

// walk syncs a mailbox whose server fails at the given step of the first pass
// (0: never), and lets the next pass finish the work.
func walk(t *testing.T, protocol inbound.Protocol, cut int) end {
	h := newHost(t)
	h.box.POP3, h.account.Protocol, h.account.DeleteUploaded = protocol == inbound.POP3, protocol, true
	h.manager("m1", assign.Free)
	h.manager("m2", assign.Free)
	for i := range 16 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i%5), fmt.Sprint("mail ", i)))
	}
	h.box.Deliver(mail("news@example.com", "offer", "List-Id: <news.example.com>"))
	var e end
	h.box.Intercept = func(string) error {
		if e.steps++; e.steps == cut {
			return &inbound.Error{Op: "read", Class: inbound.ErrTemporary, Err: errors.New("connection cut")}
		}
		return nil
	}
	_, err := h.syncer().Sync(t.Context(), "shop")
	if cut > 0 {
		require.ErrorIs(t, err, inbound.ErrTemporary)
	} else {
		require.NoError(t, err)
	}
	h.box.Intercept = nil
	h.pass()
	e.outcomes, e.told, e.left = h.outcomes(), kinds(h.told.list), h.box.UIDs()
	slices.Sort(e.told) // who waits until a pass has ended is announced with all their mail
	for _, m := range h.emails() {
		e.emails = append(e.emails, m.ID+" "+m.CustomerID)
	}
	return e
}

func TestBrokenAccountSaysWhatToDo(t *testing.T) {
	h := newHost(t)
	h.box.OpenError = &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("wrong password"), Hint: "check the password"}
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.EqualError(t, err, "inbound: account shop: log in: wrong password")
	assert.Equal(t, "check the password", inbound.HintOf(err))
	health, err := h.store.Health(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.HealthNeedsSignIn, health.State)
	assert.Equal(t, "check the password", health.Hint)
	h.box.OpenError = nil
	h.pass()
	health, err = h.store.Health(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.HealthOK, health.State)
	assert.Empty(t, health.LastError)
	assert.True(t, health.InitialComplete)
}

func TestMissingFolderDoesNotHoldUpTheOthers(t *testing.T) {
	h := newHost(t)
	h.account.Folders = []string{"Gone", "INBOX"}
	h.box.Deliver(mail("a@example.com", "one"))
	report, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.ErrorContains(t, err, "Gone")
	assert.Equal(t, 1, report.Outcomes[inbound.Uploaded])
}

func TestExplainChangesNothing(t *testing.T) {
	h := newHost(t)
	h.manager("m1", assign.Free)
	s := h.syncer()
	got, err := s.Explain(t.Context(), "shop", strings.NewReader(string(mail("New <new@example.com>", "hello"))))
	require.NoError(t, err)
	assert.Equal(t, inbound.Uploaded, got.Outcome)
	assert.True(t, got.CreateCustomer)
	assert.Equal(t, []notify.Kind{notify.CustomerAssigned, notify.IncomingEmail}, got.Notify)
	assert.Equal(t, "new@example.com", got.From)
	assert.Empty(t, h.outcomes())
	found, err := h.customers.FindByEmail(t.Context(), "main", "new@example.com")
	require.NoError(t, err)
	assert.Empty(t, found)
	_, err = s.Explain(t.Context(), "nobody", strings.NewReader(""))
	assert.ErrorIs(t, err, inbound.ErrNotFound)
}
