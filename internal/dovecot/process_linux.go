package dovecot

import "syscall"

// ownGroup puts the server into a process group of its own, so that it can be killed
// together with its children. If this process dies before that, the kernel kills the
// server, and the children of the server end by themselves.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
