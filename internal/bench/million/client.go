package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sync"
	"time"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/bench/internal/host"
	"github.com/postroom/postroom/internal/bench/internal/memory"
	"github.com/postroom/postroom/notify"
)

// job is what the process of the SDK is to do: it reads this from its standard input.
type job struct {
	Port     int
	Messages int
	Dir      string // of the database
	StartNow bool
	Order    inbound.Order
	Passes   int    // how many to make; between them is a pause of a second
	Profile  string // the file for a CPU profile; "" means none
}

// result is what it writes to its standard output.
type result struct {
	Passes   []pass
	Tenths   []tenth
	Outcomes map[inbound.Outcome]int
	Peak     int64 // memory in bytes, at most; 0 if that is unknown
}

// tenth is what it took to commit a tenth of the messages.
type tenth struct {
	Took time.Duration
	CPU  time.Duration // of the process; 0 where the system does not tell
}

// pass is one of the passes.
type pass struct {
	Began, Ended time.Time
}

// client is the process of the SDK.
type client struct {
	job
	stop context.CancelFunc

	mu        sync.Mutex
	result    result
	failed    error
	committed int           // messages
	last      time.Time     // when the last whole tenth of them was committed
	lastCPU   time.Duration // what the process had used then
}

// serveJob does what standard input says.
func serveJob(ctx context.Context) error {
	c := &client{}
	if err := json.NewDecoder(os.Stdin).Decode(&c.job); err != nil {
		return err
	}
	if c.Profile != "" {
		file, err := os.Create(c.Profile)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // a profile that is cut off cannot be read
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if err := c.run(ctx); err != nil {
		return err
	}
	_, c.result.Peak = memory.Of("self")
	return json.NewEncoder(os.Stdout).Encode(c.result)
}

// run makes the passes.
func (c *client) run(ctx context.Context) error {
	ctx, c.stop = context.WithCancel(ctx)
	defer c.stop()
	db, config, err := host.Open(ctx, filepath.Join(c.Dir, "postroom.db"), "bench")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // all that matters is committed
	config.Network = inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true}
	config.Accounts = []inbound.Account{{
		ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "127.0.0.1", Port: c.Port, Security: inbound.Plain,
		Username: "shop@shop.example", Start: inbound.Start{Now: c.StartNow}, InitialOrder: c.Order,
		NotifyManager: true, CreateCustomer: true, ManagerGroup: "support", Interval: time.Second,
	}}
	config.Fetchers = map[inbound.Protocol]inbound.Fetcher{
		inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: config.Network}),
	}
	config.Notifier, config.SpoolDir = nobody{}, c.Dir
	config.Observer = &inbound.Observer{PassEnded: c.ended, Committed: c.commit}
	syncer, err := inbound.New(config)
	if err != nil {
		return err
	}
	if err := syncer.Run(ctx); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.result.Passes) < c.job.Passes && c.failed == nil {
		return errors.New("interrupted")
	}
	c.result.Outcomes, err = config.Store.Outcomes(context.WithoutCancel(ctx), "shop")
	return errors.Join(c.failed, err)
}

// ended notes the end of a pass. The last one ends the work.
func (c *client) ended(e inbound.PassEndedInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.result.Passes) == c.job.Passes || c.failed != nil {
		return
	}
	c.result.Passes = append(c.result.Passes, pass{e.Began, e.Began.Add(e.Took)})
	if e.Err != nil {
		c.failed = fmt.Errorf("pass %d: %w", len(c.result.Passes), e.Err)
	}
	if len(c.result.Passes) == c.job.Passes || c.failed != nil {
		c.stop()
	}
}

// commit notes how long each tenth takes, the first one from the first commit on.
func (c *client) commit(e inbound.CommittedInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, cpu := time.Now(), cpuTime()
	if c.last.IsZero() {
		c.last, c.lastCPU = now, cpu
	}
	for _, n := range e.Outcomes {
		c.committed += n
	}
	for len(c.result.Tenths) < 10 && c.committed >= (len(c.result.Tenths)+1)*c.Messages/10 {
		c.result.Tenths = append(c.result.Tenths, tenth{now.Sub(c.last), cpu - c.lastCPU})
		c.last, c.lastCPU = now, cpu
	}
}

// nobody is a Notifier that tells nobody.
type nobody struct{}

// Notify implements inbound.Notifier.
func (nobody) Notify(context.Context, notify.Notification) error { return nil }
