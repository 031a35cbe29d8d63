//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime returns what the process has used of the processors; 0 if that is unknown.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
