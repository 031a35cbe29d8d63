package pop3fetch

import (
	"context"
	"errors"
	"time"

	"github.com/knadh/go-pop3"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
)

// session is one logged-in connection.
type session struct {
	*wire
	conn       *mailconn.Conn // the connection under wire
	lib        *pop3.Conn     // the library, for USER, PASS and QUIT
	credential mailauth.Credential
	quirks     *quirks       // what is known of the server
	caps       capabilities  // as the server has listed them last
	may        [trials]bool  // what can be tried
	last       *attempt      // what was tried last; nil: nothing
	patience   time.Duration // with the answer to it
	window     int           // commands that may be in flight
	top        support       // of TOP, which RFC 1939 leaves to the server
	refused    int           // messages in a row that were refused in words that may mean the server

	memory    *listShare     // of maildrop
	maildrop  *maildropIndex // nil until the first List, Fetch or Delete
	noUIDL    bool           // the server has no UIDL
	retrieved bool           // RETR was sent: QUIT would tell the server that we have it
	end       error          // ErrEnded or ErrDirty once the session is over
}

var (
	_ inbound.Session        = (*session)(nil)
	_ inbound.Informer       = (*session)(nil)
	_ inbound.FolderInformer = (*session)(nil)
)

// support is what is known of an optional command.
type support uint8

const (
	supportUnknown support = iota
	supported
	unsupported
)

// run calls do, which is one operation of the session, while ctx lasts. After an
// error that is not recoverable it is not known which reply comes next, and the
// session ends.
func (s *session) run(ctx context.Context, op inbound.Op, do func() error) error {
	if s.end != nil {
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: s.end}
	}
	if err := ctx.Err(); err != nil {
		return mailconn.Classify(op, err)
	}
	release := s.conn.Bind(ctx)
	err := do()
	release()
	var intact recoverable
	var own callbackError
	if err == nil || errors.As(err, &intact) {
		// A context that ends closes the connection, even if the last reply came
		// just in time.
		if ctx.Err() != nil && s.end == nil {
			s.abandon(inbound.ErrDirty)
		}
		if err == nil {
			return nil
		}
		return s.explain(op, intact.error)
	}
	s.abandon(inbound.ErrDirty)
	if ctx.Err() == nil && s.trialFailed() {
		s.quirks.failed(s.last.trial)
	}
	switch {
	case ctx.Err() != nil:
		return dirty{mailconn.Classify(op, ctx.Err())}
	case errors.As(err, &own):
		return dirty(own)
	}
	return dirty{s.explain(op, err)}
}

// abandon closes the connection without QUIT.
func (s *session) abandon(end error) {
	s.end = end
	s.memory.release()
	_ = s.conn.Close() // the error that led here is the one to return
}

// pipelined sends n commands, up to a window of them ahead of their replies, and
// calls answer to read the reply to each, in order. An error of answer leaves replies
// unread.
func (s *session) pipelined(n int, command func(i int, to []byte) []byte, answer func(i int) error) error {
	sent := 0
	var out []byte
	for i := range n {
		// A quarter of the window at a time: few writes, and the server is never idle.
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
