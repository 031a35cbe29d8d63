package main

import (
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// pacer makes the sample server as slow as a real one. Its zero value does not.
type pacer struct {
	mu       sync.Mutex
	pause    time.Duration // before each message
	left     int           // messages that are delivered before released is closed
	released chan struct{} // nil: no limit
}

// setPace sets the pause before each message that is delivered.
func (p *pacer) setPace(pause time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pause = pause
}

// hold makes the server deliver n messages and then wait until release is called.
func (p *pacer) hold(n int) (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	released := make(chan struct{})
	p.left, p.released = n, released
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.released = nil
		close(released)
	})
}

// wait returns when the next message may be delivered.
func (p *pacer) wait() {
	p.mu.Lock()
	pause, released := p.pause, p.released
	if released != nil {
		p.left--
		if p.left >= 0 {
			released = nil
		}
	}
	p.mu.Unlock()
	time.Sleep(pause)
	if released != nil {
		<-released
	}
}

// pacedSession is a session whose messages come at the pace of the pacer.
type pacedSession struct {
	imapserver.Session
	pacer *pacer
}

// Fetch implements imapserver.Session.
func (s *pacedSession) Fetch(w *imapserver.FetchWriter, numbers imap.NumSet, options *imap.FetchOptions) error {
	set, ok := numbers.(imap.UIDSet)
	if !ok || len(options.BodySection) == 0 {
		return s.Session.Fetch(w, numbers, options)
	}
	uids, ok := set.Nums()
	if !ok { // it has a "*"
		return s.Session.Fetch(w, numbers, options)
	}
	for _, uid := range uids {
		s.pacer.wait()
		if err := s.Session.Fetch(w, imap.UIDSetNum(uid), options); err != nil {
			return err
		}
	}
	return nil
}
