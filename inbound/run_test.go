package inbound_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// Only failures of login and reading lengthen the pauses of an account. A folder, a
// deletion, a mark or a customer that fails does not, however long it does.
func TestRun_BacksOffForLoginAndReadingOnly(t *testing.T) {
	for name, tc := range map[string]struct {
		set    func(h *host, odd *oddServer)
		often  bool
		health inbound.HealthState
	}{
		"all is well": {func(*host, *oddServer) {}, true, inbound.HealthOK},
		"no such host": {func(h *host, _ *oddServer) { h.box.OpenError = temporaryError("connect") }, false,
			inbound.HealthBackingOff},
		"reading": {func(_ *host, odd *oddServer) {
			odd.before = func(step, _ string) error { return failAt("list", step) }
		}, false, inbound.HealthBackingOff},
		"missing folder": {func(h *host, _ *oddServer) { h.account.Folders = []string{"INBOX", "Gone"} }, true,
			inbound.HealthDegraded},
		"temporary trouble of a folder": {func(h *host, odd *oddServer) {
			h.account.Folders = []string{"INBOX", "Orders"}
			h.box.DeliverTo("Orders", mail("iris@example.com", "order"))
			odd.before = func(step, folder string) error {
				if folder == "Orders" {
					return failAt("list", step)
				}
				return nil
			}
		}, true, inbound.HealthDegraded},
		"refused deletion": {func(h *host, odd *oddServer) {
			h.account.DeleteUploaded = true
			odd.before = func(step, _ string) error { return failAt("delete", step) }
		}, true, inbound.HealthDegraded},
		"refused marks": {func(h *host, odd *oddServer) {
			h.account.MarkSeen = true
			odd.before = func(step, _ string) error { return failAt("seen", step) }
		}, true, inbound.HealthDegraded},
		"unsavable customer": {func(h *host, _ *oddServer) {
			h.manager("kim", assign.Free)
			h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
				attach: func(context.Context, string, string) error { return errUnsavable }}
		}, true, inbound.HealthOK},
		"directory down": {func(h *host, _ *oddServer) { h.config.ManagerDirectory = downDirectory{h.managers} },
			true, inbound.HealthOK},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				odd := &oddServer{Fetcher: h.box}
				h.fetcher = odd
				tc.set(h, odd)
				h.box.Deliver(mail("iris@example.com", "first"))
				passes := 0
				h.config.Observer = &inbound.Observer{PassEnded: func(inbound.PassEndedInfo) { passes++ }}
				ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
				defer cancel()
				require.NoError(t, h.syncer().Run(ctx))
				if tc.often {
					assert.InDelta(t, 240, passes, 30, "every 6 minutes")
				} else {
					assert.Less(t, passes, 40, "at most once an hour, after a while")
				}
				assert.Equal(t, tc.health, h.health().State)
				assert.Equal(t, tc.often, h.health().Failures == 0)
			})
		})
	}
}

// Many POP3 servers refuse a second login right after the first, with the same
// answer as to a wrong password. The account must not be stopped.
func TestRun_SecondLoginRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		var last time.Time
		h.box.Intercept = func(step string) error {
			if step != "open" {
				return nil
			}
			if time.Since(last) < time.Minute {
				return &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("-ERR Logon failure")}
			}
			last = time.Now()
			return nil
		}
		h.box.Deliver(mail("iris@example.com", "one"))
		stop := h.run(h.syncer())
		elapse(time.Hour)
		h.box.Deliver(mail("iris@example.com", "two"))
		elapse(time.Hour)
		stop()
		assert.Equal(t, []string{"one", "two"}, h.subjects())
		assert.Equal(t, inbound.HealthOK, h.health().State)
	})
}

// loginTimes are the times of logins, which may be read while there are more.
type loginTimes struct {
	mu    sync.Mutex
	times []time.Time
}

// add adds a login now, and returns how many there were.
func (l *loginTimes) add() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, time.Now())
	return len(l.times)
}

// all returns the times so far.
func (l *loginTimes) all() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.times)
}

// refuseLogins makes the mailbox refuse some logins after the first ones. It returns the
// times of all logins.
func (h *host) refuseLogins(first, refused int, refusal *inbound.Error) *loginTimes {
	logins := &loginTimes{}
	h.box.Intercept = func(step string) error {
		if step != "open" {
			return nil
		}
		if n := logins.add(); n > first && n <= first+refused {
			return refusal
		}
		return nil
	}
	return logins
}

