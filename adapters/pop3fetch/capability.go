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

// capabilityPatience is how long a server may be silent when something is tried with it.
const capabilityPatience = 12 * time.Second

// attempt is what was last tried with the server.
type attempt struct {
	trial
	open    bool // there is no whole answer
	refused bool
	lines   int // read up to the end of the answer
}

// try does what a trial consists of. do reports whether the server has refused it.
func (s *session) try(t trial, do func() (refused bool, err error)) error {
	idle := s.conn.SetIdle(s.patience)
	defer s.conn.SetIdle(idle)
	if idle > 0 && idle < s.patience {
		s.conn.SetIdle(idle)
	}
	s.last = &attempt{trial: t, open: true}
	refused, err := do()
	if err == nil {
		s.last = &attempt{trial: t, refused: refused, lines: s.wire.read}
	}
	return err
}

// trialFailed reports, after an error, whether the server has failed because of what was
// tried: it has not answered that, or has refused it and then not answered anything else.
func (s *session) trialFailed() bool {
	return s.last != nil && (s.last.open || s.last.refused && s.wire.read == s.last.lines)
}

// askCapabilities asks for the capabilities, which may differ before and after TLS and
// the login. They are nil where the server refuses, or is known to be unable to take
// the question.
func (s *session) askCapabilities(t trial) (caps capabilities, err error) {
	if !s.may[t] {
		return nil, nil
	}
	err = s.try(t, func() (refused bool, err error) {
		caps, err = s.capabilities()
		return caps == nil, err
	})
	return caps, err
}

// askAgain asks once more after the login if the server has not announced all that a
// session would use: a proxy announces what it can do itself, and the server behind it
// can often do more. The question waits for its answer, which costs a round trip: it may
// not go together with STAT as long as the server has not announced PIPELINING. A
// server that has refused it before the login does not know it.
func (s *session) askAgain(wanted []string) error {
	missing := func(name string) bool { return !s.caps.has(name) }
	if s.caps == nil || !slices.ContainsFunc(wanted, missing) {
		return nil
	}
	piped := !missing("PIPELINING")
	caps, err := s.askCapabilities(capaAfterLogin)
	if err != nil || caps == nil {
		return err
	}
	s.quirks.passed(capaAfterLogin)
	s.caps = caps
	if piped || missing("PIPELINING") || !slices.Contains(wanted, "PIPELINING") {
		return nil
	}
	return s.tryPipelining()
}

// tryPipelining sends two commands together, the first time that PIPELINING appears after
// the login: a proxy may pass on what the server behind it announces without being able to
// do that itself.
func (s *session) tryPipelining() error {
	if !s.may[pipelining] || support(s.quirks.known[pipelining].Load()) == supported {
		return nil
	}
	err := s.try(pipelining, func() (refused bool, err error) {
		err = s.send([]byte("NOOP\r\nNOOP\r\n"))
		for n := 0; n < 2 && err == nil; n++ {
			if _, err = s.status(); errors.As(err, new(*errReply)) {
				err = nil // an answer, too
			}
		}
		return false, err
	})
	if err == nil {
		s.quirks.passed(pipelining)
	}
	return err
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
	err := w.lines(maxShort, func(line []byte) error {
		caps = append(caps, string(line))
		return nil
	})
	return caps, err
}
