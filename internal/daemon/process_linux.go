package daemon

import "syscall"

// bind puts a program into a process group of its own, so that it can be killed
// together with its children. If this process dies before that, the kernel kills the
// program.
func bind(attr *syscall.SysProcAttr) {
	attr.Setpgid = true
	attr.Pdeathsig = syscall.SIGKILL
}
