package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// watch records the progress of the host's passes. The returned function returns the
// events since its last call, after checking what is true of all passes.
func (h *host) watch() func() []inbound.ProgressInfo {
	var events []inbound.ProgressInfo
	h.config.Observer = &inbound.Observer{Progress: func(e inbound.ProgressInfo) { events = append(events, e) }}
	return func() []inbound.ProgressInfo {
		h.t.Helper()
		got := events
		events = nil
		require.NotEmpty(h.t, got)
		assert.Equal(h.t, inbound.ProgressInfo{Account: "shop", Phase: inbound.PhaseLogin}, got[0])
		before := make(map[inbound.Phase]inbound.ProgressInfo)
		for _, e := range got {
			last := before[e.Phase]
			assert.LessOrEqual(h.t, e.Settled, e.Total, "%+v", e)
			assert.GreaterOrEqual(h.t, e.Settled, last.Settled, "%+v after %+v", e, last)
			assert.GreaterOrEqual(h.t, e.Bytes, last.Bytes)
			before[e.Phase] = e
		}
		return got
	}
}

// expectEnd checks the last event of a pass.
func expectEnd(t *testing.T, events []inbound.ProgressInfo, phase inbound.Phase, settled, total int) {
	t.Helper()
	e := events[len(events)-1]
	assert.Equal(t, []any{phase, settled, total}, []any{e.Phase, e.Settled, e.Total})
}

func TestProgress_EndsAtTotal(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		for name, start := range map[string]inbound.Start{
			"all": {}, "now": fromNow, "since": {Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		} {
			t.Run(name, func(t *testing.T) {
				h := newHost(t)
				h.use(protocol)
				h.account.Start = start
				h.deliverFrom("old", 1200)
				events := h.watch()
				report := h.pass()
				got := events()
				expectEnd(t, got, inbound.PhaseInitialUpload, 1200, 1200)
				assert.Equal(t, report.Bytes, got[len(got)-1].Bytes)
				assert.Less(t, len(got), 600, "an event is of a batch, not of a message")
				assert.Equal(t, []int{1200, 1200}, []int{h.health().InitialDone, h.health().InitialTotal})

				assert.Equal(t, 1200, h.pass().Listed)
				expectEnd(t, events(), inbound.PhaseNewMail, 0, 0)

				for i := range 12 {
					h.box.Deliver(received(fmt.Sprintf("new%d@example.com", i), fmt.Sprint("new ", i)))
				}
				assert.Equal(t, 1212, h.pass().Listed)
				expectEnd(t, events(), inbound.PhaseNewMail, 12, 12)
				assert.Equal(t, []int{1200, 1200}, []int{h.health().InitialDone, h.health().InitialTotal})
			})
		}
	})
}

// What an interrupted initial upload has settled counts from the first page on.
func TestProgress_InterruptedInitialUploadGoesOn(t *testing.T) {
	h := newHost(t)
	h.deliverFrom("old", 600)
	events := h.watch()
	pages := 0
	h.box.Intercept = func(step string) error {
		if step == "list" {
			pages++
		}
		if pages == 50 {
			return errors.New("cut")
		}
		return nil
	}
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.Error(t, err)
	got := events()
	interrupted := got[len(got)-1]
	assert.Equal(t, inbound.PhaseInitialUpload, interrupted.Phase)
	assert.Equal(t, 600, interrupted.Total)
	assert.Positive(t, interrupted.Settled)
	assert.Equal(t, interrupted.Settled, h.health().InitialDone)
	assert.False(t, h.health().InitialComplete)
	h.box.Intercept = nil
	assert.Equal(t, 600-interrupted.Settled, h.pass().Outcomes[inbound.Uploaded])
	expectEnd(t, events(), inbound.PhaseInitialUpload, 600, 600)
	assert.Equal(t, []int{600, 600}, []int{h.health().InitialDone, h.health().InitialTotal})
}

