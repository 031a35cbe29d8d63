package inboundtest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound"
)

var fetchTests = map[string]func(*mail){
	"ExactBytes":               fetchesExactBytes,
	"UnreadIsSkipped":          unreadIsSkipped,
	"OnlyWhatIsAskedFor":       onlyWhatIsAskedFor,
	"GoneIsLeftOut":            goneIsLeftOut,
	"ErrorOfEachIsReturned":    errorOfEachIsReturned,
	"HeaderOnly":               headerOnly,
	"MaxBytes":                 maxBytes,
	"NoFlagChanges":            noFlagChanges,
	"SeveralTimesInOneSession": severalTimes,
	"ReadersStayAtTheirEnd":    readersEnd,
}

// oddMessages are messages that are hard to transport.
func oddMessages() map[string][]byte {
	var eightBit []byte
	for c := 0x80; c <= 0xff; c++ {
		eightBit = append(eightBit, byte(c))
	}
	return map[string][]byte{
		"a message without a byte":           {},
		"an empty line alone":                []byte("\r\n"),
		"a header without a body":            []byte("Subject: x\r\n\r\n"),
		"a header without an end":            []byte("Subject: x\r\n"),
		"lines of dots":                      []byte("Subject: x\r\n\r\n.\r\n..\r\n.x\r\n...\r\n\r\n.\r\n"),
		"a dot as its first byte":            []byte(".Subject: x\r\n\r\n.\r\n"),
		"a line feed, a dot and a line feed": []byte("Subject: x\r\n\r\na\n.\nb\n..\nc\r\n.\nd\n.\r\n"),
		"carriage returns alone":             []byte("Subject: x\r\n\r\na\r.\rb\r\r\n"),
		"answers of servers in its text": []byte("Subject: x\r\n\r\n)\r\n* 1 FETCH (UID 1 BODY[] " +
			"{3}\r\nabc)\r\nT1 OK done\r\n* BYE\r\n-ERR no\r\n+OK\r\n"),
		"8-bit text": slices.Concat([]byte("Subject: "), eightBit, []byte("\r\n\r\n"),
			eightBit, []byte("\r\n")),
		"a line of 200 KB":         []byte("Subject: x\r\n\r\n" + strings.Repeat("y", 200_000) + "\r\n"),
		"5 MB":                     []byte("Subject: x\r\n\r\n" + strings.Repeat(".0123456789012345678\r\n", 240_000)),
		"a size of a power of two": []byte("Subject: x\r\n\r\n" + strings.Repeat("z", 32<<10-16) + "\r\n"),
		"a boundary and a binary-looking part": []byte("Content-Type: multipart/mixed; " +
			"boundary=b\r\n\r\n--b\r\n\r\n\x01\x02\x7f\xfe\r\n--b--\r\n"),
	}
}

func fetchesExactBytes(m *mail) {
	messages := oddMessages()
	if !m.isPOP3() {
		messages["an end without a line's end"] = []byte("Subject: x\r\n\r\nend") // POP3 cannot say that
	}
	var names []string
	for name, raw := range messages {
		names = append(names, name)
		m.box.Deliver(raw)
	}
	s := m.open()
	refs := m.list(s)
	got := m.fetchAll(s, refs, inbound.FetchOptions{})
	for i, ref := range refs {
		m.expectBytes(got[ref.SourceID], messages[names[i]], names[i])
	}
}

func unreadIsSkipped(m *mail) {
	all := m.deliver(12)
	m.box.Deliver(oddMessages()["5 MB"], order(13))
	s := m.open()
	refs := m.list(s)
	var came []inbound.SourceID
	err := s.Fetch(m.Context(), refs, inbound.FetchOptions{}, func(ref inbound.Ref, r io.Reader) error {
		i := len(came)
		came = append(came, ref.SourceID)
		p := make([]byte, i%3*5)
		if _, err := io.ReadFull(r, p); err != nil {
			return err
		}
		if i < len(all) && !bytes.HasPrefix(all[i], p) {
			m.Errorf("message %d begins with %q, want %q: a message that was not read to its end spoils the next one",
				i+1, p, all[i][:len(p)])
		}
		return nil
	})
	m.check(err, "Fetch of messages that each does not read")
	if len(came) != len(refs) {
		m.Errorf("%d of %d messages came when each does not read them to the end", len(came), len(refs))
	}
}

func onlyWhatIsAskedFor(m *mail) {
	all := m.deliver(20)
	s := m.open()
	refs := m.list(s)
	some := []inbound.Ref{refs[17], refs[3], refs[4], refs[11]}
	got := m.fetchAll(s, some, inbound.FetchOptions{})
	if len(got) != 4 {
		m.Errorf("%d messages came, of 4 asked for", len(got))
	}
	m.expectBytes(got[refs[3].SourceID], all[3], "the fourth message, asked for out of order")
	m.expectBytes(got[refs[17].SourceID], all[17], "the last one, asked for out of order")
}

