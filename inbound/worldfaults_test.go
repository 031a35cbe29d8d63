package inbound_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// callKinds are the calls besides Sync and Dispatch, and what processes do.
var callKinds = []string{"redecide", "replay", "reconcile", "explain", "assign", "parallel", "midpass"}

// faultKinds are what goes wrong in a process.
var faultKinds = []string{"kill", "fault", "lease", "omit", "slow"}

// process makes one call to a Syncer of its own, in which something may go wrong.
type process struct {
	w       *world
	name    string // of the call
	account inbound.Account
	address string // of Replay
	raw     []byte // of Explain
	gaps    []inbound.Gap
	points  *inboundtest.Failpoints
	omits   bool // its server leaves messages out of its answers
	slow    bool // each step takes some time, so that processes interleave

	mu        sync.Mutex
	rand      *rand.Rand
	seed      uint64         // of the durations of steps
	taken     map[string]int // steps so far, by name
	faultAt   int
	fault     error
	pauseAt   int
	pause     time.Duration
	leaseFrom int // from this step on its lease cannot be renewed
}

// newProcess returns a process and draws, with r, what goes wrong in it; with a nil
// r nothing does.
func (w *world) newProcess(name string, a inbound.Account, r *rand.Rand) *process {
	p := &process{w: w, name: name, account: a, points: &inboundtest.Failpoints{}, rand: rand.New(rand.NewPCG(1, 1)),
		taken: make(map[string]int)}
	p.points.Fail = p.fail
	if r == nil {
		return p
	}
	p.seed = r.Uint64()
	p.rand = rand.New(rand.NewPCG(p.seed, 1))
	steps := 1 + r.IntN(1+r.IntN(250)) // mostly small: most passes are short
	switch kind := faultKinds[r.IntN(len(faultKinds))]; {
	case !w.kinds[kind]:
	case kind == "kill":
		p.points.At = steps
	case kind == "fault":
		p.faultAt, p.fault = steps, errWorld
		if r.IntN(3) == 0 {
			p.fault = &inbound.Error{Op: "work", Class: inbound.ErrTemporary, Err: errWorld}
		}
	case kind == "lease":
		p.leaseFrom = steps
	case kind == "omit":
		p.omits = true
	case kind == "slow":
		p.pauseAt, p.pause = steps, []time.Duration{300 * time.Millisecond, 3 * time.Second, 20 * time.Second,
			70 * time.Second}[r.IntN(4)]
	}
	return p
}

func (p *process) String() string {
	text := fmt.Sprintf("%s %s", p.name, p.account.ID)
	if p.address != "" {
		text += " " + p.address
	}
	for _, part := range []struct {
		what string
		at   int
	}{{"killed", p.points.At}, {"fault", p.faultAt}, {"pause", p.pauseAt}, {"lease lost", p.leaseFrom}} {
		if part.at > 0 {
			text += fmt.Sprintf(", %s at %d", part.what, part.at)
		}
	}
	if p.omits {
		text += ", messages omitted"
	}
	return text
}

func (p *process) number(n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rand.IntN(n)
}

func (p *process) chance(n int) bool { return p.number(n) == 0 }

// pauseOf is how long a step takes. It depends on its name and on how many steps of
// that name there were, so that concurrent steps of one process do not change it.
func (p *process) pauseOf(name string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[name]++
	longest := uint64(100_000)
	if remoteSteps[strings.TrimPrefix(strings.TrimPrefix(name, "before "), "after ")] {
		longest = 20_000_000
	}
	h := fnv.New64a()
	fmt.Fprint(h, p.seed, name, p.taken[name])
	return time.Duration(1 + h.Sum64()%longest)
}

// fail is called at each step. The pauses of processes decide their order, so no two
// are the same.
func (p *process) fail(step int, name string) error {
	if p.slow {
		time.Sleep(p.pauseOf(name))
	}
	switch {
	case step == p.pauseAt:
		time.Sleep(p.pause)
	case step == p.faultAt:
		return p.fault
	case p.leaseFrom > 0 && step == p.leaseFrom:
		time.Sleep(time.Minute)
	case p.leaseFrom > 0 && step > p.leaseFrom && strings.HasSuffix(name, " Acquire"):
		return errors.New("the lease cannot be renewed")
	}
	return nil
}

var remoteSteps = map[string]bool{"Open": true, "List": true, "Fetch": true, "a message": true, "Delete": true,
	"MarkSeen":    true,
	"FindByEmail": true, "FindByEmails": true, "Create": true, "AttachManager": true, "Group": true, "Notify": true}

// do makes one call of a host or server between two steps. It does nothing after the
// call's context has ended.
func (p *process) do(ctx context.Context, name string, fn func() error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if ctx.Value(txKey{}) != nil && (!p.w.crm.joins || name != "Create" && name != "AttachManager") {
		p.w.locked(func() { p.w.blame("%s by %s calls %s within a transaction", p.name, p.account.ID, name) })
	}
	if err := p.points.Step("before " + name); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var err error
	p.w.locked(func() { err = fn() })
	if killed := p.points.Step("after " + name); killed != nil {
		return killed
	}
	return err
}

