package inbound_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// failing is a refusal of the account with this cause.
func failing(cause inbound.Cause) *inbound.Error {
	class := inbound.ErrPermanent // a refused login has rules of its own
	if cause.Transient() {
		class = inbound.ErrTemporary
	}
	return &inbound.Error{Op: inbound.OpLogin, Class: class, Cause: cause, Err: errors.New(`NO "wait\x1b"`),
		Hint: "do something"}
}

// alerts makes a pass that may fail, and returns the kinds of the notifications of the first
// operator that it has added.
func (h *host) alerts(ctx context.Context) (kinds []notify.Kind) {
	h.t.Helper()
	before := len(h.notified.list)
	s := h.syncer()
	_, _ = s.Sync(ctx, "shop")
	_, err := s.Dispatch(h.t.Context())
	require.NoError(h.t, err)
	for _, n := range h.notified.list[before:] {
		if n.ManagerID == "operator" {
			kinds = append(kinds, n.Kind)
		}
	}
	return kinds
}

func TestAlert_Transitions(t *testing.T) {
	var (
		none      []notify.Kind
		broken    = []notify.Kind{notify.AccountBroken}
		recovered = []notify.Kind{notify.AccountRecovered}
		down      = failing(inbound.CauseUnavailable)
		refused   = failing(inbound.CauseAppPassword)
	)
	type step struct {
		after time.Duration
		fails *inbound.Error // nil: the pass succeeds
		state inbound.HealthState
		want  []notify.Kind
	}
	const soon = time.Minute
	for name, steps := range map[string][]step{
		"all is well": {{0, nil, inbound.HealthOK, none}, {2 * time.Hour, nil, inbound.HealthOK, none}},
		"short outage": {{0, nil, inbound.HealthOK, none}, {soon, down, inbound.HealthBackingOff, none},
			{55 * time.Minute, down, inbound.HealthBackingOff, none}, {soon, nil, inbound.HealthOK, none},
			{soon, down, inbound.HealthBackingOff, none}, {soon, nil, inbound.HealthOK, none}},
		"long outage": {{0, nil, inbound.HealthOK, none}, {soon, down, inbound.HealthBackingOff, none},
			{time.Hour, down, inbound.HealthBackingOff, broken}, {time.Hour, down, inbound.HealthBackingOff, none},
			{time.Hour, nil, inbound.HealthOK, recovered}, {time.Hour, nil, inbound.HealthOK, none}},
		"never worked": {{0, refused, inbound.HealthNeedsSignIn, broken},
			{soon, refused, inbound.HealthNeedsSignIn, none}, {soon, nil, inbound.HealthOK, recovered},
			{soon, refused, inbound.HealthNeedsSignIn, broken}, {soon, nil, inbound.HealthOK, recovered}},
		"wrong settings": {{0, failing(inbound.CauseSettings), inbound.HealthMisconfigured, broken},
			{soon, down, inbound.HealthBackingOff, none}, {soon, nil, inbound.HealthOK, recovered}},
		"blocked": {{0, nil, inbound.HealthOK, none},
			{soon, failing(inbound.CauseBlocked), inbound.HealthBlocked, broken},
			{2 * time.Hour, failing(inbound.CauseBlocked), inbound.HealthBlocked, none}},
		"trouble that changes its cause": {{0, nil, inbound.HealthOK, none},
			{soon, down, inbound.HealthBackingOff, none},
			{30 * time.Minute, refused, inbound.HealthNeedsSignIn, broken},
			{soon, down, inbound.HealthBackingOff, none}, {soon, nil, inbound.HealthOK, recovered}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.config.Operators = []string{"operator", "deputy"}
				var since time.Time
				var last inbound.HealthState
				for i, step := range steps {
					time.Sleep(step.after)
					if h.box.OpenError = nil; step.fails != nil {
						h.box.OpenError = step.fails
					}
					assert.Equal(t, step.want, h.alerts(t.Context()), "step %d", i)
					health := h.health()
					assert.Equal(t, step.state, health.State, "step %d", i)
					if health.State != last {
						since, last = time.Now(), health.State
					}
					assert.WithinDuration(t, since, health.Since, time.Second, "step %d: Since is that of the State", i)
					assert.Equal(t, step.fails != nil, !health.LastErrorAt.IsZero(), "step %d", i)
					assert.Equal(t, step.fails != nil, !health.TroubleSince.IsZero(), "step %d", i)
					if step.fails != nil {
						assert.Equal(t, step.fails.Cause, health.Cause, "step %d", i)
					}
				}
			})
		})
	}
}

