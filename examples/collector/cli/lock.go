package cli

import (
	"errors"
	"fmt"

	"github.com/gofrs/flock"
)

// lock marks the database as in use until unlock is called or the process ends, even
// by a crash. If no other process has it marked, lock calls alone, and other
// processes wait until alone returns.
func lock(database string, alone func() error) (unlock func() error, err error) {
	// Who starts has the first file for a moment, who runs shares the second one.
	starting, running := flock.New(database+"-starting"), flock.New(database+"-lock")
	if err := starting.Lock(); err != nil {
		return nil, fmt.Errorf("cannot lock the database: %w", err)
	}
	defer func() { err = errors.Join(err, starting.Unlock()) }()
	nobody, err := running.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot lock the database: %w", err)
	}
	if nobody {
		if err := errors.Join(alone(), running.Unlock()); err != nil {
			return nil, err
		}
	}
	if err := running.RLock(); err != nil {
		return nil, fmt.Errorf("cannot lock the database: %w", err)
	}
	return running.Unlock, nil
}
