package inbound_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// slowServer is a server that is slow in some steps.
type slowServer struct {
	inbound.Fetcher
	pause map[string]time.Duration // before a step: "open", "list", "fetch", "delete", "seen"
	// speed says how a message comes: so many bytes, each time after a pause; 0: at full speed.
	speed func(ref inbound.Ref) (bytes int, pause time.Duration)
}

func (s *slowServer) wait(ctx context.Context, step string) error { return waitFor(ctx, s.pause[step]) }

func waitFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (s *slowServer) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	if err := s.wait(ctx, "open"); err != nil {
		return nil, err
	}
	session, err := s.Fetcher.Open(ctx, a, login)
	return &slowSession{session, s}, err
}

type slowSession struct {
	inbound.Session
	server *slowServer
}

func (s *slowSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	if err := s.server.wait(ctx, "list"); err != nil {
		return inbound.Listing{}, err
	}
	return s.Session.List(ctx, folder, from)
}

func (s *slowSession) Fetch(ctx context.Context, refs []inbound.Ref, opts inbound.FetchOptions,
	each func(inbound.Ref, io.Reader) error) error {
	if err := s.server.wait(ctx, "fetch"); err != nil {
		return err
	}
	return s.Session.Fetch(ctx, refs, opts, func(ref inbound.Ref, r io.Reader) error {
		if s.server.speed != nil {
			if n, pause := s.server.speed(ref); n > 0 {
				r = &pausingReader{ctx, r, n, pause}
			}
		}
		return each(ref, r)
	})
}

func (s *slowSession) Delete(ctx context.Context, refs []inbound.Ref) error {
	if len(refs) > 0 {
		if err := s.server.wait(ctx, "delete"); err != nil {
			return err
		}
	}
	return s.Session.Delete(ctx, refs)
}

func (s *slowSession) MarkSeen(ctx context.Context, refs []inbound.Ref) error {
	if err := s.server.wait(ctx, "seen"); err != nil {
		return err
	}
	return s.Session.(inbound.Marker).MarkSeen(ctx, refs)
}

type pausingReader struct {
	ctx   context.Context
	r     io.Reader
	bytes int
	pause time.Duration
}

func (r *pausingReader) Read(p []byte) (int, error) {
	if err := waitFor(r.ctx, r.pause); err != nil {
		return 0, err
	}
	return r.r.Read(p[:min(len(p), r.bytes)])
}

// healthCounter counts how often health is written.
type healthCounter struct {
	*memstore.Store
	mu     sync.Mutex
	writes int
}

func (c *healthCounter) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	c.mu.Lock()
	c.writes++
	c.mu.Unlock()
	return c.Store.SetHealth(ctx, account, h)
}

func (c *healthCounter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.writes
}

// slowHost is a host whose account deletes and marks, on a slow server.
type slowHost struct {
	*host
	server *slowServer
	writes *healthCounter
	events []inbound.Step
}

func newSlowHost(t *testing.T) *slowHost {
	h := &slowHost{host: newHost(t)}
	h.server = &slowServer{Fetcher: h.box, pause: make(map[string]time.Duration)}
	h.writes = &healthCounter{Store: h.store}
	h.fetcher, h.config.Store = h.server, h.writes
	h.account.DeleteUploaded, h.account.MarkSeen = true, true
	h.config.Observer = &inbound.Observer{
		SlowStep: func(e inbound.SlowStepInfo) { h.events = append(h.events, e.Step) },
	}
	return h
}

// start begins a pass, whose error the returned function waits for.
func (h *slowHost) start(ctx context.Context) (wait func() error) {
	syncer, ended := h.syncer(), make(chan error, 1)
	go func() {
		_, err := syncer.Sync(ctx, "shop")
		ended <- err
	}()
	return func() error { return <-ended }
}

