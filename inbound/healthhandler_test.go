package inbound_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// get asks a handler.
func get(t *testing.T, handler http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	assert.Equal(t, "no-store", w.Header().Get("Cache-Control"), path)
	return w
}

func TestHealthHandler_AccountsAsJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.deliverFrom("guest", 2) // there is no manager yet
		h.pass()
		off := h.sibling("off")
		off.Inactive, off.Name = true, "Old shop\x1b[2J"
		since := time.Now()
		require.NoError(t, h.store.SetHealth(t.Context(), "half", inbound.Health{State: inbound.HealthBackingOff,
			Since: since, LastError: `NO "<script>" for anna@example.com, not half@shop.example`, LastErrorAt: since,
			Cause: inbound.CauseUnavailable, Hint: "wait", Failures: 2, NextAttempt: since.Add(time.Hour),
			InitialSince: since.Add(-3 * time.Hour), InitialTook: time.Hour, InitialDone: 10, InitialTotal: 40}))
		s := h.syncerOf(h.account, h.sibling("half"), off)
		w := get(t, s.HealthHandler(), "GET", "/")
		assert.Equal(t, http.StatusOK, w.Code)
		assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
		var page struct {
			Running  bool
			Accounts []map[string]any
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
		require.Len(t, page.Accounts, 3)
		assert.False(t, page.Running)
		at := func(d time.Duration) string { return since.Add(d).UTC().Truncate(time.Second).Format(time.RFC3339) }
		shop := page.Accounts[0]
		assert.Equal(t, []any{"shop", "ok", at(0), at(0), nil, 2.0}, []any{shop["id"], shop["state"], shop["since"],
			shop["last_success"], shop["eta_seconds"], shop["waiting_customers"]})
		assert.Equal(t, map[string]any{
			"id": "half", "name": "half", "shop": "main", "protocol": "imap", "state": "backing_off", "since": at(0),
			"last_success": nil, "last_error": `NO "<script>" for [address], not half@shop.example`,
			"cause": "unavailable", "last_error_at": at(0), "hint": "wait", "failures": 2.0,
			"next_attempt": at(time.Hour), "history_after": nil, "eta_seconds": 10800.0,
			"initial_upload":    map[string]any{"done": 10.0, "total": 40.0, "complete": false},
			"waiting_customers": 0.0, "notifications": map[string]any{"pending": 0.0, "oldest": nil},
		}, page.Accounts[1])
		assert.NotContains(t, w.Body.String(), "<script>", "a browser that guesses finds no markup")
		assert.Equal(t, "inactive", page.Accounts[2]["state"])
		assert.Equal(t, `Old shop\x1b[2J`, page.Accounts[2]["name"])
		assert.NotContains(t, w.Body.String(), "off@shop.example")
		assert.JSONEq(t, w.Body.String(), get(t, s.HealthHandler(), "GET", "/health").Body.String())
	})
}

func TestHealthHandler_PendingNotifications(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		h.deliverFrom("guest", 1)
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.NoError(t, err)
		added := time.Now()
		time.Sleep(time.Hour)
		all, err := h.syncer().Health(t.Context())
		require.NoError(t, err)
		assert.Equal(t, inbound.Backlog{Count: 2, Oldest: added}, all[0].Notifications)
	})
}

// One broken account is no reason to restart the process.
func TestHealthHandler_Healthz(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.OpenError = failing(inbound.CauseBlocked)
		store := &silentStore{Store: h.store}
		h.config.Store = store
		s := h.syncer()
		handler := s.HealthHandler()
		w := get(t, handler, "GET", "/healthz")
		assert.Equal(t, http.StatusServiceUnavailable, w.Code)
		assert.Equal(t, "mail is not collected: Run was not called, or has returned\n", w.Body.String())
		stop := h.run(s)
		synctest.Wait()
		assert.Equal(t, inbound.HealthBlocked, h.health().State)
		w = get(t, handler, "GET", "/healthz")
		assert.Equal(t, []any{http.StatusOK, "ok\n"}, []any{w.Code, w.Body.String()})
		assert.Equal(t, http.StatusOK, get(t, handler, "HEAD", "/healthz").Code)

		store.become(&inbound.Error{Err: errors.New("postgres://crm:hunter2@db refuses"), Hint: "make room"}, nil)
		w = get(t, handler, "GET", "/healthz")
		assert.Equal(t, http.StatusServiceUnavailable, w.Code)
		assert.Equal(t, "the store fails; the log says how; make room\n", w.Body.String())
		w = get(t, handler, "GET", "/")
		assert.Equal(t, http.StatusServiceUnavailable, w.Code)
		assert.Contains(t, w.Body.String(), `"error":"the store fails; the log says how; make room"`)

		hangs := make(chan struct{})
		store.become(nil, hangs)
		for range 6 { // more than wait at a time
			began := time.Now()
			w = get(t, handler, "GET", "/healthz")
			assert.Equal(t, "the store does not answer within 5s\n", w.Body.String())
			assert.Equal(t, 5*time.Second, time.Since(began))
		}
		close(hangs)
		store.become(nil, nil)
		synctest.Wait()
		assert.Equal(t, http.StatusOK, get(t, handler, "GET", "/healthz").Code)
		stop()
		assert.Equal(t, http.StatusServiceUnavailable, get(t, handler, "GET", "/healthz").Code)
	})
}

