package inbound

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A Syncer with a thousand accounts that want to log in delays another one by a moment.
func TestBudget_FloodDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetOptions{Sessions: 10})
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				s, err := b.open(t.Context(), 1, "imap.example.com")
				if assert.NoError(t, err) {
					time.Sleep(5 * time.Second)
					s.close()
				}
			})
		}
		time.Sleep(90 * time.Second)
		for range 20 {
			began := time.Now()
			s, err := b.open(t.Context(), 2, "imap.example.com")
			require.NoError(t, err)
			assert.LessOrEqual(t, time.Since(began), 6*time.Second, "a session of the others, and a login")
			s.close()
		}
		all.Wait()
		assert.Empty(t, b.hosts)
		assert.Empty(t, b.sessions.users)
	})
}

// A Syncer that keeps all sessions gives up those beyond its share when another one needs some.
func TestBudget_SharesKeptSessions(t *testing.T) {
	b := NewBudget(BudgetOptions{Sessions: 16, SessionsPerHost: 16, LoginsPerSecond: 1e6, LoginsPerSecondPerHost: 1e6})
	var first, second []*slot
	open := func(user userID, into *[]*slot, n int) {
		for range n {
			s, err := b.open(t.Context(), user, "imap.example.com")
			require.NoError(t, err)
			*into = append(*into, s)
		}
	}
	kept := func(slots []*slot) (n int) {
		for _, s := range slots {
			if s.keep() {
				n++
			}
		}
		return n
	}
	open(1, &first, 12)
	assert.Equal(t, 12, kept(first))
	open(2, &second, 1)
	assert.Equal(t, 0, kept(second), "there is no room yet")
	assert.Equal(t, 11, kept(first), "one is given up")
	assert.Equal(t, 1, kept(second))
	assert.Equal(t, 11, kept(first), "nobody needs more")
	open(2, &second, 3)
	for range 5 {
		kept(second)
		kept(first)
	}
	assert.Equal(t, 4, kept(second))
	assert.Equal(t, 8, kept(first))
	for _, s := range append(first, second...) {
		s.close()
	}
	assert.Zero(t, b.sessions.kept)
	assert.Empty(t, b.sessions.keptBy)
}

// A Syncer whose host hangs keeps the memory that it has. Another one does not wait for it: its
// messages go to files.
func TestBudget_HangingSyncerKeepsNoMemoryFromOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetOptions{MemoryBytes: 256 << 10})
		hanging, other := newSpooler(t.TempDir(), b.memory, 1), newSpooler(t.TempDir(), b.memory, 2)
		message := bytes.Repeat([]byte("x"), 60<<10)
		take := func(s *spooler) (*spooled, error) {
			raw, _, err := s.take(t.Context(), bytes.NewReader(message), int64(len(message)), 0, true)
			return raw, err
		}
		var held []*spooled
		for range 4 {
			raw, err := take(hanging)
			require.NoError(t, err)
			held = append(held, raw)
		}
		waited := make(chan error, 1)
		go func() {
			raw, err := take(hanging)
			raw.Close()
			waited <- err
		}()
		for range 3 {
			began := time.Now()
			raw, err := take(other)
			require.NoError(t, err)
			assert.LessOrEqual(t, time.Since(began), slowMessage)
			assert.NotNil(t, raw.file)
			raw.Close()
		}
		time.Sleep(time.Hour)
		select {
		case err := <-waited:
			require.NoError(t, errors.Join(err, errors.New("it has more than its share, and waits for itself")))
		default:
		}
		for _, raw := range held {
			raw.Close()
		}
		require.NoError(t, <-waited)
		raw, err := take(other)
		require.NoError(t, err)
		assert.Nil(t, raw.file)
		raw.Close()
		assert.True(t, b.memory.budget.TryAcquire(1, 256<<10), "all is given back")
	})
}
