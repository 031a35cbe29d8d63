package inbound

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 / 3)
	}
	return b
}

func TestSpool_KeepsEveryByte(t *testing.T) {
	dir := t.TempDir()
	s := newSpooler(dir, newMemory(24<<20), 1)
	for _, size := range []int{0, 1, 100, spoolUnknown - 1, spoolUnknown, spoolUnknown + 1, 300_000, spoolInMemory,
		spoolInMemory + 1, 9 << 20} {
		for name, hint := range map[string]int64{"right": int64(size), "unknown": 0, "small": int64(size / 2),
			"large": int64(size) * 3, "negative": -1} {
			want := pattern(size)
			raw, cut, err := s.take(t.Context(), iotest.HalfReader(bytes.NewReader(want)), hint, 0, true)
			require.NoError(t, err, "%d bytes, %s hint", size, name)
			assert.False(t, cut)
			assert.EqualValues(t, size, raw.Size())
			got, err := io.ReadAll(raw.reader())
			require.NoError(t, err)
			assert.True(t, bytes.Equal(want, got), "%d bytes, %s hint", size, name)
			got, err = io.ReadAll(io.NewSectionReader(raw, 0, raw.Size()))
			require.NoError(t, err)
			assert.True(t, bytes.Equal(want, got), "%d bytes, %s hint, by ReadAt", size, name)
			raw.Close()
			raw.Close()
		}
	}
	assertBudgetFree(t, s)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, files, "no file is left")
}

func TestSpool_CutsAtLimit(t *testing.T) {
	s := newSpooler(t.TempDir(), newMemory(24<<20), 1)
	for _, tc := range []struct {
		size, limit int64
		cut         bool
	}{{1000, 1000, false}, {1001, 1000, true}, {9 << 20, 5 << 20, true}, {5 << 20, 5 << 20, false}} {
		raw, cut, err := s.take(t.Context(), bytes.NewReader(pattern(int(tc.size))), tc.size, tc.limit, true)
		require.NoError(t, err)
		assert.Equal(t, tc.cut, cut)
		assert.Equal(t, min(tc.size, tc.limit), raw.Size())
		got, err := io.ReadAll(io.NewSectionReader(raw, 0, raw.Size()))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(pattern(int(tc.size))[:raw.Size()], got))
		raw.Close()
	}
	assertBudgetFree(t, s)
}

func TestSpool_ReportsCutConnection(t *testing.T) {
	s := newSpooler(t.TempDir(), newMemory(24<<20), 1)
	for _, size := range []int{10, 200_000, 6 << 20} {
		r := io.MultiReader(bytes.NewReader(pattern(size)), iotest.ErrReader(io.ErrUnexpectedEOF))
		raw, _, err := s.take(t.Context(), r, int64(size*2), 0, true)
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Nil(t, raw)
	}
	assertBudgetFree(t, s)
}

func TestSpool_WaitsForRoom(t *testing.T) {
	s := newSpooler(t.TempDir(), newMemory(100_000), 1)
	first, _, err := s.take(t.Context(), bytes.NewReader(pattern(90_000)), 90_000, 0, true)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, _, err = s.take(ctx, bytes.NewReader(pattern(90_000)), 90_000, 0, true)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	unwaited, _, err := s.take(t.Context(), bytes.NewReader(pattern(90_000)), 90_000, 0, false)
	require.NoError(t, err, "a message that must not wait gets a file")
	assert.EqualValues(t, 90_000, unwaited.Size())
	unwaited.Close()
	first.Close()
	second, _, err := s.take(t.Context(), bytes.NewReader(pattern(90_000)), 90_000, 0, true)
	require.NoError(t, err)
	second.Close()
	assertBudgetFree(t, s)
}

