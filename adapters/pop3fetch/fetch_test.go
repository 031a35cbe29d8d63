package pop3fetch

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// fetchAll reads messages whole, in order.
func fetchAll(t testing.TB, session inbound.Session, refs []inbound.Ref,
	part inbound.FetchOptions) map[inbound.SourceID]string {
	t.Helper()
	got := make(map[inbound.SourceID]string)
	at := 0
	err := session.Fetch(context.Background(), refs, part, func(ref inbound.Ref, r io.Reader) error {
		for at < len(refs) && refs[at] != ref {
			at++
		}
		require.Less(t, at, len(refs), "in the order of refs")
		raw, err := io.ReadAll(r)
		got[ref.SourceID] = string(raw)
		return err
	})
	require.NoError(t, err)
	return got
}

func TestFetch_ReturnsExactBytes(t *testing.T) {
	s := newServer(t, mails(300)...)
	s.mail[1].raw = ""
	s.mail[2].raw = ".\r\n"
	s.mail[3].raw = "\n.\n+OK not an answer\n.\r\nx\r\n"
	s.mail[4].raw = "a\x00\xff\r\r\n..\r\n.\r\n"
	session := s.open()
	refs, _ := listAll(t, session)
	got := fetchAll(t, session, refs, inbound.FetchOptions{})
	for i, ref := range refs {
		assert.Equal(t, s.mail[i].raw, got[ref.SourceID])
	}
	assert.NotContains(t, strings.Join(s.commands(), " "), "DELE")
}

func TestFetch_LeavesOutRefusedMessages(t *testing.T) {
	s := newServer(t, mails(100)...)
	s.on["RETR 50"] = func(*client, string) string { return "-ERR message is broken\r\n" }
	s.on["RETR 51"] = func(*client, string) string { return "-err [SYS/TEMP]\r\n" }
	session := s.open()
	refs, _ := listAll(t, session)
	unknown := []inbound.Ref{{SourceID: inbound.SourceID{Key: "gone"}}, {SourceID: inbound.SourceID{Key: "5"}}}
	asked := append(unknown, refs...)
	got := fetchAll(t, session, asked, inbound.FetchOptions{})
	assert.Len(t, got, 98)
	assert.NotContains(t, got, refs[49].SourceID)
	assert.Equal(t, s.mail[99].raw, got[refs[99].SourceID])
}

func TestFetch_FailsWhenThrottled(t *testing.T) {
	s := newServer(t, mails(100)...)
	s.on["RETR 3"] = func(*client, string) string { return "-ERR bandwidth limits exceeded\r\n" }
	session := s.open()
	refs, _ := listAll(t, session)
	err := session.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error { return nil })
	require.ErrorIs(t, err, inbound.ErrThrottled)
}

// A refusal is held against the message, in whatever words, but not for ever.
func TestFetch_ManyRefusedInARow(t *testing.T) {
	for answer, stops := range map[string]bool{
		"-ERR server busy": true, "-ERR [SYS/TEMP] try later": true, "-ERR message size limit exceeded": false,
	} {
		s := newServer(t, mails(100)...)
		s.on["RETR"] = func(_ *client, number string) string {
			if number == "100" {
				return ""
			}
			return answer + "\r\n"
		}
		session := s.open()
		refs, _ := listAll(t, session)
		came := 0
		count := func(inbound.Ref, io.Reader) error { came++; return nil }
		err := session.Fetch(t.Context(), refs, inbound.FetchOptions{}, count)
		if !stops {
			require.NoError(t, err, "no words of the server's state")
			assert.Equal(t, 1, came)
			continue
		}
		require.ErrorIs(t, err, inbound.ErrTemporary, answer)
		assert.Zero(t, came)
		session = s.open()
		require.NoError(t, session.Fetch(t.Context(), refs[90:], inbound.FetchOptions{}, count), "ten are set aside")
		assert.Equal(t, 1, came)
	}
}

func TestFetch_ManyRefusedButNotInARow(t *testing.T) {
	s := newServer(t, mails(100)...)
	s.on["RETR"] = func(_ *client, number string) string {
		if strings.HasSuffix(number, "0") || strings.HasSuffix(number, "5") {
			return ""
		}
		return "-ERR server busy\r\n"
	}
	session := s.open()
	refs, _ := listAll(t, session)
	assert.Len(t, fetchAll(t, session, refs, inbound.FetchOptions{}), 20)
}

