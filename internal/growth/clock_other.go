//go:build !unix

package growth

import "time"

var start = time.Now()

// clock returns the time since the program started.
func clock() time.Duration { return time.Since(start) }