// A slow message gives its room to one that waits, and is whole in the end.
func TestSpool_SlowMessageMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpooler(t.TempDir(), newMemory(4<<20+64<<10), 1)
		want := pattern(3_900_000)
		slow := make(chan *spooled)
		r, w := io.Pipe()
		go func() {
			raw, _, err := s.take(t.Context(), r, int64(len(want)), 0, true)
			assert.NoError(t, err)
			slow <- raw
		}()
		_, err := w.Write(want[:3_800_000])
		require.NoError(t, err)
		synctest.Wait()
		begun := time.Now()
		other, _, err := s.take(t.Context(), bytes.NewReader(want), int64(len(want)), 0, true)
		require.NoError(t, err)
		assert.LessOrEqual(t, time.Since(begun), slowMessage+slowMessage/4)
		assert.Nil(t, other.file)
		_, err = w.Write(want[3_800_000:])
		require.NoError(t, err)
		require.NoError(t, w.Close())
		moved := <-slow
		assert.NotNil(t, moved.file)
		for _, raw := range []*spooled{moved, other} {
			got, err := io.ReadAll(raw.reader())
			require.NoError(t, err)
			assert.True(t, bytes.Equal(want, got))
			raw.Close()
		}
		assertBudgetFree(t, s)
	})
}

// As long as nobody waits, a slow message stays in memory.
func TestSpool_SlowMessageStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpooler(t.TempDir(), newMemory(24<<20), 1)
		r, w := io.Pipe()
		go func() {
			for range 10 {
				_, _ = w.Write(pattern(20_000))
				time.Sleep(time.Minute)
			}
			w.Close()
		}()
		raw, _, err := s.take(t.Context(), r, 200_000, 0, true)
		require.NoError(t, err)
		assert.Nil(t, raw.file)
		raw.Close()
		assertBudgetFree(t, s)
	})
}

// A message that is larger than its size was said to be stays in memory where there is room.
func TestSpool_Grows(t *testing.T) {
	s := newSpooler("/does/not/exist", newMemory(24<<20), 1)
	raw, _, err := s.take(t.Context(), bytes.NewReader(pattern(300_000)), 1000, 0, true)
	require.NoError(t, err)
	assert.Nil(t, raw.file)
	raw.Close()
	_, _, err = s.take(t.Context(), bytes.NewReader(pattern(spoolInMemory+1)), 1000, 0, true)
	assert.ErrorIs(t, err, errSpool)
	assertBudgetFree(t, s)
}

// Windows refuses to remove a file that is open.
func TestSpool_OpenFileCannotBeRemoved(t *testing.T) {
	dir := t.TempDir()
	s := newSpooler(dir, newMemory(24<<20), 1)
	open := make(map[string]*spooled)
	s.remove = func(name string) error {
		if raw := open[name]; raw == nil || raw.file != nil {
			return &os.PathError{Op: "remove", Path: name, Err: errors.New("used by another process")}
		}
		return os.Remove(name)
	}
	for range 3 {
		raw, _, err := s.take(t.Context(), bytes.NewReader(pattern(6<<20)), 6<<20, 0, true)
		require.NoError(t, err)
		open[raw.file.Name()] = raw
		got, err := io.ReadAll(raw.reader())
		require.NoError(t, err)
		assert.True(t, bytes.Equal(pattern(6<<20), got))
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, files, 3)
	for _, raw := range open {
		raw.Close()
		raw.Close()
	}
	files, err = os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, files, "no file is left")
	assertBudgetFree(t, s)
}

func TestSpool_ReportsWriteError(t *testing.T) {
	s := newSpooler("/does/not/exist", newMemory(24<<20), 1)
	_, _, err := s.take(t.Context(), bytes.NewReader(pattern(6<<20)), 6<<20, 0, true)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorIs(t, err, errSpool)
	assertBudgetFree(t, s)
}

func assertBudgetFree(t *testing.T, s *spooler) {
	t.Helper()
	assert.True(t, s.budget.TryAcquire(1, s.total), "the whole budget is free again")
	s.budget.Release(1, s.total)
}
