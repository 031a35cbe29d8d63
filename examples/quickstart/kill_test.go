package main

import (
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
)

// served starts a server with an empty mailbox.
func served(t *testing.T) *mailbox {
	t.Helper()
	box, err := serveMailbox()
	require.NoError(t, err)
	t.Cleanup(box.close)
	return box
}

// prepared makes a database with people and returns its path.
func prepared(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "postroom.db")
	require.NoError(t, withStore(t.Context(), path, func(store *sqlstore.Store) error {
		return enterPeople(t.Context(), store)
	}))
	return path
}

func TestUploadAndKill_KillsInTheMiddle(t *testing.T) {
	box, path := served(t), prepared(t)
	require.NoError(t, box.fill(func(int, []byte) error { return nil }))
	reported := 0
	killed, err := uploadAndKill(t.Context(), box, path, func(committed int) { reported = committed })
	require.NoError(t, err)
	assert.True(t, killed)
	assert.GreaterOrEqual(t, reported, killAfter)
	require.NoError(t, withStore(t.Context(), path, func(store *sqlstore.Store) error {
		left, err := takeSnapshot(t.Context(), store)
		assert.GreaterOrEqual(t, len(left.entries), killAfter)
		assert.LessOrEqual(t, len(left.entries), holdAfter)
		return err
	}))
}

func TestUploadAndKill_ProcessThatFinishedWasNotKilled(t *testing.T) {
	killed, err := uploadAndKill(t.Context(), served(t), prepared(t), func(int) {})
	require.NoError(t, err)
	assert.False(t, killed)
}

func TestUploadAndKill_ProcessThatFailedWasNotKilled(t *testing.T) {
	killed, err := uploadAndKill(t.Context(), served(t), filepath.Join(t.TempDir(), "missing", "postroom.db"),
		func(int) {})
	assert.ErrorContains(t, err, "the first process failed: quickstart: ")
	assert.ErrorContains(t, err, "unable to open database file")
	assert.False(t, killed)
}

func TestPacer_HoldsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pacer
		release := p.hold(2)
		passed := make(chan int, 3)
		go func() {
			for n := range 3 {
				p.wait()
				passed <- n
			}
		}()
		synctest.Wait()
		assert.Len(t, passed, 2)
		release()
		release() // again changes nothing
		synctest.Wait()
		assert.Len(t, passed, 3)
	})
}
