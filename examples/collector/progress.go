package main

import (
	"fmt"
	"sync"
	"time"
)

// progress adds up the progress of all accounts.
type progress struct {
	mu       sync.Mutex
	accounts map[string]accountProgress
	since    time.Time // of the first report
}

// accountProgress is how far one account is.
type accountProgress struct{ first, settled, total int }

func newProgress() *progress { return &progress{accounts: make(map[string]accountProgress)} }

// progress is an Observer's Progress.
func (m *progress) progress(account string, settled, total int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.since.IsZero() {
		m.since = time.Now()
	}
	s, known := m.accounts[account]
	if !known || settled < s.settled { // a new pass begins
		s.first = settled
	}
	s.settled, s.total = settled, total
	m.accounts[account] = s
}

// line says how much is done, how fast, and how long the rest takes; "" before
// anything is known.
func (m *progress) line(now time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.since.IsZero() {
		return ""
	}
	var fresh, settled, total int
	for _, s := range m.accounts {
		fresh += s.settled - s.first
		settled += s.settled
		total += s.total
	}
	text := fmt.Sprintf("%d of %d messages", settled, total)
	if total > 0 {
		text += fmt.Sprintf(" (%d%%)", settled*100/total)
	}
	if seconds := now.Sub(m.since).Seconds(); seconds > 0 && fresh > 0 {
		rate := float64(fresh) / seconds
		text += fmt.Sprintf(", %.0f/s", rate)
		if left := total - settled; left > 0 {
			text += ", " + (time.Duration(float64(left)/rate) * time.Second).Round(time.Second).String() + " left"
		}
	}
	return text
}
