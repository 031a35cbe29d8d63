package inboundtest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

var hostileTests = map[string]func(*mail){
	"SizesThatLie":        sizesThatLie,
	"EndlessLines":        endlessLines,
	"NULsInAnswers":       nulsInAnswers,
	"MessagesWithNULs":    messagesWithNULs,
	"RefusedFetches":      refusedFetches,
	"RefusedLists":        refusedLists,
	"GoodbyeAtAnyCommand": goodbyes,
}

// sizesThatLie: a listed size is a hint, and the bytes come all the same.
func sizesThatLie(m *mail) {
	all := m.deliver(3)
	m.box.Deliver(oddMessages()["a line of 200 KB"])
	for _, off := range []int64{-1_000_000, -10, 10, 1 << 40} {
		m.server.SetFaults(Faults{SizeOff: off})
		s := m.open()
		pages, err := m.pages(s, inbound.Cursor{})
		if err != nil {
			m.expectClass(err, inbound.ErrTemporary, "List with sizes that cannot be")
			continue
		}
		refs := refsOf(pages)
		if len(refs) != 4 {
			if !pages[len(pages)-1].Incomplete {
				m.Errorf("with sizes that are %d off, List gave %d of 4 messages and is not Incomplete", off, len(refs))
			}
			continue
		}
		got := m.fetchAll(s, refs, inbound.FetchOptions{})
		m.expectBytes(got[refs[2].SourceID], all[2], "a message whose size is wrong in the listing")
		m.expectBytes(got[refs[3].SourceID], oddMessages()["a line of 200 KB"],
			"a large message whose size is wrong in the listing")
		m.close(s)
	}
}

// bear reads a mailbox under faults. Every call may fail, but
// has to return, and what comes whole has to be right.
func (m *mail) bear(f Faults, all [][]byte) {
	m.Helper()
	m.server.SetFaults(f)
	ctx, cancel := context.WithTimeout(m.Context(), 5*time.Second)
	defer cancel()
	s, err := m.fetcher.Open(ctx, m.account, m.login())
	if err != nil {
		m.expectNoSecret(err, "Open")
		return
	}
	defer func() { _ = s.Close() }() // the server is not a good one
	pages, err := m.pages(s, inbound.Cursor{})
	if err != nil {
		return
	}
	refs := refsOf(pages)
	got, _ := m.fetch(s, refs, inbound.FetchOptions{})
	for i, ref := range refs {
		if raw, ok := got[ref.SourceID]; ok && len(refs) == len(all) {
			m.expectBytes(raw, all[i], "a message of a server that misbehaves")
		}
	}
	if ctx.Err() != nil {
		m.Errorf("it took more than 5 s to notice that the server misbehaves")
	}
}

func endlessLines(m *mail) {
	all := m.deliver(3)
	for _, size := range []int{2000, 100_000, 20 << 20} {
		m.bear(Faults{Noise: strings.Repeat("x", size)}, all)
	}
}

func nulsInAnswers(m *mail) {
	m.bear(Faults{Noise: "a\x00b"}, m.deliver(3))
}

// messagesWithNULs: no protocol allows them in a message, and servers have them.
func messagesWithNULs(m *mail) {
	raw := []byte("Subject: x\r\n\r\na\x00b\r\n")
	m.box.Deliver(order(1), raw, order(2))
	s := m.open()
	refs := m.list(s)
	got, err := m.fetch(s, refs, inbound.FetchOptions{})
	if _, came := got[refs[0].SourceID]; !came || err != nil {
		m.Errorf("Fetch of messages of which one has a NUL gave %d, error %v: the others are to come", len(got), err)
	}
	if whole, came := got[refs[1].SourceID]; came {
		m.expectBytes(whole, raw, "a message with a NUL")
	}
}

// refusedFetches: the server does not deliver one message, ever.
func refusedFetches(m *mail) {
	all := m.deliver(5)
	f := Faults{OmitFromFetch: []uint32{3}}
	if m.isPOP3() {
		f = Faults{Instead: map[string]string{"RETR 3": "-ERR cannot open the message"}}
	}
	s := m.open()
	refs := m.list(s)
	m.server.SetFaults(f)
	got, err := m.fetch(s, refs, inbound.FetchOptions{})
	m.check(err, "Fetch with one message that the server does not deliver: it is left out")
	if _, came := got[refs[2].SourceID]; came || len(got) != 4 {
		m.Errorf("Fetch gave %d messages (the one not delivered among them: %v), want the 4 others", len(got), came)
	}
	m.expectBytes(got[refs[3].SourceID], all[3], "the message after one that the server does not deliver")
}

func refusedLists(m *mail) {
	m.deliver(3)
	for _, answer := range []string{Throttled, Unavailable, SysTemp, "-ERR [SYS/TEMP] later"} {
		if strings.HasPrefix(answer, "-ERR") != m.isPOP3() {
			continue
		}
		m.server.SetFaults(Faults{Instead: map[string]string{"SELECT": answer, "EXAMINE": answer, "STAT": answer}})
		class := inbound.ErrTemporary
		if answer == Throttled {
			class = inbound.ErrThrottled
		}
		s, err := m.fetcher.Open(m.Context(), m.account, m.login())
		m.check(err, "Open")
		_, err = s.List(m.Context(), m.folder(), inbound.Cursor{})
		m.expectClass(err, class, "List refused by "+answer)
		m.close(s)
	}
}

// goodbyes: the server says goodbye at any command.
func goodbyes(m *mail) {
	m.deliver(3)
	goodbye := Bye
	if m.isPOP3() {
		goodbye = SysTemp
	}
	for _, command := range []string{
		"SELECT", "EXAMINE", "UID SEARCH", "UID FETCH", "UID STORE", "UID EXPUNGE",
		"STAT", "LIST", "UIDL", "RETR", "DELE", "QUIT",
	} {
		m.server.SetFaults(Faults{})
		s := m.open()
		m.server.SetFaults(Faults{Instead: map[string]string{command: goodbye}})
		pages, err := m.pages(s, inbound.Cursor{})
		if err == nil {
			var got map[inbound.SourceID][]byte
			refs := refsOf(pages)
			if got, err = m.fetch(s, refs, inbound.FetchOptions{}); err == nil && len(got) == 3 {
				err = s.Delete(m.Context(), refs[1:2])
				if err == nil && slices.Contains(m.box.UIDs(), 2) {
					m.Errorf("the server refuses %s, and Delete gave no error for a message that is still there",
						command)
				}
			}
		}
		if err != nil {
			m.expectClass(err, inbound.ErrTemporary, "a server that answers "+command+" by "+goodbye)
		}
		_ = s.Close() // the connection may be cut
		if left := m.box.UIDs(); !slices.Contains(left, 1) || !slices.Contains(left, 3) {
			m.Fatalf("with a server that refuses %s, %v is left: only 2 was to be deleted", command, left)
		}
		if !slices.Contains(m.box.UIDs(), 2) {
			m.box = NewMailbox()
			m.deliver(3)
			m.serve(&ServerOptions{Security: inbound.Plain})
		}
	}
}
