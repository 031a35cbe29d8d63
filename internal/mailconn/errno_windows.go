package mailconn

import "syscall"

// The errors of the operating system for a connection that cannot be established.
// The Unix constants in package syscall have values that Windows never returns.
const (
	errRefused         = syscall.Errno(10061) // WSAECONNREFUSED
	errHostUnreachable = syscall.Errno(10065) // WSAEHOSTUNREACH
	errNetUnreachable  = syscall.Errno(10051) // WSAENETUNREACH
)
