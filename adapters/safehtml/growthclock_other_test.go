//go:build !unix

package safehtml

import "time"

var start = time.Now()

// clock returns the time since the program started.
func clock() time.Duration { return time.Since(start) }
