//go:build unix

package main

import "syscall"

// syncDisks writes everything that the system has buffered to the disks.
func syncDisks() { syscall.Sync() }
