package main

import (
	"fmt"
	"slices"
	"time"
)

// latencies are how long messages took.
type latencies []time.Duration

// String returns their distribution in one line.
func (l latencies) String() string {
	if len(l) == 0 {
		return "no message came"
	}
	slices.Sort(l)
	at := func(share float64) time.Duration { return l[int(share*float64(len(l)-1))].Round(time.Millisecond) }
	return fmt.Sprintf("least %v, median %v, 90 %% %v, 99 %% %v, most %v", at(0), at(0.5), at(0.9), at(0.99), at(1))
}
