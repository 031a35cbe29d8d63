package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Commands that connect to no server need no password.
func TestOpen_WithoutPassword(t *testing.T) {
	s := newSite(t, serve(t, known, nameless), shop)
	s.ok("run", "-once")
	emails := lines(t, s.ok("emails"))
	quarantined := lines(t, s.ok("quarantine", "list"))
	file := filepath.Join(t.TempDir(), "m.eml")
	require.NoError(t, os.WriteFile(file, []byte(stranger), 0o600))
	s.unset = true
	for _, args := range [][]string{
		{"report"}, {"emails"}, {"emails", "-account", "shop"}, {"notifications"}, {"ledger", "-account", "shop"},
		{"raw", emails[0]["id"].(string)}, {"quarantine", "list"},
		{"quarantine", "export", quarantined[0]["id"].(string)}, {"quarantine", "retry"},
		{"explain", "-account", "shop", file},
	} {
		assert.NotEmpty(t, s.ok(args...), args)
	}
	for _, args := range [][]string{{"run", "-once"}, {"check"}, {"reconcile", "-account", "shop"},
		{"replay", "-account", "shop", "-from", "bert@example.org"}} {
		r := s.do(append(args, "-config", s.config)...)
		assert.Equal(t, exitUsage, r.code, args)
		assert.Contains(t, r.stderr, "accounts[shop].password: the environment variable PASSWORD is not set")
	}
}

func TestOpen_MissingDatabase(t *testing.T) {
	s := newSite(t, serve(t), shop)
	for _, args := range [][]string{
		{"report"}, {"emails"}, {"notifications"}, {"ledger", "-account", "shop"}, {"raw", "x"},
	} {
		r := s.do(append(args, "-config", s.config)...)
		assert.Equal(t, exitFailure, r.code, args)
		assert.Contains(t, r.stderr, "is not there yet; run \"collector run -config")
		assert.NoFileExists(t, s.database)
	}
	s.database = filepath.Join(t.TempDir(), "none", "c.db")
	s.write(serve(t), shop)
	r := s.do("run", "-once", "-config", s.config)
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, "there is no folder")

	s.database = filepath.Join(t.TempDir(), "c.db")
	s.write(serve(t), shop)
	require.NoError(t, os.WriteFile(s.database, []byte(strings.Repeat("not a database ", 100)), 0o600))
	assert.Equal(t, exitFailure, s.do("report", "-config", s.config).code)
}
