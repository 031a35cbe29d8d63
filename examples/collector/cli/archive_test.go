package cli

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/filearchive"
	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
)

// Mail that was uploaded before there was an archive, and mail that is in it, are both read.
func TestRaw_FromArchive(t *testing.T) {
	m := serve(t)
	s := newSite(t, m, shop)
	m.deliver(t, "From: anna@example.com\r\nSubject: old\r\n\r\nold\r\n")
	s.ok("run", "-once")
	archive := filepath.Join(filepath.Dir(s.config), "mail")
	s.write(m, "archive: file:"+archive+"\n"+shop)
	m.deliver(t, "From: anna@example.com\r\nSubject: new\r\n\r\nnew\r\n")
	s.ok("run", "-once")

	raw := make(map[string]string)
	for line := range strings.Lines(s.ok("emails")) {
		var e struct{ ID, Subject string }
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		raw[e.Subject] = s.ok("raw", e.ID)
	}
	assert.Contains(t, raw["old"], "\r\n\r\nold\r\n")
	assert.Contains(t, raw["new"], "\r\n\r\nnew\r\n")
	files, err := os.ReadDir(archive)
	require.NoError(t, err)
	assert.Len(t, files, 2, "a segment and its index")

	s.write(m, shop)
	for line := range strings.Lines(s.ok("emails")) {
		if strings.Contains(line, `"new"`) {
			var e struct{ ID string }
			require.NoError(t, json.Unmarshal([]byte(line), &e))
			r := s.do("raw", e.ID, "-config", s.config)
			assert.Equal(t, exitFailure, r.code)
			assert.Contains(t, r.stderr, "in the archive")
		}
	}
}

func TestRun_ArchiveThatCannotBeOpened(t *testing.T) {
	m := serve(t)
	s := newSite(t, m, shop)
	file := filepath.Join(filepath.Dir(s.config), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	s.write(m, "archive: file:"+file+"\n"+shop)
	r := s.do("run", "-once", "-config", s.config)
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, "cannot open the archive "+file)
	assert.Contains(t, r.stderr, "is not a folder")
}

// The archive is cleaned an hour after the start, and once a day.
func TestCleanArchive_OnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		archive, err := filearchive.Open(t.TempDir(), nil)
		require.NoError(t, err)
		defer archive.Close()
		store := memstore.New()
		syncer, err := inbound.New(inbound.Config{Store: store, CustomerRepo: memstore.NewCustomers(),
			ManagerDirectory: memstore.NewManagers(), Archive: archive})
		require.NoError(t, err)
		const unused = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		require.NoError(t, archive.Put(t.Context(), []inbound.Blob{{SHA256: unused, Raw: strings.NewReader("")}}))
		log := new(follower)
		s := &service{archive: archive}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		end := s.cleanArchive(ctx, syncer, slog.New(slog.NewTextHandler(log, nil)))
		time.Sleep(23 * time.Hour)
		assert.Empty(t, log.log(), "it is not old enough")
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		assert.Contains(t, log.log(), "messages=1")
		_, err = archive.Open(t.Context(), unused)
		assert.ErrorIs(t, err, inbound.ErrNotFound)
		end()
	})
}
