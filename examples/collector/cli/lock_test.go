package cli

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLock_CallsAloneIfNotShared(t *testing.T) {
	database := filepath.Join(t.TempDir(), "mail.db")
	calls := 0
	alone := func() error { calls++; return nil }

	first, err := lock(database, alone)
	require.NoError(t, err)
	require.NotNil(t, first)
	assert.Equal(t, 1, calls, "no other process has it")

	second, err := lock(database, alone)
	require.NoError(t, err, "several processes may collect")
	assert.Equal(t, 1, calls, "the first one still has it")

	require.NoError(t, first())
	third, err := lock(database, alone)
	require.NoError(t, err)
	assert.Equal(t, 1, calls, "the second one still has it")

	require.NoError(t, second())
	require.NoError(t, third())
	fourth, err := lock(database, alone)
	require.NoError(t, err)
	assert.Equal(t, 2, calls, "all other locks are released")
	require.NoError(t, fourth())
}

func TestLock_FailureReleases(t *testing.T) {
	database := filepath.Join(t.TempDir(), "mail.db")
	broken := errors.New("broken")
	_, err := lock(database, func() error { return broken })
	require.ErrorIs(t, err, broken)
	called := false
	unlock, err := lock(database, func() error { called = true; return nil })
	require.NoError(t, err)
	assert.True(t, called)
	require.NoError(t, unlock())
}
