package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noDatabase connects to nothing.
type noDatabase struct{}

func (noDatabase) Connect(context.Context) (driver.Conn, error) {
	return nil, errors.New("nothing is there")
}
func (noDatabase) Driver() driver.Driver { return nil }

// What Stores of a database share is gone with the last of them.
func TestSharedOf_LastsAsLongAsItsStores(t *testing.T) {
	one, other := sql.OpenDB(noDatabase{}), sql.OpenDB(noDatabase{})
	count := func() (n int) {
		sharedStates.Range(func(any, any) bool { n++; return true })
		return n
	}
	before := count()
	func() {
		first, err := sharedOf(one, SQLite, defaultPrefix)
		require.NoError(t, err)
		again, err := sharedOf(one, SQLite, defaultPrefix)
		require.NoError(t, err)
		assert.Same(t, first, again)
		second, err := sharedOf(other, SQLite, defaultPrefix)
		require.NoError(t, err)
		assert.NotSame(t, first, second)
		assert.Equal(t, before+2, count())
		runtime.GC()
		runtime.KeepAlive(first)
		runtime.KeepAlive(second)
	}()
	require.Eventually(t, func() bool {
		runtime.GC()
		return count() == before
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, errors.Join(one.Close(), other.Close()))
	_, err := sharedOf(one, "cobol", defaultPrefix)
	require.ErrorContains(t, err, `unknown dialect "cobol"`)
}

func TestShared_PreparesUntilItSucceeds(t *testing.T) {
	s, calls := &shared{}, 0
	broken := errors.New("broken")
	for i, want := range []error{broken, nil, nil} {
		err := s.prepare(func() error {
			calls++
			return want
		})
		require.ErrorIs(t, err, want, i)
	}
	assert.Equal(t, 2, calls)
}
