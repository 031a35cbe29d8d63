package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	s := newSite(t, serve(t), shop)
	ok := lines(t, s.ok("check"))
	require.Len(t, ok, 1)
	assert.Equal(t, []any{"shop", true, true, false, true, "", ""},
		pick(ok[0], "account", "ok", "reachable", "encrypted", "logged_in", "error", "hint"))
	assert.Contains(t, ok[0]["folders"], "INBOX")
	assert.Contains(t, ok[0]["capabilities"], "UIDPLUS")
	assert.Equal(t, map[string]any{"messages": 0.0, "bytes": nil}, ok[0]["waiting"])
	assert.Equal(t, "", ok[0]["cause"])
	assert.NoFileExists(t, s.database)

	s.password = "hunter2"
	r := s.do("check", "-config", s.config, "-account", "shop")
	assert.Equal(t, exitFailure, r.code)
	assert.Regexp(t, `^account shop: log in: .+; .+\n$`, r.stderr)
	assert.NotContains(t, r.stdout+r.stderr, "hunter2")
	wrong := lines(t, r.stdout)[0]
	assert.Equal(t, []any{false, true, false}, pick(wrong, "ok", "reachable", "logged_in"))
	assert.NotEmpty(t, wrong["hint"])
	assert.Equal(t, "credentials", wrong["cause"])
	assert.Equal(t, map[string]any{"messages": nil, "bytes": nil}, wrong["waiting"])
}

func TestCheck_MissingServer(t *testing.T) {
	box := serve(t)
	box.port = 1
	s := newSite(t, box, shop)
	r := s.do("check", "-config", s.config)
	assert.Equal(t, exitFailure, r.code)
	line := lines(t, r.stdout)[0]
	assert.Equal(t, []any{false, false, false, false}, pick(line, "ok", "reachable", "encrypted", "logged_in"))
	assert.Equal(t, []any{[]any{}, []any{}}, pick(line, "folders", "capabilities"))
}
