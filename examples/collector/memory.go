package main

import "runtime/debug"

// memoryLimit bounds the memory that Go manages. The process uses about 30 MiB
// besides, and stays below 96 MiB with any mailbox.
const memoryLimit = 50 << 20

// boundMemory sets a memory limit, unless the environment has one. It does not
// change how often Go collects garbage: collecting more often costs a fifth of the
// speed and saves no memory, since the limit determines the peak.
func boundMemory(env func(string) (string, bool)) {
	if _, set := env("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(memoryLimit)
	}
}
