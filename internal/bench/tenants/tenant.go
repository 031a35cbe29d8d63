package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// tenant is a company with a namespace, a mailbox and a Syncer of its own.
type tenant struct {
	scene  *scene
	number int
	store  *sqlstore.Store
	box    *inboundtest.Mailbox
	syncer *inbound.Syncer
	once   sync.Once
	atWork chan struct{} // closed after the first pass

	mu        sync.Mutex
	delivered map[string]time.Time // by subject
	took      []time.Duration
}

// trouble is what is wrong with the tenant, or "".
func (t *tenant) trouble() string {
	if t.scene.quiet || t.number%10 > 2 {
		return ""
	}
	return []string{"floods", "hangs", "fails"}[t.number%10]
}

// deliver delivers a message that is measured.
func (t *tenant) deliver(i int) {
	subject := fmt.Sprint("measured ", i)
	raw := message(fmt.Sprintf("c%d@buyer.example", i%20), subject)
	t.mu.Lock()
	t.delivered[subject] = time.Now()
	t.mu.Unlock()
	t.box.Deliver(raw)
}

func message(from, subject string) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: shop@shop.example\r\nSubject: %s\r\nDate: %s\r\n\r\nWhere is my parcel?\r\n",
		from, subject, time.Now().Format(time.RFC1123Z))
}

// Notify implements inbound.Notifier: it takes the time.
func (t *tenant) Notify(_ context.Context, n notify.Notification) error {
	if n.Kind != notify.IncomingEmail {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.delivered[n.Subject]; ok {
		t.took = append(t.took, time.Since(at))
		delete(t.delivered, n.Subject)
	}
	return nil
}

func (t *tenant) missing() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.delivered)
}

func (t *tenant) latencies() []time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]time.Duration(nil), t.took...)
}

// Open implements inbound.Fetcher.
func (t *tenant) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s := t.scene
	s.logins.Add(1)
	if t.trouble() == "fails" {
		return nil, errRefused
	}
	session, err := t.box.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	n := s.sessions.Add(1)
	for most := s.mostSessions.Load(); n > most && !s.mostSessions.CompareAndSwap(most, n); most = s.mostSessions.Load() {
	}
	return &counted{Session: session, Watcher: session.(inbound.Watcher), scene: s}, nil
}

// counted is a session that is counted.
type counted struct {
	inbound.Session
	inbound.Watcher
	scene *scene
	once  sync.Once
}

// Close implements inbound.Session.
func (c *counted) Close() error {
	c.once.Do(func() { c.scene.sessions.Add(-1) })
	return c.Session.Close()
}

// hanging is a customer repository that does not answer.
type hanging struct{ inbound.CustomerRepo }

// FindByEmail implements customer.Repo.
func (hanging) FindByEmail(ctx context.Context, _, _ string) ([]customer.Customer, error) {
	<-ctx.Done()
	return nil, context.Cause(ctx)
}