func goneIsLeftOut(m *mail) {
	all := m.deliver(6)
	s := m.open()
	refs := m.list(s)
	m.box.Remove(2)
	m.box.Remove(5)
	got, err := m.fetch(s, refs, inbound.FetchOptions{})
	m.check(err, "Fetch of messages of which two are gone: that is no error")
	for i, ref := range refs {
		raw, came := got[ref.SourceID]
		switch gone := i == 1 || i == 4; {
		case gone && came:
			m.Errorf("%v is gone from the server, and yet Fetch delivered it", ref.SourceID)
		case !gone && !came:
			m.Errorf("%v was left out because others are gone", ref.SourceID)
		case !gone:
			m.expectBytes(raw, all[i], "a message beside one that is gone")
		}
	}
}

func errorOfEachIsReturned(m *mail) {
	m.deliver(30)
	s := m.open()
	refs := m.list(s)
	calls := 0
	err := s.Fetch(m.Context(), refs, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error {
		if calls++; calls == 4 {
			return errTest
		}
		return nil
	})
	if !errors.Is(err, errTest) {
		m.Errorf("each failed, and Fetch returned %v, want each's error", err)
	}
	if calls != 4 {
		m.Errorf("each was called %d times, want no call after its error at the fourth", calls)
	}
	// The session may be of no use after that, but says so then.
	if !errors.Is(err, inbound.ErrDirty) {
		if n := len(m.list(s)); n != 30 {
			m.Errorf("after an error of each that is not ErrDirty, List gave %d of 30 messages", n)
		}
	}
	m.close(s)
}

func headerOnly(m *mail) {
	messages := oddMessages()
	delete(messages, "a message without a byte")
	delete(messages, "a line feed, a dot and a line feed") // where its header ends is ambiguous
	delete(messages, "carriage returns alone")
	var names []string
	for name, raw := range messages {
		names = append(names, name)
		m.box.Deliver(raw)
	}
	s := m.open()
	refs := m.list(s)
	got := m.fetchAll(s, refs, inbound.FetchOptions{HeaderOnly: true})
	for i, ref := range refs {
		want := headerOf(messages[names[i]])
		m.expectBytes(bytes.TrimSuffix(got[ref.SourceID], []byte("\r\n")), bytes.TrimSuffix(want, []byte("\r\n")),
			"the header of "+names[i])
	}
}

func maxBytes(m *mail) {
	const limit, slack = 4000, 1024
	messages := [][]byte{order(1), []byte("Subject: x\r\n\r\n" + strings.Repeat("0123456789\r\n", 100_000)), order(2),
		[]byte("Subject: x\r\n\r\n" + strings.Repeat("y", 1_000_000) + "\r\n")}
	m.box.Deliver(messages...)
	s := m.open()
	refs := m.list(s)
	got := m.fetchAll(s, refs, inbound.FetchOptions{MaxBytes: limit})
	for i, ref := range refs {
		raw := got[ref.SourceID]
		switch {
		case len(messages[i]) <= limit:
			m.expectBytes(raw, messages[i], "a message smaller than MaxBytes")
		case len(raw) > limit+slack:
			m.Errorf("with MaxBytes %d, %d bytes came", limit, len(raw))
		case len(raw) == 0 || !bytes.HasPrefix(messages[i], raw):
			m.Errorf("with MaxBytes, what came (%d bytes) is not the beginning of the message", len(raw))
		}
	}
}

func noFlagChanges(m *mail) {
	m.deliver(5)
	s := m.open()
	refs := m.list(s)
	for _, part := range []inbound.FetchOptions{{}, {HeaderOnly: true}, {MaxBytes: 10}} {
		m.fetchAll(s, refs, part)
	}
	m.close(s)
	if seen := m.box.Seen(); len(seen) > 0 {
		m.Errorf("reading has marked %v as read: the mailbox's owner would not see new mail as new", seen)
	}
	m.expectUIDs("reading removes nothing", 1, 2, 3, 4, 5)
}

func severalTimes(m *mail) {
	all := m.deliver(40)
	s := m.open()
	refs := m.list(s)
	for range 3 {
		for _, part := range []inbound.FetchOptions{{HeaderOnly: true}, {}} {
			got := m.fetchAll(s, refs[5:35], part)
			if !part.HeaderOnly {
				m.expectBytes(got[refs[20].SourceID], all[20], "a message that was fetched before")
			}
		}
	}
}

func readersEnd(m *mail) {
	m.deliver(3)
	s := m.open()
	refs := m.list(s)
	for _, ref := range refs {
		err := s.Fetch(m.Context(), []inbound.Ref{ref}, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
			if _, err := io.Copy(io.Discard, r); err != nil {
				return err
			}
			if n, err := r.Read(make([]byte, 10)); n != 0 || err != io.EOF {
				m.Errorf("at the end of a message, Read gave %d bytes and the error %v, want io.EOF again and again",
					n, err)
			}
			return nil
		})
		m.check(err, "Fetch")
	}
}
