package wire

import (
	"bytes"
	"errors"
	"math"
	"time"

	"github.com/postroom/postroom/internal/mailconn"
)

var (
	// ErrOutOfStep reports that the server's responses can no longer be told from the
	// text of a message: the length that was announced for the message is not its own,
	// or is no number. Nothing more is read from the connection, since the sender of the
	// message has written what would be read as responses.
	ErrOutOfStep = errors.New("the announced length of a message is wrong")
	// ErrTooLarge reports a message that is larger than what was asked for. Nothing more
	// is read from the connection, since the rest of the message would be.
	ErrTooLarge = errors.New("the server sends a message that is larger than what was asked for")
	// ErrLongLine reports a line without end.
	ErrLongLine = errors.New("the server sends a line without end")
	// ErrUnasked reports a server that talks without answering.
	ErrUnasked = errors.New("the server sends much that it was not asked for")
)

const (
	// maxCut is how much of a line is left out before nothing more is read.
	maxCut = 256 << 10
	// maxDepth is of parentheses within an item of a FETCH response.
	maxDepth = 20
	// maxUnasked is how many lines that answer nothing may come before the reply to a
	// command. Some servers send one every few seconds while they are busy.
	maxUnasked = 1000
	// noisyIdle is after how many of them an IDLE should end, whose reply allows as many
	// again.
	noisyIdle = maxUnasked / 2
	// maxFetches is how many FETCH responses the library gets before the reply to a
	// command, which asks for at most 1000 messages. The library starts a goroutine for
	// each that no command has asked for.
	maxFetches = 5000
	// byeWait is how long the server may be silent after it has said that it ends the
	// connection. Some send the reply to the command, too.
	byeWait = 2 * time.Second
)

// paced is a connection that limits how long an answer may take: a *mailconn.Conn.
type paced interface {
	Expect(mailconn.Answer)
	Progress(n int)
	SetIdle(time.Duration) (before time.Duration)
}

// unlimited is a connection that does not.
type unlimited struct{}

func (unlimited) Expect(mailconn.Answer) {}
func (unlimited) Progress(int)           {}

func (unlimited) SetIdle(time.Duration) (before time.Duration) { return 0 }

// LimitBodies sets how large a message may be that the server sends. 0 means that none is
// asked for: those that come all the same are left out. At first there is no limit.
func (c *Conn) LimitBodies(n int64) { c.scanner.largest.Store(n) }

// unasked counts a line that answers nothing.
func (s *scanner) unasked() {
	if s.useless++; s.useless > maxUnasked {
		s.fail(ErrUnasked)
	}
	if s.useless == noisyIdle {
		s.facts.mu.Lock()
		s.facts.idling.Noisy = true
		s.facts.mu.Unlock()
		s.event()
	}
}

// answered takes note of the reply to a command.
func (s *scanner) answered() {
	s.useless, s.fetches = 0, 0
	s.pace.Progress(math.MaxInt)
}

// expects says what the next bytes from the server belong to.
func (s *scanner) expects() mailconn.Answer {
	switch {
	case s.literal > 0 && s.use == pass:
		return mailconn.Message
	case s.at == inSearch, s.at == outside && !s.cutting && s.beginsSearch():
		return mailconn.List
	}
	return mailconn.Reply
}

// beginsSearch reports whether the line in the buffer, of which there is more to come, is
// an answer to a search.
func (s *scanner) beginsSearch() bool {
	after, ok := bytes.CutPrefix(trimLeft(s.buf[s.r:min(s.w, s.r+tailSize)]), []byte("*"))
	if !ok {
		return false
	}
	kind, _ := letters(trimLeft(after))
	return (kind == "SEARCH" || kind == "ESEARCH") && s.commands.waiting("UID SEARCH")
}

// fail ends the reading.
func (s *scanner) fail(err error) {
	if s.err != nil {
		return
	}
	s.err = err
	s.facts.mu.Lock()
	s.facts.fault = err
	s.facts.mu.Unlock()
}

// Fault returns the reason why nothing more is read from the connection, as far as it is
// what the server has sent; nil if there is none. The library does not keep the errors of
// the connection.
func (c *Conn) Fault() error {
	c.scanner.facts.mu.Lock()
	defer c.scanner.facts.mu.Unlock()
	return c.scanner.facts.fault
}
