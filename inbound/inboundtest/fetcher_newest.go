package inboundtest

import (
	"maps"
	"slices"

	"github.com/postroom/postroom/inbound"
)

// newestTests are for sessions whose messages have positions.
var newestTests = map[string]func(*mail){
	"PagesComeFromTheEnd":        newestPages,
	"EmptyFolder":                newestOfNothing,
	"StopsAtTheCursor":           newestStopsAtCursor,
	"ListsAgain":                 newestListsAgain,
	"OtherGenerationBeginsAnew":  newestOfOtherGeneration,
	"ExpungedBetweenPages":       newestExpunged,
	"GoesOnInAnotherSession":     newestInAnotherSession,
	"AlternatesWithLooksForNews": newestAndLooks,
	"LongListingAlternatesToo":   listingAndLooks,
	"ReceivedOnRequest":          newestReceived,
}

// expectDescending looks at the pages of a listing from the newest message on: positions
// ascend within a page, and each page is below the one before. It returns them in order.
func (m *mail) expectDescending(pages []inbound.Listing) []uint64 {
	m.Helper()
	var all []uint64
	for _, page := range pages {
		var of []uint64
		for _, ref := range page.Refs {
			of = append(of, ref.Position)
		}
		if !slices.IsSorted(of) {
			m.Errorf("a page has %v: positions ascend within a page", of)
		}
		if len(all) > 0 && len(of) > 0 && of[len(of)-1] >= all[0] {
			m.Errorf("a page ends with %d, and the one before it begins with %d: the newest come first",
				of[len(of)-1], all[0])
		}
		if page.More && len(of) > 0 && page.Next.Before != of[0] {
			m.Errorf("a page begins with %d, and the next one is to be before %d", of[0], page.Next.Before)
		}
		all = slices.Concat(of, all)
	}
	return all
}

// upTo returns the numbers from 1 to n.
func upTo(n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = uint64(i + 1)
	}
	return all
}

func (m *mail) expectPositions(got, want []uint64, why string) {
	m.Helper()
	if !slices.Equal(got, want) {
		m.Errorf("List from the newest on gave %d messages, %v, want %d: %s", len(got), got[:min(len(got), 20)],
			len(want), why)
	}
}

func newestPages(m *mail) {
	if !m.hasPositions() {
		return
	}
	all := m.deliver(1234)
	pages, err := m.pages(m.open(), inbound.Cursor{Newest: true})
	m.check(err, "List from the newest on")
	m.expectPositions(m.expectDescending(pages), upTo(1234), "all of them")
	for i, page := range pages {
		m.expectFrame(page, i == len(pages)-1)
		for _, ref := range page.Refs {
			if ref.Size != int64(len(all[ref.Position-1])) {
				m.Fatalf("%v has the size %d, want %d", ref.SourceID, ref.Size, len(all[ref.Position-1]))
			}
		}
	}
	if first := pages[0].Refs; len(first) == 0 || first[len(first)-1].Position != 1234 {
		m.Error("the first page does not end with the newest message")
	}
}

func newestOfNothing(m *mail) {
	if !m.hasPositions() {
		return
	}
	page, err := m.open().List(m.Context(), m.folder(), inbound.Cursor{Newest: true})
	m.check(err, "List of an empty folder")
	if len(page.Refs) > 0 || page.More || page.NextPosition != 1 || page.Generation != "1" {
		m.Errorf("an empty folder gave %+v", page)
	}
}

func newestStopsAtCursor(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(40)
	for after, want := range map[uint64]int{0: 40, 1: 39, 25: 15, 39: 1, 40: 0, 99: 0} {
		pages, err := m.pages(m.open(), inbound.Cursor{Generation: "1", After: after, Newest: true})
		m.check(err, "List")
		got := m.expectDescending(pages)
		if len(got) != want || want > 0 && got[0] != after+1 {
			m.Errorf("List from the newest on and after %d gave %v, want %d messages", after, got, want)
		}
	}
}

func newestListsAgain(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(40)
	m.box.Remove(7)
	s := m.open()
	page, err := s.List(m.Context(), m.folder(),
		inbound.Cursor{Generation: "1", After: 36, Newest: true, Again: []uint64{4, 7, 11}})
	m.check(err, "List")
	var got []uint64
	for _, ref := range page.Refs {
		got = append(got, ref.Position)
	}
	if !slices.Equal(got, []uint64{4, 11, 37, 38, 39, 40}) {
		m.Errorf("List again of 4, 7 (gone) and 11 gave %v, want them before the others", got)
	}
}

