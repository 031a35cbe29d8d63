package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// observeSteps records the steps of the host's account.
func (h *host) observeSteps() *[]inbound.StepEndedInfo {
	steps := new([]inbound.StepEndedInfo)
	h.config.Observer = &inbound.Observer{StepEnded: func(e inbound.StepEndedInfo) {
		assert.Equal(h.t, "shop", e.Account)
		assert.Equal(h.t, h.account.Protocol, e.Protocol)
		assert.Equal(h.t, h.account.Host, e.Host)
		assert.False(h.t, e.Began.IsZero())
		assert.GreaterOrEqual(h.t, e.Took, time.Duration(0))
		*steps = append(*steps, e)
	}}
	return steps
}

// sumOfSteps adds the numbers of the steps with an operation.
func sumOfSteps(steps []inbound.StepEndedInfo, op inbound.Op) (n, messages int, bytes int64) {
	for _, e := range steps {
		if e.Op == op {
			n, messages, bytes = n+1, messages+e.Messages, bytes+e.Bytes
		}
	}
	return n, messages, bytes
}

func TestStepEnded_CountsMessagesAndBytes(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen, h.account.DeleteUploaded = true, true
	steps := h.observeSteps()
	h.deliverFrom("customer", 30)
	var size int64
	for _, uid := range h.box.UIDs() {
		size += int64(len(h.box.Raw(uid)))
	}
	h.pass()
	for op, want := range map[inbound.Op][]any{
		inbound.OpLogin:    {0, int64(0)},
		inbound.OpRead:     {30, size},
		inbound.OpCommit:   {30, size},
		inbound.OpMarkSeen: {30, int64(0)},
		inbound.OpDelete:   {30, int64(0)},
	} {
		n, messages, bytes := sumOfSteps(*steps, op)
		assert.Positive(t, n, op)
		assert.Equal(t, want, []any{messages, bytes}, op)
	}
	_, listed, _ := sumOfSteps(*steps, inbound.OpList)
	assert.GreaterOrEqual(t, listed, 30, "an initial upload lists some messages twice")
	for _, e := range *steps {
		assert.NoError(t, e.Err)
		assert.Equal(t, e.Op != inbound.OpLogin && e.Op != inbound.OpCommit, e.Folder == "INBOX", "%+v", e)
	}
	assert.Equal(t, inbound.OpLogin, (*steps)[0].Op)
	*steps = nil
	h.pass()
	for _, op := range []inbound.Op{inbound.OpRead, inbound.OpMarkSeen, inbound.OpDelete} {
		n, _, _ := sumOfSteps(*steps, op)
		assert.Zero(t, n, "nothing is no step")
	}
}

// A step that fails is told with its error, and with how far it came.
func TestStepEnded_Failures(t *testing.T) {
	h := newHost(t)
	steps := h.observeSteps()
	h.deliverFrom("customer", 3)
	failure := errors.New("the server hangs up")
	read := 0
	h.box.InterceptMessage = func([]byte) error {
		if read++; read == 3 {
			return failure
		}
		return nil
	}
	_, _ = h.syncer().Sync(t.Context(), "shop")
	i := slices.IndexFunc(*steps, func(e inbound.StepEndedInfo) bool { return e.Err != nil })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, inbound.OpRead, (*steps)[i].Op)
	assert.Equal(t, 2, (*steps)[i].Messages)
	require.ErrorIs(t, (*steps)[i].Err, failure)

	*steps = nil
	h.box.OpenError = &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("NO")}
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	require.Len(t, *steps, 1)
	assert.Equal(t, inbound.OpLogin, (*steps)[0].Op)
	require.ErrorIs(t, (*steps)[0].Err, inbound.ErrAuth)
}

