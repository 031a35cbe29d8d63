package inboundtest

import (
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound"
)

// SessionUnderTest is the implementation that TestSession checks.
type SessionUnderTest struct {
	// Protocol selects the tests: IMAP, POP3, or those of a change feed for any other.
	Protocol inbound.Protocol
	// New returns a fetcher for the messages of the feed, and an account that
	// collects from its INBOX. There may be a server between the two, which must end
	// with t. With IMAP and POP3, the fetcher shows the feed's Mailbox; otherwise it
	// shows the feed with its keys, and refuses the tokens that the feed refuses.
	New func(t *testing.T, feed *Feed) (inbound.Fetcher, inbound.Account)
}

// TestSession checks what holds for the sessions of every Fetcher, whatever the
// protocol: listing, reading, deleting, marking, closing. For a change feed it also
// checks the tokens. TestFetcher includes these tests for IMAP and POP3, and adds
// those of the wire protocol.
func TestSession(t *testing.T, s SessionUnderTest) {
	groups := map[string]map[string]func(*mail){
		"List": listTests, "Fetch": fetchTests, "Delete": deleteTests, "Session": sessionTests,
		"Newest": newestTests, "Watch": watchTests,
	}
	if s.Protocol != inbound.IMAP && s.Protocol != inbound.POP3 {
		groups["Feed"] = feedTests
	}
	testFetcher(t, s.Protocol, groups, func(m *mail, _ *ServerOptions) {
		m.fetcher, m.account = s.New(m.T, m.feed)
	})
}

var feedTests = map[string]func(*mail){
	"TokenTellsWhatIsNew":          tokenTellsNews,
	"TokensAreShortText":           tokensAreText,
	"NothingIsMissedWhileListing":  nothingMissed,
	"RefusedTokenIsSaidToBe":       refusedToken,
	"TokenOfOtherFoldersIsRefused": tokenOfOtherFolders,
	"OtherGenerationListsAll":      otherGeneration,
	"LabeledLaterIsNew":            labeledLater,
	"ShownLateIsNew":               shownLate,
	"RemovedIsNotListed":           removedIsNotListed,
	"KeysDifferByCase":             keysDifferByCase,
	"KeyThatChangedIsGone":         changedKey,
	"SeveralLabelsAreOneMessage":   severalLabels,
	"OtherFoldersAreLeftOut":       otherFolders,
	"DeleteTakesOutOfEveryFolder":  deleteFromEveryFolder,
	"DeletedIsNotListedAgain":      deletedIsNotTold,
	"ListingGoesOnInOtherSession":  goesOnElsewhere,
}

// expectFeedFrame looks at what is the same on all pages of a feed.
func (m *mail) expectFeedFrame(page inbound.Listing) {
	m.Helper()
	if page.NextPosition != 0 || page.Generation != page.Next.Generation {
		m.Errorf("a page has the next position %d, generation %q and next generation %q: "+
			"a feed has no positions, and one generation", page.NextPosition, page.Generation, page.Next.Generation)
	}
	for _, ref := range page.Refs {
		if ref.Folder != m.folder() || ref.Generation != page.Generation || ref.Occurrence != 0 {
			m.Errorf("%+v is not of folder %q, generation %q", ref.SourceID, m.folder(), page.Generation)
		}
	}
}

// openFor opens a session that collects from these folders.
func (m *mail) openFor(folders ...string) inbound.Session {
	m.Helper()
	account := m.account
	defer func() { m.account = account }()
	m.account.Folders = folders
	return m.open()
}

// listAll lists everything, and returns where changes begin.
func (m *mail) listAll(s inbound.Session) inbound.Cursor {
	m.Helper()
	pages, err := m.pages(s, inbound.Cursor{})
	m.check(err, "List")
	next := pages[len(pages)-1].Next
	if next.Token == "" {
		m.Fatal("after the last page there is no token: each pass would list everything")
	}
	return next
}

// changes returns the keys of the changes from a cursor on.
func (m *mail) changes(s inbound.Session, from inbound.Cursor) []string {
	m.Helper()
	pages, err := m.pages(s, from)
	m.check(err, "List of changes")
	return keysOf(refsOf(pages))
}

func keysOf(refs []inbound.Ref) []string {
	var keys []string
	for _, ref := range refs {
		keys = append(keys, ref.Key)
	}
	return keys
}

func (m *mail) expectTold(keys []string, uid uint32, why string) {
	m.Helper()
	if key := m.feed.Key(uid); !slices.Contains(keys, key) {
		m.Errorf("message %d (%s) is not listed, but %q: %s", uid, key, keys, why)
	}
}

func tokenTellsNews(m *mail) {
	m.deliver(20)
	first := m.listAll(m.open())
	uid := m.box.Deliver(order(21))
	s := m.open() // tokens outlive their sessions
	pages, err := m.pages(s, first)
	m.check(err, "List of changes")
	m.expectTold(keysOf(refsOf(pages)), uid, "it came after the listing")
	second := pages[len(pages)-1].Next
	uid = m.box.Deliver(order(22))
	m.expectTold(m.changes(s, second), uid, "it came after the changes before")
	m.expectTold(m.changes(m.open(), second), uid, "a pass that was cut off reads the changes once more")
}

