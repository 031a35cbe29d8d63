package inboundtest

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/postroom/postroom/notify"
)

// notifications is a Notifier that counts notifications by ID.
type notifications struct {
	mu     sync.Mutex
	counts map[string]int
}

func (l *notifications) Notify(_ context.Context, n notify.Notification) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = make(map[string]int)
	}
	l.counts[n.ID]++
	return nil
}

func (l *notifications) ids() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.counts)
}

// wait lets a second pass, in the bubble's time.
func wait() { time.Sleep(time.Second) }