func TestFetch_HeadersAndParts(t *testing.T) {
	long := mail{"long", "Subject: long\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 1000)}
	lines := mail{"lines", "Subject: lines\r\n\r\n" + strings.Repeat("\r\n", 40_000)}
	for name, caps := range map[string][]string{
		"TOP": {"TOP", "UIDL", "PIPELINING"}, "TOP unannounced": nil, "no TOP": {"UIDL"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, long, mails(1)[0], lines)
			s.caps = caps
			if name == "no TOP" {
				s.on["TOP"] = func(*client, string) string { return "-ERR what?\r\n" }
			}
			session := s.open()
			refs, _ := listAll(t, session)
			heads := fetchAll(t, session, refs, inbound.FetchOptions{HeaderOnly: true})
			assert.Equal(t, "Subject: long\r\n\r\n", heads[refs[0].SourceID])
			assert.Equal(t, "Subject: 1\r\nMessage-ID: <1@x>\r\n\r\n", heads[refs[1].SourceID])
			assert.Equal(t, name == "no TOP", strings.Contains(strings.Join(s.commands(), " "), "RETR"))

			parts := fetchAll(t, session, refs, inbound.FetchOptions{MaxBytes: 10_000})
			assert.Equal(t, long.raw[:10_001], parts[refs[0].SourceID], "one byte more shows the cut")
			assert.Equal(t, s.mail[1].raw, parts[refs[1].SourceID])
			assert.True(t, strings.HasPrefix(lines.raw, parts[refs[2].SourceID]))

			again := fetchAll(t, session, refs, inbound.FetchOptions{})
			assert.Equal(t, long.raw, again[refs[0].SourceID], "the session goes on")

			small := refs[0]
			small.Size = 10 // as a server that miscounts would have it
			cut := fetchAll(t, session, []inbound.Ref{small}, inbound.FetchOptions{MaxBytes: 100})
			assert.Len(t, cut[small.SourceID], 101, "not taken for whole")
		})
	}
}

func TestHeaderReader_EndsAfterHeader(t *testing.T) {
	for raw, want := range map[string]string{
		"A: b\r\n\r\nbody\r\n":   "A: b\r\n\r\n",
		"A: b\n\nbody\n":         "A: b\n\n",
		"\r\nbody":               "\r\n",
		"A: b\r\n":               "A: b\r\n",
		"A: b\r\r\nC: d\r\n\r\n": "A: b\r\r\nC: d\r\n\r\n",
		"":                       "",
	} {
		for _, chunks := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader,
		} {
			got, err := io.ReadAll(&headerReader{src: chunks(strings.NewReader(raw)), begin: true})
			require.NoError(t, err)
			assert.Equal(t, want, string(got))
		}
	}
}

func TestFetch_DrainsUnreadBytes(t *testing.T) {
	s := newServer(t, mails(10)...)
	s.mail[4].raw = "A: b\r\n\r\n" + strings.Repeat(strings.Repeat("y", 76)+"\r\n", 50_000)
	session := s.open()
	refs, _ := listAll(t, session)
	read := 0
	err := session.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
		if read++; read%2 == 0 {
			return nil
		}
		_, err := io.ReadFull(r, make([]byte, 5))
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, 10, read)
	assert.Len(t, fetchAll(t, session, refs, inbound.FetchOptions{}), 10)
}

func TestFetch_EndsWhenCallbackFails(t *testing.T) {
	s := newServer(t, mails(10)...)
	session := s.open()
	refs, _ := listAll(t, session)
	full := errors.New("disk is full")
	err := session.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error { return full })
	require.ErrorIs(t, err, full)
	require.ErrorIs(t, err, inbound.ErrDirty)
	assert.Equal(t, full.Error(), err.Error())
	require.ErrorIs(t, session.Delete(t.Context(), refs), inbound.ErrDirty)
	assert.Empty(t, s.gone())
}

// A cut at any byte of the answers ends Fetch with an error, and no message
// that was given as whole is not.
func TestFetch_NeverMistakesPartForWhole(t *testing.T) {
	mail := mails(2)
	answers := "+OK\r\n" + stuff(mail[0].raw) + ".\r\n+OK\r\n" + stuff(mail[1].raw) + ".\r\n"
	for cut := range len(answers) {
		s := newServer(t, mail...)
		s.on["RETR"] = func(c *client, _ string) string {
			c.hangUp = true
			return answers[:cut]
		}
		session := s.open()
		refs, _ := listAll(t, session)
		var whole []string
		err := session.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
			raw, err := io.ReadAll(r)
			if err == nil {
				whole = append(whole, string(raw))
			}
			return nil // the session must notice, too
		})
		require.ErrorIs(t, err, inbound.ErrDirty)
		require.ErrorIs(t, err, inbound.ErrTemporary)
		for i, raw := range whole {
			require.Equal(t, mail[i].raw, raw)
		}
	}
}

func TestFetch_WithoutList(t *testing.T) {
	s := newServer(t, mails(3)...)
	ref := inbound.Ref{SourceID: inbound.SourceID{Key: "id-2"}}
	assert.Equal(t, s.mail[1].raw, fetchAll(t, s.open(), []inbound.Ref{ref}, inbound.FetchOptions{})[ref.SourceID])
	assert.Empty(t, fetchAll(t, s.open(), nil, inbound.FetchOptions{}))
}