func newestOfOtherGeneration(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(20)
	pages, err := m.pages(m.open(), inbound.Cursor{Generation: "99", After: 15, Before: 17, Newest: true})
	m.check(err, "List")
	m.expectPositions(m.expectDescending(pages), upTo(20), "a cursor of a different generation begins anew")
}

func newestExpunged(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(2500)
	s := m.open()
	cursor, seen := inbound.Cursor{Newest: true}, make(map[uint64]bool)
	removed := make(map[uint64]bool)
	remove := func(uid uint64) {
		if uid > 0 && !seen[uid] {
			removed[uid] = true
		}
		m.box.Remove(uint32(uid))
	}
	for pages := 0; ; pages++ {
		page, err := s.List(m.Context(), m.folder(), cursor)
		m.check(err, "List")
		for _, ref := range page.Refs {
			if seen[ref.Position] {
				m.Fatalf("%d is listed a second time", ref.Position)
			}
			seen[ref.Position] = true
		}
		if !page.More {
			break
		}
		if cursor = page.Next; pages < 5 {
			remove(cursor.Before - 1)
			remove(cursor.Before)
			remove(cursor.Before + 3)
			remove(uint64(pages) + 2)
			m.box.Deliver(order(pages))
		}
	}
	for uid := range uint64(2500) {
		if !seen[uid+1] && !removed[uid+1] {
			m.Fatalf("%d was there all the time and is not listed: it would never be uploaded", uid+1)
		}
	}
}

func newestInAnotherSession(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(1500)
	for _, gone := range []bool{false, true} {
		s := m.open()
		page, err := s.List(m.Context(), m.folder(), inbound.Cursor{Newest: true})
		m.check(err, "List")
		first := m.expectDescending([]inbound.Listing{page})
		m.close(s)
		if gone {
			m.box.Remove(uint32(page.Next.Before))
		}
		pages, err := m.pages(m.open(), page.Next)
		m.check(err, "List in another session")
		rest := m.expectDescending(pages)
		m.expectPositions(slices.Concat(rest, first), upTo(1500), "the pages of two sessions together are all")
	}
}

// newestAndLooks: between the pages, the caller looks for new mail.
func newestAndLooks(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.alternates(inbound.Cursor{Newest: true})
}

func listingAndLooks(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.alternates(inbound.Cursor{})
}

func (m *mail) alternates(cursor inbound.Cursor) {
	m.deliver(2500)
	s := m.open()
	got := make(map[uint64]bool)
	news := inbound.Cursor{Generation: "1", After: 2500}
	for n := 0; ; n++ {
		page, err := s.List(m.Context(), m.folder(), cursor)
		m.check(err, "List of a page")
		for _, ref := range page.Refs {
			if got[ref.Position] {
				m.Fatalf("%d is listed twice", ref.Position)
			}
			got[ref.Position] = true
		}
		if cursor = page.Next; !page.More {
			break
		}
		if n < 9 {
			m.box.Deliver(order(n))
		}
		look, err := s.List(m.Context(), m.folder(), news)
		m.check(err, "List of new mail between two pages")
		if n < 9 && (len(look.Refs) != 1 || look.Refs[0].Position != uint64(2501+n)) {
			m.Fatalf("a look for new mail between two pages gave %v, want the new one alone", look.Refs)
		}
		for _, ref := range look.Refs {
			news.After = ref.Position
		}
		m.fetchAll(s, page.Refs[:1], inbound.FetchOptions{})
	}
	for _, uid := range upTo(2500) {
		if !got[uid] {
			m.Fatalf("%d is on no page: the looks for new mail have disturbed the listing", uid)
		}
	}
	maps.DeleteFunc(got, func(uid uint64, _ bool) bool { return uid <= 2500 })
	if cursor.Newest && len(got) > 0 {
		m.Errorf("a listing from the newest on has %d messages that came after it had begun", len(got))
	}
}

func newestReceived(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(9)
	page, err := m.open().List(m.Context(), m.folder(), inbound.Cursor{Newest: true, Received: true})
	m.check(err, "List")
	for _, ref := range page.Refs {
		if ref.Received.IsZero() {
			m.Errorf("%v was asked for its time of arrival, and has none", ref.SourceID)
		}
	}
	if page.More && !page.Next.Received {
		m.Error("the next page does not ask for the time of arrival")
	}
}
