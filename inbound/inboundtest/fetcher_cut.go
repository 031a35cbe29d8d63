package inboundtest

import (
	"errors"
	"slices"

	"github.com/postroom/postroom/inbound"
)

var cutTests = map[string]func(*mail){
	"OpenAtAnyByte":       cutOpen,
	"ListAtAnyByte":       cutList,
	"FetchAtAnyByte":      cutFetch,
	"HeadersAtAnyByte":    cutHeaders,
	"DeleteAtAnyByte":     cutDelete,
	"FetchUnderTLS":       cutUnderTLS,
	"FetchByReset":        cutByReset,
	"TrickleLosesNothing": trickle,
}

// everyByte runs a call with a cut in place of each byte that the server sends
// for it, until a run meets none. begin prepares a session and returns the call.
func (m *mail) everyByte(begin func(at int64) func()) {
	for at := int64(1); !m.Failed(); at++ {
		m.server.SetFaults(Faults{})
		call := begin(at)
		m.server.SetFaults(Faults{CutAt: at})
		call()
		sent := m.server.Sent()
		if sent < at {
			return
		}
	}
}

func cutOpen(m *mail) {
	m.everyByte(func(at int64) func() {
		return func() {
			s, err := m.fetcher.Open(m.Context(), m.account, m.login())
			if err == nil {
				m.server.SetFaults(Faults{}) // the end of the walk
				m.close(s)
				return
			}
			if m.expectClass(err, inbound.ErrTemporary, "Open"); m.Failed() {
				m.Fatalf("the connection was cut in place of byte %d of the server's answers, which is transient", at)
			}
		}
	})
}

func cutList(m *mail) {
	m.deliver(3)
	m.everyByte(func(at int64) func() {
		s := m.open()
		return func() {
			pages, err := m.pages(s, inbound.Cursor{Received: true})
			switch n := len(refsOf(pages)); {
			case err != nil:
				m.expectNoSecret(err, "List")
			case n != 3 && !pages[len(pages)-1].Incomplete:
				m.Errorf("the connection was cut in place of byte %d of the answer, and List gave %d of 3 "+
					"messages without an error and not marked Incomplete: what is missing would count as gone", at, n)
			}
			_ = s.Close() // the connection may be cut
		}
	})
}

func cutFetch(m *mail)   { m.cutFetch(inbound.FetchOptions{}) }
func cutHeaders(m *mail) { m.cutFetch(inbound.FetchOptions{HeaderOnly: true}) }

// cutFetch: whatever byte is the last one, no message that ends without an error
// is other than the server's.
func (m *mail) cutFetch(part inbound.FetchOptions) {
	messages := [][]byte{[]byte("Subject: a\r\n\r\nfirst\r\n"), []byte("Subject: b\r\n\r\n..\r\n.\r\nsecond\r\n"),
		[]byte("Subject: c\r\n\r\n)\r\nthird\r\n")}
	m.box.Deliver(messages...)
	m.everyByte(func(at int64) func() {
		s := m.open()
		refs := m.list(s)
		return func() {
			got, err := m.fetch(s, refs, part)
			m.expectWhole(got, refs, messages, part, at)
			if err == nil && len(got) < len(refs) {
				m.Errorf("the connection was cut in place of byte %d of the answer, and Fetch gave %d of %d "+
					"messages without an error", at, len(got), len(refs))
			}
			_ = s.Close() // the connection may be cut
		}
	})
	m.expectUIDs("reading removes nothing", 1, 2, 3)
	if seen := m.box.Seen(); len(seen) > 0 {
		m.Errorf("reading has marked %v as read", seen)
	}
}

func (m *mail) expectWhole(
	got map[inbound.SourceID][]byte, refs []inbound.Ref, messages [][]byte, part inbound.FetchOptions, at int64,
) {
	m.Helper()
	for i, ref := range refs {
		want := messages[i]
		if part.HeaderOnly {
			want = headerOf(want)
		}
		if raw, came := got[ref.SourceID]; came && string(raw) != string(want) {
			m.Errorf("the connection was cut in place of byte %d of the answer, and message %d came to its end "+
				"without an error as %q, want %q: mail is lost", at, i+1, raw, want)
		}
	}
}

func cutDelete(m *mail) {
	neighbor := m.box.Deliver(order(1))
	m.everyByte(func(at int64) func() {
		uid := m.box.Deliver(order(2))
		s := m.open()
		refs := m.list(s)
		return func() {
			err := s.Delete(m.Context(), refs[len(refs)-1:])
			left := m.box.UIDs()
			if !slices.Contains(left, neighbor) {
				m.Fatalf("a cut in place of byte %d of the answers to Delete: a different message was deleted", at)
			}
			if err == nil && slices.Contains(left, uid) {
				m.Errorf("a cut in place of byte %d of the answers: Delete gave no error, and the message is "+
					"still there", at)
			}
			if err != nil && !errors.Is(err, inbound.ErrTemporary) {
				m.Errorf("a cut in place of byte %d of the answers: Delete gave the error %v, want one of the "+
					"class ErrTemporary", at, err)
			}
			_ = s.Close() // the connection may be cut
			m.box.Remove(uid)
		}
	})
}

func cutUnderTLS(m *mail) { m.cutSomewhere(inbound.TLS, CutByFIN, CutByClose) }
func cutByReset(m *mail)  { m.cutSomewhere(inbound.Plain, CutByReset) }

// cutSomewhere cuts within a message of some size, at places that are and that
// are not ends of TLS records.
func (m *mail) cutSomewhere(security inbound.Security, ways ...CutBy) {
	m.serve(&ServerOptions{Security: security})
	messages := [][]byte{order(1), oddMessages()["a line of 200 KB"], order(2)}
	m.box.Deliver(messages...)
	for _, by := range ways {
		for _, at := range []int64{150, 170, 1000, 16_384, 32_768, 65_536, 100_000, 199_000} {
			m.server.SetFaults(Faults{})
			s := m.open()
			refs := m.list(s)
			m.server.SetFaults(Faults{CutAt: at, CutBy: by})
			got, err := m.fetch(s, refs, inbound.FetchOptions{})
			m.expectWhole(got, refs, messages, inbound.FetchOptions{}, at)
			if err == nil {
				m.Errorf("the connection was cut in place of byte %d of the answer, and Fetch gave no error", at)
			}
			_ = s.Close() // the connection is cut
		}
	}
}

func trickle(m *mail) {
	for _, security := range []inbound.Security{inbound.Plain, inbound.TLS} {
		m.serve(&ServerOptions{Security: security, Faults: Faults{Trickle: 1}})
		m.box.Deliver(order(1), order(2))
		s := m.open()
		refs := m.list(s)
		got := m.fetchAll(s, refs, inbound.FetchOptions{})
		m.expectBytes(got[refs[0].SourceID], order(1), "a message that came byte by byte")
		m.check(s.Delete(m.Context(), refs), "Delete")
		m.expectUIDs("both were to be deleted")
	}
}
