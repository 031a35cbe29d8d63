package inboundtest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/inbound"
)

// FetcherUnderTest is the implementation that TestFetcher checks.
type FetcherUnderTest struct {
	Protocol inbound.Protocol
	// New returns a fetcher with this network policy.
	New func(inbound.NetworkPolicy) inbound.Fetcher
}

// TestFetcher checks an implementation of inbound.Fetcher, and of inbound.Marker if
// its sessions implement it, against IMAP or POP3 servers of this package: normal,
// unusual and faulty ones.
func TestFetcher(t *testing.T, f FetcherUnderTest) {
	serve := func(m *mail, o *ServerOptions) {
		if m.isPOP3() {
			m.server = m.box.ServePOP3(m, o)
		} else {
			m.server = m.box.ServeIMAP(m, o)
		}
		m.make, m.fetcher, m.account = f.New, f.New(m.server.Network()), m.server.Account("shop")
		m.password = m.server.Secrets().Password
	}
	groups := map[string]map[string]func(*mail){
		"List": listTests, "Fetch": fetchTests, "Delete": deleteTests, "Session": sessionTests,
		"Open": openTests, "Context": contextTests, "Cut": cutTests, "Hostile": hostileTests,
		"Newest": newestTests, "Watch": watchTests,
	}
	if f.Protocol == inbound.POP3 {
		groups["POP3"] = pop3Tests
	} else {
		groups["IMAP"] = imapTests
	}
	testFetcher(t, f.Protocol, groups, serve)
}

// testFetcher runs the tests, each with a mailbox of its own.
func testFetcher(t *testing.T, protocol inbound.Protocol, groups map[string]map[string]func(*mail),
	serve func(*mail, *ServerOptions)) {
	for group, tests := range groups {
		t.Run(group, func(t *testing.T) {
			for name, test := range tests {
				t.Run(name, func(t *testing.T) {
					expectNoGoroutineLeft(t)
					feed := NewFeed()
					m := &mail{T: t, box: feed.Mailbox, feed: feed, protocol: protocol}
					m.serve = func(o *ServerOptions) { serve(m, o) }
					m.serve(&ServerOptions{Security: inbound.Plain})
					test(m)
				})
			}
		})
	}
}

// mail is a mailbox with a fetcher under test for it.
type mail struct {
	*testing.T
	box      *Mailbox
	feed     *Feed // of the box
	protocol inbound.Protocol
	server   *Server // nil when no server is between the fetcher and the mailbox
	fetcher  inbound.Fetcher
	account  inbound.Account
	password inbound.Secret
	make     func(inbound.NetworkPolicy) inbound.Fetcher
	serve    func(*ServerOptions) // serves the mailbox once more, from now on with these options
}

func (m *mail) isPOP3() bool { return m.protocol == inbound.POP3 }

// isFeed reports that the mailbox is that of a provider: its keys are the feed's.
func (m *mail) isFeed() bool { return m.protocol != inbound.POP3 && m.protocol != inbound.IMAP }

// folder is the name of the only folder that is listed.
func (m *mail) folder() string {
	if _, whole := m.fetcher.(inbound.WholeMailbox); whole || m.isPOP3() {
		return ""
	}
	return "INBOX"
}

func (m *mail) check(err error, doing string) {
	m.Helper()
	if err != nil {
		m.Fatalf("%s: %v", doing, err)
	}
}

func (m *mail) login() inbound.Login { return inbound.PasswordLogin(m.password) }

// open opens a session, which is closed at the end of the test.
func (m *mail) open() inbound.Session {
	m.Helper()
	s, err := m.fetcher.Open(m.Context(), m.account, m.login())
	m.check(err, "Open")
	m.Cleanup(func() { _ = s.Close() }) // the tests of Close look at its error
	return s
}

func (m *mail) close(s inbound.Session) {
	m.Helper()
	if err := s.Close(); err != nil {
		m.Errorf("Close: %v", err)
	}
}

// pages lists the folder from a cursor to its end.
func (m *mail) pages(s inbound.Session, from inbound.Cursor) ([]inbound.Listing, error) {
	var pages []inbound.Listing
	for {
		page, err := s.List(m.Context(), m.folder(), from)
		if err != nil {
			return pages, err
		}
		pages = append(pages, page)
		if !page.More {
			return pages, nil
		}
		if reflect.DeepEqual(page.Next, from) {
			return pages, fmt.Errorf("the page after %+v begins at the same place", from)
		}
		from = page.Next
	}
}

