package cli

import (
	"fmt"
	"sync"
	"time"
)

// progress sums the progress of all accounts.
type progress struct {
	mu       sync.Mutex
	accounts map[string]accountProgress
	since    time.Time // of the first report
}

// accountProgress is the progress of one account.
type accountProgress struct{ first, settled, total int }

func newProgress() *progress { return &progress{accounts: make(map[string]accountProgress)} }

// update records the progress of an account.
func (p *progress) update(account string, settled, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.since.IsZero() {
		p.since = time.Now()
	}
	s, known := p.accounts[account]
	if !known || settled < s.settled { // a new pass begins
		s.first = settled
	}
	s.settled, s.total = settled, total
	p.accounts[account] = s
}

// line returns a text that says how many messages are settled, at which rate, and
// how long the rest will take. It returns "" before the first update.
func (p *progress) line(now time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.since.IsZero() {
		return ""
	}
	var fresh, settled, total int
	for _, s := range p.accounts {
		fresh += s.settled - s.first
		settled += s.settled
		total += s.total
	}
	text := fmt.Sprintf("%d of %d messages", settled, total)
	if total > 0 {
		text += fmt.Sprintf(" (%d%%)", settled*100/total)
	}
	if seconds := now.Sub(p.since).Seconds(); seconds > 0 && fresh > 0 {
		rate := float64(fresh) / seconds
		text += fmt.Sprintf(", %.0f/s", rate)
		if left := total - settled; left > 0 {
			text += ", " + (time.Duration(float64(left)/rate) * time.Second).Round(time.Second).String() + " left"
		}
	}
	return text
}
