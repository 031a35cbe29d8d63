package inbound

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// Budget bounds what the Syncers of a process use together: memory for messages, sessions
// with mail servers, and logins. It is safe for concurrent use.
type Budget struct {
	leases leaseKeepers
	memory *memory
	logins loginPacer // of all servers, by ""
	byHost loginPacer

	perHost  int64
	sessions *hostSlots // of all servers
	mu       sync.Mutex
	hosts    map[string]*hostSlots // by lower-case host; those without a session are dropped
}

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
		memory:   newMemory(o.MemoryBytes),
		logins:   newLoginPacer(cmp.Or(o.LoginsPerSecond, 20)),
		byHost:   newLoginPacer(cmp.Or(o.LoginsPerSecondPerHost, 5)),
		sessions: newHostSlots(int64(cmp.Or(o.Sessions, sessions))),
		perHost:  int64(cmp.Or(o.SessionsPerHost, sessions)),
		hosts:    make(map[string]*hostSlots),
	}
}

// hostSlots are the sessions that may be open, with one host or with all.
type hostSlots struct {
	free     *semaphore.Weighted
	mostKept int64
	kept     int64 // sessions that are kept between passes; under Budget.mu
	users    int   // who hold or wait for a session; under Budget.mu
}

func newHostSlots(n int64) *hostSlots {
	n = max(n, 1)
	return &hostSlots{free: semaphore.NewWeighted(n), mostKept: n - (n+3)/4}
}

// slot is the right to have one session. A nil slot is none.
type slot struct {
	budget *Budget
	name   string
	host   *hostSlots
	kept   bool
}

// open waits until a session with the host may be opened. The slot has to be closed.
func (b *Budget) open(ctx context.Context, host string) (*slot, error) {
	s := b.enter(host)
	// That of the host first: an account that waits for a busy host takes nothing from others.
	if err := s.host.free.Acquire(ctx, 1); err != nil {
		s.leave()
		return nil, context.Cause(ctx)
	}
	if err := b.sessions.free.Acquire(ctx, 1); err != nil {
		s.host.free.Release(1)
		s.leave()
		return nil, context.Cause(ctx)
	}
	if err := s.awaitLogin(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// tryOpen returns nil if there is no room for a session now. It does not wait, either for the
// turn to log in: see awaitLogin.
func (b *Budget) tryOpen(host string) *slot {
	s := b.enter(host)
	if !s.host.free.TryAcquire(1) {
		s.leave()
		return nil
	}
	if !b.sessions.free.TryAcquire(1) {
		s.host.free.Release(1)
		s.leave()
		return nil
	}
	return s
}

// enter returns a slot without the right to a session yet.
func (b *Budget) enter(host string) *slot {
	s := &slot{budget: b, name: strings.ToLower(strings.TrimSuffix(host, "."))}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.host = b.hosts[s.name]; s.host == nil {
		s.host = newHostSlots(b.perHost)
		b.hosts[s.name] = s.host
	}
	s.host.users++
	return s
}

// awaitLogin waits until the session of the slot may be opened.
func (s *slot) awaitLogin(ctx context.Context) error {
	if err := s.budget.byHost.wait(ctx, s.name); err != nil {
		return err
	}
	return s.budget.logins.wait(ctx, "")
}

// replace takes over from a different slot of the same host that its session may stay open
// between passes, before that one is closed.
func (s *slot) replace(other *slot) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	s.kept, other.kept = other.kept, s.kept
}

// keep reports whether the session may stay open between passes.
func (s *slot) keep() bool {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if !s.kept && s.host.kept < s.host.mostKept && b.sessions.kept < b.sessions.mostKept {
		s.kept = true
		s.host.kept++
		b.sessions.kept++
	}
	return s.kept
}

// close gives the slot back.
func (s *slot) close() {
	if s == nil {
		return
	}
	s.budget.sessions.free.Release(1)
	s.host.free.Release(1)
	s.leave()
}

func (s *slot) leave() {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.kept {
		s.host.kept--
		b.sessions.kept--
	}
	if s.host.users--; s.host.users == 0 {
		delete(b.hosts, s.name)
	}
}

// loginPacer spaces events of one key evenly, in the order in which they are asked for. After
// a pause, as many as fit into a second may follow each other immediately.
type loginPacer struct {
	gap time.Duration
	mu  *sync.Mutex
	due map[string]time.Time // when the next event of a key may be
}

func newLoginPacer(perSecond float64) loginPacer {
	gap := time.Duration(float64(time.Second) / max(perSecond, 1e-3))
	return loginPacer{gap: gap, mu: new(sync.Mutex), due: make(map[string]time.Time)}
}

// wait waits for the turn of an event.
func (p loginPacer) wait(ctx context.Context, key string) error {
	p.mu.Lock()
	now := time.Now()
	if len(p.due) > 1000 {
		for key, due := range p.due {
			if due.Before(now.Add(-time.Second)) {
				delete(p.due, key)
			}
		}
	}
	at := p.due[key]
	if earliest := now.Add(-time.Second); at.Before(earliest) {
		at = earliest
	}
	at = at.Add(p.gap)
	p.due[key] = at
	p.mu.Unlock()
	pause := at.Sub(now)
	if pause <= 0 {
		return nil
	}
	err := sleep(ctx, pause)
	if err != nil { // nobody has to wait for an event that does not come
		p.mu.Lock()
		defer p.mu.Unlock()
		p.due[key] = p.due[key].Add(-p.gap)
	}
	return err
}
