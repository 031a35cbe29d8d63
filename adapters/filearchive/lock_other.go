//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package filearchive

import (
	"errors"
	"os"
)

const hasLocks = false

func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
