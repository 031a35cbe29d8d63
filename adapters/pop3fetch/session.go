package pop3fetch

import (
	"context"
	"errors"

	"github.com/knadh/go-pop3"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// session is one logged-in connection.
type session struct {
	*wire
	conn   *mailconn.Conn // the connection under wire
	lib    *pop3.Conn     // the library, for USER, PASS and QUIT
	caps   capabilities
	window int     // commands that may be under way at once
	top    support // of TOP, which RFC 1939 leaves to the server

	maildrop  *maildropIndex // nil until the first List, Fetch or Delete
	noUIDL    bool           // the server has no UIDL
	retrieved bool           // RETR was sent: QUIT would tell the server that we have it
	end       error          // ErrEnded or ErrDirty once the session is over
}

var (
	_ inbound.Session  = (*session)(nil)
	_ inbound.Informer = (*session)(nil)
)

// support is what is known of an optional command.
type support uint8

const (
	supportUnknown support = iota
	supported
	unsupported
)

// run does one thing of a session while the context allows it. After any
// error but an intact one nobody knows which answer comes next, and the session
// is over.
func (s *session) run(ctx context.Context, op string, do func() error) error {
	if s.end != nil {
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: s.end}
	}
	if err := ctx.Err(); err != nil {
		return mailconn.Classify(op, err)
	}
	release := s.conn.Bind(ctx)
	err := do()
	release()
	var sound recoverable
	var own callbackError
	if err == nil || errors.As(err, &sound) {
		// A context that ends closes the connection, even where the last
		// answer came just in time.
		if ctx.Err() != nil && s.end == nil {
			s.abandon(inbound.ErrDirty)
		}
		if err == nil {
			return nil
		}
		return explain(op, sound.error, temporary)
	}
	s.abandon(inbound.ErrDirty)
	switch {
	case ctx.Err() != nil:
		return dirty{mailconn.Classify(op, ctx.Err())}
	case errors.As(err, &own):
		return dirty(own)
	}
	return dirty{explain(op, err, temporary)}
}

// abandon closes the connection without another word.
func (s *session) abandon(end error) {
	s.end = end
	_ = s.conn.Close() // nothing waits for it
}

// pipelined sends n commands, as many ahead of their answers as the server
// allows, and has answer read the answer to each, in order. An error of answer
// leaves answers unread.
func (s *session) pipelined(n int, command func(i int, to []byte) []byte, answer func(i int) error) error {
	sent := 0
	var out []byte
	for i := range n {
		// A quarter of the window at a time: few writes, and never an idle server.
		if sent < n && sent-i <= s.window*3/4 {
			for out = out[:0]; sent < n && sent-i < s.window; sent++ {
				out = command(sent, out)
			}
			if err := s.send(out); err != nil {
				return err
			}
		}
		if err := answer(i); err != nil {
			return err
		}
	}
	return nil
}
