package imapfetch

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeLiteral is a body of which the server has announced size bytes.
type fakeLiteral struct {
	io.Reader
	size int64
}

func (l fakeLiteral) Size() int64 { return l.size }

func TestBody_TruncatedIsNotEOF(t *testing.T) {
	r, _ := dialed(t)
	b := newBody(fakeLiteral{strings.NewReader("half"), 8}, r.Conn)
	got, err := io.ReadAll(b)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "half", string(got))
	require.ErrorIs(t, b.skip(), errTruncated)

	b = newBody(fakeLiteral{strings.NewReader("whole"), 5}, r.Conn)
	got, err = io.ReadAll(b)
	require.NoError(t, err)
	assert.Equal(t, "whole", string(got))
	require.NoError(t, b.skip())
}

// While the consumer has a body that has arrived, nothing is asked of the server.
func TestBody_PausesIdleTime(t *testing.T) {
	r, _ := dialed(t)
	idle := r.SetIdle(0)
	r.SetIdle(idle)
	b := newBody(fakeLiteral{strings.NewReader("x"), 1}, r.Conn)
	require.NoError(t, b.skip())
	assert.Zero(t, r.SetIdle(0))
	b.resume()
	assert.Equal(t, idle, r.SetIdle(0))
	b.resume()
	assert.Zero(t, r.SetIdle(idle), "only once")
}

func TestStash_ReturnsBody(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r, _ := dialed(t)
	for _, size := range []int{0, 10, stashInMemory, stashInMemory + 1} {
		text := strings.Repeat("x", size)
		st, err := newStash(newBody(fakeLiteral{strings.NewReader(text), int64(size)}, r.Conn))
		require.NoError(t, err)
		assert.Equal(t, size > stashInMemory, st.file != nil)
		from, err := st.reader()
		require.NoError(t, err)
		got, err := io.ReadAll(from)
		require.NoError(t, err)
		assert.Equal(t, len(text), len(got))
		st.free()
		left, err := os.ReadDir(os.TempDir())
		require.NoError(t, err)
		assert.Empty(t, left, "the file is removed")
	}
	st, err := newStash(newBody(fakeLiteral{strings.NewReader("half"), 8}, r.Conn))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	st.free()
	(*stash)(nil).free()
}
