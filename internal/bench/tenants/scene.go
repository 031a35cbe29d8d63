package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/sqlrecord"
)

// scene is a database, a mail server and many tenants.
type scene struct {
	options
	dir     string
	db      *sql.DB
	seen    *sqlrecord.Recorder
	first   *sqlstore.Store // makes the tables
	budget  *inbound.Budget
	tenants []*tenant

	sent                           atomic.Int64 // statements
	byNamespace                    sync.Map     // of each tenant, as *atomic.Int64
	logins, sessions, mostSessions atomic.Int64

	ready   time.Duration
	running sync.WaitGroup
	end     context.CancelFunc
	mu      sync.Mutex
	failed  error // of a Syncer that did not run
}

func newScene(ctx context.Context, o options) (*scene, error) {
	s := &scene{options: o, seen: new(sqlrecord.Recorder)}
	var err error
	if s.dir, err = os.MkdirTemp(o.dir, "postroom-tenants-"); err != nil {
		return nil, err
	}
	s.seen.Each = s.note
	dsn := sqlstore.SQLiteDSN(filepath.Join(s.dir, "postroom.db"))
	plain, err := sql.Open("sqlite", dsn)
	if err != nil {
		s.close()
		return nil, err
	}
	driver := plain.Driver()
	s.db = sql.OpenDB(s.seen.Connector(sqlrecord.DSN(driver, dsn)))
	s.db.SetMaxOpenConns(4)
	if s.first, err = sqlstore.Open(ctx, s.db, sqlstore.SQLite, nil); err == nil {
		err = plain.Close()
	}
	if err != nil {
		s.close()
		return nil, err
	}
	s.sent.Store(0)
	s.budget = inbound.NewBudget(inbound.BudgetOptions{LoginsPerSecond: 100, LoginsPerSecondPerHost: 20})
	return s, nil
}

// note counts a statement for its tenant.
func (s *scene) note(st sqlrecord.Statement) {
	s.sent.Add(1)
	for _, arg := range st.Args {
		if name, ok := arg.(string); ok {
			if count, ok := s.byNamespace.Load(name); ok {
				count.(*atomic.Int64).Add(1)
				return
			}
		}
	}
}

// open opens the store of each tenant, and makes its Syncer.
func (s *scene) open(ctx context.Context) error {
	for i := range s.options.tenants {
		store, err := sqlstore.Open(ctx, s.db, sqlstore.SQLite, &sqlstore.Options{Namespace: fmt.Sprintf("tenant %d", i)})
		if err != nil {
			return err
		}
		s.tenants = append(s.tenants, &tenant{scene: s, number: i, store: store, box: inboundtest.NewMailbox(),
			delivered: make(map[string]time.Time), atWork: make(chan struct{})})
	}
	opened := s.sent.Load()
	for _, t := range s.tenants {
		s.byNamespace.Store(t.store.NamespaceName(), new(atomic.Int64))
		if err := t.prepare(ctx); err != nil {
			return err
		}
	}
	s.sent.Store(opened)
	return nil
}

// behaving are the tenants that neither flood, hang nor fail.
func (s *scene) behaving() []*tenant {
	return slices.DeleteFunc(slices.Clone(s.tenants), func(t *tenant) bool { return t.trouble() != "" })
}

