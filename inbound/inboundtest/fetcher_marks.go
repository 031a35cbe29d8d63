package inboundtest

import (
	"slices"

	"github.com/postroom/postroom/inbound"
)

// marksAreListed: the flags that keep a message from being uploaded come with the
// listing, also where they come in responses of their own.
func marksAreListed(m *mail) {
	m.deliver(5)
	m.box.MarkDeleted(2, 5)
	m.box.MarkDraft(3, 5)
	m.box.MarkRead(1, 2)
	want := []inbound.Mark{"", inbound.MarkDeleted, inbound.MarkDraft, "", inbound.MarkDeleted}
	for _, f := range []Faults{{}, {SplitFetch: true}, {UIDLast: true}} {
		m.server.SetFaults(f)
		s := m.open()
		if got := marksOf(m.list(s)); !slices.Equal(got, want) {
			m.Errorf("the messages have the marks %q, want %q (with %+v)", got, want, f)
		}
		m.close(s)
	}
	m.server.SetFaults(Faults{})
	s := m.open()
	m.list(s)
	m.box.Unmark(2, 3, 5)
	if got := marksOf(m.list(s)); !slices.Equal(got, make([]inbound.Mark, 5)) {
		m.Errorf("after the flags were taken off, a session has the marks %q, want none", got)
	}
}

func marksOf(refs []inbound.Ref) (marks []inbound.Mark) {
	for _, ref := range refs {
		marks = append(marks, ref.Mark)
	}
	return marks
}

// listsAgain: Cursor.Again names messages below After that are listed too.
func listsAgain(m *mail) {
	m.deliver(30)
	m.box.MarkDraft(4)
	m.box.Remove(7)
	for _, f := range []Faults{{}, {MessageLimit: 2}} {
		m.server.SetFaults(f)
		s := m.open()
		pages, err := m.pages(s, inbound.Cursor{Generation: "1", After: 28, Again: []uint64{4, 7, 11, 28}})
		m.check(err, "List with Again")
		var got []uint64
		for _, ref := range refsOf(pages) {
			got = append(got, ref.Position)
			if (ref.Position == 4) != (ref.Mark == inbound.MarkDraft) {
				m.Errorf("message %d has the mark %q", ref.Position, ref.Mark)
			}
		}
		if want := []uint64{4, 11, 28, 29, 30}; !slices.Equal(got, want) {
			m.Errorf("after 28, and with 4, 7, 11 and 28 again, of which 7 is not there, List gave %v, want %v",
				got, want)
		}
		if next := pages[len(pages)-1].Next; next.After != 30 || len(next.Again) > 0 {
			m.Errorf("after the last page the cursor is %+v", next)
		}
		m.close(s)
	}
	m.server.SetFaults(Faults{})
	s := m.open()
	page, err := s.List(m.Context(), m.folder(), inbound.Cursor{Generation: "1", After: 30, Again: []uint64{4}})
	m.check(err, "List with Again and nothing new")
	if len(page.Refs) != 1 || page.Refs[0].Position != 4 || page.More || page.Next.After != 30 {
		m.Errorf("with nothing new and 4 again, List gave %+v", page)
	}
	m.box.Renumber()
	s = m.open()
	page, err = s.List(m.Context(), m.folder(), inbound.Cursor{Generation: "1", After: 30, Again: []uint64{4}})
	m.check(err, "List of a renumbered folder with Again")
	if len(page.Refs) != 29 || page.Refs[0].Position != 1 {
		m.Errorf("of a renumbered folder, List with Again gave %d messages, want all 29, each once", len(page.Refs))
	}
}
