//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filearchive

import (
	"errors"
	"os"
	"syscall"
)

const hasLocks = true

// tryLock locks a file until it is closed, or the process ends. It returns false if a different
// process has it locked, or a different Archive of this one.
func tryLock(f *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
		}
	}
}
