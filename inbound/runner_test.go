package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// logLines is a log to look into while it is written.
type logLines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// healthStates is a Store that keeps the states that are recorded, one after the other.
type healthStates struct {
	*memstore.Store
	seen *[]inbound.HealthState
}

func (s *healthStates) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	if n := len(*s.seen); n == 0 || (*s.seen)[n-1] != h.State {
		*s.seen = append(*s.seen, h.State)
	}
	return s.Store.SetHealth(ctx, account, h)
}

// run runs a Syncer until the returned func is called, which reports that nothing is left.
func (h *host) run(s *inbound.Syncer) (stop func()) {
	ctx, cancel := context.WithCancel(h.t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	return func() {
		h.t.Helper()
		cancel()
		require.NoError(h.t, <-ended)
		assert.Zero(h.t, h.box.Sessions(), "every session is closed")
	}
}

// pushing returns a host whose server tells of new mail, and how often it was logged in to.
func pushing(t *testing.T) (h *host, logins *atomic.Int64) {
	h, logins = newHost(t), new(atomic.Int64)
	h.box.Push = true
	h.box.Intercept = func(step string) error {
		if step == "open" {
			logins.Add(1)
		}
		return nil
	}
	return h, logins
}

// Where the server tells of new mail, it is uploaded and the manager notified immediately, on
// the connection that is there.
func TestRun_NewMailAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logins := pushing(t)
		h.customers.Put(customer.Customer{Shop: "main", Email: "iris@example.com", ManagerID: "kim"})
		stop := h.run(h.syncer())
		for i := range 20 {
			elapse(97 * time.Second)
			h.box.Deliver(mail("iris@example.com", fmt.Sprint("mail ", i)))
			elapse(time.Second)
			assert.Len(t, h.notified.list, i+1)
		}
		assert.EqualValues(t, 1, logins.Load())
		stop()
	})
}

// A day without mail costs a look at each interval, and a login an hour.
func TestRun_KeepsItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logins := pushing(t)
		passes := 0
		h.config.Observer = &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) {
			assert.NoError(t, e.Err)
			passes++
		}}
		stop := h.run(h.syncer())
		elapse(24 * time.Hour)
		stop()
		assert.InDelta(t, 240, passes, 10)
		assert.InDelta(t, 23, logins.Load(), 1)
	})
}

// Folders that the server does not tell of are looked at each minute.
func TestRun_FurtherFolders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logins := pushing(t)
		h.account.Folders = []string{"INBOX", "Orders"}
		h.box.DeliverTo("Orders", mail("iris@example.com", "first"))
		stop := h.run(h.syncer())
		elapse(5 * time.Minute)
		h.box.DeliverTo("Orders", mail("iris@example.com", "second"))
		elapse(61 * time.Second)
		assert.Len(t, h.emails(), 2)
		assert.EqualValues(t, 1, logins.Load())
		stop()
	})
}

// A kept connection that was cut is replaced, and nobody hears of a failure.
func TestRun_KeptConnectionCut(t *testing.T) {
	cut := &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary,
		Err: fmt.Errorf("%w: connection reset", inbound.ErrDirty)}
	for name, step := range map[string]string{"while it waits": "watch", "unnoticed": "list"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, logins := pushing(t)
				h.box.InterceptFolder = func(at, _ string) error {
					if at == step && logins.Load() == 1 && time.Since(midnight(t)) > time.Hour/2 {
						return cut
					}
					return nil
				}
				h.config.Observer = &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) {
					assert.NoError(t, e.Err)
				}}
				stop := h.run(h.syncer())
				elapse(45 * time.Minute)
				h.box.Deliver(mail("iris@example.com", "later"))
				elapse(time.Second)
				assert.Len(t, h.emails(), 1)
				assert.EqualValues(t, 2, logins.Load())
				stop()
			})
		})
	}
}

// midnight is when a synctest bubble began.
func midnight(t *testing.T) time.Time {
	t.Helper()
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
}

