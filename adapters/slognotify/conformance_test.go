package slognotify_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/slognotify"
	"github.com/postroom/postroom/notify/notifytest"
)

// file is a log file on a disk that may be full.
type file struct {
	mu    sync.Mutex
	lines [][]byte
	full  bool
}

func (f *file) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.full {
		return 0, errors.New("no space left on device")
	}
	f.lines = append(f.lines, append([]byte(nil), line...))
	return len(line), nil
}

func (f *file) setFull(full bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.full = full
}

func (f *file) ids(t *testing.T) (ids []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, line := range f.lines {
		var record struct{ ID string }
		require.NoError(t, json.Unmarshal(line, &record), "one record in each line")
		ids = append(ids, record.ID)
	}
	return ids
}

func TestNotifier(t *testing.T) {
	notifytest.TestNotifier(t, func(t *testing.T) notifytest.Channel {
		f := new(file)
		return notifytest.Channel{
			Notifier: slognotify.New(slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			Arrived:  func() []string { return f.ids(t) },
			Break:    func() { f.setFull(true) },
			Mend:     func() { f.setFull(false) },
		}
	})
}