// A token is told of when it is asked for, not when it is at hand.
func TestStepEnded_Tokens(t *testing.T) {
	h, _, _, _ := oauthHost(t)
	steps := h.observeSteps()
	s := h.syncer()
	for range 3 {
		_, err := s.Sync(t.Context(), "shop")
		require.NoError(t, err)
	}
	tokens, _, _ := sumOfSteps(*steps, inbound.OpToken)
	logins, _, _ := sumOfSteps(*steps, inbound.OpLogin)
	assert.Equal(t, []int{1, 3}, []int{tokens, logins})
	assert.Equal(t, inbound.OpToken, (*steps)[0].Op, "before the login that it is part of")
}

// While Run keeps a session, it waits for new mail, and once an hour it looks whether a new
// session shows the same.
func TestStepEnded_KeptSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		steps := h.observeSteps()
		stop := h.run(h.syncer())
		time.Sleep(90 * time.Minute)
		stop()
		renewals, _, _ := sumOfSteps(*steps, inbound.OpRenew)
		watches, _, _ := sumOfSteps(*steps, inbound.OpWatch)
		assert.Equal(t, 1, renewals)
		assert.InDelta(t, 15, watches, 2, "at each interval")
		last := (*steps)[len(*steps)-1]
		assert.Equal(t, inbound.OpWatch, last.Op)
		require.ErrorIs(t, last.Err, context.Canceled)
	})
}

// observeLosses records the kept sessions that are lost.
func (h *host) observeLosses() *[]inbound.SessionLostInfo {
	lost := new([]inbound.SessionLostInfo)
	h.config.Observer = &inbound.Observer{SessionLost: func(e inbound.SessionLostInfo) { *lost = append(*lost, e) }}
	return lost
}

// Sessions that are lost, and those that do not show everything, are reported.
func TestSessionLost(t *testing.T) {
	for name, step := range map[string]string{"while it waits": "watch", "unnoticed": "list"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, logins := pushing(t)
				h.box.InterceptFolder = func(at, _ string) error {
					if at == step && logins.Load() == 1 && time.Since(midnight(t)) > time.Hour/2 {
						return fmt.Errorf("%w: connection reset", inbound.ErrDirty)
					}
					return nil
				}
				lost := h.observeLosses()
				stop := h.run(h.syncer())
				time.Sleep(45 * time.Minute)
				stop()
				require.Len(t, *lost, 1)
				require.ErrorIs(t, (*lost)[0].Err, inbound.ErrDirty)
				assert.True(t, (*lost)[0].Opened.Equal(midnight(t)))
				assert.Equal(t, "shop", (*lost)[0].Account)
				assert.False(t, (*lost)[0].Blind)
			})
		})
	}
	t.Run("blind", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, _ := pushing(t)
			h.fetcher = &blindServer{Mailbox: h.box, since: time.Now().Add(time.Minute)}
			lost := h.observeLosses()
			h.box.Deliver(mail("iris@example.com", "first"))
			stop := h.run(h.syncer())
			time.Sleep(10 * time.Minute)
			h.box.Deliver(mail("iris@example.com", "unseen"))
			time.Sleep(time.Hour)
			stop()
			require.Len(t, *lost, 1)
			assert.True(t, (*lost)[0].Opened.Equal(midnight(t)))
			assert.Equal(t, "shop", (*lost)[0].Account)
			assert.True(t, (*lost)[0].Blind)
			require.NoError(t, (*lost)[0].Err)
		})
	})
}

// It is told which process collects from an account, and which one waits.
func TestRunnerChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		var mu sync.Mutex // the Syncers do not wait for each other
		var told []string
		begin := func(name string) (stop func()) {
			h.config.Observer = &inbound.Observer{RunnerChanged: func(e inbound.RunnerChangedInfo) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, fmt.Sprint(name, " ", e.Account, " ", e.State))
			}}
			ctx, cancel := context.WithCancel(t.Context())
			s := h.syncer()
			go func() { assert.NoError(t, s.Run(ctx)) }()
			time.Sleep(5 * time.Second)
			return func() {
				cancel()
				time.Sleep(5 * time.Second)
			}
		}
		stopOne := begin("one")
		stopTwo := begin("two")
		stopOne()
		stopTwo()
		mu.Lock()
		defer mu.Unlock()
		assert.Equal(t, []string{"one shop at_work", "two shop waiting", "one shop ended", "two shop at_work",
			"two shop ended"}, told)
	})
}

