package imapfetch_test

import (
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestDelete_RemovesExactlyThese(t *testing.T) {
	m := startMemory(t, inbound.Plain, 10, imap.CapUIDPlus)
	s := m.open(t)
	refs, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	other := m.open(t)
	require.NoError(t, other.(inbound.Marker).MarkSeen(t.Context(), refs[:1]))
	markDeleted(t, m, 5) // by another program, not expunged

	require.NoError(t, s.Delete(t.Context(), []inbound.Ref{refs[1], refs[7]}))
	require.NoError(t, s.Delete(t.Context(), []inbound.Ref{refs[1]}), "one that is gone is no error")
	left, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	assert.Equal(t, []uint32{1, 3, 4, 5, 6, 7, 9, 10}, uidsOf(left))
	require.NoError(t, s.Close())
	left, _, err = listAll(t.Context(), m.open(t), "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	assert.Len(t, left, 8)

	stale := refs[3]
	stale.Generation += "1"
	require.ErrorIs(t, other.Delete(t.Context(), []inbound.Ref{stale}), inbound.ErrTemporary,
		"another UIDVALIDITY means other messages")
}

func TestDelete_NeedsUIDPLUS(t *testing.T) {
	m := startMemory(t, inbound.Plain, 2)
	s := m.open(t)
	refs, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	err = s.Delete(t.Context(), refs)
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Contains(t, inbound.HintOf(err), "switch off")
	left, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	assert.Len(t, left, 2)
}
