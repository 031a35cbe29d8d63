package pop3fetch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestIdentify_NamesByHeader(t *testing.T) {
	for name, caps := range map[string][]string{"TOP": {"TOP", "PIPELINING"}, "TOP unannounced": nil, "no TOP": {"USER"}} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, mails(1200)...)
			s.mail[6].raw = s.mail[2].raw // twins
			s.caps = caps
			s.on["UIDL"] = func(*client, string) string { return "-ERR what?\r\n" }
			if name == "no TOP" {
				s.on["TOP"] = func(*client, string) string { return "-ERR what?\r\n" }
			}
			session := s.open()
			refs, listing := listAll(t, session)
			require.Len(t, refs, 1200)
			assert.False(t, listing.Incomplete)
			distinct := make(map[inbound.SourceID]bool)
			for _, r := range refs {
				require.Len(t, r.Key, len("sha256:")+64)
				distinct[r.SourceID] = true
			}
			assert.Len(t, distinct, 1200)
			assert.Equal(t, refs[2].Key, refs[6].Key)
			assert.Equal(t, 1, refs[6].Occurrence)
			got := fetchAll(t, session, refs[4:8], inbound.FetchOptions{})
			assert.Equal(t, s.mail[6].raw, got[refs[6].SourceID])
			assert.Equal(t, s.mail[5].raw, got[refs[5].SourceID])

			again, _ := listAll(t, s.open())
			assert.Equal(t, refs, again, "the names are the same in the next session")
			require.NoError(t, session.Delete(t.Context(), refs[10:12]))
			assert.Equal(t, []string{"id-11", "id-12"}, s.gone())
		})
	}
}

// numberedBy gives all messages the unique-ids of their places.
func (s *server) numberedBy(format string, start int) {
	for i := range s.mail {
		s.mail[i].uidl = fmt.Sprintf(format, start+i)
	}
}

// Where the unique-ids are the numbers, they name other messages once one is gone.
func TestIdentify_NumbersAreNotIdentities(t *testing.T) {
	for _, caps := range [][]string{{"TOP", "UIDL", "PIPELINING"}, {"UIDL"}, nil} {
		for format, start := range map[string]int{"%d": 1, "%04d": 1, "%03d": 0} {
			t.Run(fmt.Sprint(caps, format), func(t *testing.T) {
				s := newServer(t, mails(6)...)
				s.caps = caps
				s.numberedBy(format, start)
				before, listing := listAll(t, s.open())
				require.Len(t, before, 6)
				assert.False(t, listing.Incomplete)

				later := newServer(t, append(s.mail[1:5:5], mails(9)[8])...) // the first and the last are gone
				later.caps = caps
				later.numberedBy(format, start)
				session := later.open()
				after, _ := listAll(t, session)
				require.Len(t, after, 5)
				assert.Equal(t, before[1:5], after[:4])
				assert.NotContains(t, before, after[4])
				got := fetchAll(t, session, after, inbound.FetchOptions{})
				assert.Equal(t, later.mail[4].raw, got[after[4].SourceID])
				require.NoError(t, session.Delete(t.Context(), []inbound.Ref{before[0], before[2], before[5]}))
				assert.Equal(t, []string{later.mail[1].uidl}, later.gone(), "the one of them that is there")
			})
		}
	}
}

// A server that counts all messages ever received is believed as soon as one is gone.
func TestIdentify_CountersAreIdentities(t *testing.T) {
	for name, ids := range map[string]string{
		"one is gone": "1 3 4", "the first is gone": "2 3 4", "far on": "70001 70002 70003", "twins": "1 1 3",
		"with a validity": "7-1 7-2 7-3", "with a word": "m1 m2 m3", "signed": "+1 +2 +3", "too long": "1 2 99999999999",
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, mails(3)...)
			words := strings.Fields(ids)
			for i := range s.mail {
				s.mail[i].uidl = words[i]
			}
			refs, _ := listAll(t, s.open())
			for i, ref := range refs {
				assert.Equal(t, words[i], ref.Key)
			}
			assert.NotContains(t, strings.Join(s.commands(), " "), "TOP")
		})
	}
}

func TestIdentify_RefusedHeaderOfNumbered(t *testing.T) {
	s := newServer(t, mails(3)...)
	s.numberedBy("%d", 1)
	s.on["TOP 2 0"] = always("-ERR message is damaged\r\n")
	session := s.open()
	refs, listing := listAll(t, session)
	require.Len(t, refs, 3, "it has a record")
	assert.Equal(t, "2", refs[1].Key)
	assert.True(t, listing.Incomplete)
	require.ErrorIs(t, session.Delete(t.Context(), refs), inbound.ErrTemporary)
	assert.Empty(t, s.gone())
}

func TestIdentify_WithoutUniqueID(t *testing.T) {
	for name, tt := range map[string]struct {
		uidl     string
		complete bool
	}{
		"empty":           {"1 a|2 |3|4 d", true},
		"empty, tabs":     {"1\ta|2\t|3\t |4\td", true},
		"twice":           {"1 a|2 x|2 b|3 |4 d", false},
		"empty and twice": {"1 a|2 |2 |2 x|3 |4 d", false},
		"left out":        {"1 a|4 d", false},
		"twice, left out": {"1 a|2 |2 |4 d", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, mails(4)...)
			s.on["UIDL"] = always("+OK\r\n" + strings.ReplaceAll(tt.uidl, "|", "\r\n") + "\r\n.\r\n")
			session := s.open()
			refs, listing := listAll(t, session)
			require.Len(t, refs, 4)
			assert.Equal(t, "a", refs[0].Key)
			assert.Equal(t, "d", refs[3].Key)
			assert.Equal(t, tt.complete, !listing.Incomplete)
			got := fetchAll(t, session, refs, inbound.FetchOptions{})
			for i, ref := range refs {
				assert.Equal(t, s.mail[i].raw, got[ref.SourceID])
			}
			again, _ := listAll(t, s.open())
			assert.Equal(t, refs, again, "the names are the same in the next session")
			err := session.Delete(t.Context(), refs[1:2])
			if tt.complete {
				require.NoError(t, err)
				assert.Equal(t, []string{"id-2"}, s.gone())
			} else {
				require.ErrorIs(t, err, inbound.ErrTemporary)
				assert.Empty(t, s.gone())
			}
		})
	}
}

func TestHeaderSum_IgnoresStatusFields(t *testing.T) {
	sum := func(raw string) string {
		got, err := headerSum(strings.NewReader(raw))
		require.NoError(t, err)
		return string(contentName(got))
	}
	a := sum("Subject: a\r\nTo: b\r\n\r\nbody")
	assert.Equal(t, a, sum("Subject: a\r\nTo: b\r\n"), "TOP without the empty line")
	assert.Equal(t, a, sum("Status: RO\r\nSubject: a\r\nX-UIDL: 1\r\n 2\r\nTo: b\r\n\r\nother"))
	assert.NotEqual(t, a, sum("Subject: a\r\nTo: c\r\n\r\nbody"))
	long := strings.Repeat("x", 20_000)
	assert.NotEqual(t, sum("Subject: "+long+"1\r\n\r\n"), sum("Subject: "+long+"2\r\n\r\n"))
	assert.Equal(t, sum("Status: "+long+"\r\n\r\n"), sum("\r\n"))
}
