package main

import "runtime/debug"

// memoryLimit is for what Go manages. The process has about 25 MiB beside it,
// and stays below 96 MiB whatever the mailbox.
const memoryLimit = 56 << 20

// boundMemory has the garbage collector keep the process small, unless the
// environment says otherwise. Collecting more often than Go does by itself would
// cost a fifth of the speed and save nothing: the limit decides.
func boundMemory(env func(string) (string, bool)) {
	if _, set := env("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(memoryLimit)
	}
}
