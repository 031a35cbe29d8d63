package pop3fetch

import (
	"context"
	"time"

	"github.com/postroom/postroom/inbound"
)

// quitTimeout is how long Close waits for the server to unlock the maildrop.
const quitTimeout = time.Second

// Close implements [inbound.Session]. If nothing was retrieved, it sends QUIT and
// waits at most a second: the server unlocks the maildrop immediately and remembers
// nothing.
//
// After a RETR it closes the connection without QUIT. To Gmail, RETR and QUIT
// together mean that the client has the message: it hides the message from the next
// session, and archives or deletes it if the mailbox is set so. Close cannot know
// whether the caller has kept what it read. A caller that has, calls Delete, with no
// refs if nothing is to be deleted.
func (s *session) Close() error {
	if s.end != nil {
		return nil
	}
	if !s.retrieved {
		ctx, cancel := context.WithTimeout(context.Background(), quitTimeout)
		defer cancel()
		release := s.conn.Bind(ctx)
		_ = s.lib.Quit() // nothing depends on it
		release()
	}
	s.end = inbound.ErrEnded
	s.memory.release()
	return s.conn.Close()
}
