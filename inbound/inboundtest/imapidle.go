package inboundtest

import (
	"errors"
	"os"
	"strings"
	"time"
)

// idle reports the news until the client ends it (RFC 2177), or until the faults say.
func (s *imapSession) idle(imapCommand) string {
	s.say("+ idling")
	s.flush()
	enough, quiet := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(quiet)
		for {
			change := s.box.watch()
			if s.folder != "" && s.same() && !s.server.current().QuietIdle {
				s.news()
				s.flush()
			}
			select {
			case <-change:
			case <-enough:
				return
			}
		}
	}()
	if d := s.server.current().EndIdle; d > 0 {
		_ = s.conn.SetReadDeadline(time.Now().Add(d)) // ReadString returns the error
	}
	text, err := s.in.ReadString('\n')
	for err == nil && s.server.swallows(s.link) {
		text, err = s.in.ReadString('\n')
	}
	close(enough)
	<-quiet
	_ = s.conn.SetReadDeadline(time.Time{}) // the next line is read or fails
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && text == "":
		return "OK idled for long"
	case err != nil:
		s.ended = true
		return ""
	case !strings.EqualFold(strings.TrimSpace(text), "DONE"):
		return "BAD DONE expected"
	}
	s.server.note("DONE")
	if s.server.current().IgnoreDone {
		s.silent = true
	}
	return "OK idled"
}
