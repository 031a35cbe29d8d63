package pop3fetch

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// capabilities are the lines of CAPA (RFC 2449); nil where the server does not
// support the command.
type capabilities []string

// has reports whether a capability is announced.
func (c capabilities) has(name string) bool { return c.arguments(name) != nil }

// hasSASL reports whether a mechanism is announced.
func (c capabilities) hasSASL(mechanism string) bool {
	return slices.ContainsFunc(c.arguments("SASL"), func(m string) bool { return strings.EqualFold(m, mechanism) })
}

// arguments returns what follows the capability's name; nil if it is not announced.
func (c capabilities) arguments(name string) []string {
	for _, line := range c {
		if words := strings.Fields(line); len(words) > 0 && strings.EqualFold(words[0], name) {
			return words[1:]
		}
	}
	return nil
}

// capaPatience is how long a server may be silent when it is asked for its capabilities.
const capaPatience = 12 * time.Second

// question is how the server was last asked for its capabilities.
type question struct {
	state   sessionState
	open    bool // there is no whole answer
	refused bool
	lines   int // read up to the answer
}

// askCapabilities asks for the capabilities, which may differ before and after TLS and
// the login. They are nil where the server refuses, or is known to be unable to take
// the question.
func (s *session) askCapabilities(state sessionState) (capabilities, error) {
	if !s.ask[state] {
		return nil, nil
	}
	idle := s.conn.SetIdle(s.patience)
	defer s.conn.SetIdle(idle)
	if idle > 0 && idle < s.patience {
		s.conn.SetIdle(idle)
	}
	s.question = &question{state: state, open: true}
	caps, err := s.capabilities()
	if err != nil {
		return nil, err
	}
	s.question = &question{state: state, refused: caps == nil, lines: s.wire.read}
	return caps, nil
}

// askAgain asks once more after the login if the server has not announced all that a
// session would use: a proxy announces what it can do itself, and the server behind it
// can often do more. The question waits for its answer, which costs a round trip: it may
// not go together with STAT as long as the server has not announced PIPELINING. A
// server that has refused it before the login does not know it.
func (s *session) askAgain(wanted []string) error {
	if s.caps == nil || !slices.ContainsFunc(wanted, func(name string) bool { return !s.caps.has(name) }) {
		return nil
	}
	caps, err := s.askCapabilities(afterLogin)
	if err == nil && caps != nil {
		s.caps = caps
	}
	return err
}

// capaFailed reports, after an error, whether the server has failed because it was asked
// for its capabilities: it has not answered that, or has refused it and then not answered
// anything else.
func (s *session) capaFailed() bool {
	q := s.question
	return q != nil && (q.open || q.refused && s.wire.read == q.lines)
}

// capabilities sends CAPA and reads the answer.
func (w *wire) capabilities() (capabilities, error) {
	if err := w.send([]byte("CAPA\r\n")); err != nil {
		return nil, err
	}
	var refused *errReply
	if _, err := w.status(); errors.As(err, &refused) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	caps := capabilities{}
	err := w.lines(maxShort, func(line []byte) { caps = append(caps, string(line)) })
	return caps, err
}
