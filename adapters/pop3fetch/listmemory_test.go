package pop3fetch

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// fill adds long unique-ids until there is no memory for more of them.
func fill(m *maildropIndex, format string) (n int, err error) {
	for err == nil && n < m.count {
		n++
		err = m.addName(fmt.Appendf(nil, format, n, n))
	}
	return n, err
}

func TestListMemory_BoundsUniqueIDs(t *testing.T) {
	share := &listShare{of: newListMemory(0)}
	require.NoError(t, share.reserve(t.Context(), listBytes(500_000)))
	n, err := fill(newMaildropIndex(500_000, share.grow), "%d %0200d")
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Contains(t, inbound.HintOf(err), "IMAP")
	text := defaultListMemory + smallList - listBytes(500_000) + 500_000*usualName
	assert.InDelta(t, text/201, n, 1000)
	share.release()
	assert.True(t, share.of.free.TryAcquire(defaultListMemory), "all of it is free again")
}

func TestListMemory_BoundsDuplicates(t *testing.T) {
	share := &listShare{of: newListMemory(1 << 20)}
	require.NoError(t, share.reserve(t.Context(), listBytes(20_000)))
	m := newMaildropIndex(20_000, share.grow)
	for i := range m.count {
		require.NoError(t, m.addName(fmt.Appendf(nil, "%d same", i+1)))
	}
	assert.ErrorIs(t, m.indexNamed(), inbound.ErrPermanent)
}

// A million messages with usual unique-ids have room, twice as many have not.
func TestListMemory_Million(t *testing.T) {
	share := &listShare{of: newListMemory(0)}
	require.NoError(t, share.reserve(t.Context(), listBytes(1_000_000)))
	n, err := fill(newMaildropIndex(1_000_000, share.grow), "%d %08x%[1]08x")
	require.NoError(t, err)
	assert.Equal(t, 1_000_000, n)
	share.release()
	assert.ErrorIs(t, share.reserve(t.Context(), listBytes(2_000_000)), inbound.ErrPermanent)
	assert.Zero(t, share.held)
}

// A large list waits for the lists of others, a small one does not.
func TestListMemory_Waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := newListMemory(0)
		large, other, small := &listShare{of: memory}, &listShare{of: memory}, &listShare{of: memory}
		require.NoError(t, large.reserve(t.Context(), listBytes(1_000_000)))
		require.NoError(t, small.reserve(t.Context(), listBytes(1_000)))
		go func() {
			time.Sleep(time.Minute)
			large.release()
		}()
		begun := time.Now()
		require.NoError(t, other.reserve(t.Context(), listBytes(1_000_000)))
		assert.Equal(t, time.Minute, time.Since(begun))

		err := large.reserve(t.Context(), listBytes(1_000_000))
		require.ErrorIs(t, err, inbound.ErrTemporary)
		assert.Contains(t, inbound.HintOf(err), "ListMemory")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.Error(t, large.reserve(ctx, listBytes(1_000_000)))
		require.ErrorIs(t, large.grow(4<<20), inbound.ErrTemporary)
	})
}