func TestAlert_SaysWhatIsWrong(t *testing.T) {
	h := newHost(t)
	h.config.Operators = []string{"operator"}
	h.box.OpenError = failing(inbound.CauseAppPassword)
	assert.Equal(t, []notify.Kind{notify.AccountBroken}, h.alerts(t.Context()))
	n := h.notified.list[0]
	assert.Equal(t, []string{"shop", "main", "operator", ""}, []string{n.AccountID, n.Shop, n.ManagerID, n.CustomerID})
	assert.Equal(t, `needs_sign_in: log in: NO "wait\x1b"; do something`, n.Subject)
	assert.Equal(t, "Account shop uploads no mail, or not all: "+n.Subject, n.Title())
}

// While a server asks to be left alone for longer than an hour, nobody looks earlier.
func TestAlert_LongPauseIsToldInAdvance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.Operators = []string{"operator"}
		throttled := failing(inbound.CauseThrottled)
		throttled.RetryAfter = 5 * time.Hour
		h.box.OpenError = throttled
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, h.syncer().Run(ctx))
		require.Len(t, h.notified.list, 1)
		assert.Equal(t, notify.AccountBroken, h.notified.list[0].Kind)
		assert.WithinDuration(t, time.Now().Add(5*time.Hour), h.health().NextAttempt, 2*time.Minute)
	})
}

// Operators who are configured while an account is broken hear of it; a pass of a Syncer
// without operators, such as a single one by hand, takes nothing from them.
func TestAlert_WithoutOperators(t *testing.T) {
	h := newHost(t)
	h.box.OpenError = failing(inbound.CauseBlocked)
	assert.Empty(t, h.alerts(t.Context()))
	h.config.Operators = []string{"operator"}
	assert.Equal(t, []notify.Kind{notify.AccountBroken}, h.alerts(t.Context()))
	h.config.Operators, h.box.OpenError = nil, nil
	assert.Empty(t, h.alerts(t.Context()))
	h.config.Operators = []string{"operator"}
	assert.Equal(t, []notify.Kind{notify.AccountRecovered}, h.alerts(t.Context()))
}

// Wherever a pass is killed that finds an account broken, or well again, each operator is
// notified once.
func TestPromise_NothingTwice_AlertKilledAtEachStep(t *testing.T) {
	for at := 1; ; at++ {
		reached := false
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.config.Operators = []string{"operator", "deputy"}
			points := &inboundtest.Failpoints{At: at}
			store := h.config.Store
			for _, fails := range []*inbound.Error{failing(inbound.CauseBlocked), nil, failing(inbound.CauseBlocked)} {
				if h.box.OpenError = nil; fails != nil {
					h.box.OpenError = fails
				}
				h.config.Store = points.Store(store)
				s := h.syncer()
				_, _ = s.Sync(t.Context(), "shop")
				_, _ = s.Dispatch(t.Context())
				if _, killed := points.Reached(); killed {
					reached, points = true, &inboundtest.Failpoints{}
				}
				h.config.Store = store
				time.Sleep(time.Minute) // the leases of the killed one end
				h.alerts(t.Context())
			}
			entries, err := h.store.Notifications(t.Context(), "", 100)
			require.NoError(t, err)
			told := make(map[string][]notify.Kind)
			for _, e := range entries {
				assert.Equal(t, notify.Delivered, e.State)
				told[e.ManagerID] = append(told[e.ManagerID], e.Kind)
			}
			want := []notify.Kind{notify.AccountBroken, notify.AccountRecovered, notify.AccountBroken}
			assert.Equal(t, map[string][]notify.Kind{"operator": want, "deputy": want}, told, "killed at step %d", at)
		})
		if !reached || t.Failed() {
			require.Greater(t, at, 50, "there are as many steps")
			return
		}
	}
}

func TestNew_RefusesOperatorsWithoutID(t *testing.T) {
	h := newHost(t)
	for _, operators := range [][]string{{""}, {"a", "a"}} {
		h.config.Operators = operators
		_, err := inbound.New(h.config)
		assert.ErrorContains(t, err, "operator ")
	}
}
