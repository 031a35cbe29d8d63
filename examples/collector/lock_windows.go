package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// errSharingViolation is ERROR_SHARING_VIOLATION: another handle to the file
// excludes this one.
const errSharingViolation = syscall.Errno(32)

// lock marks the database as in use until the file is closed or the process ends,
// however it ends. When no other process that collects has it, alone is called
// before another one can come.
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
	// From here on others may collect too, but know that they are not alone. One
	// that was alone until now excludes this process for a moment.
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

// openShared opens a file, creating it if need be. Others can open it meanwhile
// as far as share allows; os.OpenFile lets everybody read and write.
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