func tokensAreText(m *mail) {
	m.deliver(20)
	pages, err := m.pages(m.open(), inbound.Cursor{})
	m.check(err, "List")
	for _, page := range pages {
		if token := page.Next.Token; len(token) > 8<<10 || !utf8.ValidString(token) ||
			slices.Contains([]byte(token), 0) {
			m.Errorf("a token of %d bytes, want text of at most 8 KiB: %.80q", len(token), token)
		}
	}
}

func nothingMissed(m *mail) {
	m.deliver(20)
	s := m.open()
	met := make(map[string]bool)
	var from inbound.Cursor
	for more := true; more; {
		page, err := s.List(m.Context(), m.folder(), from)
		m.check(err, "List")
		for _, key := range keysOf(page.Refs) {
			met[key] = true
		}
		if from, more = page.Next, page.More; len(m.box.UIDs()) < 30 {
			m.box.Deliver(order(100 + len(m.box.UIDs())))
		}
	}
	for _, key := range m.changes(s, from) {
		met[key] = true
	}
	for _, uid := range m.box.UIDs() {
		if !met[m.feed.Key(uid)] {
			m.Errorf("message %d came during the listing, and neither the listing nor the changes after it have it: "+
				"their baseline is to be taken before the first page", uid)
		}
	}
}

func refusedToken(m *mail) {
	m.deliver(20)
	s := m.open()
	good := m.listAll(s)
	page, err := s.List(m.Context(), m.folder(), inbound.Cursor{})
	m.check(err, "List")
	within := page.Next
	m.feed.ExpireTokens()
	damaged := good
	damaged.Token = "no token of ours"
	for what, from := range map[string]inbound.Cursor{
		"expired": good, "of a page, and expired": within, "not the feed's": damaged,
	} {
		page, err := s.List(m.Context(), m.folder(), from)
		if !errors.Is(err, inbound.ErrCursorRefused) {
			m.Errorf("List from a token that is %s gave %d messages and the error %v, want inbound.ErrCursorRefused: "+
				"without it, what has come since is never listed", what, len(page.Refs), err)
		}
	}
	if n := len(m.list(s)); n != 20 {
		m.Errorf("after refused tokens, the session lists %d of 20 messages", n)
	}
	if again := m.listAll(s); again.Token == good.Token {
		m.Error("the listing after a refused token ends with that token")
	}
}

func tokenOfOtherFolders(m *mail) {
	if m.folder() != "" {
		return
	}
	m.deliver(3)
	m.box.DeliverTo("Orders", order(4))
	from := m.listAll(m.open())
	if _, err := m.pages(m.openFor("INBOX", "Orders"), from); !errors.Is(err, inbound.ErrCursorRefused) {
		m.Errorf("List from a token of fewer folders gave the error %v, want inbound.ErrCursorRefused: "+
			"the mail of a folder that is added would never be listed", err)
	}
}

func otherGeneration(m *mail) {
	m.deliver(9)
	s := m.open()
	from := m.listAll(s)
	was := m.list(s)
	m.feed.Regenerate("another")
	pages, err := m.pages(m.open(), from)
	if errors.Is(err, inbound.ErrCursorRefused) {
		pages, err = m.pages(m.open(), inbound.Cursor{})
	}
	m.check(err, "List from a token of a different generation")
	refs := m.byArrival(refsOf(pages))
	if len(refs) != 9 || refs[0].Generation == was[0].Generation {
		m.Errorf("in a new generation, List gave %v, want everything under new identities", refs)
	}
	if got, err := m.fetch(m.open(), was, inbound.FetchOptions{}); err != nil || len(got) > 0 {
		m.Errorf("Fetch of the generation before gave %d messages, error %v: its keys mean nothing now", len(got), err)
	}
}

func labeledLater(m *mail) {
	m.deliver(3)
	uid := m.box.DeliverTo("Archive", order(4))
	key := m.feed.KeyOf("Archive", uid)
	s := m.open()
	from := m.listAll(s)
	m.feed.Label(key, "INBOX")
	if keys := m.changes(s, from); !slices.Contains(keys, key) {
		m.Errorf("a message that was there in a different folder has come to INBOX and is not listed, but %q: "+
			"filters and people do that, and it is as good as new", keys)
	}
}

func shownLate(m *mail) {
	m.deliver(9)
	m.box.Hide(true, 3)
	s := m.open()
	from := m.listAll(s)
	m.box.Hide(false, 3)
	m.expectTold(m.changes(s, from), 3, "it appears late, and was not in the listing")
}

