//go:build unix && !linux

package dovecot

import "syscall"

// ownGroup puts the server into a process group of its own, so that it can be killed
// together with its children.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
