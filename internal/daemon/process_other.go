//go:build unix && !linux

package daemon

import "syscall"

// bind puts a program into a process group of its own, so that it can be killed
// together with its children.
func bind(attr *syscall.SysProcAttr) { attr.Setpgid = true }
