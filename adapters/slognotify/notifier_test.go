package slognotify_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/slognotify"
	"github.com/postroom/postroom/notify"
)

func notification() notify.Notification {
	n := notify.Notification{
		AccountID: "shop", Shop: "main", ManagerID: "m1", CustomerID: "c1", EmailID: "e1",
		From: "anna@example.com", Subject: "Where is my order?",
	}
	n.Kind = notify.IncomingEmail
	n.ID = "incoming_email/e1"
	return n
}

// record returns the record that is written to a logger of the given level.
func record(t *testing.T, level slog.Level) map[string]any {
	t.Helper()
	return recordOf(t, level, notification())
}

func recordOf(t *testing.T, level slog.Level, n notify.Notification) map[string]any {
	t.Helper()
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: level}))
	require.NoError(t, slognotify.New(logger).Notify(t.Context(), n))
	if out.Len() == 0 {
		return nil
	}
	var got map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &got), "one record")
	delete(got, "time")
	return got
}

func TestNotify_DigestHasItsNumbers(t *testing.T) {
	got := recordOf(t, slog.LevelInfo, notify.Notification{ID: "initial_digest/shop/m1/0", Kind: notify.InitialDigest,
		AccountID: "shop", ManagerID: "m1", Emails: 1000, Customers: 200, Initial: true})
	assert.Equal(t, []any{"INFO", "initial_digest", "m1", "shop", 1000.0, 200.0},
		[]any{got["level"], got["kind"], got["manager"], got["account"], got["emails"], got["customers"]})
}

func TestNotify_NoPersonalDataAtInfo(t *testing.T) {
	assert.Equal(t, map[string]any{"level": "INFO", "msg": "notification", "id": "incoming_email/e1",
		"kind":    "incoming_email",
		"manager": "m1", "customer": "c1", "email": "e1", "account": "shop"}, record(t, slog.LevelInfo))
}

func TestNotify_AddressAndSubjectAtDebug(t *testing.T) {
	got := record(t, slog.LevelDebug)
	assert.Equal(t, "anna@example.com", got["from"])
	assert.Equal(t, "Where is my order?", got["subject"])
	assert.Equal(t, "main", got["shop"])
}

func TestNotify_AccountBroken(t *testing.T) {
	broken := notify.Notification{ID: "account_broken/shop/1/op", Kind: notify.AccountBroken, AccountID: "shop",
		ManagerID: "op", Subject: "needs_sign_in: log in: wrong password"}
	got := recordOf(t, slog.LevelWarn, broken)
	assert.Equal(t, []any{"ERROR", "account_broken", "shop", "needs_sign_in: log in: wrong password"},
		[]any{got["level"], got["kind"], got["account"], got["reason"]})
	broken.Kind = notify.AccountRecovered
	assert.Nil(t, recordOf(t, slog.LevelWarn, broken))
	got = recordOf(t, slog.LevelInfo, broken)
	assert.Equal(t, "INFO", got["level"])
	assert.NotContains(t, got, "reason")
}

func TestNotify_DisabledLevelWritesNothing(t *testing.T) {
	assert.Nil(t, record(t, slog.LevelWarn))
}

func TestNew_NilLoggerIsDefault(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	n := slognotify.New(nil)
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	require.NoError(t, n.Notify(t.Context(), notification()))
	assert.Contains(t, out.String(), "msg=notification id=incoming_email/e1")
}