// While one folder keeps the initial upload from being complete, the messages below
// the watermark of the other one still count.
func TestProgress_FolderFailsInInitialUpload(t *testing.T) {
	h := newHost(t)
	h.account.Folders = []string{"INBOX", "Sales"}
	h.deliverFrom("old", 600)
	h.box.DeliverTo("Sales", mail("sales@example.com", "sales"))
	odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
		if step == "list" && folder == "Sales" {
			return &inbound.Error{Op: inbound.OpList, Class: inbound.ErrPermanent, Err: errors.New("no such folder")}
		}
		return nil
	}}
	h.fetcher = odd
	events := h.watch()
	for range 2 {
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.Error(t, err)
		expectEnd(t, events(), inbound.PhaseInitialUpload, 600, 600)
		assert.False(t, h.health().InitialComplete)
	}
	odd.before = nil
	h.pass()
	expectEnd(t, events(), inbound.PhaseInitialUpload, 601, 601)
	assert.Equal(t, []int{601, 601}, []int{h.health().InitialDone, h.health().InitialTotal})
}

func TestProgress_CountsFailedAndVanishedMessages(t *testing.T) {
	h := newHost(t)
	h.config.CustomerRepo = &scriptedRepo{Customers: h.customers, create: func(_ context.Context, address string) error {
		if address == "guest1@example.com" {
			return errors.New("422: phone is required")
		}
		return nil
	}}
	h.deliverFrom("guest", 5)
	events := h.watch()
	assert.Equal(t, 1, h.pass().Outcomes[inbound.Failed])
	expectEnd(t, events(), inbound.PhaseInitialUpload, 5, 5)
	row := h.rows()["guest1"]
	row.NextTry = time.Now().Add(-time.Second)
	require.NoError(t, h.store.Record(t.Context(), "shop", []inbound.LedgerEntry{row}))
	h.box.Hide(true, 2)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Vanished: 1}, h.pass().Outcomes)
	expectEnd(t, events(), inbound.PhaseNewMail, 1, 1)
}

func TestProgress_ServerListsOtherThanItSays(t *testing.T) {
	for name, total := range map[string]int{"unknown": 0, "too few": 3, "too many": 50} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) { l.Total = total }}
			h.deliverFrom("guest", 20)
			events := h.watch()
			h.pass()
			expectEnd(t, events(), inbound.PhaseInitialUpload, 20, 20)
		})
	}
}

// POP3 servers may show the rest of the mail in a later session of the same pass.
func TestProgress_AddsUpOverSessions(t *testing.T) {
	h := newHost(t)
	h.use(inbound.POP3)
	h.deliverFrom("guest", 5)
	h.box.Hide(true, 4, 5)
	opened := 0
	h.box.Intercept = func(step string) error {
		if step == "open" {
			if opened++; opened == 2 {
				h.box.Hide(false, 4, 5)
			}
		}
		return nil
	}
	events := h.watch()
	h.pass()
	assert.Len(t, h.emails(), 5)
	expectEnd(t, events(), inbound.PhaseInitialUpload, 5, 5)
}

func TestProgress_Deleting(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.DeleteUploaded = true
		h.deliverFrom("guest", 1500)
		events := h.watch()
		assert.Equal(t, 1500, h.pass().Deleted)
		var deleting []inbound.ProgressInfo
		for _, e := range events() {
			if e.Phase == inbound.PhaseDelete {
				deleting = append(deleting, e)
			}
		}
		require.NotEmpty(t, deleting)
		assert.Zero(t, deleting[0].Settled)
		expectEnd(t, deleting, inbound.PhaseDelete, 1500, 1500)
	})
}

func TestProgress_LoginFails(t *testing.T) {
	h := newHost(t)
	h.box.OpenError = &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("wrong password")}
	events := h.watch()
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.Error(t, err)
	assert.Len(t, events(), 1)
}
