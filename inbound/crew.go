package inbound

import (
	"fmt"
	"sync"
)

// crew is the runners of a Syncer, one for each account that is collected from.
type crew struct {
	mu      sync.Mutex
	at      bool // Run is at work
	runners map[string]*runner
	ended   sync.WaitGroup
}

func newCrew() *crew { return &crew{runners: make(map[string]*runner)} }

// begin reports whether nobody else has begun.
func (c *crew) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	began := !c.at
	c.at = true
	return began
}

// atWork reports whether Run is at work.
func (c *crew) atWork() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *crew) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = false
	clear(c.runners)
}

// follow stops the runners of accounts that are gone or have changed, and starts new ones
// for accounts that are new or have changed. The new runner of an account begins when the
// former one has ended; follow does not wait for that.
func (c *crew) follow(accounts map[string]Account, newRunner func(Account) *runner) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, r := range c.runners {
		if a, ok := accounts[id]; !ok || !a.Equal(r.account) {
			r.stop()
		}
	}
	for id, a := range accounts {
		former := c.runners[id]
		if former != nil && !former.stopped() {
			continue
		}
		r := newRunner(a)
		c.runners[id] = r
		c.ended.Go(func() {
			defer close(r.ended)
			if former != nil {
				<-former.ended
			}
			r.run()
		})
	}
	for id, r := range c.runners {
		if _, ok := accounts[id]; !ok && r.stopped() {
			select {
			case <-r.ended:
				delete(c.runners, id)
			default: // it may come back before it has ended
			}
		}
	}
}

// wait waits for all runners to end.
func (c *crew) wait() { c.ended.Wait() }

// wake wakes the runner of an account.
func (c *crew) wake(id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.runners[id]
	if r == nil || r.stopped() {
		return fmt.Errorf("%w: account %q is not being collected from: it is switched off, or Run is not at work",
			ErrBusy, id)
	}
	r.asked.Store(true)
	r.wake.send()
	return nil
}
