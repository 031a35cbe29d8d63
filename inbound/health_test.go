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
)

func TestHealth_WrongPasswordGivesHint(t *testing.T) {
	h := newHost(t)
	h.box.OpenError = &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("wrong password"),
		Hint: "check the password"}
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.EqualError(t, err, "inbound: account shop: log in: wrong password")
	assert.Equal(t, "check the password", inbound.HintOf(err))
	health, err := h.store.Health(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.HealthNeedsSignIn, health.State)
	assert.Equal(t, "check the password", health.Hint)
	h.box.OpenError = nil
	h.pass()
	health, err = h.store.Health(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.HealthOK, health.State)
	assert.Empty(t, health.LastError)
	assert.True(t, health.InitialComplete)
}

func TestHealth_StateFollowsCause(t *testing.T) {
	for cause, state := range map[inbound.Cause]inbound.HealthState{
		inbound.CauseCredentials: inbound.HealthNeedsSignIn,
		inbound.CauseAppPassword: inbound.HealthNeedsSignIn,
		inbound.CauseOAuth2:      inbound.HealthNeedsSignIn,
		inbound.CauseBlocked:     inbound.HealthBlocked,
		inbound.CauseProtocolOff: inbound.HealthMisconfigured,
		inbound.CauseFolder:      inbound.HealthMisconfigured,
		inbound.CauseSettings:    inbound.HealthMisconfigured,
		inbound.CauseThrottled:   inbound.HealthBackingOff,
		inbound.CauseUnavailable: inbound.HealthBackingOff,
	} {
		h := newHost(t)
		h.box.OpenError = &inbound.Error{Op: "log in", Class: inbound.ErrPermanent, Cause: cause, Err: errors.New("no")}
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.Error(t, err)
		assert.Equal(t, state, h.health().State, "%s", cause)
	}
}

// Replay, Redecide and Reconcile are not passes: they leave the account's health
// unchanged.
func TestHealth_UnchangedByReplayAndRedecide(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.CreateCustomer = false
		h.box.Deliver(mail("iris@example.com", "left"), mail("nobody", "without a sender"),
			mail("noor@example.com", "left, too"))
		h.pass()
		for _, before := range []inbound.Health{
			h.health(),
			{State: inbound.HealthNeedsSignIn, LastError: "wrong password", Hint: "change it", Failures: 3,
				LastSuccess: time.Unix(5, 0), InitialDone: 7, InitialTotal: 9},
		} {
			require.NoError(t, h.store.SetHealth(t.Context(), "shop", before))
			_, err := h.syncer().Redecide(t.Context(), "shop")
			require.NoError(t, err)
			assert.Equal(t, before, h.health())
			for _, address := range []string{"iris@example.com", "noor@example.com"} {
				_, err = h.syncer().Replay(t.Context(), "shop", address)
				require.NoError(t, err)
				assert.Equal(t, before, h.health())
			}
			_, err = h.syncer().Reconcile(t.Context(), "shop")
			require.NoError(t, err)
			assert.Equal(t, before, h.health())
		}
		assert.Len(t, h.emails(), 2)
	})
}

// The initial upload is not complete while the server shows only a part of the mail
// and requires a pause before the next login.
func TestHealth_InitialUploadThrottled(t *testing.T) {
	h := newHost(t)
	h.use(inbound.POP3)
	h.deliverFrom("guest", 5)
	for uid := range uint32(5) {
		h.box.Hide(uid >= 3, uid+1)
	}
	opened := 0
	h.box.Intercept = func(step string) error {
		if step != "open" {
			return nil
		}
		if opened++; opened%2 == 0 {
			return &inbound.Error{Op: "log in", Class: inbound.ErrThrottled, Err: errors.New("[IN-USE] once a minute")}
		}
		return nil
	}
	h.pass()
	assert.Len(t, h.emails(), 3)
	assert.False(t, h.health().InitialComplete)
	assert.Equal(t, inbound.HealthOK, h.health().State)
	h.box.Hide(false, 4, 5)
	h.pass()
	assert.False(t, h.health().InitialComplete)
	h.pass()
	assert.True(t, h.health().InitialComplete)
	assert.Len(t, h.emails(), 5)
}

// An account is not healthy while most of its messages cannot be uploaded, although
// its mailbox can be read.
func TestHealth_MostMessagesFail(t *testing.T) {
	h := newHost(t)
	repo := &scriptedRepo{Customers: h.customers, create: func(_ context.Context, address string) error {
		if address == "guest0@example.com" {
			return nil
		}
		return errors.New("422: phone is required")
	}}
	h.config.CustomerRepo = repo
	h.deliverFrom("guest", 20)
	_, err := h.syncer().Sync(t.Context(), "shop")
	assert.ErrorContains(t, err, "19 of 20 messages", "a program that makes one pass fails")
	assert.Len(t, h.emails(), 1)
	h.pass()
	assert.True(t, h.health().MostFailed, "none of them is due")
	assert.Equal(t, inbound.HealthDegraded, h.health().State)
	assert.Contains(t, h.health().LastError, "most of the messages")
	assert.NotEmpty(t, h.health().Hint)
	repo.create = nil
	h.deliverFrom("late", 1)
	h.pass()
	assert.Equal(t, inbound.HealthOK, h.health().State)
}

// A pass ends at a server that lists very many messages and delivers none; what is behind
// them is read all the same.
func TestSync_ManyInARowNotDelivered(t *testing.T) {
	h := newHost(t)
	const lost = 2500
	h.deliverFrom("lost", lost)
	h.fetcher = &oddServer{Fetcher: h.box, omits: func(ref inbound.Ref) bool { return ref.Position <= lost }}
	h.deliverFrom("guest", 1)
	for _, most := range []int{2000, 2600} {
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorContains(t, err, "delivers none of them")
		rows, err := h.store.Entries(t.Context(), "shop", inbound.Failed, inbound.SourceID{}, 3000)
		require.NoError(t, err)
		assert.Less(t, len(rows), most)
	}
	h.pass()
	assert.Len(t, h.emails(), 1)
}

// A server that lists mail and delivers none must not look well.
func TestHealth_NothingDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		odd := &oddServer{Fetcher: h.box, omits: func(inbound.Ref) bool { return true }}
		h.fetcher = odd
		h.deliverFrom("guest", 3)
		for range 3 {
			h.pass()
			assert.Equal(t, inbound.HealthDegraded, h.health().State)
			time.Sleep(3 * time.Minute)
		}
		odd.omits = nil
		time.Sleep(time.Hour)
		h.pass()
		assert.Equal(t, inbound.HealthOK, h.health().State)

		// One old message that cannot be read does not make the account unwell.
		h.deliverFrom("late", 20)
		lost := h.box.UIDs()[5]
		odd.omits = func(ref inbound.Ref) bool { return ref.Position == uint64(lost) }
		h.pass()
		assert.Equal(t, inbound.HealthOK, h.health().State)
		time.Sleep(time.Hour)
		h.pass()
		assert.Equal(t, inbound.HealthOK, h.health().State)
	})
}