// run makes the call.
func (p *process) run() error {
	w := p.w
	config := inbound.Config{
		Credentials: inboundtest.Password("test"),
		Accounts:    w.accounts, Store: p.points.Store(worldStore{w.store, w}), CustomerRepo: crmClient{p},
		ManagerDirectory: directory{p}, Notifier: worldNotifier{p},
		Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: worldFetcher{p},
			inbound.POP3: worldFetcher{p}},
		OwnAddresses: []string{ownAddress}, Limits: w.limits, Logger: slog.New(slog.DiscardHandler),
	}
	switch {
	case w.crm.joins:
		config.CustomerRepo = joinedCRM{crmClient{p}}
	case w.crm.batch:
		config.CustomerRepo = batchCRM{crmClient{p}}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Hour)
	defer cancel()
	s, err := inbound.New(config)
	if err != nil {
		w.locked(func() { w.blame("New: %v", err) })
		return err
	}
	began := time.Now()
	switch p.name {
	case "sync":
		_, err = s.Sync(ctx, p.account.ID)
	case "redecide":
		_, err = s.Redecide(ctx, p.account.ID)
	case "replay":
		w.locked(func() { w.allowReplay(p.account, p.address) })
		_, err = s.Replay(ctx, p.account.ID, p.address)
	case "reconcile":
		var r inbound.Reconciliation
		r, err = s.Reconcile(ctx, p.account.ID)
		p.gaps = r.Gaps
	case "explain":
		_, err = s.Explain(ctx, p.account.ID, bytes.NewReader(p.raw))
	case "assign":
		_, err = s.AssignWaiting(ctx)
	case "dispatch":
		_, err = s.Dispatch(ctx)
	}
	w.locked(func() {
		w.note("%v: %v", p, err)
		if c := w.connected[p.account.ID]; p.name == "sync" && err == nil && c != nil && c.by.IsZero() {
			c.by = time.Now()
		}
		for _, r := range w.crm.records {
			r.sure = r.sure || r.giver == p && err == nil && p.points.At == 0 && p.faultAt == 0 && p.leaseFrom == 0 &&
				p.pauseAt == 0
		}
		if took := time.Since(began); p.name == "explain" && took > 3*time.Minute && p.pause == 0 && p.leaseFrom == 0 {
			w.blame("Explain has taken %v", took)
		}
	})
	return err
}

// runAlone runs one process, and updates what the judge knows.
func (w *world) runAlone(p *process) error {
	had := w.observe()
	before, _ := w.store.Health(context.Background(), p.account.ID) // this store never fails
	err := p.run()
	w.observe()
	w.register(had)
	after, _ := w.store.Health(context.Background(), p.account.ID)
	if (p.name == "redecide" || p.name == "replay") && (after.State != before.State ||
		after.LastSuccess != before.LastSuccess ||
		after.InitialComplete != before.InitialComplete || after.LastError != before.LastError) {
		w.blame("%s of %s changes the health of the account: %q, complete %v; it was %q, complete %v",
			p.name, p.account.ID, after.State, after.InitialComplete, before.State, before.InitialComplete)
	}
	return err
}

// phase runs one or more processes until they end.
func (w *world) phase() {
	var running []*process
	n := 1
	if w.kinds["parallel"] {
		n += w.rand.IntN(3)
	}
	for range n {
		running = append(running, w.drawProcess())
	}
	mid := w.kinds["midpass"] && w.rand.IntN(2) == 0
	if n == 1 && !mid {
		_ = w.runAlone(running[0]) // it may fail; undisturbedDay checks when it may not
	} else {
		had := w.observe()
		w.runConcurrently(running, mid)
		w.observe()
		w.register(had)
	}
	if w.rand.IntN(4) > 0 {
		_ = w.runAlone(w.newProcess("dispatch", w.accounts[0], w.rand)) // the same
	}
}

// runConcurrently runs processes concurrently, with events in between. The fake
// clock determines their order, so it is the same each time.
func (w *world) runConcurrently(running []*process, mid bool) {
	var all sync.WaitGroup
	for _, p := range running {
		p.slow = true
		delay := time.Duration(w.rand.IntN(400_000_000))
		all.Go(func() {
			time.Sleep(delay)
			_ = p.run() // recorded by run
		})
	}
	if mid {
		r := rand.New(rand.NewPCG(w.rand.Uint64(), 2))
		all.Go(func() {
			for range 1 + r.IntN(3) {
				time.Sleep(time.Duration(1 + r.IntN(600_000_000)))
				w.locked(func() { w.worldEvent(r) })
			}
		})
	}
	all.Wait()
}

// gaps returns those that Reconcile reports.
func (w *world) gaps(a inbound.Account) []inbound.Gap {
	p := w.newProcess("reconcile", a, nil)
	if err := w.runAlone(p); err != nil {
		w.blame("reconcile of %s fails without a fault: %v", a.ID, err)
	}
	return p.gaps
}

// drawProcess draws a call of an active account, mostly Sync.
func (w *world) drawProcess() *process {
	var active []inbound.Account
	for _, a := range w.accounts {
		if !a.Inactive {
			active = append(active, a)
		}
	}
	a := active[w.rand.IntN(len(active))]
	name := "sync"
	if kind := callKinds[w.rand.IntN(len(callKinds))]; w.kinds[kind] && kind != "parallel" && kind != "midpass" {
		name = kind
	}
	p := w.newProcess(name, a, w.rand)
	if name == "replay" {
		p.address = w.someAddress(w.rand)
	}
	if name == "explain" {
		p.raw = w.newText(w.rand, 700).raw
	}
	return p
}
