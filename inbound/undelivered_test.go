package inbound_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// sickServer delivers one message otherwise than it lists it, as long as it is sick.
type sickServer struct {
	*host
	sick   func(raw []byte, reading int) []byte // nil: well again
	opened int                                  // connections, when the message was read last
	conns  []int                                // on which connection each reading was
}

// newSickServer returns a host with three messages, of which the second, with the subject
// "sick", is delivered otherwise. In a bubble of synctest.
func newSickServer(t *testing.T, protocol inbound.Protocol, sick func(raw []byte, reading int) []byte) *sickServer {
	s := &sickServer{host: newHost(t), sick: sick}
	s.use(protocol)
	s.manager("m1", assign.Free)
	s.account.DeleteUploaded = true
	s.box.Deliver(mail("a@example.com", "one"),
		append(mail("b@example.com", "sick"), strings.Repeat("0123456789abcdef", 300)...), mail("c@example.com", "three"))
	s.box.Intercept = func(step string) error {
		if step == "open" {
			s.opened++
		}
		return nil
	}
	s.fetcher = &oddServer{Fetcher: s.box, delivers: func(_ inbound.Ref, raw []byte) []byte {
		if s.sick == nil || !bytes.Contains(raw, []byte("Subject: sick")) {
			return raw
		}
		s.conns = append(s.conns, s.opened)
		return s.sick(raw, len(s.conns))
	}}
	return s
}

// row returns the record of the sick message.
func (s *sickServer) row() inbound.LedgerEntry {
	s.t.Helper()
	list, err := s.store.Entries(s.t.Context(), "shop", "", inbound.SourceID{}, 10)
	require.NoError(s.t, err)
	for _, row := range list {
		if row.ListedSize > 2000 {
			return row
		}
	}
	require.Fail(s.t, "no record of the sick message")
	return inbound.LedgerEntry{}
}

func onBothProtocols(t *testing.T, test func(t *testing.T, protocol inbound.Protocol)) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		synctest.Test(t, func(t *testing.T) { test(t, protocol) })
	}
}

func half(raw []byte, _ int) []byte { return raw[:len(raw)/2] }

// Promise 3, for a server that delivers less than it lists: both readings, on different
// connections, give the same, so it is uploaded with a warning, and stays on the server.
func TestShort_TwiceTheSame(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		s := newSickServer(t, protocol, half)
		s.pass()
		require.Len(t, s.conns, 2)
		assert.NotEqual(t, s.conns[0], s.conns[1], "on a new connection")
		require.Len(t, s.emails(), 3)
		e := s.emails()[2]
		assert.Equal(t, "sick", e.Subject)
		assert.Equal(t, inbound.ExtentShort, e.Extent)
		size := len(s.box.Raw(2))
		assert.Equal(t, []string{fmt.Sprintf("fewer bytes came than the server lists (%d of %d)", size/2, size)}, e.Warnings)
		assert.Equal(t, []uint32{2}, s.box.UIDs(), "it stays on the server")
		assert.Equal(t, inbound.HealthOK, s.health().State)
		assert.Len(t, s.notified.list, 6)
	})
}

// Once the listing equals what was kept, it is whole (Exchange lists the right size after
// the first reading).
func TestShort_ListedRightLater(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		s := newSickServer(t, protocol, nil)
		listed := int64(99)
		s.fetcher = &oddServer{Fetcher: s.box, listed: func(l *inbound.Listing) {
			for i := range l.Refs {
				l.Refs[i].Size += listed
			}
		}}
		s.pass()
		assert.Len(t, s.emails(), 3)
		assert.Len(t, s.box.UIDs(), 3)
		listed = 0
		s.compareAll()
		s.pass()
		assert.Len(t, s.emails(), 3)
		assert.Empty(t, s.box.UIDs())
	})
}

// What the server delivers whole the second time is uploaded as it is.
func TestShort_WholeTheSecondTime(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		for name, sick := range map[string]func([]byte) []byte{
			"half":  func(raw []byte) []byte { return raw[:len(raw)/2] },
			"empty": func([]byte) []byte { return nil },
		} {
			s := newSickServer(t, protocol, func(raw []byte, reading int) []byte {
				if reading > 1 {
					return raw
				}
				return sick(raw)
			})
			s.pass()
			require.Len(t, s.emails(), 3, name)
			assert.Empty(t, s.emails()[2].Warnings)
			assert.Equal(t, inbound.ExtentWhole, s.emails()[2].Extent)
			assert.Empty(t, s.box.UIDs())
		}
	})
}

