package wire

import (
	"fmt"
	"math"

	"github.com/emersion/go-imap/v2"
)

// Idling is the state of an IDLE command (RFC 2177).
type Idling struct {
	Begun   bool  // the server has asked for DONE
	Ended   bool  // the server has answered the command
	Noisy   bool  // the server has sent so many lines that the command should end
	Refusal error // an *imap.Error if the answer was NO or BAD
}

// Idle sends IDLE. The library takes no part in it: its own command does not tell that the
// server has ended it, and sends DONE then all the same. Until the state is Ended, nothing
// else but Done may be sent.
func (c *Conn) Idle() error {
	c.idles++
	tag := fmt.Sprintf("I%d", c.idles)
	f := &c.scanner.facts
	f.mu.Lock()
	f.idling = Idling{}
	f.mu.Unlock()
	c.commands.add(command{tag, "IDLE"})
	_, err := c.Conn.Write([]byte(tag + " IDLE\r\n"))
	return err
}

// Done asks the server to end IDLE.
func (c *Conn) Done() error {
	_, err := c.Conn.Write([]byte("DONE\r\n"))
	return err
}

// Idling returns the state of the latest Idle.
func (c *Conn) Idling() Idling {
	f := &c.scanner.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.idling
}

// Events returns a channel that receives something when the answer of Idling, Bye or News
// has changed. Several changes may be one event.
func (c *Conn) Events() <-chan struct{} { return c.scanner.events }

// News reports that the folder has got messages since it was selected, or since TakeNews.
func (c *Conn) News() bool {
	f := &c.scanner.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.news
}

// TakeNews is News, and forgets them.
func (c *Conn) TakeNews() bool {
	f := &c.scanner.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	news := f.news
	f.news = false
	return news
}

// Exists returns how many messages the folder has that was selected last, as far as the
// server has said so.
func (c *Conn) Exists() uint32 {
	f := &c.scanner.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tally.exists
}

// event says that something has changed.
func (s *scanner) event() {
	select {
	case s.events <- struct{}{}:
	default: // there is one already
	}
}

// idleBegins reads the continuation request for an IDLE. It returns false if there is none
// for which it can be.
func (s *scanner) idleBegins() bool {
	s.facts.mu.Lock()
	defer s.facts.mu.Unlock()
	if s.facts.idling.Begun || !s.commands.waiting("IDLE") {
		return false
	}
	s.facts.idling.Begun = true
	s.event()
	return true
}

// idleEnds reads the answer to IDLE.
func (s *scanner) idleEnds(kind string, text []byte) {
	code, _, text := responseCode(text)
	s.facts.mu.Lock()
	defer s.facts.mu.Unlock()
	s.facts.idling.Ended = true
	if kind != "OK" {
		s.facts.idling.Refusal = &imap.Error{Type: imap.StatusResponseType(kind), Code: imap.ResponseCode(code),
			Text: string(clean(text))}
	}
	s.event()
}

// tally is how many messages a folder has, and how many of them have the flag \Recent.
type tally struct{ exists, recent uint32 }

// recount changes the tally of the folder, or that of the folder that is being selected. If
// it grows in the former, that is news.
func (s *scanner) recount(change func(*tally)) {
	if s.commands.waiting("SELECT", "EXAMINE") {
		change(&s.tallying)
		return
	}
	s.facts.mu.Lock()
	defer s.facts.mu.Unlock()
	before := s.facts.tally
	change(&s.facts.tally)
	if now := s.facts.tally; now.exists > before.exists || now.recent > before.recent {
		s.facts.news = true
		s.event()
	}
}

// recent reads RECENT. Some servers say nothing else when a message has come.
func (s *scanner) recent(digits []byte) {
	if n, ok := number(digits, math.MaxUint32); ok {
		s.recount(func(t *tally) { t.recent = uint32(n) })
	}
}
