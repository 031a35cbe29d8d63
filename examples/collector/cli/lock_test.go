package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLock_CallsAloneIfNotShared(t *testing.T) {
	database := filepath.Join(t.TempDir(), "mail.db")
	calls := 0
	alone := func() error { calls++; return nil }

	first, err := lock(t.Context(), database, alone)
	require.NoError(t, err)
	require.NotNil(t, first)
	assert.Equal(t, 1, calls, "no other process has it")

	second, err := lock(t.Context(), database, alone)
	require.NoError(t, err, "several processes may collect")
	assert.Equal(t, 1, calls, "the first one still has it")

	require.NoError(t, first())
	third, err := lock(t.Context(), database, alone)
	require.NoError(t, err)
	assert.Equal(t, 1, calls, "the second one still has it")

	require.NoError(t, second())
	require.NoError(t, third())
	fourth, err := lock(t.Context(), database, alone)
	require.NoError(t, err)
	assert.Equal(t, 2, calls, "all other locks are released")
	require.NoError(t, fourth())
}

func TestLock_FailureReleases(t *testing.T) {
	database := filepath.Join(t.TempDir(), "mail.db")
	broken := errors.New("broken")
	_, err := lock(t.Context(), database, func() error { return broken })
	require.ErrorIs(t, err, broken)
	called := false
	unlock, err := lock(t.Context(), database, func() error { called = true; return nil })
	require.NoError(t, err)
	assert.True(t, called)
	require.NoError(t, unlock())
}

func TestLock_EndsWithContext(t *testing.T) {
	database := filepath.Join(t.TempDir(), "mail.db")
	for _, name := range []string{"-starting", "-lock"} {
		other := flock.New(database + name)
		require.NoError(t, other.Lock())
		ctx, stop := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, err := lock(ctx, database, func() error { return nil })
			failed <- err
		}()
		require.Eventually(t, func() bool {
			probe := flock.New(database + "-starting")
			free, err := probe.TryLock()
			require.NoError(t, errors.Join(err, probe.Unlock()))
			return !free
		}, 10*time.Second, time.Millisecond, "one of the two has locked it")
		stop()
		select {
		case err := <-failed:
			require.ErrorIs(t, err, context.Canceled)
			assert.ErrorContains(t, err, "another process had "+database+name+" locked")
		case <-time.After(10 * time.Second):
			require.Fail(t, "it does not end")
		}
		require.NoError(t, other.Unlock())
	}
}

func TestLockFile_TriesAgainIfRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail.db-lock")
	for name, replace := range map[string]func(){
		"removed":  func() {},
		"replaced": func() { require.NoError(t, os.WriteFile(path, nil, 0o600)) },
	} {
		f, tries := flock.New(path), 0
		locked, err := lockFile(f, func() (bool, error) {
			tries++
			locked, err := f.TryLock()
			if tries == 1 {
				require.NoError(t, os.Remove(path))
				replace()
			}
			return locked, err
		})
		require.NoError(t, err, name)
		assert.True(t, locked, name)
		assert.Equal(t, 2, tries, name)
		other, err := flock.New(path).TryLock()
		require.NoError(t, err)
		assert.False(t, other, "%s: the file at the path is locked", name)
		require.NoError(t, f.Unlock())
	}
}

func TestLockError_NamesTheOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail.db-lock")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	err := lockError(path, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission})
	assert.EqualError(t, err, "cannot lock the database: open "+path+": permission denied; the file belongs to "+
		ownerOf(path)+": run the collector as the same user")
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.Regexp(t, `^(the|another) user`, ownerOf(path))
	assert.Equal(t, unknownOwner, ownerOf(path+"x"))

	err = lockError(path+"x", &fs.PathError{Op: "open", Path: path + "x", Err: fs.ErrPermission})
	assert.EqualError(t, err, "cannot lock the database: open "+path+"x: permission denied; "+
		"let this user write to the folder, or run the collector as another one")
}