func TestPassEnded_HealthAndDuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		var ended []inbound.PassEndedInfo
		h.config.Observer = &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) { ended = append(ended, e) }}
		h.box.Intercept = func(step string) error {
			if step == "list" {
				time.Sleep(time.Second)
			}
			return nil
		}
		h.pass()
		h.box.OpenError = temporaryError("connect")
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.Error(t, err)
		_, err = h.store.Acquire(t.Context(), "account/shop", "another process", time.Hour)
		require.NoError(t, err)
		_, err = h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, inbound.ErrBusy)
		require.Len(t, ended, 3)
		assert.True(t, ended[0].Began.Equal(midnight(t)))
		assert.GreaterOrEqual(t, ended[0].Took, time.Second)
		assert.Equal(t, inbound.HealthOK, ended[0].Health.State)
		assert.Equal(t, inbound.HealthBackingOff, ended[1].Health.State)
		assert.Equal(t, inbound.HealthNew, ended[2].Health.State, "this pass knows nothing")
	})
}

// countingOutbox is a Store that counts how often its outbox is counted.
type countingOutbox struct {
	inbound.Store
	counted int
	err     error
}

func (c *countingOutbox) Undelivered(ctx context.Context) (pending, dead int, err error) {
	if c.counted++; c.err != nil {
		return 0, 0, c.err
	}
	return c.Store.Undelivered(ctx)
}

// However often notifications are delivered, the outbox is counted once a minute, and not at
// all for nobody.
func TestDispatched_CountsOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		outbox := &countingOutbox{Store: h.store}
		h.config.Store = outbox
		add := func(id string) {
			require.NoError(t, h.store.Add(t.Context(), []notify.Notification{{ID: id, ManagerID: id}}))
		}
		_, err := h.syncer().Dispatch(t.Context())
		require.NoError(t, err)
		assert.Zero(t, outbox.counted)

		var told []inbound.DispatchedInfo
		h.config.Observer = &inbound.Observer{Dispatched: func(e inbound.DispatchedInfo) { told = append(told, e) }}
		h.config.Notifier = notifierFunc(func(n notify.Notification) error {
			time.Sleep(time.Second)
			switch n.ID {
			case "dead":
				return notify.ErrPermanent
			case "later":
				return errors.New("not now")
			}
			return nil
		})
		h.config.Dispatcher.Backoff = time.Hour
		s := h.syncer()
		for _, id := range []string{"kim", "dead", "later"} {
			add(id)
		}
		_, err = s.Dispatch(t.Context())
		require.NoError(t, err)
		assert.True(t, told[0].Began.Equal(midnight(t)))
		assert.Equal(t, inbound.DispatchedInfo{Report: notify.Report{Delivered: 1, Failed: 1, Dead: 1},
			Began: told[0].Began, Took: 3 * time.Second, Pending: 1, Dead: 1,
			CountedAt: told[0].Began.Add(3 * time.Second)}, told[0])
		for range 120 {
			time.Sleep(time.Second)
			_, err = s.Dispatch(t.Context())
			require.NoError(t, err)
		}
		assert.Len(t, told, 121)
		assert.Equal(t, 3, outbox.counted)

		outbox.err = errors.New("the database is down")
		time.Sleep(time.Minute)
		_, err = s.Dispatch(t.Context())
		require.NoError(t, err, "what is due was delivered")
		last := told[len(told)-1]
		require.ErrorIs(t, last.Err, outbox.err)
		assert.Equal(t, 1, last.Pending, "as counted before")
	})
}

// notifierFunc is a Notifier.
type notifierFunc func(notify.Notification) error

func (f notifierFunc) Notify(_ context.Context, n notify.Notification) error { return f(n) }
