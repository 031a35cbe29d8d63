package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
