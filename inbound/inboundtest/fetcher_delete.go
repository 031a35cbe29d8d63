package inboundtest

import (
	"errors"

	"github.com/postroom/postroom/inbound"
)

var deleteTests = map[string]func(*mail){
	"RemovesExactlyThese":       removesExactlyThese,
	"GoneIsNoError":             deleteGone,
	"OthersMarksStay":           othersMarksStay,
	"AnotherGenerationIsNotMet": deleteInAnotherGeneration,
	"DifferentMessageStays":     deleteAnotherMessage,
	"Nothing":                   deleteNothing,
	"ManyAtOnce":                deleteMany,
}

func removesExactlyThese(m *mail) {
	m.deliver(10)
	s := m.open()
	refs := m.list(s)
	m.fetchAll(s, refs, inbound.FetchOptions{})
	m.check(s.Delete(m.Context(), []inbound.Ref{refs[1], refs[7], refs[1]}), "Delete")
	m.expectUIDs("2 and 8 were to be deleted, and when Delete returns they are gone for good", 1, 3, 4, 5, 6, 7, 9, 10)
	m.expectEnded(s)
	m.close(s)
	m.expectUIDs("Close commits nothing more", 1, 3, 4, 5, 6, 7, 9, 10)
	if n := len(m.list(m.open())); n != 8 {
		m.Errorf("a session after Delete lists %d messages, want 8", n)
	}
}

// expectEnded looks at a session after Delete: in POP3 it has ended.
func (m *mail) expectEnded(s inbound.Session) {
	m.Helper()
	_, err := s.List(m.Context(), m.folder(), inbound.Cursor{})
	switch {
	case m.isPOP3() && !errors.Is(err, inbound.ErrEnded):
		m.Errorf("POP3 commits deletions by ending the session, and List after that gave the error %v, want "+
			"inbound.ErrEnded", err)
	case !m.isPOP3() && err != nil:
		m.Errorf("List after Delete: %v", err)
	}
}

func deleteGone(m *mail) {
	m.deliver(5)
	s := m.open()
	refs := m.list(s)
	m.box.Remove(2)
	if m.isPOP3() {
		// Its number is still there in the session; the server finds out at QUIT.
		m.check(s.Delete(m.Context(), []inbound.Ref{refs[1], refs[3]}),
			"Delete of one that is gone and one that is there")
	} else {
		m.check(s.Delete(m.Context(), []inbound.Ref{refs[1]}), "Delete of one that is gone")
		m.check(s.Delete(m.Context(), []inbound.Ref{refs[1], refs[3]}),
			"Delete of one that is gone and one that is there")
	}
	m.expectUIDs("2 was gone before, 4 was to be deleted", 1, 3, 5)
	m.close(s)
	again := m.open()
	m.list(again)
	m.check(again.Delete(m.Context(), []inbound.Ref{refs[1], refs[3]}), "Delete, in a later session, of what is gone")
	m.expectUIDs("nothing more was to be deleted", 1, 3, 5)
}

func othersMarksStay(m *mail) {
	m.deliver(6)
	m.box.MarkDeleted(3, 6)
	s := m.open()
	refs := m.list(s)
	m.check(s.Delete(m.Context(), []inbound.Ref{refs[1]}), "Delete")
	m.expectUIDs("3 and 6 are marked as deleted by a different program, which has not expunged them: a plain "+
		"EXPUNGE removes them too", 1, 3, 4, 5, 6)
	m.close(s)
	m.expectUIDs("CLOSE expunges in a folder that is open for writing", 1, 3, 4, 5, 6)
}

func deleteInAnotherGeneration(m *mail) {
	if !m.hasPositions() {
		return
	}
	m.deliver(4)
	s := m.open()
	refs := m.list(s)
	m.close(s)
	m.box.Renumber()
	m.box.Remove(1)
	s = m.open()
	m.list(s)
	if err := s.Delete(m.Context(), refs[1:2]); err == nil {
		m.Log("Delete treats a ref of a different generation as gone")
	}
	m.expectUIDs("the refs are from before the server renumbered, and mean nothing now", 2, 3, 4)
}

func deleteAnotherMessage(m *mail) {
	m.deliver(5)
	s := m.open()
	refs := m.list(s)
	if m.isFeed() && refs[3].Size == 0 {
		return // keys are never reused
	}
	m.fetchAll(s, refs, inbound.FetchOptions{})
	refs[3].Size += 7 // as it was when the ID was that of a different message
	refs[1].Size = 0  // unknown
	err := s.Delete(m.Context(), refs[1:4])
	if !errors.Is(err, inbound.ErrKeyReused) || !errors.Is(err, inbound.ErrTemporary) {
		m.Errorf("Delete of a message whose size differs from that of the one that was uploaded gave the error "+
			"%v, want one that wraps inbound.ErrKeyReused and ErrTemporary", err)
	}
	m.expectUIDs("2 and 3 were to be deleted; 4 is a different message now, which was not uploaded", 1, 4, 5)
}

func deleteNothing(m *mail) {
	m.deliver(3)
	s := m.open()
	m.list(s)
	m.check(s.Delete(m.Context(), nil), "Delete of nothing")
	m.expectUIDs("nothing was to be deleted", 1, 2, 3)
}

func deleteMany(m *mail) {
	m.deliver(1100)
	s := m.open()
	refs := m.list(s)
	m.check(s.Delete(m.Context(), append(refs[:500:500], refs[501:]...)), "Delete of 1099 messages")
	m.expectUIDs("all but 501 were to be deleted", 501)
}
