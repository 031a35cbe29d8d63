package inboundtest

import (
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

var imapTests = map[string]func(*mail){
	"SplitFetchResponses": func(m *mail) { m.readsAll(Faults{SplitFetch: true}) },
	"UIDAfterTheBody":     func(m *mail) { m.readsAll(Faults{UIDLast: true}) },
	"MarksAreListed":      marksAreListed,
	"ListsAgain":          listsAgain,
	"BothOfThem":          func(m *mail) { m.readsAll(Faults{SplitFetch: true, UIDLast: true}) },
	"UIDNextFarAhead":     func(m *mail) { m.readsAll(Faults{UIDNextAhead: 420_000}) },
	"NoESEARCH": func(m *mail) {
		m.readsAll(Faults{Without: []string{"ESEARCH", "SASL-IR", "LITERAL+", "ENABLE", "ID", "IDLE"}})
	},
	"LogInByAuthenticate":  authenticatePlain,
	"MessageLimit":         messageLimit,
	"NoUIDNext":            noUIDNext,
	"RenumberedInASession": renumberedInASession,
	"NoUIDPLUS":            noUIDPlus,
	"HostileLiterals":      hostileLiterals,
	"PollsOfOneSession":    pollsOfOneSession,
	"FoldersOfOtherCase":   foldersOfOtherCase,
}

// readsAll goes through a mailbox under faults that no client may notice.
func (m *mail) readsAll(f Faults) {
	all := m.deliver(20)
	big := oddMessages()["a line of 200 KB"]
	m.box.Deliver(big)
	m.server.SetFaults(f)
	s := m.open()
	refs := m.list(s)
	if len(refs) != 21 {
		m.Fatalf("List gave %d messages, want 21", len(refs))
	}
	dated, err := m.open().List(m.Context(), m.folder(), inbound.Cursor{Received: true})
	m.check(err, "List")
	for _, ref := range dated.Refs {
		if ref.Size <= 0 || ref.Received.IsZero() {
			m.Errorf("List gave a message of %d bytes, received %v, want both", ref.Size, ref.Received)
		}
	}
	for range 2 {
		got := m.fetchAll(s, refs, inbound.FetchOptions{})
		m.expectBytes(got[refs[7].SourceID], all[7], "the eighth message")
		m.expectBytes(got[refs[20].SourceID], big, "a large message")
	}
	heads := m.fetchAll(s, refs, inbound.FetchOptions{HeaderOnly: true})
	m.expectBytes(heads[refs[7].SourceID], headerOf(all[7]), "the eighth header")
	m.check(s.Delete(m.Context(), refs[1:]), "Delete")
	m.expectUIDs("all but the first were to be deleted", 1)
	m.close(s)
	if seen := m.box.Seen(); len(seen) > 0 {
		m.Errorf("reading has marked %v as read", seen)
	}
}

func authenticatePlain(m *mail) {
	m.serve(&ServerOptions{Security: inbound.TLS})
	for _, without := range [][]string{{"LOGIN"}, {"LOGIN", "SASL-IR"}} {
		m.server.SetFaults(Faults{Without: without})
		m.close(m.open())
	}
}

// messageLimit: an answer that covers the highest UIDs alone is OK, and looks
// complete.
func messageLimit(m *mail) {
	all := m.deliver(25)
	m.serve(&ServerOptions{Security: inbound.Plain, Faults: Faults{MessageLimit: 4}})
	s := m.open()
	pages, err := m.pages(s, inbound.Cursor{})
	m.check(err, "List")
	refs := refsOf(pages)
	if len(refs) != len(all) {
		m.Fatalf("the server's MESSAGELIMIT is 4, and List gave %d of %d messages: the ones below would never be "+
			"uploaded", len(refs), len(all))
	}
	if pages[len(pages)-1].Incomplete {
		m.Error("the listing is complete, and marked Incomplete")
	}
	for i, ref := range refs {
		if ref.Size != int64(len(all[i])) {
			m.Errorf("message %d has the size %d in the listing, want %d", i+1, ref.Size, len(all[i]))
		}
	}
	got := m.fetchAll(s, refs, inbound.FetchOptions{})
	m.expectBytes(got[refs[2].SourceID], all[2], "the third message")
	m.check(s.Delete(m.Context(), refs[1:24]), "Delete")
	m.expectUIDs("all but the first and the last were to be deleted", 1, 25)
	m.box.Deliver(all...)
	page, err := s.List(m.Context(), "INBOX", inbound.Cursor{Generation: "1", After: 25})
	m.check(err, "List of new mail")
	if len(page.Refs) == 0 || page.Refs[0].Position != 26 {
		m.Errorf("25 messages have come since the cursor, and the first page begins with %v, want UID 26", page.Refs)
	}
}

func noUIDNext(m *mail) {
	m.deliver(3)
	m.server.SetFaults(Faults{NoUIDNext: true})
	page, err := m.open().List(m.Context(), "INBOX", inbound.Cursor{})
	m.check(err, "List")
	if page.NextPosition != 0 && page.NextPosition != 4 || len(page.Refs) != 3 {
		m.Errorf("the server omits UIDNEXT when it opens a folder, and List gave UIDNext %d and %d messages, want 4 "+
			"(by STATUS, or after the highest) or 0, and 3", page.NextPosition, len(page.Refs))
	}
}

func renumberedInASession(m *mail) {
	for _, name := range []string{"Fetch", "Delete", "MarkSeen"} {
		m.box = NewMailbox()
		m.deliver(4)
		m.serve(&ServerOptions{Security: inbound.Plain})
		s := m.open()
		refs := m.list(s)
		m.box.Renumber()
		m.box.Remove(1) // UID 2 is a different message now, if the server allows it
		m.box.Deliver(order(9))
		var got map[inbound.SourceID][]byte
		if name == "Fetch" {
			got, _ = m.fetch(s, refs, inbound.FetchOptions{})
		} else if err, ok := m.call(m.Context(), name, s, refs[1:2]); ok && err == nil {
			m.Errorf("%s went well with refs of a generation that is over", name)
		}
		if len(got) > 0 {
			m.Errorf("Fetch delivered %d messages under refs of a generation that is over", len(got))
		}
		if left := m.box.UIDs(); !slices.Equal(left, []uint32{2, 3, 4, 5}) {
			m.Errorf("%s left %v, want 2, 3, 4 and 5: the refs mean nothing now", name, left)
		}
		if seen := m.box.Seen(); len(seen) > 0 {
			m.Errorf("%s marked %v: the refs mean nothing now", name, seen)
		}
		_ = s.Close() // the server may have ended the connection
	}
}

// pollsOfOneSession: a session looks again and again for what is new, at servers of all kinds.
func pollsOfOneSession(m *mail) {
	for name, f := range map[string]Faults{
		"normal": {}, "split": {SplitFetch: true}, "UID last": {UIDLast: true}, "no UIDNEXT": {NoUIDNext: true},
		"UIDNEXT far ahead": {UIDNextAhead: 420_000}, "the last left out": {OmitFromFetch: []uint32{30, 31}},
		"one left out": {OmitFromFetch: []uint32{25}}, "a limit": {MessageLimit: 4},
		"no ESEARCH": {Without: []string{"ESEARCH"}},
	} {
		m.box = NewMailbox()
		m.deliver(30)
		m.serve(&ServerOptions{Security: inbound.Plain, Faults: f})
		s := m.open()
		for _, step := range []struct {
			change func()
			want   []uint64
		}{
			{func() {}, []uint64{3, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30}},
			{func() {}, []uint64{3, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30}},
			{func() { m.box.Remove(21); m.box.Remove(28) }, []uint64{3, 22, 23, 24, 25, 26, 27, 29, 30}},
			{func() { m.box.Deliver(order(31)); m.box.Remove(3) }, []uint64{22, 23, 24, 25, 26, 27, 29, 30, 31}},
			{func() { m.box.Hide(true, 23) }, []uint64{22, 24, 25, 26, 27, 29, 30, 31}},
			{func() { m.box.Hide(false, 23); m.box.Remove(31) }, []uint64{22, 23, 24, 25, 26, 27, 29, 30}},
			{func() { m.box.Deliver(order(32)) }, []uint64{22, 23, 24, 25, 26, 27, 29, 30, 32}},
		} {
			step.change()
			pages, err := m.pages(s, inbound.Cursor{Generation: "1", After: 20, Again: []uint64{3}})
			m.check(err, name+": List")
			var got []uint64
			for _, ref := range refsOf(pages) {
				got = append(got, ref.Position)
			}
			if !slices.Equal(got, step.want) {
				m.Errorf("%s: List after 20 gave %v, want %v: what a poll misses is not uploaded", name, got, step.want)
			}
		}
		m.close(s)
	}
}

func noUIDPlus(m *mail) {
	m.deliver(4)
	m.box.MarkDeleted(3)
	m.server.SetFaults(Faults{Without: []string{"UIDPLUS"}})
	s := m.open()
	refs := m.list(s)
	err := s.Delete(m.Context(), refs[:1])
	m.close(s)
	left := m.box.UIDs()
	if !slices.Contains(left, 3) {
		m.Error("without UIDPLUS, Delete has removed what a different program had marked as deleted")
	}
	if err == nil && slices.Contains(left, 1) {
		m.Error("without UIDPLUS, Delete gave no error, and the message is still there")
	}
	if err != nil {
		m.expectClass(err, inbound.ErrPermanent, "Delete at a server that cannot delete single messages")
	}
}

func hostileLiterals(m *mail) {
	all := m.deliver(3)
	policy := m.server.Network()
	policy.IdleTimeout = 500 * time.Millisecond
	m.fetcher = m.make(policy)
	for _, announced := range []string{"4294967296", "9223372036854775807", "99999999999999999999", "-1", "", "10x"} {
		if announced == "" {
			announced = " "
		}
		m.server.SetFaults(Faults{})
		s := m.open()
		refs := m.list(s)
		m.server.SetFaults(Faults{Literal: announced})
		got, err := m.fetch(s, refs, inbound.FetchOptions{})
		for i, ref := range refs {
			if raw, came := got[ref.SourceID]; came {
				m.expectBytes(raw, all[i], "a message announced with the size "+announced)
			}
		}
		if err == nil && len(got) > 0 {
			m.Errorf("the server announced a body of %q bytes, and Fetch gave %d messages without an error",
				announced, len(got))
		}
		_ = s.Close() // the connection is of no more use
	}
}

func foldersOfOtherCase(m *mail) {
	for _, name := range []string{"Заказы & возвраты", "A/B c", "日本", `quoted "name" \ here`, "~peter"} {
		m.box.DeliverTo(name, order(1))
		s := m.open()
		page, err := s.List(m.Context(), name, inbound.Cursor{})
		m.check(err, "List of the folder "+name)
		if len(page.Refs) != 1 || page.Refs[0].Folder != name {
			m.Errorf("the folder %q gave %v, want one message of that folder", name, page.Refs)
		}
		m.fetchAll(s, page.Refs, inbound.FetchOptions{})
		m.close(s)
	}
}
