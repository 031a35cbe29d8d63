package mailconn

import "syscall"

// The system's errors of a connection that cannot be made. The constants of
// package syscall with the names of Unix are values that Windows never returns.
const (
	errRefused         = syscall.Errno(10061) // WSAECONNREFUSED
	errHostUnreachable = syscall.Errno(10065) // WSAEHOSTUNREACH
	errNetUnreachable  = syscall.Errno(10051) // WSAENETUNREACH
)
