package dovecot

import "syscall"

// ownGroup puts the server into a process group of its own, so that it can be
// ended with all its children, and has the kernel kill it when we die without
// having done so; its children end when they find it gone.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