func removedIsNotListed(m *mail) {
	m.deliver(5)
	s := m.open()
	from := m.listAll(s)
	key, moved := m.feed.Key(2), m.feed.Key(4)
	m.box.Remove(2)
	m.feed.Label(moved, "Archive")
	m.feed.Unlabel(moved, "INBOX")
	keys := m.changes(s, from)
	if slices.Contains(keys, key) || slices.Contains(keys, moved) {
		m.Errorf("%s was removed and %s moved out of INBOX, and changes list %q: removals are no messages", key,
			moved, keys)
	}
}

func keysDifferByCase(m *mail) {
	all := m.deliver(8)
	s := m.open()
	refs := m.list(s)
	if len(refs) != 8 {
		m.Fatalf("List gave %d of 8 messages, of which some have keys that differ by letter case alone", len(refs))
	}
	got := m.fetchAll(s, refs, inbound.FetchOptions{})
	for i, ref := range refs {
		m.expectBytes(got[ref.SourceID], all[i], "a message whose key differs from another's by letter case")
	}
	m.check(s.Delete(m.Context(), refs[:1]), "Delete")
	m.expectUIDs("1 was to be deleted, and not 2, whose key differs by letter case", 2, 3, 4, 5, 6, 7, 8)
}

func changedKey(m *mail) {
	all := m.deliver(3)
	s := m.open()
	from := m.listAll(s)
	was := m.list(s)
	m.feed.Rekey(m.feed.Key(2), "")
	m.expectTold(m.changes(s, from), 2, "it has a new key, and so is an unknown message")
	got, err := m.fetch(s, was, inbound.FetchOptions{})
	m.check(err, "Fetch of messages of which one has a new key now")
	if _, came := got[was[1].SourceID]; came || len(got) != 2 {
		m.Errorf("Fetch gave %d messages, the one of the former key among them: %v; want the 2 others", len(got), came)
	}
	m.check(s.Delete(m.Context(), was[1:2]), "Delete by a former key")
	m.expectUIDs("nothing has the former key", 1, 2, 3)
	now := m.list(s)
	m.expectBytes(m.fetchAll(s, now, inbound.FetchOptions{})[now[1].SourceID], all[1], "a message under its new key")
}

func severalLabels(m *mail) {
	if m.folder() != "" {
		return
	}
	m.deliver(3)
	m.box.DeliverTo("Orders", order(4))
	m.feed.Label(m.feed.Key(2), "Orders")
	s := m.openFor("INBOX", "Orders")
	pages, err := m.pages(s, inbound.Cursor{})
	m.check(err, "List")
	refs := refsOf(pages)
	if len(refs) != 4 || len(m.byArrival(refs)) != 4 {
		m.Errorf("List gave %q, want 4 messages, each once: one of them has two labels", keysOf(refs))
	}
}

func otherFolders(m *mail) {
	m.deliver(3)
	m.box.DeliverTo("Archive", order(4), order(5))
	s := m.open()
	if n := len(m.list(s)); n != 3 {
		m.Errorf("List gave %d messages, want the 3 of the account's folder", n)
	}
	from := m.listAll(s)
	uid := m.box.DeliverTo("Archive", order(6))
	if keys := m.changes(s, from); slices.Contains(keys, m.feed.KeyOf("Archive", uid)) {
		m.Error("changes include a message in a folder that the account does not collect from")
	}
}

func deleteFromEveryFolder(m *mail) {
	if m.folder() != "" {
		return
	}
	m.deliver(3)
	m.feed.Label(m.feed.Key(2), "Archive")
	s := m.open()
	m.check(s.Delete(m.Context(), m.list(s)[1:2]), "Delete")
	m.expectUIDs("2 was to be deleted", 1, 3)
	if left := m.box.UIDsOf("Archive"); len(left) > 0 {
		m.Errorf("the deleted message is still in Archive as %v: what is deleted is gone for good", left)
	}
}

func deletedIsNotTold(m *mail) {
	m.deliver(5)
	s := m.open()
	from := m.listAll(s)
	refs := m.list(s)
	m.check(s.Delete(m.Context(), refs[:2]), "Delete")
	for _, key := range m.changes(s, from) {
		if key == refs[0].Key || key == refs[1].Key {
			m.Errorf("%s was deleted, and changes list it", key)
		}
	}
}

// goesOnElsewhere: a page's token may be good for longer than its session, or refused.
func goesOnElsewhere(m *mail) {
	m.deliver(30)
	s := m.open()
	page, err := s.List(m.Context(), m.folder(), inbound.Cursor{})
	m.check(err, "List")
	m.close(s)
	if !page.More {
		return
	}
	pages, err := m.pages(m.open(), page.Next)
	if errors.Is(err, inbound.ErrCursorRefused) {
		return
	}
	m.check(err, "List of the second page in a different session")
	if refs := m.byArrival(append(page.Refs, refsOf(pages)...)); len(refs) != 30 {
		m.Errorf("a listing that was begun in one session and finished in a different one gave %d of 30 messages",
			len(refs))
	}
}
