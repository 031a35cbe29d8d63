package inboundtest

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// expectNoGoroutineLeft looks at the end of the test, after all cleaning up that
// is registered later, whether goroutines are left that it has started.
func expectNoGoroutineLeft(t *testing.T) {
	t.Helper()
	before := goroutines()
	t.Cleanup(func() {
		var left map[string]string
		for wait := time.Millisecond; wait < 2*time.Second; wait *= 2 {
			left = goroutines()
			for id := range before {
				delete(left, id)
			}
			if len(left) == 0 {
				return
			}
			time.Sleep(wait) // a goroutine cannot be waited for from outside
		}
		for _, stack := range left {
			t.Errorf("a goroutine is left after everything was closed:\n%s", stack)
		}
	})
}

// goroutines returns the stacks of all goroutines by their names.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	stacks := make(map[string]string)
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		id, _, _ := strings.Cut(stack, " [")
		stacks[id] = stack
	}
	return stacks
}
