package inboundtest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/postroom/postroom/inbound"
)

var pop3Tests = map[string]func(*mail){
	"TwinsAreTold":       twins,
	"ShortUIDL":          shortUIDL,
	"NoUIDL":             noUIDL,
	"NumberedUIDLs":      numberedUIDLs,
	"NoTOP":              func(m *mail) { m.readsMaildrop(Faults{Without: []string{"TOP"}}) },
	"NoPIPELINING":       func(m *mail) { m.readsMaildrop(Faults{Without: []string{"PIPELINING"}}) },
	"NoCAPA":             func(m *mail) { m.readsMaildrop(Faults{Without: []string{"CAPA"}}) },
	"LogInByAUTH":        func(m *mail) { m.readsMaildrop(Faults{Without: []string{"USER"}}) },
	"RefusalInAPipeline": refusalInAPipeline,
	"RefusedQUIT":        func(m *mail) { m.deletesNothing(Faults{Instead: map[string]string{"QUIT": SysTemp}}) },
	"RefusedDELE": func(m *mail) {
		m.deletesNothing(Faults{Instead: map[string]string{"DELE 2": "-ERR cannot"}})
	},
	"QUITWithoutAnAnswer":   quitWithoutAnswer,
	"NewMailWaitsItsTurn":   newMailWaits,
	"RenumberedInASession":  renumberedMaildrop,
	"LastLineWithoutItsEnd": lastLine,
}

// readsMaildrop goes through a mailbox at a server that lacks something.
func (m *mail) readsMaildrop(f Faults) {
	all := m.deliver(20)
	m.server.SetFaults(f)
	s := m.open()
	refs := m.list(s)
	heads := m.fetchAll(s, refs, inbound.FetchOptions{HeaderOnly: true})
	m.expectBytes(heads[refs[7].SourceID], headerOf(all[7]), "the eighth header")
	got := m.fetchAll(s, refs, inbound.FetchOptions{})
	m.expectBytes(got[refs[7].SourceID], all[7], "the eighth message")
	m.check(s.Delete(m.Context(), refs[1:]), "Delete")
	m.expectUIDs("all but the first were to be deleted", 1)
}

// twins: messages with the same unique-id differ by their occurrence.
func twins(m *mail) {
	m.box.Deliver(order(1), order(2), order(1), order(1))
	m.server.SetFaults(Faults{TwinUIDLs: true})
	s := m.open()
	refs := m.list(s)
	if len(refs) != 4 {
		m.Fatalf("of 4 messages, 3 with the same unique-id, List gave %d", len(refs))
	}
	for i, want := range []int{0, 0, 1, 2} {
		if refs[i].Occurrence != want {
			m.Errorf("message %d has the occurrence %d, want %d", i+1, refs[i].Occurrence, want)
		}
	}
	got := m.fetchAll(s, refs, inbound.FetchOptions{})
	m.expectBytes(got[refs[2].SourceID], order(1), "the second of three messages with one unique-id")
	m.check(s.Delete(m.Context(), refs[2:3]), "Delete")
	m.expectUIDs("one of three with the same unique-id was to be deleted", 1, 2, 4)
}

// shortUIDL: what is missing must not be taken for gone.
func shortUIDL(m *mail) {
	m.deliver(5)
	for missing := 1; missing <= 5; missing++ {
		m.server.SetFaults(Faults{UIDLShort: missing})
		s := m.open()
		pages, err := m.pages(s, inbound.Cursor{})
		if err != nil {
			m.expectClass(err, inbound.ErrTemporary, "List with a short UIDL")
			continue
		}
		if refs := refsOf(pages); len(refs) != 5 && !pages[len(pages)-1].Incomplete {
			m.Errorf("STAT says 5 and UIDL names %d: the listing of %d is not marked Incomplete", 5-missing, len(refs))
		}
		m.close(s)
	}
}

// noUIDL: identities are made from something that lasts.
func noUIDL(m *mail) {
	all := make([][]byte, 6)
	for i := range all {
		all[i] = fmt.Appendf(nil, "Message-ID: <%d@example.com>\r\n\r\nbody %d\r\n", i, i)
	}
	m.box.Deliver(all...)
	for _, without := range [][]string{{"UIDL"}, {"UIDL", "TOP"}, {"UIDL", "TOP", "CAPA"}} {
		m.server.SetFaults(Faults{Without: without})
		s := m.open()
		first := m.list(s)
		m.close(s)
		if len(first) != 6 {
			m.Fatalf("without %v, List gave %d of 6 messages", without, len(first))
		}
		s = m.open()
		again := m.list(s)
		if !slices.Equal(first, again) {
			m.Errorf("without %v, two sessions gave different identities to the same messages: %v and %v", without,
				first, again)
		}
		got := m.fetchAll(s, again, inbound.FetchOptions{})
		m.expectBytes(got[again[4].SourceID], all[4], "the fifth message of a server without unique-ids")
		m.close(s)
	}
	s := m.open()
	refs := m.list(s)
	m.check(s.Delete(m.Context(), refs[1:2]), "Delete")
	m.expectUIDs("2 was to be deleted", 1, 3, 4, 5, 6)
	s = m.open()
	if left := m.list(s); len(left) != 5 || left[1].SourceID != refs[2].SourceID {
		m.Errorf("after the second of six messages is gone, List gave %v, want the others under their identities", left)
	}
}

