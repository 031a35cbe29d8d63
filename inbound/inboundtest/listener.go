package inboundtest

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/postroom/postroom/notify"
)

// listener is a Notifier that counts what it is told, by ID.
type listener struct {
	mu   sync.Mutex
	told map[string]int
}

func (l *listener) Notify(_ context.Context, n notify.Notification) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.told == nil {
		l.told = make(map[string]int)
	}
	l.told[n.ID]++
	return nil
}

func (l *listener) ids() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.told)
}

// wait lets a second pass, in the bubble's time.
func wait() { time.Sleep(time.Second) }
