//go:build unix

package cli

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock marks the database as in use until the returned file is closed or the
// process ends, even by a crash. If no other process has it marked, lock calls
// alone, and other processes wait until alone returns.
func lock(database string, alone func() error) (*os.File, error) {
	file, err := os.OpenFile(database+"-lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock the database: %w", err)
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		if err := alone(); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	// From here on, other processes may collect too, but do not call alone.
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_SH); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot lock the database: %w", err), file.Close())
	}
	return file, nil
}
