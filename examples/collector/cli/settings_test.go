package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSettings_ReferenceNeedsNoFile(t *testing.T) {
	s := &site{t: t, password: password}
	table := s.do("settings")
	assert.Equal(t, exitOK, table.code, table.stderr)
	assert.Regexp(t, `(?m)^KEY +TYPE +DEFAULT +MEANING$`, table.stdout)
	assert.Regexp(t, `(?m)^  interval +duration +6m +`, table.stdout)

	file := s.do("settings", "-yaml")
	assert.Equal(t, exitOK, file.code, file.stderr)
	path := filepath.Join(t.TempDir(), "c.yaml")
	require.NoError(t, os.WriteFile(path, []byte(file.stdout), 0o600))
	r := s.do("check", "-config", path, "-account", "other")
	assert.Equal(t, exitUsage, r.code)
	assert.Regexp(t, `: accounts\[shop\]\.password: the environment variable SHOP_PASSWORD is not set\n$`, r.stderr)
	assert.Equal(t, 1, strings.Count(r.stderr, "\n"), "the only problem")
}