// A server that cuts each connection soon must not be logged in to all the time, and one
// that tells of new mail where there is none must not be looked at all the time.
func TestRun_PushThatFails(t *testing.T) {
	for name, tc := range map[string]struct {
		watch func(context.Context, time.Duration) error
		most  int // passes in a day
	}{
		"cuts connections": {func(context.Context, time.Duration) error {
			return fmt.Errorf("%w: cut", inbound.ErrDirty)
		}, 300},
		"tells too much": {func(context.Context, time.Duration) error { return nil }, 24 * 70},
		"tells a bit later": {func(ctx context.Context, _ time.Duration) error {
			return waitFor(ctx, time.Second/10)
		}, 24 * 70},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, _ := pushing(t)
				h.fetcher = &watchServer{h.box, tc.watch}
				passes := 0
				h.config.Observer = &inbound.Observer{PassEnded: func(inbound.PassEndedInfo) { passes++ }}
				stop := h.run(h.syncer())
				elapse(12 * time.Hour)
				h.box.Deliver(mail("iris@example.com", "there"))
				elapse(12 * time.Hour)
				stop()
				assert.Len(t, h.emails(), 1)
				assert.LessOrEqual(t, passes, tc.most)
				assert.GreaterOrEqual(t, passes, 200)
			})
		})
	}
}

// watchServer is a server whose sessions wait for new mail in a way of their own.
type watchServer struct {
	inbound.Fetcher
	watch func(ctx context.Context, limit time.Duration) error
}

type watchSession struct {
	inbound.Session
	server *watchServer
}

func (s *watchServer) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	session, err := s.Fetcher.Open(ctx, a, login)
	return &watchSession{session, s}, err
}

func (s *watchSession) Watch(ctx context.Context, _ string, limit time.Duration, _ <-chan struct{}) error {
	return s.server.watch(ctx, limit)
}

// Somebody can ask for a pass, also of an account that was left alone.
func TestSyncNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logins := pushing(t)
		s := h.syncer()
		require.ErrorIs(t, s.SyncNow("shop"), inbound.ErrBusy)
		require.ErrorIs(t, s.SyncNow("other"), inbound.ErrNotFound)
		h.box.OpenError = &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("NO")}
		stop := h.run(s)
		elapse(24 * time.Hour)
		assert.EqualValues(t, 1, logins.Load())
		assert.Zero(t, h.health().NextAttempt)
		h.box.OpenError = nil
		require.NoError(t, s.SyncNow("shop"))
		elapse(time.Second)
		assert.Equal(t, inbound.HealthOK, h.health().State)
		for range 10 {
			require.NoError(t, s.SyncNow("shop"))
			elapse(time.Second)
		}
		assert.EqualValues(t, 2, logins.Load(), "on the connection that is there")
		stop()
	})
}

// Of several processes, one runs an account. When it stops, a different one takes over
// immediately; when it dies, after its lease.
func TestRun_OneProcessAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logins := pushing(t)
		var stops []context.CancelFunc
		for range 3 {
			ctx, stop := context.WithCancel(t.Context())
			stops = append(stops, stop)
			s := h.syncer()
			go func() { assert.NoError(t, s.Run(ctx)) }()
			elapse(time.Second)
		}
		elapse(55 * time.Minute)
		assert.EqualValues(t, 1, logins.Load())
		for i, stop := range stops {
			stop()
			elapse(3 * time.Second)
			h.box.Deliver(mail("iris@example.com", fmt.Sprint(i)))
			elapse(time.Second)
			assert.Len(t, h.emails(), min(i+1, 2), "the last one has stopped")
		}
		assert.Zero(t, h.box.Sessions())
	})
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		var log logLines
		h.config.Logger = slog.New(slog.NewTextHandler(&log, nil))
		_, err := h.store.Acquire(t.Context(), "run/shop", "a process that was killed", 30*time.Second)
		require.NoError(t, err)
		h.box.Deliver(mail("iris@example.com", "waiting"))
		s := h.syncer()
		stop := h.run(s)
		elapse(29 * time.Second)
		assert.Empty(t, h.emails())
		assert.Contains(t, log.String(), "another process collects from the account; waiting until it ends")
		require.ErrorIs(t, s.SyncNow("shop"), inbound.ErrBusy)
		elapse(5 * time.Second)
		assert.Len(t, h.emails(), 1)
		stop()
	})
}

// A server that has asked for a pause gets it, also when the process starts anew; after
// trouble that a server has said nothing about, a new process tries again immediately.
func TestRun_ServersPauseOutlivesTheProcess(t *testing.T) {
	const life = 7 * time.Second
	for name, tc := range map[string]struct {
		class  error
		stated time.Duration
	}{
		"limit":                 {inbound.ErrThrottled, 20 * time.Minute},
		"trouble":               {inbound.ErrTemporary, 20 * time.Minute},
		"trouble for a moment":  {inbound.ErrTemporary, 20 * time.Second},
		"trouble of any length": {inbound.ErrTemporary, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				logins := h.refuseLogins(0, 1, &inbound.Error{Op: inbound.OpLogin, Class: tc.class,
					RetryAfter: tc.stated, Err: errors.New("NO wait")})
				for len(logins.all()) < 2 {
					stop := h.run(h.syncer())
					elapse(life)
					stop()
				}
				pause := logins.all()[1].Sub(logins.all()[0])
				if tc.stated == 0 {
					assert.Equal(t, life, pause)
				} else {
					assert.GreaterOrEqual(t, pause, tc.stated)
					assert.LessOrEqual(t, pause, tc.stated+life)
				}
				assert.Equal(t, inbound.HealthOK, h.health().State)
			})
		})
	}
}

