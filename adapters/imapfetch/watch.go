package imapfetch

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

const (
	// idleAnswer is how long the server may take to begin IDLE, to end it after DONE, and to
	// answer NOOP. One that takes longer has most likely lost the connection.
	idleAnswer = 15 * time.Second
	// idleLongest is after how long IDLE is sent again: servers may end the connection after
	// 30 minutes (RFC 2177).
	idleLongest = 25 * time.Minute
	// noopEvery is how often NOOP is sent where the server has no IDLE.
	noopEvery = time.Minute
)

// watch is one call of Watch.
type watch struct {
	*session
	folder string
	over   <-chan time.Time
	wake   <-chan struct{}
}

// Watch waits by IDLE, or by NOOP once a minute where the server lacks or refuses IDLE. What
// came after the folder was listed last counts, also if the server has said so since; in a
// folder that this session has not listed, what comes after it is opened. See [inbound.Watcher].
func (s *session) Watch(ctx context.Context, folder string, limit time.Duration, wake <-chan struct{}) error {
	if s.folder != folder || s.unusable {
		if err := s.enter(ctx, folder); err != nil {
			return err
		}
	}
	over := time.NewTimer(limit)
	defer over.Stop()
	w := &watch{session: s, folder: folder, over: over.C, wake: wake}
	for !s.hasNews(folder) {
		step := w.idle
		if !s.client.Caps().Has(imap.CapIdle) || s.server.refusesIdle.Load() {
			step = w.noop
		}
		if end, err := step(ctx); end || err != nil {
			return err
		}
	}
	return nil
}

// enter opens a folder for another reason than to list it.
func (s *session) enter(ctx context.Context, folder string) error {
	before := ""
	if l := s.looks[folder]; l != nil {
		before = l.generation
	}
	return s.byName(folder, func(name string) error {
		box, generation, err := s.examine(ctx, name, before)
		if err != nil {
			return err
		}
		s.folder, s.generation, s.writable = folder, generation, false
		s.entered(folder, generation, box.NumMessages, uint64(box.UIDNext))
		return nil
	})
}

// idle sends IDLE and waits until it is over. end means that Watch is.
func (w *watch) idle(ctx context.Context) (end bool, err error) {
	err = w.within(ctx, func() error {
		if err := w.conn.wire.Idle(); err != nil {
			return err
		}
		return w.until(func() bool { state := w.conn.wire.Idling(); return state.Begun || state.Ended })
	})
	if err != nil {
		return false, err
	}
	if refusal := w.conn.wire.Idling().Refusal; refusesForm(refusal) {
		w.server.refusesIdle.Store(true)
		return false, nil
	} else if refusal != nil {
		return false, w.command(ctx, inbound.OpWatch, answerBudget, func() error { return refusal })
	}
	if end, err = w.wait(ctx, idleLongest, true); err != nil {
		return false, err
	}
	ended := func() bool { return w.conn.wire.Idling().Ended }
	if ended() { // by the server itself, as some do when something has come
		return true, nil
	}
	return end, w.within(ctx, func() error {
		if err := w.conn.wire.Done(); err != nil {
			return err
		}
		return w.until(ended)
	})
}

// noop waits for a minute and sends NOOP.
func (w *watch) noop(ctx context.Context) (end bool, err error) {
	if end, err = w.wait(ctx, noopEvery, false); end || err != nil {
		return end, err
	}
	return false, w.within(ctx, func() error { return w.client.Noop().Wait() })
}

// wait waits, with nothing asked of the server, until Watch is to end, the connection ends,
// the server has ended IDLE or sends too much, or the time is over.
func (w *watch) wait(ctx context.Context, limit time.Duration, idling bool) (end bool, err error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return true, w.command(ctx, inbound.OpWatch, answerBudget, func() error { return ctx.Err() })
		case <-w.over:
			return true, nil
		case <-w.wake:
			return true, nil
		case <-w.client.Closed():
			return true, w.lost(ctx)
		case <-timer.C:
			return false, nil
		case <-w.conn.wire.Events():
		}
		switch state := w.conn.wire.Idling(); {
		case w.conn.wire.Bye() != "":
			return true, w.lost(ctx)
		case w.hasNews(w.folder):
			return true, nil
		case idling && (state.Noisy || state.Ended):
			return false, nil
		}
	}
}

// lost is the error of a connection that has ended while nothing was asked.
func (w *watch) lost(ctx context.Context) error {
	return w.command(ctx, inbound.OpWatch, answerBudget, func() error { return errConnectionEnded })
}

// errConnectionEnded is replaced by what is known of the reason.
var errConnectionEnded = errors.New("the connection has ended")

// within is command with the time limit of an answer that takes no work.
func (w *watch) within(ctx context.Context, run func() error) error {
	limited, cancel := context.WithTimeoutCause(ctx, idleAnswer, errSlow)
	defer cancel()
	return w.command(limited, inbound.OpWatch, answerBudget, run)
}

// until waits until the server has brought something about. The connection is closed when
// the time for that is over.
func (w *watch) until(done func() bool) error {
	for !done() {
		select {
		case <-w.conn.wire.Events():
		case <-w.client.Closed():
			if done() {
				return nil
			}
			return errConnectionEnded
		}
	}
	return nil
}