// While a pass waits for its server, health says in which step, and since when.
func TestHealth_SlowStep(t *testing.T) {
	for step, op := range map[string]inbound.Op{"open": inbound.OpLogin, "list": inbound.OpList,
		"fetch": inbound.OpRead, "delete": inbound.OpDelete, "seen": inbound.OpMarkSeen} {
		t.Run(step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newSlowHost(t)
				h.deliverFrom("a", 3)
				h.server.pause[step] = 7 * time.Minute
				begin, wait := time.Now(), h.start(t.Context())
				time.Sleep(59 * time.Second)
				assert.Zero(t, h.health().Step)
				time.Sleep(12 * time.Second)
				got := h.health().Step
				folder := "INBOX"
				if step == "open" {
					folder = ""
				}
				assert.Equal(t, op, got.Op)
				assert.Equal(t, folder, got.Folder)
				assert.WithinDuration(t, begin, got.Since, 2*time.Second)
				assert.Zero(t, got.Bytes)
				assert.Contains(t, got.String(), "has completed nothing for 1m")
				assert.NotEmpty(t, got.Hint())
				time.Sleep(5 * time.Minute)
				later := h.health().Step
				assert.Equal(t, got.Since, later.Since)
				assert.WithinDuration(t, time.Now(), later.At, 61*time.Second, "it is brought up to date")
				require.NoError(t, wait())
				assert.Zero(t, h.health().Step)
				assert.Equal(t, inbound.HealthOK, h.health().State)
				require.GreaterOrEqual(t, len(h.events), 2)
				assert.Equal(t, got, h.events[0])
			})
		})
	}
}

// A message that comes slowly is shown with what has come of it, and no longer when the
// step goes on.
func TestHealth_SlowMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHost(t)
		h.box.Deliver(long(100_000))
		h.deliverFrom("later", 40)
		h.server.speed = func(ref inbound.Ref) (int, time.Duration) {
			if ref.Position == 1 {
				return 1000, time.Second
			}
			return 1000, 5 * time.Second
		}
		wait := h.start(t.Context())
		time.Sleep(71 * time.Second)
		got := h.health().Step
		assert.Equal(t, inbound.OpRead, got.Op)
		assert.InDelta(t, 1000*got.At.Sub(got.Since).Seconds(), got.Bytes, 2000)
		assert.WithinDuration(t, got.At, got.LastByte, time.Second)
		assert.Regexp(t, `^the step "read" of folder INBOX has completed nothing for 1m0s; `+
			`meanwhile (59|60) kB came, the last byte [01]s ago \(as of 2000-01-01T00:01:00Z\)$`, got.String())
		time.Sleep(60 * time.Second)
		assert.Zero(t, h.health().Step, "other messages come")
		assert.Equal(t, inbound.Step{}, h.events[1])
		require.NoError(t, wait())
		assert.Len(t, h.events, 2)
	})
}

// A message at about the rate that makes it slow is reported every 5 minutes.
func TestHealth_SlowStepIsWrittenRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHost(t)
		h.pass()
		h.box.Deliver(long(40 << 20))
		h.server.speed = func(inbound.Ref) (int, time.Duration) { return 16 << 10, time.Second }
		begin, before := time.Now(), h.writes.count()
		require.NoError(t, h.start(t.Context())())
		assert.Greater(t, time.Since(begin), 40*time.Minute)
		assert.LessOrEqual(t, h.writes.count()-before, 11)
	})
}

// A pass that goes on writes health once, at its end, however slow the pipeline is.
func TestHealth_NoWriteWithoutSlowStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHost(t)
		h.pass()
		h.deliverFrom("a", 100)
		for _, step := range []string{"open", "list", "fetch", "delete", "seen"} {
			h.server.pause[step] = 30 * time.Second
		}
		h.box.Deliver(long(300), long(40<<20))
		h.server.speed = func(ref inbound.Ref) (int, time.Duration) {
			if ref.Size > 1000 {
				return 16 << 10, time.Second / 2
			}
			return 100, 7 * time.Second
		}
		before := h.writes.count()
		h.pass()
		assert.Equal(t, 1, h.writes.count()-before)
		assert.Empty(t, h.events)
		assert.Len(t, h.emails(), 102)
	})
}

// A pass that is asked to stop leaves no step behind, nor does the one after a crash.
func TestHealth_SlowStepEndsWithPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHost(t)
		h.deliverFrom("a", 3)
		h.server.pause["list"] = time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		wait := h.start(ctx)
		time.Sleep(2 * time.Minute)
		assert.Equal(t, inbound.OpList, h.health().Step.Op)
		cancel()
		require.ErrorIs(t, wait(), context.Canceled)
		assert.Zero(t, h.health().Step)

		died := h.health()
		died.Step = inbound.Step{Op: inbound.OpRead, At: time.Now()}
		require.NoError(t, h.store.SetHealth(t.Context(), "shop", died))
		h.server.pause["list"] = 0
		require.NoError(t, h.start(t.Context())())
		assert.Zero(t, h.health().Step)
	})
}