// list returns all messages, in the order in which they came.
func (m *mail) list(s inbound.Session) []inbound.Ref {
	m.Helper()
	pages, err := m.pages(s, inbound.Cursor{})
	m.check(err, "List")
	return m.byArrival(refsOf(pages))
}

// byArrival sorts what a feed has listed in no order, and perhaps repeatedly. Others
// list in the order of arrival.
func (m *mail) byArrival(refs []inbound.Ref) []inbound.Ref {
	if !m.isFeed() {
		return refs
	}
	uids := m.feed.uids()
	slices.SortStableFunc(refs, func(a, b inbound.Ref) int {
		return cmp.Or(cmp.Compare(uids[a.Key], uids[b.Key]), a.SourceID.Compare(b.SourceID))
	})
	return slices.CompactFunc(refs, func(a, b inbound.Ref) bool { return a.SourceID == b.SourceID })
}

func refsOf(pages []inbound.Listing) []inbound.Ref {
	var refs []inbound.Ref
	for _, page := range pages {
		refs = append(refs, page.Refs...)
	}
	return refs
}

// fetch reads messages to their ends. It returns what came whole.
func (m *mail) fetch(
	s inbound.Session, refs []inbound.Ref, part inbound.FetchOptions,
) (map[inbound.SourceID][]byte, error) {
	m.Helper()
	whole := make(map[inbound.SourceID][]byte)
	err := s.Fetch(m.Context(), refs, part, func(ref inbound.Ref, r io.Reader) error {
		if _, twice := whole[ref.SourceID]; twice {
			m.Errorf("Fetch delivered %v twice", ref.SourceID)
		}
		if !slices.Contains(refs, ref) {
			m.Errorf("Fetch delivered %+v, which was not asked for", ref)
		}
		raw, err := io.ReadAll(r)
		if err == nil {
			whole[ref.SourceID] = raw
		}
		return err
	})
	return whole, err
}

// fetchAll reads all of the messages, and fails if one does not come.
func (m *mail) fetchAll(s inbound.Session, refs []inbound.Ref, part inbound.FetchOptions) map[inbound.SourceID][]byte {
	m.Helper()
	whole, err := m.fetch(s, refs, part)
	m.check(err, "Fetch")
	for _, ref := range refs {
		if _, ok := whole[ref.SourceID]; !ok {
			m.Errorf("Fetch left out %v, which is on the server", ref.SourceID)
		}
	}
	return whole
}

// expectBytes compares a message with what the server has.
func (m *mail) expectBytes(got, want []byte, what string) {
	m.Helper()
	if string(got) == string(want) {
		return
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	m.Errorf("%s: Fetch gave %d bytes for the server's %d, and they differ at byte %d: %.40q, want %.40q", what,
		len(got), len(want), at, got[at:], want[at:])
}

// expectUIDs looks at what is left on the server.
func (m *mail) expectUIDs(why string, want ...uint32) {
	m.Helper()
	if got := m.box.UIDs(); !slices.Equal(got, want) {
		m.Errorf("the server has %v, want %v: %s", got, want, why)
	}
}

// expectClass looks at the class of an error, and that it shows no secret.
func (m *mail) expectClass(err, class error, what string) {
	m.Helper()
	if err == nil {
		m.Errorf("%s: no error, want one of the class %q", what, class)
		return
	}
	var e *inbound.Error
	if !errors.As(err, &e) {
		m.Errorf("%s: the error %q is no *inbound.Error", what, err)
	} else if !errors.Is(e, class) {
		m.Errorf("%s: the error %q has the class %v, want %q", what, err, e.Class, class)
	}
	m.expectNoSecret(err, what)
}

func (m *mail) expectNoSecret(err error, what string) {
	m.Helper()
	secret := m.password.Reveal()
	if err != nil && secret != "" && strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
		m.Errorf("%s: the error shows the password", what)
	}
}

// order is a small message; orders with other numbers differ.
func order(n int) []byte {
	return fmt.Appendf(nil, "From: anna@example.com\r\nSubject: order %d\r\n\r\nHello,\r\n.\r\n%s\r\n", n,
		strings.Repeat("x", n%50))
}

// deliver delivers n messages to the mailbox.
func (m *mail) deliver(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = order(i)
	}
	m.box.Deliver(all...)
	return all
}
