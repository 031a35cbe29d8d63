//go:build !windows

package mailconn

import "syscall"

// The system's errors of a connection that cannot be made.
const (
	errRefused         = syscall.ECONNREFUSED
	errHostUnreachable = syscall.EHOSTUNREACH
	errNetUnreachable  = syscall.ENETUNREACH
)