// long returns a message of about so many bytes.
func long(size int) []byte {
	return slices.Concat(mail("slow@example.com", "slow"), bytes.Repeat([]byte("A line of text.\r\n"), size/17))
}

// A server that delivers too slowly in the long run ends the session, and counts against
// the message; others are read first. Slow progress is progress.
func TestPass_LeastRate(t *testing.T) {
	for name, tt := range map[string]struct {
		size  int
		bytes int
		pause time.Duration
		fails time.Duration // 0: it passes; else, after what time at most the pass ends
	}{
		"64 kbit/s":           {16 << 20, 8000, time.Second, 0},
		"a burst every 7 s":   {3 << 20, 1 << 20, 7 * time.Second, 0}, // of 32 KiB
		"1 KiB/s for 8 min":   {500_000, 1024, time.Second, 0},
		"200 bytes a second":  {16 << 20, 200, time.Second, 25 * time.Minute},
		"a line every 15 s":   {100_000, 1000, 15 * time.Second, 25 * time.Minute},
		"3.5 KiB/s for hours": {50 << 20, 3500, time.Second, 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newSlowHost(t)
				h.box.Deliver(long(tt.size))
				h.deliverFrom("fast", 5)
				h.server.speed = func(ref inbound.Ref) (int, time.Duration) {
					if ref.Position == 1 {
						return tt.bytes, tt.pause
					}
					return 1000, 15 * time.Second
				}
				begin := time.Now()
				err := h.start(t.Context())()
				if tt.fails == 0 {
					require.NoError(t, err)
					assert.Len(t, h.emails(), 6)
					return
				}
				assert.LessOrEqual(t, time.Since(begin), tt.fails)
				assert.Len(t, h.emails(), 5, "the others are read")
				assert.Equal(t, inbound.Failed, h.rows()[""].Outcome)
				require.NoError(t, exceptOfMessages(err))

				h.deliverFrom("later", 5)
				begin = time.Now()
				require.NoError(t, exceptOfMessages(h.start(t.Context())()))
				assert.Less(t, time.Since(begin), 3*time.Minute, "it waits for its time")
				assert.Len(t, h.emails(), 10)
			})
		})
	}
}

// A server that is as slow with every message ends the pass: a few attempts, and then an
// error of the account.
func TestPass_SlowWithEveryMessageEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHost(t)
		h.deliverFrom("a", 1000)
		h.server.speed = func(inbound.Ref) (int, time.Duration) { return 100, time.Minute }
		begin := time.Now()
		err := h.start(t.Context())()
		require.ErrorIs(t, err, inbound.ErrTemporary)
		require.ErrorContains(t, err, "less than 4 KiB a second")
		require.NotEmpty(t, inbound.HintOf(err))
		assert.Less(t, time.Since(begin), time.Hour)
		assert.Equal(t, inbound.HealthBackingOff, h.health().State)
		assert.NotEmpty(t, h.emails(), "what has come is kept")
	})
}

// A message is progress, however small.
func TestPass_SmallMessagesMayTakeSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHost(t)
		h.deliverFrom("a", 900)
		h.server.speed = func(inbound.Ref) (int, time.Duration) { return 1000, 4 * time.Second }
		begin := time.Now()
		require.NoError(t, h.start(t.Context())())
		assert.Greater(t, time.Since(begin), 90*time.Minute)
		assert.Len(t, h.emails(), 900)
	})
}

// The time that the pass itself takes does not count against the server.
func TestPass_SlowHostIsNotTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHost(t)
		for i := range 60 { // more than the memory for messages
			h.box.Deliver(append(mail(fmt.Sprintf("a%d@example.com", i), fmt.Sprint(i)), long(1<<20)...))
		}
		h.config.CustomerRepo = pausingRepo{h.customers}
		begin := time.Now()
		require.NoError(t, h.start(t.Context())())
		assert.Greater(t, time.Since(begin), 10*time.Minute)
		assert.Empty(t, h.events)
	})
}

// pausingRepo takes its time.
type pausingRepo struct{ inbound.CustomerRepo }

func (r pausingRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	time.Sleep(12 * time.Second)
	return r.CustomerRepo.FindByEmail(ctx, shop, address)
}
