package imapfetch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestList_EverySecurity(t *testing.T) {
	for _, security := range []inbound.Security{inbound.TLS, inbound.StartTLS, inbound.Plain} {
		t.Run(string(security), func(t *testing.T) {
			m := startMemory(t, security, 2345)
			s := m.open(t)
			first, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
			require.NoError(t, err)
			assert.Len(t, first.Refs, 1000)
			assert.True(t, first.More)
			assert.False(t, first.Incomplete)
			assert.Equal(t, 2345, first.Total)
			assert.EqualValues(t, 2346, first.NextPosition)
			assert.NotZero(t, first.Generation)
			refs, last, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
			require.NoError(t, err)
			require.Len(t, refs, 2345)
			assert.EqualValues(t, 2345, last.Next.After)
			for i, ref := range refs {
				require.EqualValues(t, i+1, uint32(ref.Position))
				require.EqualValues(t, len(message(i)), ref.Size)
				require.True(t, ref.Received.IsZero())
			}
			bodies, order, err := fetchAll(t.Context(), s, refs, inbound.FetchOptions{})
			require.NoError(t, err)
			assert.Equal(t, uidsOf(refs), order)
			for i := range 2345 {
				require.Equal(t, message(i), bodies[uint32(i+1)])
			}
		})
	}
}

func TestList_SeesNewMail(t *testing.T) {
	m := startMemory(t, inbound.Plain, 3)
	s := m.open(t)
	refs, listing, err := listAll(t.Context(), s, "inbox", inbound.Cursor{Received: true})
	require.NoError(t, err)
	require.Len(t, refs, 3)
	assert.Equal(t, "inbox", refs[0].Folder, "a folder keeps the caller's spelling")
	assert.True(t, arrival(0).Equal(refs[0].Received))

	listing, err = s.List(t.Context(), "inbox", listing.Next)
	require.NoError(t, err)
	assert.Empty(t, listing.Refs, "n:* matches the last message always")
	m.deliver(t, message(3))
	listing, err = s.List(t.Context(), "inbox", listing.Next)
	require.NoError(t, err)
	assert.Equal(t, []uint32{4}, uidsOf(listing.Refs))

	again, err := s.List(t.Context(), "inbox", inbound.Cursor{Generation: listing.Generation + "1", After: 4})
	require.NoError(t, err)
	assert.Len(t, again.Refs, 4, "a cursor of another generation begins at the start")
}