// Servers refuse right passwords, too, while they are busy.
func TestRun_RefusedLoginIsTriedAgainIfItHasWorked(t *testing.T) {
	refusal := &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("NO")}
	for name, tc := range map[string]struct {
		first, refused int // logins
		refusals       int
		state          inbound.HealthState
	}{
		"never worked":         {0, 99, 1, inbound.HealthNeedsSignIn},
		"refuses for a moment": {2, 1, 1, inbound.HealthOK},
		"refuses for a while":  {1, 5, 5, inbound.HealthOK},
		"refuses from now on":  {2, 99, 6, inbound.HealthNeedsSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				logins := h.refuseLogins(tc.first, tc.refused, refusal)
				var refused []time.Time
				var planned []time.Duration
				h.config.Observer = &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) {
					if e.Err == nil {
						return
					}
					all := logins.all()
					refused = append(refused, all[len(all)-1])
					if !e.Next.IsZero() {
						planned = append(planned, time.Until(e.Next))
						assert.Equal(t, inbound.HealthBackingOff, h.health().State)
					}
				}}
				ctx, cancel := context.WithTimeout(t.Context(), 48*time.Hour)
				defer cancel()
				require.NoError(t, h.syncer().Run(ctx))
				assert.Len(t, refused, tc.refusals)
				assert.Equal(t, tc.state, h.health().State)
				pauses := []time.Duration{30 * time.Second, 3 * time.Minute, 18 * time.Minute, time.Hour, time.Hour}
				for i, want := range pauses {
					if i+1 < len(refused) {
						assert.InEpsilon(t, want, planned[i], 0.11)
						assert.InDelta(t, planned[i], refused[i+1].Sub(refused[i]), float64(time.Second))
					}
				}
			})
		})
	}
}

// The server has said when to come back.
func TestRun_WaitsAsLongAsTheServerAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		logins := h.refuseLogins(0, 1, &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrThrottled,
			RetryAfter: 2 * time.Hour, Err: errors.New("NO wait")})
		ctx, cancel := context.WithTimeout(t.Context(), 125*time.Minute)
		defer cancel()
		require.NoError(t, h.syncer().Run(ctx))
		assert.Len(t, logins.all(), 2)
		assert.Equal(t, inbound.HealthOK, h.health().State)
	})
}

// A pass may log in several times. Where a further login is refused, what the server says
// about the next one counts, over a restart, too.
func TestRun_WaitsAsLongAsTheServerAsksOfAFurtherLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.deliverFrom("guest", 3)
		h.box.Hide(true, 2, 3)
		logins := h.refuseLogins(1, 1, &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrThrottled,
			RetryAfter: 2 * time.Hour, Err: errors.New("-ERR wait")})
		for _, life := range []time.Duration{time.Hour, time.Minute, 58 * time.Minute, 2 * time.Minute} {
			ctx, cancel := context.WithTimeout(t.Context(), life)
			require.NoError(t, h.syncer().Run(ctx))
			cancel()
			h.box.Hide(false, 2, 3)
		}
		require.Len(t, logins.all(), 4, "two and the two of the next pass")
		assert.GreaterOrEqual(t, logins.all()[2].Sub(logins.all()[1]), 2*time.Hour)
		assert.Equal(t, inbound.HealthOK, h.health().State)
		assert.Len(t, h.emails(), 3)
	})
}

// An interval without its unit must not log in thousands of times per second, and no
// random pause is shorter than a second.
func TestRun_PauseAtLeastASecond(t *testing.T) {
	for _, interval := range []time.Duration{time.Nanosecond, time.Second} {
		t.Run(interval.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.account.Interval = interval
				passes, last := 0, time.Time{}
				h.config.Observer = &inbound.Observer{PassEnded: func(inbound.PassEndedInfo) {
					assert.GreaterOrEqual(t, time.Since(last), time.Second)
					passes, last = passes+1, time.Now()
				}}
				ctx, cancel := context.WithTimeout(t.Context(), 1000*time.Second)
				defer cancel()
				require.NoError(t, h.syncer().Run(ctx))
				assert.Greater(t, passes, 900)
			})
		})
	}
}
