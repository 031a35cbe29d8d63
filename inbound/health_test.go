package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// Replay and Redecide are no passes: they say nothing about how the account does.
func TestHealth_LeftAloneByReplayAndRedecide(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.CreateCustomer = false
		h.box.Deliver(mail("iris@example.com", "left"), mail("nobody", "without a sender"), mail("noor@example.com", "left, too"))
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

// The initial upload is not complete while the server shows only a part and wants
// a pause before the next login.
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

// Only login and reading make an account wait longer. A folder, a deletion, a mark
// and a customer that fail do not, however long they do.
func TestRun_BacksOffForLoginAndReadingOnly(t *testing.T) {
	for name, tc := range map[string]struct {
		set    func(h *host, odd *oddServer)
		often  bool
		health inbound.HealthState
	}{
		"all is well":  {func(*host, *oddServer) {}, true, inbound.HealthOK},
		"no such host": {func(h *host, _ *oddServer) { h.box.OpenError = temporaryError("connect") }, false, inbound.HealthBackingOff},
		"reading": {func(_ *host, odd *oddServer) {
			odd.before = func(step, _ string) error { return failAt("list", step) }
		}, false, inbound.HealthBackingOff},
		"missing folder": {func(h *host, _ *oddServer) { h.account.Folders = []string{"INBOX", "Gone"} }, true, inbound.HealthDegraded},
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
			h.config.CustomerRepo = &scriptedRepo{Customers: h.customers, attach: func(context.Context, string, string) error { return errPoison }}
		}, true, inbound.HealthOK},
		"directory down": {func(h *host, _ *oddServer) { h.config.ManagerDirectory = downDirectory{h.managers} }, true, inbound.HealthOK},
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

func temporaryError(op inbound.Op) error {
	return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: fmt.Errorf("%s does not work now", op)}
}

func failAt(step, at string) error {
	if step != at {
		return nil
	}
	return temporaryError(inbound.Op(step))
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
	h.pass()
	assert.Len(t, h.emails(), 1)
	assert.Equal(t, inbound.HealthDegraded, h.health().State)
	assert.Contains(t, h.health().LastError, "19 of 20 messages")
	assert.NotEmpty(t, h.health().Hint)
	repo.create = nil
	h.deliverFrom("late", 1)
	h.pass()
	assert.Equal(t, inbound.HealthOK, h.health().State)
}
