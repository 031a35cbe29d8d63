package cli

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
)

// While a run waits long for a server, the report of another process says so.
func TestReport_SlowStep(t *testing.T) {
	s := newSite(t, serve(t, known), shop)
	s.ok("run", "-once")
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(s.database))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	health, err := store.Health(t.Context(), "shop")
	require.NoError(t, err)
	now := time.Date(2026, 11, 27, 2, 15, 0, 0, time.UTC)
	health.Step = inbound.Step{Op: inbound.OpRead, Folder: "INBOX", Since: now.Add(-5 * time.Minute), Bytes: 40_000,
		LastByte: now.Add(-75 * time.Second), At: now}
	require.NoError(t, store.SetHealth(t.Context(), "shop", health))
	account := lines(t, s.ok("report"))[0]["accounts"].([]any)[0].(map[string]any)
	assert.Equal(t, "degraded", account["state"])
	assert.Equal(t, `the step "read" of folder INBOX has completed nothing for 5m0s; meanwhile 40 kB came, `+
		`the last byte 1m15s ago (as of 2026-11-27T02:15:00Z)`, account["last_error"])
	assert.Contains(t, account["hint"], "check the network")
	s.ok("run", "-once")
	account = lines(t, s.ok("report"))[0]["accounts"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"ok", "", ""}, []any{account["state"], account["last_error"], account["hint"]})
}

// An account that is not collected from is shown as such, whatever its last pass was like.
func TestReport_AccountsThatAreLeftAlone(t *testing.T) {
	now := time.Now()
	recorded := inbound.Health{State: inbound.HealthInitialUpload, Since: now, LastSuccess: now, NextAttempt: now,
		InitialSince: now, InitialTotal: 1000, InitialNotBefore: now.Add(time.Hour)}
	for want, a := range map[inbound.HealthState]inbound.Account{
		inbound.HealthInitialUpload: {},
		inbound.HealthInactive:      {Inactive: true},
		inbound.HealthPaused:        {Paused: true},
	} {
		h := shownHealth(a, recorded)
		_, eta := h.InitialETA(now)
		works := want == inbound.HealthInitialUpload
		assert.Equal(t, want, h.State)
		assert.Equal(t, []bool{!works, !works, works}, []bool{h.Since.IsZero(), h.NextAttempt.IsZero(), eta}, want)
		assert.Equal(t, []any{now, 1000}, []any{h.LastSuccess, h.InitialTotal}, want)
	}
}
