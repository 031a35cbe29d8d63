package pop3fetch

import (
	"context"
	"time"

	"github.com/postroom/postroom/inbound"
)

// quitTimeout is how long Close waits for the server to let the maildrop go.
const quitTimeout = time.Second

// Close implements [inbound.Session]. It sends QUIT, and waits a second at
// most, when nothing was retrieved: the server then unlocks the maildrop at
// once and remembers nothing.
//
// After a RETR it closes the connection without QUIT. Gmail takes RETR and QUIT
// together for "this client has it", hides the message from the next session
// and archives or deletes it if the mailbox is set so; whether the caller has
// kept what it read, Close cannot know. A caller that has, says so by Delete,
// with no refs if nothing is to be deleted.
func (s *session) Close() error {
	if s.end != nil {
		return nil
	}
	if !s.retrieved {
		ctx, cancel := context.WithTimeout(context.Background(), quitTimeout)
		defer cancel()
		release := s.conn.Bind(ctx)
		_ = s.lib.Quit() // a courtesy: nothing depends on it
		release()
	}
	s.end = inbound.ErrEnded
	return s.conn.Close()
}