// numberedUIDLs: a number is not the identity of a message.
func numberedUIDLs(m *mail) {
	m.box.Deliver(order(1), order(2), order(3))
	m.server.SetFaults(Faults{NumberedUIDLs: true})
	s := m.open()
	before := m.list(s)
	m.close(s)
	m.box.Remove(1)
	m.box.Deliver(order(4))
	s = m.open()
	after := m.list(s)
	if len(before) != 3 || len(after) != 3 {
		m.Fatalf("List gave %v, and then %v, want 3 messages each", before, after)
	}
	if !slices.Equal(before[1:], after[:2]) || slices.Contains(before, after[2]) {
		m.Errorf("List gave %v, and after the first was gone and a new one had come %v, want the others under"+
			" their identities and the new one under its own", before, after)
	}
	m.expectBytes(m.fetchAll(s, after, inbound.FetchOptions{})[after[2].SourceID], order(4), "the new message")
	m.check(s.Delete(m.Context(), before[:2]), "Delete, of one that is gone and one that is there")
	m.expectUIDs("only the second was to be deleted", 3, 4)
}

func refusalInAPipeline(m *mail) {
	all := m.deliver(40)
	s := m.open()
	refs := m.list(s)
	m.server.SetFaults(Faults{Instead: map[string]string{"RETR 5": "-ERR unable to read",
		"RETR 6": "-ERR unable to read", "RETR 40": "-ERR unable to read"}})
	got, err := m.fetch(s, refs, inbound.FetchOptions{})
	m.check(err, "Fetch with -ERR among the answers")
	if len(got) != 37 {
		m.Errorf("Fetch gave %d of the 37 messages that the server delivers", len(got))
	}
	for i, ref := range refs {
		if raw, came := got[ref.SourceID]; came {
			m.expectBytes(raw, all[i], "a message among refused ones")
		}
	}
}

// deletesNothing: the server refuses what would make a deletion true.
func (m *mail) deletesNothing(f Faults) {
	m.deliver(3)
	s := m.open()
	refs := m.list(s)
	m.server.SetFaults(f)
	err := s.Delete(m.Context(), refs[1:2])
	m.expectClass(err, inbound.ErrTemporary, "Delete that the server refuses")
	_ = s.Close() // the server has refused
	m.expectUIDs("the server has refused to delete", 1, 2, 3)
}

// quitWithoutAnswer: the deletion is done, but the client cannot know it.
func quitWithoutAnswer(m *mail) {
	m.deliver(3)
	s := m.open()
	refs := m.list(s)
	m.server.SetFaults(Faults{QuitLost: true})
	if err := s.Delete(m.Context(), refs[1:2]); err == nil {
		m.Error("Delete gave no error although the server did not answer QUIT")
	}
	m.expectUIDs("the server has deleted it all the same", 1, 3)
	m.server.SetFaults(Faults{})
	s = m.open()
	m.list(s)
	m.check(s.Delete(m.Context(), refs[1:2]), "Delete, once more, of what is gone")
	m.expectUIDs("nothing more was to be deleted", 1, 3)
}

// newMailWaits: the maildrop of a session is that of its beginning.
func newMailWaits(m *mail) {
	m.deliver(3)
	s := m.open()
	before := m.list(s)
	m.box.Deliver(order(9))
	if after := m.list(s); !slices.Equal(before, after) {
		m.Errorf("List gave %v, and after mail has come, in the same session, %v", before, after)
	}
	m.close(s)
	if n := len(m.list(m.open())); n != 4 {
		m.Errorf("the next session lists %d messages, want 4", n)
	}
}

func renumberedMaildrop(m *mail) {
	m.deliver(3)
	s := m.open()
	refs := m.list(s)
	m.close(s)
	m.box.Renumber()
	s = m.open()
	m.list(s)
	if err := s.Delete(m.Context(), refs); err != nil && !errors.Is(err, inbound.ErrTemporary) {
		m.Errorf("Delete of unique-ids that are not there: %v", err)
	}
	m.expectUIDs("the refs are from before the server renumbered", 1, 2, 3)
}

func lastLine(m *mail) {
	m.box.Deliver([]byte("Subject: x\r\n\r\nend"), order(1))
	s := m.open()
	refs := m.list(s)
	got := m.fetchAll(s, refs, inbound.FetchOptions{})
	m.expectBytes(got[refs[0].SourceID], []byte("Subject: x\r\n\r\nend\r\n"),
		"a message whose last line the server has ended")
	m.expectBytes(got[refs[1].SourceID], order(1), "the message after it")
}
