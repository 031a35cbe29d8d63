package inboundtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// Host is the host's side of a Syncer that TestCrashes runs.
type Host struct {
	Store     inbound.Store
	Customers customer.Repo
	Managers  assign.ManagerDirectory // its group "support" has two free managers or more
	Archive   inbound.Archive         // nil: the store keeps the bytes
}

// TestCrashes checks that a host loses nothing and does nothing twice, wherever a
// process is killed. It plays a history of a mailbox (deliveries, deletions by other
// programs, hidden and renumbered messages), by IMAP, by POP3 and as a [Feed]; kills
// the Syncer at each step (every call of the store and the host, every step of the
// server); resumes; and compares the final state with that of an undisturbed run.
// open returns an empty host for each run. With a stride of n, only every n-th step
// is killed; 1 kills all of about five thousand steps, which takes a minute in
// memory and many in a database. 17 is a good choice for everyday use.
//
// The test runs in a bubble of package synctest: open and what it opens must not
// wait for anything outside of the bubble, and must end with t.Cleanup. A
// customer.BatchFinder is not used; TestRepo of customertest tests it. If the first
// run hangs, the likely cause is a repository in the store's database that does not
// use the store's transaction.
func TestCrashes(t *testing.T, open func(t *testing.T) Host, stride int) {
	for _, h := range []history{
		{protocol: inbound.IMAP}, {protocol: inbound.IMAP, deletes: true},
		{protocol: inbound.POP3}, {protocol: inbound.POP3, deletes: true},
		{protocol: "feed"}, {protocol: "feed", deletes: true},
	} {
		t.Run(h.String(), func(t *testing.T) {
			want, _, _ := h.run(t, open, 0)
			for at := stride; ; at += stride {
				got, step, reached := h.run(t, open, at)
				if !reached {
					t.Logf("killed at %d steps", at/stride-1)
					return
				}
				for _, difference := range differences(want, got) {
					t.Errorf("killed at step %d (%s): %s", at, step, difference)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

// history is what happens to a mailbox, with passes in between.
type history struct {
	protocol inbound.Protocol
	deletes  bool
}

func (h history) String() string {
	if h.deletes {
		return string(h.protocol) + " with deletion"
	}
	return string(h.protocol)
}

// happens changes the mailbox, so that something is there for each pass. It returns
// false when the history is over.
func (h history) happens(pass int, f *Feed) bool {
	all := len(events)
	if h.isFeed() {
		all = len(feedEvents)
	}
	switch {
	case pass >= all:
		return false
	case h.isFeed():
		feedEvents[pass](f)
	default:
		events[pass](f.Mailbox)
	}
	return true
}

func (h history) isFeed() bool { return h.protocol == "feed" }

// events change a mailbox of IMAP or POP3; a pass follows each.
var events = []func(*Mailbox){
	func(m *Mailbox) {
		for i := range 9 {
			m.Deliver(testMessage(fmt.Sprintf("c%d@example.com", i%4), fmt.Sprint("first ", i)))
		}
		m.Deliver(testMessage("news@example.com", "offer", "List-Id: <news.example.com>"),
			testMessage("nobody", "no address"), testMessage("c1@example.com", "first 1"))
	},
	func(m *Mailbox) {
		m.Deliver(testMessage("c9@example.com", "late"), testMessage("c1@example.com", "second"))
		m.Hide(true, 13)
		m.Remove(2)
		m.Remove(11)
		m.MarkRead(5, 14) // one that is settled, one that is new
		m.MarkDeleted(10) // and not expunged: it stays, whatever we delete
	},
	func(m *Mailbox) { // moved out of the folder and back: the same bytes under a different UID
		moved := m.Raw(14) // nothing if it was deleted: then an empty message comes
		m.Remove(14)
		m.Deliver(moved)
	},
	func(m *Mailbox) {
		m.Hide(false, 13)
		m.Renumber()
		m.Deliver(testMessage("c5@example.com", "after the renumbering"))
	},
	func(m *Mailbox) {
		uids := m.UIDs()
		m.Restore(uids[len(uids)-1])
		m.Deliver(testMessage("c6@example.com", "after the restore, and longer than what was there"))
	},
}

// feedEvents change the mailbox of a provider.
var feedEvents = []func(*Feed){
	func(f *Feed) {
		f.DeliverTo("Archive", testMessage("c8@example.com", "labeled later"),
			testMessage("c7@example.com", "never labeled"))
		f.DeliverTo("Orders", testMessage("c1@example.com", "order"))
		events[0](f.Mailbox)
		f.Label(f.Key(4), "Orders")
	},
	func(f *Feed) {
		events[1](f.Mailbox)
		f.Label(f.KeyOf("Archive", 1), "INBOX")
		f.Label(f.Key(6), "Orders") // listed again
	},
	func(f *Feed) { // moved out and back, and under other keys
		key := f.Key(14)
		f.Label(key, "Archive")
		f.Unlabel(key, "INBOX")
		f.Label(key, "INBOX")
		f.Rekey(f.Key(7), "")
		f.Deliver(testMessage("c3@example.com", "third"))
	},
	func(f *Feed) {
		f.Hide(false, 13)
		f.ExpireTokens()
		f.Deliver(testMessage("c5@example.com", "after the tokens have expired"))
	},
	func(f *Feed) {
		f.ExpireTokens() // the token that the pass before was given
		f.Rekey(f.Key(8), "")
		f.Deliver(testMessage("c6@example.com", "after the tokens have expired again"))
	},
	func(f *Feed) {
		f.Regenerate("2")
		f.Deliver(testMessage("c0@example.com", "in a new generation"))
	},
	func(f *Feed) { f.Deliver(testMessage("c2@example.com", "the last one")) },
}

func testMessage(from, subject string, headers ...string) []byte {
	text := "From: " + from + "\r\nTo: shop@shop.example\r\nSubject: " + subject +
		"\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n"
	for _, h := range headers {
		text += h + "\r\n"
	}
	return []byte(text + "\r\nHello, " + subject + ".\r\n")
}

// run plays the history, killed at a step (0: never). It returns
// the final state.
func (h history) run(t *testing.T, open func(t *testing.T) Host, at int) (end []string, step string, reached bool) {
	points := &Failpoints{At: at}
	// A subtest, so that what the host has opened is closed within the bubble.
	t.Run(fmt.Sprint("step ", at), func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			feed := NewFeed()
			w := &world{T: t, Host: open(t), box: feed.Mailbox, fetcher: feed.Mailbox, notified: &notifications{}}
			w.box.POP3 = h.protocol == inbound.POP3
			w.account = inbound.Account{ID: "shop", Shop: "main", Protocol: h.protocol, Host: "mail.example.com",
				Username:      "shop",
				NotifyManager: true, CreateCustomer: true, ManagerGroup: "support", DeleteUploaded: h.deletes}
			if h.isFeed() {
				w.fetcher, w.account.Folders = feed, []string{"INBOX", "Orders"}
			}
			for i := 0; h.happens(i, feed); i++ {
				w.absent = i == 1 // customers that are created in that pass have to wait
				err := w.pass(points)
				if _, killed := points.Reached(); killed && errors.Is(err, ErrKilled) {
					points = &Failpoints{}
					step, reached = fmt.Sprintf("pass %d", i+1), true
					err = w.pass(points)
				}
				if err != nil {
					t.Fatalf("pass %d: %v", i+1, err)
				}
			}
			end = w.standing()
		})
	})
	return end, step, reached
}

// world is a host with a mailbox.
type world struct {
	*testing.T
	Host
	box      *Mailbox
	fetcher  inbound.Fetcher // of the box
	account  inbound.Account
	notified *notifications
	absent   bool // all managers
}

// Group implements assign.ManagerDirectory.
func (w *world) Group(ctx context.Context, group string) ([]assign.Manager, error) {
	if w.absent {
		return nil, nil
	}
	return w.Managers.Group(ctx, group)
}

// Manager implements assign.ManagerDirectory.
func (w *world) Manager(ctx context.Context, id string) (assign.Manager, error) {
	return w.Managers.Manager(ctx, id)
}

// pass syncs and dispatches once, as a process of its own.
func (w *world) pass(points *Failpoints) error {
	s, err := inbound.New(inbound.Config{
		Accounts:    []inbound.Account{w.account},
		Fetchers:    map[inbound.Protocol]inbound.Fetcher{w.account.Protocol: points.Fetcher(w.fetcher)},
		Credentials: Password("test"), Store: points.Store(w.Store), CustomerRepo: points.Repo(w.Customers),
		ManagerDirectory: points.Directory(w),
		Notifier:         points.Notifier(w.notified), Logger: slog.New(slog.DiscardHandler), SpoolDir: w.TempDir(),
		Archive: points.Archive(w.Archive),
	})
	if err != nil {
		return err
	}
	var failure *inbound.Error
	_, err = s.Sync(w.Context(), w.account.ID)
	if err != nil && !(errors.As(err, &failure) && failure.Op == inbound.OpUpload) {
		return err // more than messages that could not be uploaded
	}
	for {
		// Another process's dispatcher may have died with the lease.
		if _, err = s.Dispatch(w.Context()); !errors.Is(err, inbound.ErrBusy) {
			return err
		}
		wait()
	}
}

// standing describes the state: what is in the store, what managers were notified
// of, what is on the server.
func (w *world) standing() []string {
	ctx := w.Context()
	var lines []string
	emails, err := w.Store.ListEmails(ctx, inbound.EmailFilter{}, "", 1000)
	w.check(err)
	addresses := make(map[string]bool)
	var named []string // hosts choose the IDs of customers
	for _, e := range emails {
		lines = append(lines, fmt.Sprintf("email %s from %s: %q, manager %s", e.ID, e.From, e.Subject, e.ManagerID))
		lines = append(lines, fmt.Sprintf("bytes of email %s: %s", e.ID, w.bytesOf(e)))
		addresses[e.From] = true
		named = append(named, e.CustomerID, e.From)
	}
	for address := range addresses {
		customers, err := w.Customers.FindByEmail(ctx, "main", address)
		w.check(err)
		for _, c := range customers {
			lines = append(lines, fmt.Sprintf("customer %s of manager %s", c.Email, c.ManagerID))
		}
	}
	rows, err := w.Store.Entries(ctx, "shop", "", inbound.SourceID{}, 1000)
	w.check(err)
	for _, row := range rows {
		lines = append(lines, fmt.Sprintf("row %s %s %s: %s, email %q, deleted %v", row.Folder, row.Generation,
			row.SourceID, row.Outcome, row.EmailID, row.Deleted))
	}
	entries, err := w.Store.Notifications(ctx, "", 1000)
	w.check(err)
	names := strings.NewReplacer(named...)
	for _, e := range entries {
		lines = append(lines, names.Replace(fmt.Sprintf("notification %s to %s: %s", e.ID, e.ManagerID, e.State)))
	}
	for id := range w.notified.ids() {
		lines = append(lines, names.Replace("notified "+id))
	}
	lines = append(lines, fmt.Sprint("left ", w.box.UIDs()), fmt.Sprint("seen ", w.box.Seen()),
		fmt.Sprint("sessions ", w.box.Sessions()))
	slices.Sort(lines)
	return lines
}

// bytesOf says how the bytes of an email are kept.
func (w *world) bytesOf(e inbound.Email) string {
	r, err := inbound.OpenRaw(w.Context(), w.Store, w.Archive, e.ID)
	if err != nil {
		return err.Error()
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return err.Error()
	}
	if err := r.Close(); err != nil {
		return err.Error()
	}
	if hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
		return "they are not what was uploaded"
	}
	return "as they came"
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// differences returns what is only in one of two sorted lists.
func differences(want, got []string) []string {
	var found []string
	for _, line := range want {
		if _, ok := slices.BinarySearch(got, line); !ok {
			found = append(found, "missing: "+line)
		}
	}
	for _, line := range got {
		if _, ok := slices.BinarySearch(want, line); !ok {
			found = append(found, "too much: "+line)
		}
	}
	if len(found) == 0 && len(want) != len(got) {
		found = append(found, fmt.Sprintf("%d lines became %d", len(want), len(got)))
	}
	return found
}
