package pop3fetch

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestMaildropIndex_IsSmall(t *testing.T) {
	const n = 200_000
	before := heap()
	r := newMaildropIndex(n)
	var line []byte
	for i := 1; i <= n; i++ {
		line = fmt.Appendf(line[:0], "%d %08x%08x", i, i, i*7)
		require.NoError(t, r.addName(line))
		line = fmt.Appendf(line[:0], "%d %d", i, i)
		r.addSize(line)
	}
	require.NoError(t, r.indexUpTo(n))
	used := heap() - before
	assert.Less(t, used/n, int64(48), "a million of them must not need hundreds of megabytes")
	ref, ok := r.ref(123_456)
	require.True(t, ok)
	assert.Equal(t, int64(123_456), ref.Size)
	assert.Equal(t, 123_456, r.find(ref.SourceID))
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestMaildropIndex_ManyDuplicates(t *testing.T) {
	const n = 200_000
	r := newMaildropIndex(n)
	for i := 1; i <= n; i++ {
		require.NoError(t, r.addName(fmt.Appendf(nil, "%d same", i)))
	}
	require.NoError(t, r.indexUpTo(n))
	assert.Equal(t, n, r.find(inbound.SourceID{Key: "same", Occurrence: n - 1}))
	assert.Zero(t, r.find(inbound.SourceID{Key: "same", Occurrence: n}))
	assert.Zero(t, r.find(inbound.SourceID{Key: "same", Occurrence: -1}))
	assert.Zero(t, r.find(inbound.SourceID{}))
}

func TestMaildropIndex_BoundsDuplicates(t *testing.T) {
	const n = maxDuplicates + 2
	r := newMaildropIndex(n)
	for i := 1; i <= n; i++ {
		require.NoError(t, r.addName(fmt.Appendf(nil, "%d same", i)))
	}
	require.ErrorIs(t, r.indexUpTo(n), inbound.ErrPermanent)
}

func FuzzMaildropIndex(f *testing.F) {
	f.Add(3, "1 10\n2 20\n3 30", "1 a\n2 b\n3 a")
	f.Add(2, "1 -1\n2", "1 a\n1 b\n\n9 x")
	f.Fuzz(func(t *testing.T, count int, list, uidl string) {
		count = min(max(count, 0), 1000)
		r := newMaildropIndex(count)
		for _, line := range strings.Split(list, "\n") {
			r.addSize([]byte(line))
		}
		for _, line := range strings.Split(uidl, "\n") {
			r.addName([]byte(line))
		}
		require.NoError(t, r.indexUpTo(count))
		found := 0
		for n := 1; n <= count; n++ {
			if r.names[n-1] == nameless {
				found++
			}
			if ref, ok := r.ref(n); ok {
				found++
				require.Equal(t, n, r.find(ref.SourceID))
				require.NotEmpty(t, ref.Key)
				require.False(t, strings.ContainsFunc(ref.Key, func(c rune) bool { return c <= ' ' || c > '~' }), "%q", ref.Key)
				require.GreaterOrEqual(t, ref.Size, int64(0))
			}
		}
		require.Equal(t, r.named, found)
	})
}
