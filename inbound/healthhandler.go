package inbound

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/postroom/postroom/internal/escape"
)

const (
	// healthLimit is how long a request waits for the store.
	healthLimit = 5 * time.Second
	// healthRequests is how many requests wait for the store at a time. It bounds those that
	// are left behind where a store does not end with its context.
	healthRequests = 4
)

var errSlowStore = errors.New("the store does not answer within " + healthLimit.String())

// HealthHandler returns a handler for GET and HEAD. Hosts who mount it below a path use
// http.StripPrefix.
//
//   - / and /health: all accounts as one JSON object, {"running": true, "accounts": [...]}.
//     Each has id, name, shop, protocol, state, since, last_success, last_error, cause,
//     last_error_at, hint, failures, next_attempt, initial_upload {done, total, complete},
//     eta_seconds, history_after, waiting_customers and notifications {pending, oldest}.
//     Times are RFC 3339 in UTC; times and numbers that are not known are null. The status is
//     503, with a sentence in error, if the store does not answer.
//   - /healthz: 200 and "ok" while Run, or a pass of Sync, is under way and the store answers;
//     503 and a sentence otherwise. It is about the process: a broken account is no reason to
//     restart it.
//
// The answers contain no secrets, and no addresses except the names of the accounts. The
// handler asks for no password: the host decides who may reach it.
func (s *Syncer) HealthHandler() http.Handler {
	h := &healthHandler{syncer: s, asking: make(chan struct{}, healthRequests)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.accounts)
	mux.HandleFunc("GET /health", h.accounts)
	mux.HandleFunc("GET /healthz", h.alive)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

type healthHandler struct {
	syncer *Syncer
	asking chan struct{} // has a token for each request that waits for the store
}

// isRunning reports whether mail is collected.
func (h *healthHandler) isRunning() bool {
	return h.syncer.running.atWork() || h.syncer.passes.Load() > 0
}

// alive answers /healthz.
func (h *healthHandler) alive(w http.ResponseWriter, r *http.Request) {
	s, account := h.syncer, ""
	if order := s.settings.Load().order; len(order) > 0 {
		account = order[0]
	}
	problem := ""
	if !h.isRunning() {
		problem = "mail is not collected: Run was not called, or has returned"
	} else if _, err := askStore(r.Context(), h, func(ctx context.Context) (Health, error) {
		return s.store.Health(ctx, account)
	}); err != nil {
		problem = h.problemOf(r.Context(), err)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if problem != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(problem + "\n")) // the client may be gone
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// accounts answers / and /health.
func (h *healthHandler) accounts(w http.ResponseWriter, r *http.Request) {
	var page struct {
		Running  bool          `json:"running"`
		Error    string        `json:"error,omitempty"`
		Accounts []accountJSON `json:"accounts"`
	}
	page.Running, page.Accounts = h.isRunning(), []accountJSON{}
	all, err := askStore(r.Context(), h, h.syncer.Health)
	status := http.StatusOK
	if err != nil {
		status, page.Error = http.StatusServiceUnavailable, h.problemOf(r.Context(), err)
	}
	now := time.Now()
	for _, one := range all {
		page.Accounts = append(page.Accounts, accountJSONOf(one, now))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(page) // the client may be gone
}

// problemOf says what is wrong with the store, and logs it. What the store itself says may name
// hosts, files and users, and is only logged. ctx is that of the request: if it has ended, the
// client is gone, and nothing is known of the store.
func (h *healthHandler) problemOf(ctx context.Context, err error) string {
	if errors.Is(err, errSlowStore) || ctx.Err() != nil {
		return err.Error()
	}
	h.syncer.logger.WarnContext(ctx, "the store does not answer for the health page", "error", err)
	problem := "the store fails; the log says how"
	if hint := HintOf(err); hint != "" {
		problem += "; " + hint
	}
	return problem
}

// askStore calls the store and returns what it returns, or errSlowStore after healthLimit,
// also if the call does not end with its context.
func askStore[T any](
	ctx context.Context, h *healthHandler, call func(ctx context.Context) (T, error),
) (answer T, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, healthLimit, errSlowStore)
	defer cancel()
	select {
	case h.asking <- struct{}{}:
	case <-ctx.Done():
		return answer, context.Cause(ctx)
	}
	type result struct {
		answer T
		err    error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-h.asking }()
		answer, err := call(ctx)
		done <- result{answer, err}
	}()
	select {
	case r := <-done:
		if r.err != nil && ctx.Err() != nil {
			r.err = context.Cause(ctx)
		}
		return r.answer, r.err
	case <-ctx.Done():
		return answer, context.Cause(ctx)
	}
}

// accountJSON is an account in that answer.
type accountJSON struct {
	ID               string           `json:"id"`
	Name             string           `json:"name"`
	Shop             string           `json:"shop"`
	Protocol         Protocol         `json:"protocol"`
	State            string           `json:"state"`
	Since            *time.Time       `json:"since"`
	LastSuccess      *time.Time       `json:"last_success"`
	LastError        string           `json:"last_error"`
	Cause            Cause            `json:"cause"`
	LastErrorAt      *time.Time       `json:"last_error_at"`
	Hint             string           `json:"hint"`
	Failures         int              `json:"failures"`
	NextAttempt      *time.Time       `json:"next_attempt"`
	InitialUpload    initialJSON      `json:"initial_upload"`
	ETASeconds       *int64           `json:"eta_seconds"`
	HistoryAfter     *time.Time       `json:"history_after"`
	WaitingCustomers int              `json:"waiting_customers"`
	Notifications    notificationJSON `json:"notifications"`
}

type initialJSON struct {
	Done     int  `json:"done"`
	Total    int  `json:"total"`
	Complete bool `json:"complete"`
}

type notificationJSON struct {
	Pending int        `json:"pending"`
	Oldest  *time.Time `json:"oldest"`
}

func accountJSONOf(a AccountHealth, now time.Time) accountJSON {
	h, names := a.Shown(), []string{a.ID, a.Name, a.username}
	one := accountJSON{
		ID: a.ID, Name: escape.Text(a.Name, maxText), Shop: escape.Text(a.Shop, maxText), Protocol: a.Protocol,
		State: h.State.String(), Since: jsonTime(h.Since), LastSuccess: jsonTime(h.LastSuccess),
		LastError: escape.Text(withoutAddresses(h.LastError, names...), maxText), Cause: h.Cause,
		LastErrorAt: jsonTime(h.LastErrorAt),
		Hint:        escape.Text(withoutAddresses(h.Hint, names...), maxText), Failures: h.Failures,
		NextAttempt:      jsonTime(h.NextAttempt),
		InitialUpload:    initialJSON{h.InitialDone, h.InitialTotal, h.InitialComplete},
		HistoryAfter:     jsonTime(h.HistoryAfter),
		WaitingCustomers: a.WaitingCustomers,
		Notifications:    notificationJSON{a.Notifications.Count, jsonTime(a.Notifications.Oldest)},
	}
	if eta, ok := h.InitialETA(now); ok {
		seconds := int64(eta / time.Second)
		one.ETASeconds = &seconds
	}
	return one
}

// jsonTime is a time to the second, or null for the zero time.
func jsonTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}