// start runs all Syncers, and waits until those of the tenants that behave have made a pass.
func (s *scene) start(ctx context.Context) error {
	running, end := context.WithCancel(ctx)
	s.end = end
	began := time.Now()
	for _, t := range s.tenants {
		s.running.Go(func() {
			if err := t.syncer.Run(running); err != nil {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.failed = cmp.Or(s.failed, err)
			}
		})
	}
	for _, t := range s.behaving() {
		select {
		case <-t.atWork:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	s.ready = time.Since(began)
	return nil
}

// counts are of the time in which nothing arrives.
type counts struct{ statements, transactions float64 }

// countIdle counts the statements of a tenant that behaves, on average.
func (s *scene) countIdle(ctx context.Context) (c counts, minutes float64, err error) {
	all := s.behaving()
	count := func() (n int64) {
		for _, t := range all {
			one, _ := s.byNamespace.Load(t.store.NamespaceName())
			n += one.(*atomic.Int64).Load()
		}
		return n
	}
	before, begun, began := count(), s.seen.Begun(), time.Now()
	select {
	case <-time.After(s.idle):
	case <-ctx.Done():
		return c, 0, context.Cause(ctx)
	}
	c.statements = float64(count()-before) / float64(len(all))
	c.transactions = float64(s.seen.Begun() - begun)
	return c, time.Since(began).Minutes(), nil
}

// deliverAll delivers the messages to tenants that behave.
func (s *scene) deliverAll(ctx context.Context) error {
	all := s.behaving()
	for i := range s.deliveries {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(s.every):
		}
		all[rand.IntN(len(all))].deliver(i)
	}
	return nil
}

// await waits for what was delivered, and returns how many messages did not come.
func (s *scene) await(ctx context.Context) (missed int) {
	for until := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		missed = 0
		for _, t := range s.tenants {
			missed += t.missing()
		}
		if missed == 0 || ctx.Err() != nil || time.Now().After(until) {
			return missed
		}
	}
}

// latencies says how long the messages took, and in which tenant the longest.
func (s *scene) latencies() string {
	var all []time.Duration
	worst, slowest := time.Duration(0), 0
	for _, t := range s.tenants {
		for _, took := range t.latencies() {
			if all = append(all, took); took > worst {
				worst, slowest = took, t.number
			}
		}
	}
	if len(all) == 0 {
		return "none came"
	}
	slices.Sort(all)
	at := func(share float64) time.Duration { return all[int(share*float64(len(all)-1))].Round(time.Millisecond) }
	return fmt.Sprintf("%d messages, median %v, 99 %% %v, in the slowest tenant (%d) %v", len(all), at(0.5), at(0.99),
		slowest, worst.Round(time.Millisecond))
}

// stop ends all Syncers.
func (s *scene) stop() error {
	s.end()
	s.running.Wait()
	return s.failed
}

func (s *scene) close() {
	if s.end != nil {
		s.end()
		s.running.Wait()
	}
	if s.db != nil {
		_ = s.db.Close()
	}
	_ = os.RemoveAll(s.dir)
}

// prepare fills the mailbox of the tenant and makes its Syncer.
func (t *tenant) prepare(ctx context.Context) error {
	t.box.Push = true
	if t.trouble() == "floods" {
		for i := range t.scene.flood {
			t.box.Deliver(message(fmt.Sprintf("c%d@buyer.example", i%50), fmt.Sprint("old ", i)))
		}
	}
	if err := t.store.Managers().Put(ctx, assign.Manager{ID: "m1", Status: assign.Free}, "support"); err != nil {
		return err
	}
	c := inbound.Config{
		Credentials: inboundtest.Password("bench"), Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: t},
		Store: t.store, CustomerRepo: t.store.Customers(), ManagerDirectory: t.store.Managers(), Notifier: t,
		Logger: slog.New(slog.DiscardHandler), Budget: t.scene.budget, SpoolDir: t.scene.dir,
		Observer: &inbound.Observer{PassEnded: func(inbound.PassEndedInfo) { t.once.Do(func() { close(t.atWork) }) }},
		Limits:   inbound.Limits{MaxAccounts: -1},
	}
	if t.trouble() == "hangs" {
		c.CustomerRepo = hanging{c.CustomerRepo}
		t.box.Deliver(message("c1@buyer.example", "for a host that hangs"))
	}
	for i := range t.scene.accounts {
		c.Accounts = append(c.Accounts, inbound.Account{ID: fmt.Sprint("a", i), Shop: "main", Protocol: inbound.IMAP,
			Host: fmt.Sprintf("imap%d.example.com", t.number%50), Username: fmt.Sprintf("shop%d@shop.example", i),
			NotifyManager: true, CreateCustomer: true, ManagerGroup: "support", InitialNotifications: inbound.NotifyNone})
	}
	var err error
	t.syncer, err = inbound.New(c)
	return err
}

var errRefused = &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrTemporary, Err: errors.New("try again later")}
