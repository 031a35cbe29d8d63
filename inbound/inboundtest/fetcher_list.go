package inboundtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

var listTests = map[string]func(*mail){
	"PagesAreCompleteAndInOrder":     pagesAreComplete,
	"EmptyFolder":                    emptyFolder,
	"IdentitiesLast":                 identitiesLast,
	"ReceivedOnRequest":              receivedOnRequest,
	"GoesOnAfterTheCursor":           goesOnAfterTheCursor,
	"OtherGenerationBeginsAgain":     otherGenerationBeginsAgain,
	"FolderThatDoesNotExist":         folderThatDoesNotExist,
	"FolderInfoCounts":               folderInfoCounts,
	"LowerUIDsThatAppearLateAreSeen": lateLowerUIDs,
}

func pagesAreComplete(m *mail) {
	all := m.deliver(1234)
	pages, err := m.pages(m.open(), inbound.Cursor{})
	m.check(err, "List")
	refs := m.byArrival(refsOf(pages))
	if len(refs) != len(all) {
		m.Fatalf("the pages of a folder of %d messages have %d together", len(all), len(refs))
	}
	seen := make(map[inbound.SourceID]bool)
	for i, ref := range refs {
		if seen[ref.SourceID] {
			m.Fatalf("%v is listed twice", ref.SourceID)
		}
		seen[ref.SourceID] = true
		if ref.Size != int64(len(all[i])) && (!m.isFeed() || ref.Size != 0) {
			m.Fatalf("message %d has the size %d, want %d, as the server says: listings are in ascending order", i+1,
				ref.Size, len(all[i]))
		}
		if ref.Key == "" || len(ref.Key) > 512 || m.hasPositions() != (ref.Position > 0) {
			m.Fatalf("%+v has no key of at most 512 bytes, or the position of a different protocol", ref)
		}
	}
	byPosition := func(a, b inbound.Ref) int { return cmp.Compare(a.Position, b.Position) }
	if m.hasPositions() && !slices.IsSortedFunc(refs, byPosition) {
		m.Error("the UIDs do not ascend")
	}
	for i, page := range pages {
		m.expectFrame(page, i == len(pages)-1)
	}
}

// hasPositions reports a mailbox whose messages have an order of arrival.
func (m *mail) hasPositions() bool { return m.protocol == inbound.IMAP }

// expectFrame looks at what is the same on all pages of 1234 messages.
func (m *mail) expectFrame(page inbound.Listing, last bool) {
	m.Helper()
	if page.Total != 1234 && (!m.isFeed() || page.Total != 0) {
		m.Errorf("Total is %d on a page, want 1234 on each", page.Total)
	}
	if page.Incomplete {
		m.Error("a page is Incomplete, although the server lists everything: nothing would ever be deleted")
	}
	if m.isFeed() {
		m.expectFeedFrame(page)
		return
	}
	if !last && len(page.Refs) == 0 {
		m.Error("a page is empty although there are more")
	}
	if m.isPOP3() {
		if page.Generation != "" || !page.Windowed || page.NextPosition != 0 {
			m.Errorf("POP3 has no generation and no next position and is Windowed, and the page has %q, %d and %v",
				page.Generation, page.NextPosition, page.Windowed)
		}
		return
	}
	if page.Generation != "1" || page.Next.Generation != "1" || page.NextPosition != 1235 {
		m.Errorf("a page has generation %s, next generation %s and NextPosition %d, want 1, 1 and 1235",
			page.Generation, page.Next.Generation, page.NextPosition)
	}
	for _, ref := range page.Refs {
		if ref.Folder != "INBOX" || ref.Generation != "1" {
			m.Errorf("%+v is not of INBOX, generation 1", ref.SourceID)
		}
	}
}

func emptyFolder(m *mail) {
	s := m.open()
	page, err := s.List(m.Context(), m.folder(), inbound.Cursor{})
	m.check(err, "List of an empty folder")
	if len(page.Refs) > 0 || page.More && !m.isFeed() || page.Total != 0 || page.Incomplete {
		m.Errorf("an empty folder gave %+v", page)
	}
	if m.hasPositions() && (page.Generation != "1" || page.NextPosition != 1) {
		m.Errorf("an empty folder has generation %s and NextPosition %d, want 1 and 1", page.Generation,
			page.NextPosition)
	}
	if _, err := m.fetch(s, nil, inbound.FetchOptions{}); err != nil {
		m.Errorf("Fetch of nothing: %v", err)
	}
}

func identitiesLast(m *mail) {
	m.deliver(9)
	one, two := m.open(), m.open()
	first := m.list(one)
	m.close(one)
	if again := m.list(two); !slices.Equal(first, again) {
		m.Errorf("two sessions gave different refs to the same messages: %v and %v", first, again)
	}
}

