package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/bench/internal/host"
	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/mailgen"
	"github.com/postroom/postroom/notify"
)

const password = "bench"

// severalPerProcess has Dovecot serve many sessions by one process: a process for each of a
// thousand would be more than most machines let watch files.
const severalPerProcess = "service imap {\n  client_limit = 250\n  process_limit = 8\n  service_count = 0\n}\n"

// scene is a mail server, a database, and a Syncer between them.
type scene struct {
	options
	dir    string
	server *dovecot.Server
	db     *sql.DB
	syncer *inbound.Syncer

	ready            time.Duration
	logins, sessions atomic.Int64
	atWork           sync.Map // accounts that have ended a pass, or begun an initial upload
	initial          atomic.Pointer[inbound.ProgressInfo]
	ended            chan error
	end              context.CancelFunc

	mu        sync.Mutex
	delivered map[string]time.Time // by subject
	latencies latencies
}

func newScene(ctx context.Context, o options) (*scene, error) {
	s := &scene{options: o, delivered: make(map[string]time.Time), ended: make(chan error, 1)}
	err := s.serve()
	if err == nil {
		err = s.open(ctx)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// serve starts the mail server with its mailboxes, and fills the first one.
func (s *scene) serve() (err error) {
	if s.dir, err = os.MkdirTemp("", "postroom-watch-"); err != nil {
		return err
	}
	extra := ""
	if s.accounts > 100 {
		extra = severalPerProcess
	}
	if s.server, err = dovecot.Start(&dovecot.Options{Extra: extra}); err != nil {
		return err
	}
	names := make([]string, s.accounts)
	for i := range names {
		names[i] = user(i)
	}
	if err := s.server.AddUsers(password, names...); err != nil {
		return err
	}
	for _, name := range names {
		if err := s.server.MakeFolder(name, "INBOX"); err != nil {
			return err
		}
	}
	mail := mailgen.New(mailgen.Options{Seed: 1, Messages: max(s.history, 1), Scale: 0.05})
	for i := range s.history {
		raw, _ := mail.Message(i)
		if err := s.server.Deliver(user(0), "INBOX", raw); err != nil {
			return err
		}
	}
	if s.history > 0 {
		_, err = s.server.Count(user(0), "INBOX") // it indexes them
	}
	return err
}

func user(i int) string { return fmt.Sprintf("shop%d@shop.example", i) }

// open opens the database and creates the Syncer.
func (s *scene) open(ctx context.Context) error {
	db, c, err := host.Open(ctx, filepath.Join(s.dir, "postroom.db"), password)
	if err != nil {
		return err
	}
	s.db = db
	s.db.SetMaxOpenConns(4)
	roots, err := s.server.Roots()
	if err != nil {
		return err
	}
	c.Network, c.Notifier = inbound.NetworkPolicy{AllowPrivate: true, RootCAs: roots}, s
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{
		inbound.IMAP: counting{imapfetch.New(&imapfetch.Options{Network: c.Network}), s},
		inbound.POP3: counting{pop3fetch.New(&pop3fetch.Options{Network: c.Network}), s},
	}
	c.Limits.MaxAccounts = -1
	c.Observer = &inbound.Observer{
		PassEnded: func(e inbound.PassEndedInfo) { s.atWork.Store(e.Report.Account, true) },
		Progress: func(p inbound.ProgressInfo) {
			if p.Phase == inbound.PhaseInitialUpload && p.Settled > 0 && s.history > 0 {
				s.initial.Store(&p)
				s.atWork.Store(p.Account, true)
			}
		},
	}
	for i := range s.accounts {
		port := s.server.Ports().IMAPS
		if s.protocol == inbound.POP3 {
			port = s.server.Ports().POP3S
		}
		c.Accounts = append(c.Accounts, inbound.Account{ID: strconv.Itoa(i), Shop: "main", Protocol: s.protocol,
			Host: s.server.Host(), Port: port, Username: user(i), NotifyManager: true, CreateCustomer: true,
			ManagerGroup: "support"})
	}
	s.syncer, err = inbound.New(c)
	return err
}

// start runs the Syncer, and waits until all accounts are at work.
func (s *scene) start(ctx context.Context) error {
	ctx, s.end = context.WithCancel(ctx)
	began := time.Now()
	go func() { s.ended <- s.syncer.Run(ctx) }()
	for {
		n := 0
		s.atWork.Range(func(any, any) bool { n++; return true })
		if n == s.accounts {
			s.ready = time.Since(began)
			return nil
		}
		select {
		case err := <-s.ended:
			return cmp.Or(err, context.Cause(ctx))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// deliverAll delivers the messages, to mailboxes at random.
func (s *scene) deliverAll(ctx context.Context) error {
	for i := range s.deliveries {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Duration(2 * rand.Float64() * float64(s.every))):
		}
		subject := fmt.Sprintf("measured %d", i)
		raw := fmt.Appendf(nil, "From: buyer%d@buyer.example\r\nTo: shop@shop.example\r\nSubject: %s\r\nDate: %s\r\n"+
			"Message-ID: <%d.%d@buyer.example>\r\n\r\nWhere is my parcel?\r\n", i, subject,
			time.Now().Format(time.RFC1123Z), i, time.Now().UnixNano())
		s.mu.Lock()
		s.delivered[subject] = time.Now()
		s.mu.Unlock()
		if err := s.server.Deliver(user(rand.IntN(s.accounts)), "INBOX", raw); err != nil {
			return err
		}
	}
	return nil
}

// Notify implements inbound.Notifier: it takes the time.
func (s *scene) Notify(_ context.Context, n notify.Notification) error {
	now := time.Now()
	if n.Kind != notify.IncomingEmail || !strings.HasPrefix(n.Subject, "measured ") {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.delivered[n.Subject]; ok {
		s.latencies = append(s.latencies, now.Sub(at))
		delete(s.delivered, n.Subject)
	}
	return nil
}

// await waits for what was delivered, and returns how many messages did not come.
func (s *scene) await(ctx context.Context) (missed int) {
	for until := time.Now().Add(s.patience); ; time.Sleep(50 * time.Millisecond) {
		s.mu.Lock()
		missed = len(s.delivered)
		s.mu.Unlock()
		if missed == 0 || ctx.Err() != nil || time.Now().After(until) {
			return missed
		}
	}
}

// took returns the distribution of the latencies so far.
func (s *scene) took() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latencies.String()
}

func (s *scene) progress() string {
	p := s.initial.Load()
	if p == nil {
		return "not begun"
	}
	return fmt.Sprintf("%d of %d messages settled meanwhile", p.Settled, p.Total)
}

// stop ends the Syncer.
func (s *scene) stop() error {
	s.end()
	began := time.Now()
	err := <-s.ended
	fmt.Printf("stopped in %v, sessions %d\n", time.Since(began).Round(time.Millisecond), s.sessions.Load())
	return err
}

func (s *scene) close() {
	if s.end != nil {
		s.end()
	}
	if s.db != nil {
		_ = s.db.Close()
	}
	if s.server != nil {
		_ = s.server.Close()
	}
	_ = os.RemoveAll(s.dir)
}

// counting is a Fetcher whose sessions are counted.
type counting struct {
	inbound.Fetcher
	scene *scene
}

// Open implements inbound.Fetcher.
func (f counting) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	session, err := f.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	f.scene.logins.Add(1)
	f.scene.sessions.Add(1)
	counted := &countedSession{Session: session, scene: f.scene}
	if watcher, ok := session.(inbound.Watcher); ok {
		return &countedWatcher{counted, watcher}, nil
	}
	return counted, nil
}

type countedSession struct {
	inbound.Session
	scene *scene
	once  sync.Once
}

type countedWatcher struct {
	*countedSession
	inbound.Watcher
}

// Close implements inbound.Session.
func (s *countedSession) Close() error {
	s.once.Do(func() { s.scene.sessions.Add(-1) })
	return s.Session.Close()
}
