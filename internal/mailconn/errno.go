//go:build !windows

package mailconn

import "syscall"

// The errors of the operating system for a connection that cannot be established.
const (
	errRefused         = syscall.ECONNREFUSED
	errHostUnreachable = syscall.EHOSTUNREACH
	errNetUnreachable  = syscall.ENETUNREACH
)