func receivedOnRequest(m *mail) {
	m.deliver(9)
	s := m.open()
	pages, err := m.pages(s, inbound.Cursor{Received: true})
	m.check(err, "List")
	for _, ref := range refsOf(pages) {
		switch {
		case m.isPOP3() && !ref.Received.IsZero():
			m.Errorf("%v has a time of arrival, which POP3 does not have", ref.SourceID)
		case !m.isPOP3():
			if off := time.Since(ref.Received); off < -2*time.Second || off > time.Minute {
				m.Errorf("%v was asked for its time of arrival, has just arrived, and has %v", ref.SourceID,
					ref.Received)
			}
		}
	}
	pages, err = m.pages(s, inbound.Cursor{})
	m.check(err, "List")
	for _, ref := range refsOf(pages) {
		if !ref.Received.IsZero() {
			m.Errorf("%v has a time of arrival, which was not asked for", ref.SourceID)
		}
	}
}

func goesOnAfterTheCursor(m *mail) {
	if m.isFeed() {
		return // it has tests of its own
	}
	m.deliver(5)
	s := m.open()
	pages, err := m.pages(s, inbound.Cursor{})
	m.check(err, "List")
	next := pages[len(pages)-1].Next
	page, err := s.List(m.Context(), m.folder(), next)
	m.check(err, "List after the last one")
	if len(page.Refs) > 0 {
		m.Errorf("after the last message, List gave %v: \"n:*\" matches the last message always", page.Refs)
	}
	if m.isPOP3() {
		return // the messages of a session are those of its beginning
	}
	m.box.Deliver(order(6))
	page, err = s.List(m.Context(), m.folder(), next)
	m.check(err, "List of new mail")
	if len(page.Refs) != 1 || page.Refs[0].Position != 6 {
		m.Errorf("after a message has come, List after the last one before gave %v, want the new one alone", page.Refs)
	}
}

func otherGenerationBeginsAgain(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(3)
	s := m.open()
	page, err := s.List(m.Context(), m.folder(), inbound.Cursor{Generation: "99", After: 3})
	m.check(err, "List")
	if len(page.Refs) != 3 {
		m.Errorf("a cursor of a different generation gave %v, want the folder from its beginning", page.Refs)
	}
	m.box.Renumber()
	again := m.open()
	page, err = again.List(m.Context(), m.folder(), inbound.Cursor{Generation: "1", After: 3})
	m.check(err, "List of a renumbered folder")
	if page.Generation != "2" || len(page.Refs) != 3 {
		m.Errorf("after the server renumbered, List gave generation %s and %v, want 2 and everything",
			page.Generation, page.Refs)
	}
}

func folderThatDoesNotExist(m *mail) {
	if m.isPOP3() {
		return
	}
	m.deliver(1)
	s := m.open()
	wrong, folder := s, "Nowhere"
	if m.folder() == "" { // one listing is of all the account's folders
		wrong, folder = m.openFor("INBOX", "Nowhere"), ""
	}
	_, err := wrong.List(m.Context(), folder, inbound.Cursor{})
	m.expectClass(err, inbound.ErrPermanent, "List of a folder that does not exist")
	if n := len(m.list(s)); n != 1 {
		m.Errorf("after a wrong folder, INBOX has %d messages, want 1", n)
	}
}

// folderInfoCounts is for sessions that implement inbound.FolderInformer.
func folderInfoCounts(m *mail) {
	size := int64(0)
	for _, raw := range m.deliver(5) {
		size += int64(len(raw))
	}
	s := m.open()
	informer, ok := s.(inbound.FolderInformer)
	if !ok {
		return
	}
	info, err := informer.FolderInfo(m.Context(), m.folder())
	m.check(err, "FolderInfo")
	if info.Folder != m.folder() || info.Messages != 5 || info.Bytes != size && info.Bytes != -1 {
		m.Errorf("FolderInfo says %+v, want 5 messages with %d bytes, or -1", info, size)
	}
	if !m.isPOP3() && m.folder() != "" {
		_, err = informer.FolderInfo(m.Context(), "Nowhere")
		m.expectClass(err, inbound.ErrPermanent, "FolderInfo of a folder that does not exist")
	}
	if n := len(m.list(s)); n != 5 {
		m.Errorf("after FolderInfo, %d messages are listed, want 5", n)
	}
	if seen := m.box.Seen(); len(seen) > 0 {
		m.Errorf("FolderInfo has marked %v as read", seen)
	}
}

func lateLowerUIDs(m *mail) {
	m.deliver(9)
	m.box.Hide(true, 3, 5)
	s := m.open()
	if n := len(m.list(s)); n != 7 {
		m.Fatalf("List gave %d messages, want the 7 that the server shows", n)
	}
	m.box.Hide(false, 3, 5)
	m.close(s)
	if n := len(m.list(m.open())); n != 9 {
		m.Errorf("List gave %d messages after two of lower UIDs have appeared, want 9", n)
	}
}
