package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// lockPause is the pause between two attempts to lock a file.
const lockPause = 50 * time.Millisecond

// lock marks the database as in use until unlock is called or the process ends, even
// by a crash. If no other process has it marked, lock calls alone, and other
// processes wait until alone returns.
func lock(ctx context.Context, database string, alone func() error) (unlock func() error, err error) {
	// Who starts has the first file for a moment, who runs shares the second one.
	starting, running := flock.New(database+"-starting"), flock.New(database+"-lock")
	if _, err := lockFile(starting, waitFor(ctx, starting.TryLockContext)); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, starting.Unlock()) }()
	nobody, err := lockFile(running, running.TryLock)
	if err != nil {
		return nil, err
	}
	if nobody {
		if err := errors.Join(alone(), running.Unlock()); err != nil {
			return nil, err
		}
	}
	if _, err := lockFile(running, waitFor(ctx, running.TryRLockContext)); err != nil {
		return nil, err
	}
	return running.Unlock, nil
}

// waitFor returns a function that tries to lock a file until it succeeds or ctx ends.
func waitFor(ctx context.Context, try func(context.Context, time.Duration) (bool, error)) func() (bool, error) {
	return func() (bool, error) { return try(ctx, lockPause) }
}

// lockFile calls try, which locks f if it can. It does so again if the file was
// removed between opening and locking it: others would lock a new file.
func lockFile(f *flock.Flock, try func() (bool, error)) (locked bool, err error) {
	for {
		switch locked, err := try(); {
		case err != nil:
			return false, lockError(f.Path(), err)
		case !locked:
			return false, nil
		}
		file, err := f.Stat()
		if err != nil {
			return false, errors.Join(lockError(f.Path(), err), f.Unlock())
		}
		if now, err := os.Stat(f.Path()); err == nil && os.SameFile(file, now) {
			return true, nil
		}
		if err := f.Unlock(); err != nil {
			return false, lockError(f.Path(), err)
		}
	}
}

// unknownOwner stands for a user whose name cannot be found out.
const unknownOwner = "another user"

// lockError says why a file cannot be locked, and what to do about that.
func lockError(path string, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("interrupted while another process had %s locked; if that does not end, stop it: %w",
			path, err)
	case !errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("cannot lock the database: %w", err)
	}
	if _, missing := os.Stat(path); missing != nil {
		return fmt.Errorf("cannot lock the database: %w; let this user write to the folder,"+
			" or run the collector as another one", err)
	}
	return fmt.Errorf("cannot lock the database: %w; the file belongs to %s: run the collector as the same user",
		err, ownerOf(path))
}