// A second Run would only wait for the first.
func TestRun_Twice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		s := h.syncer()
		stop := h.run(s)
		elapse(time.Second)
		require.Error(t, s.Run(t.Context()))
		stop()
		h.run(s)()
	})
}

// However often somebody has asked for a pass, and there was nothing, the next one is made
// immediately.
func TestSyncNow_AgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		passes := 0
		h.config.Observer = &inbound.Observer{PassEnded: func(inbound.PassEndedInfo) { passes++ }}
		s := h.syncer()
		stop := h.run(s)
		elapse(time.Second)
		for i := range 20 {
			require.NoError(t, s.SyncNow("shop"))
			elapse(time.Second)
			assert.Equal(t, i+2, passes)
		}
		stop()
	})
}

// A server that tells of new mail again and again where there is none causes few passes, and
// is believed again later.
func TestRun_PushAfterFalseSigns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		signs, news := 0, make(chan struct{})
		h.fetcher = &watchServer{h.box, func(ctx context.Context, limit time.Duration) error {
			if signs++; signs <= 20 {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(limit):
			case <-news:
				news = nil
			}
			return nil
		}}
		stop := h.run(h.syncer())
		elapse(10 * time.Minute)
		assert.Less(t, signs, 20)
		elapse(5 * time.Hour)
		h.box.Deliver(mail("iris@example.com", "new"))
		close(news)
		elapse(time.Second)
		assert.Len(t, h.emails(), 1)
		stop()
	})
}

// A server that wants a pause while new mail is waited for gets it.
func TestRun_PauseThatPushAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		h.account.Interval = time.Hour
		logins := h.refuseLogins(0, 0, nil)
		h.fetcher = &watchServer{h.box, func(ctx context.Context, limit time.Duration) error {
			if len(logins.all()) > 1 {
				return waitFor(ctx, limit)
			}
			return &inbound.Error{Op: inbound.OpWatch, Class: inbound.ErrThrottled, RetryAfter: 20 * time.Minute,
				Err: fmt.Errorf("%w: BYE too much", inbound.ErrEnded)}
		}}
		stop := h.run(h.syncer())
		elapse(40 * time.Minute)
		require.Len(t, logins.all(), 2)
		assert.GreaterOrEqual(t, logins.all()[1].Sub(logins.all()[0]), 20*time.Minute)
		stop()
	})
}

// downStore is a Store whose leases fail while down is set.
type downStore struct {
	*memstore.Store
	down *atomic.Bool
}

func (s downStore) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (uint64, error) {
	if s.down.Load() {
		return 0, errDown
	}
	return s.Store.Acquire(ctx, name, owner, ttl)
}

// While the store is down, nothing is repeated in the log every 2 seconds, and Run goes on
// by itself afterwards.
func TestRun_StoreDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		var log logLines
		h.config.Logger = slog.New(slog.NewTextHandler(&log, nil))
		var down atomic.Bool
		down.Store(true)
		h.config.Store = downStore{h.store, &down}
		h.box.Deliver(mail("iris@example.com", "one"))
		stop := h.run(h.syncer())
		for range 2 {
			elapse(time.Hour)
			down.Store(false)
			elapse(time.Minute)
			down.Store(true)
		}
		assert.Len(t, h.emails(), 1)
		said := strings.Count(log.String(), "the account is not collected from now")
		assert.LessOrEqual(t, said, 4, "a lost lease, and why")
		down.Store(false)
		stop()
	})
}

// A server that wants to be left alone until a time gets it, whoever asks for a pass.
func TestSyncNow_NotBeforeTheServerWantsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		logins := h.refuseLogins(0, 1, &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrThrottled,
			RetryAfter: time.Hour, Err: errors.New("NO wait")})
		s := h.syncer()
		stop := h.run(s)
		for range 59 {
			elapse(time.Minute)
			require.NoError(t, s.SyncNow("shop"))
		}
		assert.Len(t, logins.all(), 1)
		elapse(2 * time.Minute)
		assert.Len(t, logins.all(), 2)
		stop()
	})
}
