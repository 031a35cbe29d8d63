// Package walktest runs a history of passes, replays and assignments on a host with
// two accounts of one shop, once for each step of the history. At that step, it kills
// the Syncer or changes the host. It then checks the final state. It is for tests of
// this module.
package walktest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// Host is what the Syncers work on. It is empty at first.
type Host struct {
	Store     inbound.Store
	Customers customer.Repo
	// Put adds a customer.
	Put func(customer.Customer)
	// Replace replaces the customer of the same ID. If it is nil, addresses do
	// not change.
	Replace func(customer.Customer)
}

// Stride returns n if every nth step is tested: the value of POSTROOM_STRIDE, or if it
// is not set, usual, and short with -short. 1 means all steps.
func Stride(t *testing.T, usual, short int) int {
	t.Helper()
	v := os.Getenv("POSTROOM_STRIDE")
	switch {
	case v == "" && testing.Short():
		return short
	case v == "":
		return usual
	}
	stride, err := strconv.Atoi(v)
	if err != nil || stride < 1 {
		t.Fatalf("POSTROOM_STRIDE is a number of steps, not %q", v)
	}
	return stride
}

const (
	shop  = "main"
	group = "support"
	owner = "owner" // a manager who is in no group

	known    = "known"                // the customer who exists before the first pass
	stranger = "stranger@example.com" // a customer who is created for an account without a group
)

// world is one run.
type world struct {
	t        *testing.T
	host     Host
	team     team
	notified recorder
	accounts []inbound.Account
	boxes    boxes // by account
	spool    string
	// do runs one operation of the history.
	do func(name string, run func(ctx context.Context, s *inbound.Syncer) error)
}

func newWorld(t *testing.T, open func(t *testing.T) Host, protocol inbound.Protocol) *world {
	w := &world{t: t, host: open(t), spool: t.TempDir(),
		boxes: boxes{"a": inboundtest.NewMailbox(), "b": inboundtest.NewMailbox()}}
	a := inbound.Account{ID: "a", Shop: shop, Protocol: protocol, Host: "a.example.com", Username: "a@shop.example",
		NotifyManager: true, CreateCustomer: true, ManagerGroup: group, AssignExisting: true, MarkSeen: true,
		Start: inbound.Start{Now: true}}
	b := inbound.Account{ID: "b", Shop: shop, Protocol: inbound.IMAP, Host: "b.example.com",
		Username: "b@shop.example", NotifyManager: true}
	if protocol == inbound.IMAP {
		a.Folders = []string{"INBOX", "Orders"}
		w.boxes["a"].DeliverTo("Orders", message("old@example.com", "old order"))
	}
	w.accounts = []inbound.Account{a, b}
	w.boxes["a"].POP3 = protocol == inbound.POP3
	w.boxes["a"].Deliver(message("old@example.com", "old"))
	w.host.Put(customer.Customer{ID: known, Shop: shop, Email: "known@example.com"})
	time.Sleep(time.Hour)
	return w
}

