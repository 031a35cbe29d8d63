package inbound

import (
	"cmp"
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/internal/fair"
)

// Budget bounds what the Syncers of a process use together: memory for messages, sessions
// with mail servers, and logins. Where there is not enough, the Syncer that has the least, or
// whose turn was longest ago, comes first: one with many accounts, or one whose host hangs,
// does not keep the others waiting. It is safe for concurrent use.
type Budget struct {
	leases leaseKeepers
	memory *memory
	logins *fair.Pacer[userID] // of all servers

	perHost       int64
	perHostLogins float64
	sessions      *hostSlots // of all servers
	users         atomic.Uint64

	mu     sync.Mutex
	hosts  map[string]*hostSlots          // by lower-case host; those without a session are dropped
	pacers map[string]*fair.Pacer[userID] // of logins, by lower-case host
}

// userID is the number of a Syncer of a Budget.
type userID uint64

// newUser returns the number of one more Syncer.
func (b *Budget) newUser() userID { return userID(b.users.Add(1)) }

// BudgetOptions are the bounds of a Budget. Zero means the default.
type BudgetOptions struct {
	MemoryBytes int64 // bytes of messages in memory at a time; default 24 MiB
	// Sessions is how many sessions are open at a time, SessionsPerHost how many with one
	// host; default 2000 each. Three quarters of them may be kept between passes, for push;
	// accounts beyond that log in for each pass.
	Sessions, SessionsPerHost int
	// LoginsPerSecond is how many sessions are opened in a second, LoginsPerSecondPerHost
	// how many with one host, where as many may follow each other immediately; default 20 and 5.
	LoginsPerSecond, LoginsPerSecondPerHost float64
}

// NewBudget returns a Budget.
func NewBudget(o BudgetOptions) *Budget {
	if o.MemoryBytes <= 0 {
		o.MemoryBytes = defaultMemoryBytes
	}
	const sessions = 2000
	return &Budget{
		memory:        newMemory(o.MemoryBytes),
		logins:        newLoginPacer(cmp.Or(o.LoginsPerSecond, 20)),
		perHostLogins: cmp.Or(o.LoginsPerSecondPerHost, 5),
		sessions:      newHostSlots(int64(cmp.Or(o.Sessions, sessions))),
		perHost:       int64(cmp.Or(o.SessionsPerHost, sessions)),
		hosts:         make(map[string]*hostSlots),
		pacers:        make(map[string]*fair.Pacer[userID]),
	}
}

// hostSlots are the sessions that may be open, with one host or with all.
type hostSlots struct {
	free     *fair.Semaphore[userID]
	mostKept int64
	// The rest is under Budget.mu.
	kept   int64            // sessions that are kept between passes
	keptBy map[userID]int64 // of them, those of each Syncer
	wanted int64            // of them, those that others would need who have less than their share
	users  map[userID]int   // slots of each Syncer, those that wait for a session included
}

func newHostSlots(n int64) *hostSlots {
	n = max(n, 1)
	return &hostSlots{free: fair.NewSemaphore[userID](n), mostKept: n - (n+3)/4,
		keptBy: make(map[userID]int64), users: make(map[userID]int)}
}

// share is how many sessions each Syncer may keep in any case.
func (h *hostSlots) share() int64 { return max(1, h.mostKept/int64(max(1, len(h.users)))) }

// mayKeep reports whether there is room to keep one more session, and otherwise takes note if the
// Syncer has less than its share.
func (h *hostSlots) mayKeep(user userID) bool {
	if h.kept < h.mostKept {
		return true
	}
	if h.keptBy[user] < h.share() {
		h.wanted = min(h.wanted+1, h.mostKept)
	}
	return false
}

// mustYield reports whether a Syncer keeps more than its share while another one needs a part of it.
func (h *hostSlots) mustYield(user userID) bool { return h.wanted > 0 && h.keptBy[user] > h.share() }

// keep counts kept sessions: 1 more, or -1 for one less.
func (h *hostSlots) keep(user userID, more int64) {
	h.kept += more
	if h.keptBy[user] += more; h.keptBy[user] == 0 {
		delete(h.keptBy, user)
	}
	h.wanted = max(0, h.wanted-1)
}

