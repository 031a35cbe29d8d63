package pop3fetch

import (
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
