package inboundtest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// watchTests are for sessions that implement inbound.Watcher.
var watchTests = map[string]func(*mail){
	"NewsEndWatch":                newsEndWatch,
	"NewsBeforeWatchEndIt":        newsBeforeWatch,
	"WakeEndsWatch":               wakeEndsWatch,
	"LimitEndsWatch":              limitEndsWatch,
	"ContextEndsWatch":            contextEndsWatch,
	"FolderThatDoesNotExist":      watchMissingFolder,
	"SessionGoesOnAfterWatch":     goesOnAfterWatch,
	"RemovedMailDoesNotSpinWatch": removedMailAndWatch,
}

// watching opens a session that has listed its folder. ok is false if it cannot watch.
func (m *mail) watching() (s inbound.Session, watcher inbound.Watcher, next inbound.Cursor, ok bool) {
	m.Helper()
	m.deliver(3)
	s = m.open()
	if watcher, ok = s.(inbound.Watcher); !ok {
		return nil, nil, next, false
	}
	pages, err := m.pages(s, inbound.Cursor{})
	m.check(err, "List")
	return s, watcher, pages[len(pages)-1].Next, true
}

// watch calls Watch with a limit that is longer than a test waits, and returns a channel
// with its error.
func (m *mail) watch(ctx context.Context, w inbound.Watcher, wake <-chan struct{}) <-chan error {
	done := make(chan error, 1)
	go func() { done <- w.Watch(ctx, m.folder(), time.Hour, wake) }()
	return done
}

// expectEnd waits for Watch to return nil.
func (m *mail) expectEnd(done <-chan error, why string) {
	m.Helper()
	select {
	case err := <-done:
		if err != nil {
			m.Errorf("Watch gave the error %v, want none: %s", err, why)
		}
	case <-time.After(soon):
		m.Fatalf("Watch goes on for %v: %s", soon, why)
	}
}

// expectNew lists what has come after the cursor.
func (m *mail) expectNew(s inbound.Session, from inbound.Cursor, want int) {
	m.Helper()
	pages, err := m.pages(s, from)
	m.check(err, "List after Watch")
	if refs := m.byArrival(refsOf(pages)); len(refs) != want {
		m.Errorf("List after Watch gave %d messages after the cursor, want %d", len(refs), want)
	}
}

func newsEndWatch(m *mail) {
	s, watcher, next, ok := m.watching()
	if !ok {
		return
	}
	for n := range 3 {
		done := m.watch(m.Context(), watcher, nil)
		m.watched()
		m.box.Deliver(order(10 + n))
		m.expectEnd(done, "a message has come")
		m.expectNew(s, next, n+1)
	}
	m.close(s)
}

// watched waits until the server has got the IDLE of a client that sends one.
func (m *mail) watched() {
	if m.server == nil {
		return
	}
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if all := m.server.Commands(); len(all) > 0 && slices.ContainsFunc(all[len(all)-1:], isIdle) {
			return
		}
	}
}

func isIdle(line string) bool {
	words := split(line)
	return len(words) == 2 && words[1] == "IDLE"
}

func newsBeforeWatch(m *mail) {
	s, watcher, next, ok := m.watching()
	if !ok {
		return
	}
	m.box.Deliver(order(10))
	m.expectEnd(m.watch(m.Context(), watcher, nil), "a message has come after List and before Watch: it would be "+
		"seen no sooner than at the next interval")
	m.expectNew(s, next, 1)
	m.close(s)
}

func wakeEndsWatch(m *mail) {
	s, watcher, _, ok := m.watching()
	if !ok {
		return
	}
	wake := make(chan struct{}, 1)
	done := m.watch(m.Context(), watcher, wake)
	wake <- struct{}{}
	m.expectEnd(done, "wake has received something")
	close(wake)
	m.expectEnd(m.watch(m.Context(), watcher, wake), "wake is closed")
	m.close(s)
}

func limitEndsWatch(m *mail) {
	s, watcher, _, ok := m.watching()
	if !ok {
		return
	}
	const limit = 200 * time.Millisecond
	begin := time.Now()
	err := m.ends("Watch", func() error { return watcher.Watch(m.Context(), m.folder(), limit, nil) })
	m.check(err, "Watch up to its limit")
	if took := time.Since(begin); took < limit {
		m.Errorf("Watch took %v with a limit of %v, and nothing has come: it would make its caller look without end",
			took, limit)
	}
	m.close(s)
}

func contextEndsWatch(m *mail) {
	s, watcher, _, ok := m.watching()
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(m.Context())
	done := m.watch(ctx, watcher, nil)
	m.watched()
	cancel()
	if err := m.ends("Watch", func() error { return <-done }); !errors.Is(err, context.Canceled) {
		m.Errorf("Watch whose context was canceled gave the error %v, want the context's", err)
	}
	_ = m.ends("Close after that", s.Close) // it has nothing to say any more
}

func watchMissingFolder(m *mail) {
	if m.isPOP3() || m.folder() == "" {
		return
	}
	s, watcher, _, ok := m.watching()
	if !ok {
		return
	}
	err := m.ends("Watch", func() error { return watcher.Watch(m.Context(), "Nowhere", time.Hour, nil) })
	m.expectClass(err, inbound.ErrPermanent, "Watch of a folder that does not exist")
	m.close(s)
}

func goesOnAfterWatch(m *mail) {
	s, watcher, _, ok := m.watching()
	if !ok {
		return
	}
	for range 3 {
		m.check(watcher.Watch(m.Context(), m.folder(), 10*time.Millisecond, nil), "Watch")
		refs := m.list(s)
		if len(refs) != 3 {
			m.Fatalf("after Watch, List gave %d messages, want 3", len(refs))
		}
		m.fetchAll(s, refs, inbound.FetchOptions{})
	}
	m.check(s.Delete(m.Context(), m.list(s)[:1]), "Delete after Watch")
	m.expectUIDs("the first was to be deleted", 2, 3)
	m.close(s)
}

// removedMailAndWatch: a message that goes may end Watch, but the next one waits again.
func removedMailAndWatch(m *mail) {
	s, watcher, next, ok := m.watching()
	if !ok {
		return
	}
	m.box.Remove(2)
	const limit = 200 * time.Millisecond
	begin, looks := time.Now(), 0
	for ; time.Since(begin) < limit && looks < 100; looks++ {
		m.check(watcher.Watch(m.Context(), m.folder(), limit, nil), "Watch")
		_, err := m.pages(s, next)
		m.check(err, "List")
	}
	if looks > 10 {
		m.Errorf("a message has gone, and Watch has ended %d times within %v: each time, its caller looks",
			looks, limit)
	}
	m.close(s)
}
