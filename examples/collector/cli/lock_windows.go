package cli

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// errSharingViolation is ERROR_SHARING_VIOLATION: a different handle to the file
// excludes this one.
const errSharingViolation = syscall.Errno(32)

// lock marks the database as in use until the returned file is closed or the
// process ends, even by a crash. If no other process has it marked, lock calls
// alone, and other processes wait until alone returns.
func lock(database string, alone func() error) (*os.File, error) {
	path := database + "-lock"
	// Open without sharing: this fails while any other process has the file open.
	first, err := openShared(path, 0)
	switch {
	case err == nil:
		if err := errors.Join(alone(), first.Close()); err != nil {
			return nil, err
		}
	case !errors.Is(err, errSharingViolation):
		return nil, fmt.Errorf("cannot lock the database: %w", err)
	}
	// From here on, other processes may collect too, but do not call alone. A
	// process that is calling alone excludes this one for a moment.
	for {
		file, err := openShared(path, syscall.FILE_SHARE_READ|syscall.FILE_SHARE_WRITE)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, errSharingViolation) {
			return nil, fmt.Errorf("cannot lock the database: %w", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// openShared opens a file and creates it if it does not exist. Other processes can
// open it as far as share allows; os.OpenFile lets them read and write.
func openShared(path string, share uint32) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, share, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
}