// Less than a tenth, or nothing, is uploaded only when the server is well again: by itself,
// also after it was quarantined and a person has tried in vain.
func TestShort_TooLittleHeals(t *testing.T) {
	for name, sick := range map[string]func([]byte, int) []byte{
		"less than a tenth": func(raw []byte, _ int) []byte { return raw[:len(raw)/11] },
		"empty":             func([]byte, int) []byte { return nil },
		"no sender": func(raw []byte, _ int) []byte {
			return bytes.ReplaceAll(raw[:len(raw)/2], []byte("@"), []byte("-"))
		},
		"different each time":     func(raw []byte, n int) []byte { return raw[:len(raw)/2+n] },
		"substitute, then empty":  func(raw []byte, n int) []byte { return raw[:min(20, len(raw))*(n%2)] },
		"rewritten, with no body": func([]byte, int) []byte { return []byte("From: a@b.example\r\n\r\n") },
	} {
		for _, attempts := range []int{2, 20} {
			onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				s := newSickServer(t, protocol, sick)
				s.config.Limits.Attempts = attempts
				s.pass()
				assert.Len(t, s.emails(), 2, name)
				for range 4 {
					time.Sleep(25 * time.Hour)
					s.pass()
				}
				if attempts == 2 {
					require.Equal(t, inbound.Quarantined, s.row().Outcome, name)
					if name == "different each time" {
						return // what was kept is enough for a person
					}
					if protocol == inbound.POP3 {
						s.redecide() // a person tries in vain
					}
				}
				assert.Contains(t, []inbound.Outcome{inbound.Failed, inbound.Quarantined}, s.row().Outcome, name)
				assert.Equal(t, []uint32{2}, s.box.UIDs(), name)
				s.sick = nil
				time.Sleep(25 * time.Hour)
				s.pass()
				require.Len(t, s.emails(), 3, name)
				assert.Equal(t, inbound.ExtentWhole, s.emails()[2].Extent)
				assert.Empty(t, s.box.UIDs())
			})
		}
	}
}

// A server that writes a message anew at each reading gives the same twice.
func TestShort_RewrittenEachTime(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		s := newSickServer(t, protocol, func(raw []byte, reading int) []byte {
			return append(fmt.Appendf(nil, "X-Reading: %d\r\n", reading), raw[:len(raw)/2]...)
		})
		s.pass()
		require.Len(t, s.emails(), 3)
		assert.Equal(t, inbound.ExtentShort, s.emails()[2].Extent)
		assert.Equal(t, []uint32{2}, s.box.UIDs())
	})
}

// Some servers (Courier) deliver a text of their own in place of a message that a
// different program has just deleted: that is no email.
func TestShort_SubstituteForAMessageThatIsGone(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		var s *sickServer
		s = newSickServer(t, protocol, func([]byte, int) []byte {
			s.box.Remove(2)
			return mail("root@localhost", "message unavailable", "X-Long: "+strings.Repeat("x", 400))
		})
		s.pass()
		assert.Len(t, s.emails(), 2)
		assert.Equal(t, inbound.Vanished, s.row().Outcome)
	})
}

// More short messages than one visit takes up again are all read twice in one pass, and
// a server that gives them new IDs each time does not keep the pass from ending.
func TestShort_Many(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		for i := range 2300 {
			h.box.Deliver(mail("a@example.com", fmt.Sprint("m", i)))
		}
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
			for i := range l.Refs {
				l.Refs[i].Size++
			}
		}}
		report := h.pass()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2300}, h.counts())
		assert.Equal(t, h.counts(), report.Outcomes, "each message is counted once")
	})
}

// A first reading that came short does not make an account unwell, a second does.
func TestShort_Health(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		for _, nothing := range []bool{false, true} {
			h := newHost(t)
			h.use(protocol)
			h.box.Deliver(mail("a@example.com", "one"), mail("b@example.com", "two"), []byte("Subject: no author\r\n\r\n"))
			h.fetcher = &oddServer{
				Fetcher: h.box,
				listed: func(l *inbound.Listing) {
					for i := range l.Refs {
						l.Refs[i].Size++
					}
				},
				delivers: func(_ inbound.Ref, raw []byte) []byte {
					if nothing {
						return nil
					}
					return raw
				},
			}
			h.pass()
			want := inbound.HealthOK
			if nothing {
				want = inbound.HealthDegraded
			}
			assert.Equal(t, want, h.health().State)
		}
	})
}

// The whole of a message of which only a part was uploaded, since the server had
// delivered less than it lists, is uploaded when it comes.
func TestShort_WholeComesLater(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		s := newSickServer(t, protocol, half)
		s.pass()
		require.Len(t, s.emails(), 3)
		s.sick = nil
		s.box.Renumber()
		s.pass()
		require.Len(t, s.emails(), 4)
		assert.Equal(t, inbound.ExtentWhole, s.emails()[3].Extent)
		assert.Empty(t, s.box.UIDs())
	})
}

// What was uploaded although less came than is listed stays on the server, also as a
// duplicate: renumbered, and written anew.
func TestShort_DuplicateStaysOnServer(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		s := newSickServer(t, protocol, half)
		s.pass()
		s.sick = func(raw []byte, _ int) []byte { return append([]byte("X-New: 1\r\n"), half(raw, 0)...) }
		s.box.Renumber()
		s.pass()
		assert.Len(t, s.emails(), 3)
		assert.Len(t, s.box.UIDs(), 1)
	})
}

// A message that is listed over the limit and comes shorter than the limit is not cut by us:
// it is read twice, as others that come short.
func TestShort_ListedOverTheLimit(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.config.Limits.MessageBytes, h.account.DeleteUploaded = 1000, true
		h.box.Deliver(mail("a@example.com", "one"))
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) { l.Refs[0].Size = 1400 }}
		h.pass()
		require.Len(t, h.emails(), 1)
		assert.Equal(t, inbound.ExtentShort, h.emails()[0].Extent)
		assert.NotEmpty(t, h.emails()[0].Warnings)
		assert.Len(t, h.box.UIDs(), 1)
	})
}

// A message that was whole, and of which the server lists more later, stays from then on.
func TestShort_ListedLargerLater(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.box.Deliver(mail("a@example.com", "one"))
		h.pass()
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) { l.Refs[0].Size += 50 }}
		h.account.DeleteUploaded = true
		h.compareAll()
		h.pass()
		assert.Len(t, h.emails(), 1)
		assert.Len(t, h.box.UIDs(), 1)
	})
}
