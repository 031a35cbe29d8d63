package assigntest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/assign"
)

// TestQueue checks an implementation of assign.Queue. open returns an empty one
// for each test; it sees to the cleaning up by t.Cleanup.
func TestQueue(t *testing.T, open func(t *testing.T) assign.Queue) {
	for name, test := range map[string]func(*line){
		"FirstInFirstOut":         firstInFirstOut,
		"EachWaitsOnce":           eachWaitsOnce,
		"TakenOff":                takenOff,
		"QueuesAreSeparate":       queuesAreSeparate,
		"WhoComesAgainIsLast":     whoComesAgainIsLast,
		"NothingIsForgotten":      nothingIsForgotten,
		"ConcurrentCallsLoseNone": concurrentCallsLoseNone,
	} {
		t.Run(name, func(t *testing.T) { test(&line{T: t, queue: open(t)}) })
	}
}

// start is a time that every database keeps exactly.
var start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// line is a queue under test.
type line struct {
	*testing.T
	queue assign.Queue
}

func waiting(group string, customers ...string) []assign.Waiting {
	all := make([]assign.Waiting, len(customers))
	for i, id := range customers {
		all[i] = assign.Waiting{Group: group, CustomerID: id, Shop: "main", AccountID: "shop", EmailID: "e-" + id, Since: start.Add(time.Duration(-i) * time.Hour)}
	}
	return all
}

func (l *line) enqueue(all ...assign.Waiting) {
	l.Helper()
	if err := l.queue.Enqueue(l.Context(), all); err != nil {
		l.Fatalf("Enqueue: %v", err)
	}
}

func (l *line) dequeue(group string, customers ...string) {
	l.Helper()
	if err := l.queue.Dequeue(l.Context(), group, customers); err != nil {
		l.Fatalf("Dequeue: %v", err)
	}
}

func (l *line) expect(group string, limit int, why string, want ...string) {
	l.Helper()
	got, err := l.queue.Queued(l.Context(), group, limit)
	if err != nil {
		l.Fatalf("Queued: %v", err)
	}
	var ids []string
	for _, w := range got {
		ids = append(ids, w.CustomerID)
	}
	if !slices.Equal(ids, want) {
		l.Errorf("Queued gave %q, want %q: %s", ids, want, why)
	}
}

func firstInFirstOut(l *line) {
	l.expect("g", 10, "nobody waits in the beginning")
	l.enqueue()
	l.enqueue(waiting("g", "c5", "c4", "c3")...)
	l.enqueue(waiting("g", "c2", "c1")...)
	l.expect("g", 10, "first in, first out, whatever their names and times", "c5", "c4", "c3", "c2", "c1")
	l.expect("g", 2, "no more than the limit", "c5", "c4")
}

func eachWaitsOnce(l *line) {
	l.enqueue(waiting("g", "c5", "c4")...)
	l.enqueue(waiting("g", "c4", "c3", "c5")...)
	l.expect("g", 10, "who is waiting already keeps their place", "c5", "c4", "c3")
}

func takenOff(l *line) {
	l.enqueue(waiting("g", "c5", "c4", "c3", "c2", "c1")...)
	l.dequeue("g", "c4", "c2", "unknown")
	l.dequeue("g")
	l.expect("g", 10, "c4 and c2 are taken off, and nobody else", "c5", "c3", "c1")
}

func queuesAreSeparate(l *line) {
	l.enqueue(waiting("g", "c5", "c4")...)
	l.enqueue(waiting("other", "c4")...)
	l.expect("g", 10, "each group has its own queue", "c5", "c4")
	l.dequeue("g", "c4")
	l.expect("other", 10, "another group keeps its own c4", "c4")
	l.expect("nobody", 10, "nobody has ever waited there")
}

func whoComesAgainIsLast(l *line) {
	l.enqueue(waiting("g", "c5", "c4", "c3")...)
	l.dequeue("g", "c5")
	l.enqueue(waiting("g", "c5")...)
	l.expect("g", 10, "who comes again after being taken off goes to the end", "c4", "c3", "c5")
}

func nothingIsForgotten(l *line) {
	want := waiting("g", "c1", "c2")
	l.enqueue(want...)
	got, err := l.queue.Queued(l.Context(), "g", 10)
	if err != nil || len(got) != len(want) {
		l.Fatalf("Queued gave %+v, %v", got, err)
	}
	for i := range got {
		if got[i].Since = got[i].Since.UTC(); got[i] != want[i] {
			l.Errorf("Queued gave %+v, want what was put in: %+v", got[i], want[i])
		}
	}
}

func concurrentCallsLoseNone(l *line) {
	var want []string
	var wg sync.WaitGroup
	for i := range 8 {
		for j := range 5 {
			want = append(want, fmt.Sprintf("c%d-%d", i, j))
		}
		wg.Go(func() {
			for j := range 5 {
				if err := l.queue.Enqueue(l.Context(), waiting("g", fmt.Sprintf("c%d-%d", i, j))); err != nil {
					l.Errorf("Enqueue: %v", err)
				}
			}
		})
	}
	wg.Wait()
	got, err := l.queue.Queued(l.Context(), "g", 100)
	if err != nil {
		l.Fatalf("Queued: %v", err)
	}
	last := make(map[byte]byte) // the latest number of each caller
	for _, w := range got {
		caller, number := w.CustomerID[1], w.CustomerID[3]
		if number < last[caller] {
			l.Errorf("%s comes after somebody whom the same caller enqueued later", w.CustomerID)
		}
		last[caller] = number
	}
	for _, id := range want {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(w assign.Waiting) bool { return w.CustomerID != id })); n != 1 {
			l.Errorf("%s is in the queue %d times after 8 concurrent callers, want once", id, n)
		}
	}
}