// slot is the right to have one session. A nil slot is none.
type slot struct {
	budget *Budget
	user   userID
	name   string
	host   *hostSlots
	kept   bool
}

// open waits until a session with the host may be opened. The slot has to be closed.
func (b *Budget) open(ctx context.Context, user userID, host string) (*slot, error) {
	s := b.enter(user, host)
	// That of the host first: an account that waits for a busy host takes nothing from others.
	if err := s.host.free.Acquire(ctx, user, 1); err != nil {
		s.leave()
		return nil, err
	}
	if err := b.sessions.free.Acquire(ctx, user, 1); err != nil {
		s.host.free.Release(user, 1)
		s.leave()
		return nil, err
	}
	if err := s.awaitLogin(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// tryOpen returns nil if there is no room for a session now. It does not wait, either for the
// turn to log in: see awaitLogin.
func (b *Budget) tryOpen(user userID, host string) *slot {
	s := b.enter(user, host)
	if !s.host.free.TryAcquire(user, 1) {
		s.leave()
		return nil
	}
	if !b.sessions.free.TryAcquire(user, 1) {
		s.host.free.Release(user, 1)
		s.leave()
		return nil
	}
	return s
}

// enter returns a slot without the right to a session yet.
func (b *Budget) enter(user userID, host string) *slot {
	s := &slot{budget: b, user: user, name: strings.ToLower(strings.TrimSuffix(host, "."))}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.host = b.hosts[s.name]; s.host == nil {
		s.host = newHostSlots(b.perHost)
		b.hosts[s.name] = s.host
	}
	s.host.users[user]++
	b.sessions.users[user]++
	return s
}

// awaitLogin waits until the session of the slot may be opened.
func (s *slot) awaitLogin(ctx context.Context) error {
	if err := s.budget.pacerOf(s.name).Wait(ctx, s.user); err != nil {
		return err
	}
	return s.budget.logins.Wait(ctx, s.user)
}

// pacerOf returns what spaces the logins to a host. It outlasts the sessions with it.
func (b *Budget) pacerOf(host string) *fair.Pacer[userID] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pacers) > 1000 {
		maps.DeleteFunc(b.pacers, func(_ string, p *fair.Pacer[userID]) bool { return p.Idle() })
	}
	p := b.pacers[host]
	if p == nil {
		p = newLoginPacer(b.perHostLogins)
		b.pacers[host] = p
	}
	return p
}

// replace takes over from a different slot of the same host that its session may stay open
// between passes, before that one is closed.
func (s *slot) replace(other *slot) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	s.kept, other.kept = other.kept, s.kept
}

// keep reports whether the session may stay open between passes. It is asked after each pass:
// where there is no room for all, each Syncer keeps its share.
func (s *slot) keep() bool {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.kept {
		if s.host.mustYield(s.user) || b.sessions.mustYield(s.user) {
			s.setKept(false)
		}
		return s.kept
	}
	if s.host.mayKeep(s.user) && b.sessions.mayKeep(s.user) {
		s.setKept(true)
	}
	return s.kept
}

// setKept counts the session among those that are kept, or no longer. b.mu is locked.
func (s *slot) setKept(kept bool) {
	if kept == s.kept {
		return
	}
	s.kept = kept
	more := int64(1)
	if !kept {
		more = -1
	}
	s.host.keep(s.user, more)
	s.budget.sessions.keep(s.user, more)
}

// close gives the slot back.
func (s *slot) close() {
	if s == nil {
		return
	}
	s.budget.sessions.free.Release(s.user, 1)
	s.host.free.Release(s.user, 1)
	s.leave()
}

func (s *slot) leave() {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	s.setKept(false)
	for _, h := range []*hostSlots{s.host, b.sessions} {
		if h.users[s.user]--; h.users[s.user] == 0 {
			delete(h.users, s.user)
		}
	}
	if len(s.host.users) == 0 {
		delete(b.hosts, s.name)
	}
}

// newLoginPacer spaces so many logins in a second.
func newLoginPacer(perSecond float64) *fair.Pacer[userID] {
	return fair.NewPacer[userID](time.Duration(float64(time.Second) / max(perSecond, 1e-3)))
}