// syncer returns a Syncer whose calls go through failpoints.
func (w *world) syncer(points *inboundtest.Failpoints) *inbound.Syncer {
	w.t.Helper()
	fetcher := points.Fetcher(w.boxes)
	s, err := inbound.New(inbound.Config{
		Credentials: inboundtest.Password("test"),
		Accounts:    w.accounts,
		Fetchers:    map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: fetcher, inbound.POP3: fetcher},
		Store:       points.Store(w.host.Store), CustomerRepo: points.Repo(w.host.Customers),
		ManagerDirectory: points.Directory(&w.team), Notifier: points.Notifier(&w.notified),
		Logger: slog.New(slog.DiscardHandler), SpoolDir: w.spool,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// history runs the history. Account a starts now and creates customers, account b
// does neither, and at first there are no managers.
func (w *world) history() {
	a, b := w.boxes["a"], w.boxes["b"]
	w.team.set(nil)
	w.sync("connect a", "a")
	a.Deliver(message("new1@example.com", "1"), message("known@example.com", "2"), message("new1@example.com", "3"),
		[]byte(receivedNow()+"Subject: without a sender\r\n\r\nHello.\r\n"),
		message("news@example.com", "4", "List-Id: <news.example.com>", "Precedence: bulk"))
	w.sync("first a", "a")
	b.Deliver(message("new1@example.com", "5"), message(stranger, "6"))
	w.sync("first b", "b")
	w.replay("replay a", "a", "news@example.com")
	w.replay("replay b", "b", stranger)
	w.team.set([]assign.Manager{{ID: "m1", Status: assign.Free}, {ID: "m2", Status: assign.Free}})
	a.Deliver(message("new1@example.com", "7"))
	w.sync("second a", "a")
	w.do("redecide a", func(ctx context.Context, s *inbound.Syncer) error {
		_, err := s.Redecide(ctx, "a")
		return err
	})
	a.Deliver(message("new2@example.com", "8"))
	b.Deliver(message("known@example.com", "9"), message("new2@example.com", "10"))
	w.sync("third a", "a")
	w.sync("second b", "b")
	w.sync("last a", "a")
}

func (w *world) sync(name, account string) {
	w.do(name, func(ctx context.Context, s *inbound.Syncer) error {
		if _, err := s.Sync(ctx, account); err != nil {
			return err
		}
		return dispatch(ctx, s)
	})
}

func (w *world) replay(name, account, address string) {
	w.do(name, func(ctx context.Context, s *inbound.Syncer) error {
		_, err := s.Replay(ctx, account, address)
		return err
	})
}

// dispatch waits for the lease of a dispatcher that was killed.
func dispatch(ctx context.Context, s *inbound.Syncer) error {
	_, err := s.Dispatch(ctx)
	if errors.Is(err, inbound.ErrBusy) {
		time.Sleep(time.Minute)
		_, err = s.Dispatch(ctx)
	}
	return err
}

// customers returns the customers of all addresses in the history.
func (w *world) customers() []customer.Customer {
	w.t.Helper()
	var all []customer.Customer
	for _, name := range []string{"known", "merged", "new1", "new2", "news", "old", "stranger"} {
		found, err := w.host.Customers.FindByEmail(w.t.Context(), shop, name+"@example.com")
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

func (w *world) emails() []inbound.Email {
	w.t.Helper()
	list, err := w.host.Store.ListEmails(w.t.Context(), inbound.EmailFilter{}, "", 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// boxes has the mailbox of each account.
type boxes map[string]*inboundtest.Mailbox

func (b boxes) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	return b[a.ID].Open(ctx, a, login)
}

// team is a directory of one group.
type team struct {
	mu      sync.Mutex
	members []assign.Manager
}

func (m *team) Group(context.Context, string) ([]assign.Manager, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.members), nil
}

// Manager implements assign.ManagerDirectory. No manager is looked up here.
func (m *team) Manager(_ context.Context, id string) (assign.Manager, error) {
	return assign.Manager{}, fmt.Errorf("%w: manager %s", assign.ErrNotFound, id)
}

func (m *team) set(members []assign.Manager) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.members = members
}

// recorder is a Notifier that remembers.
type recorder struct{ list []notify.Notification }

func (r *recorder) Notify(_ context.Context, n notify.Notification) error {
	r.list = append(r.list, n)
	return nil
}

// receivedNow returns the first header field of a message that arrives now.
func receivedNow() string {
	return "Received: from a.example by mail.example.com; " + time.Now().Format(time.RFC1123Z) + "\r\n"
}

func message(from, subject string, headers ...string) []byte {
	text := receivedNow() + "From: " + from + "\r\nTo: shop@shop.example\r\nSubject: " + subject + "\r\n" +
		"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n"
	for _, h := range headers {
		text += h + "\r\n"
	}
	return fmt.Appendf(nil, "%s\r\nHello, %s.\r\n", text, subject)
}