// A client that hangs up says nothing of the store.
func TestHealthHandler_ClientIsGone(t *testing.T) {
	h, log := newHost(t), new(logRecords)
	h.config.Logger = slog.New(log)
	handler := h.syncer().HealthHandler()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, "GET", "/", nil))
	assert.Empty(t, log.list)
}

// silentStore is a Store that fails, or hangs whatever its context does.
type silentStore struct {
	inbound.Store
	mu    sync.Mutex
	fails error
	hangs chan struct{}
}

// become makes the store fail, or hang until the channel is closed; with nil it works.
func (s *silentStore) become(fails error, hangs chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails, s.hangs = fails, hangs
}

func (s *silentStore) now() (hangs chan struct{}, fails error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hangs, s.fails
}

func (s *silentStore) Health(ctx context.Context, account string) (inbound.Health, error) {
	hangs, fails := s.now()
	if hangs != nil {
		<-hangs
	}
	if fails != nil {
		return inbound.Health{}, fails
	}
	return s.Store.Health(ctx, account)
}

func (s *silentStore) AllHealth(ctx context.Context) (map[string]inbound.Health, error) {
	if _, fails := s.now(); fails != nil {
		return nil, fails
	}
	return s.Store.AllHealth(ctx)
}

func TestHealthHandler_MethodsAndPaths(t *testing.T) {
	handler := newHost(t).syncer().HealthHandler()
	for _, path := range []string{"/", "/health", "/healthz"} {
		w := get(t, handler, "POST", path)
		assert.Equal(t, http.StatusMethodNotAllowed, w.Code, path)
		assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"), path)
	}
	for _, path := range []string{"/healthz/", "/nothing", "/health/../secret"} {
		assert.NotEqual(t, http.StatusOK, get(t, handler, "GET", path).Code, path)
	}
	assert.Equal(t, http.StatusNotFound, get(t, handler, "GET", "/"+strings.Repeat("x", 5000)).Code)
}

// A process that waits until a different one ends with the account says so.
func TestSyncerHealth_WaitsForLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		_, err := h.store.Acquire(t.Context(), "run/shop", "a different process", 20*time.Second)
		require.NoError(t, err)
		s := h.syncer()
		state := func() inbound.HealthState {
			all, err := s.Health(t.Context())
			require.NoError(t, err)
			return all[0].State
		}
		assert.Equal(t, inbound.HealthNew, state())
		stop := h.run(s)
		time.Sleep(5 * time.Second)
		assert.Equal(t, inbound.HealthWaiting, state())
		time.Sleep(25 * time.Second)
		assert.Equal(t, inbound.HealthOK, state())
		stop()
	})
}

// sourceOf is a source of these accounts.
type sourceOf []inbound.Account

func (s sourceOf) Accounts(context.Context) ([]inbound.Account, error) { return s, nil }

// Accounts that are not collected from are in it, with the reason.
func TestSyncerHealth_EveryAccount(t *testing.T) {
	h := newHost(t)
	off, paused, wrong := h.sibling("off"), h.sibling("paused"), h.sibling("wrong")
	off.Inactive, paused.Paused, wrong.Port = true, true, 70000
	h.config.AccountSource = sourceOf{h.account, off, paused, wrong}
	require.NoError(t, h.store.SetHealth(t.Context(), "paused", inbound.Health{State: inbound.HealthOK,
		Since: time.Now(), NextAttempt: time.Now().Add(time.Minute)}))
	all, err := h.syncerOf().Health(t.Context())
	require.NoError(t, err)
	var states []string
	for _, one := range all {
		states = append(states, one.ID+" "+one.State.String())
	}
	assert.Equal(t, []string{"shop new", "off inactive", "paused paused", "wrong misconfigured"}, states)
	assert.Equal(t, inbound.Health{State: inbound.HealthPaused}, all[2].Health, "no attempt is planned")
	assert.Contains(t, all[3].LastError, "port 70000 is not between 1 and 65535")
	assert.Equal(t, inbound.CauseSettings, all[3].Cause)
	assert.Equal(t, "main", all[3].Shop)
}
