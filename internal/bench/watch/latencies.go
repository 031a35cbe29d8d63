package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
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

func goroutines() int { return runtime.NumGoroutine() }

// memory says how much memory the process has and has had, as the kernel counts it.
func memory() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "memory unknown"
	}
	var found []string
	for line := range strings.Lines(string(status)) {
		if name, value, _ := strings.Cut(line, ":"); name == "VmRSS" || name == "VmHWM" {
			found = append(found, name+" "+strings.TrimSpace(value))
		}
	}
	return strings.Join(found, ", ")
}
