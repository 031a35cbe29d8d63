//go:build !unix

package main

import "time"

// cpuTime returns 0: there is no such call.
func cpuTime() time.Duration { return 0 }
