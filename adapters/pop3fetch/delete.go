package pop3fetch

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
)

// Delete implements [inbound.Session]. It sends DELE for each message and then QUIT,
// whose reply alone commits the deletions (RFC 1939, section 6). Without refs it
// only sends QUIT, which tells some servers that the client has what it retrieved
// (see Close).
//
// It refuses to delete by an incomplete listing, in which numbers may belong to
// other messages and absence proves nothing. The session continues after that
// error; after any other, and after success, it has ended.
func (s *session) Delete(ctx context.Context, refs []inbound.Ref) error {
	return s.run(ctx, inbound.OpDelete, func() error {
		named, others, err := s.toDelete(ctx, refs)
		if err != nil {
			return err
		}
		kept, first := 0, error(nil)
		err = s.pipelined(len(named),
			func(i int, to []byte) []byte {
				return append(strconv.AppendInt(append(to, "DELE "...), int64(named[i].number), 10), crlf...)
			},
			func(i int) error {
				var refused *errReply
				_, err := s.status()
				if !errors.As(err, &refused) {
					return err
				}
				if kept++; kept == 1 {
					first = fmt.Errorf("message %s: %w", escape.Quoted(named[i].SourceID.String()), err)
				}
				return nil
			})
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err // nothing is deleted yet
		}
		if err := s.lib.Quit(); err != nil {
			return fmt.Errorf("the server did not confirm: %w", err)
		}
		s.abandon(inbound.ErrEnded)
		switch {
		case kept > 0:
			return recoverable{fmt.Errorf("%d of %d messages were not deleted, the first: %w", kept, len(named), first)}
		case others > 0:
			return recoverable{&inbound.Error{Op: inbound.OpDelete, Class: inbound.ErrTemporary,
				Err: fmt.Errorf("%w: %d of %d messages have a different size than when they were listed, and stay",
					inbound.ErrKeyReused, others, len(refs))}}
		}
		return nil
	})
}

// toDelete returns those of refs that are in the maildrop, each once, and counts
// those whose unique-id the server has reused for a different message.
func (s *session) toDelete(ctx context.Context, refs []inbound.Ref) (kept []located, others int, err error) {
	if len(refs) == 0 {
		return nil, 0, nil
	}
	if err := s.loadIndex(ctx); err != nil {
		return nil, 0, err
	}
	if err := s.identify(s.maildrop.count); err != nil {
		return nil, 0, err
	}
	if s.maildrop.incomplete {
		return nil, 0, recoverable{&inbound.Error{Op: inbound.OpDelete, Class: inbound.ErrTemporary,
			Err:  errors.New("the server's listing is incomplete, so nothing was deleted"),
			Hint: "deletion is retried with the next listing; if this stays, tell the server's operator"}}
	}
	list := s.wanted(refs)
	seen := make(map[int]bool, len(list))
	kept = list[:0]
	for _, m := range list {
		if seen[m.number] {
			continue
		}
		seen[m.number] = true
		if now := int64(s.maildrop.sizes[m.number-1]); now == m.Size || now == 0 || m.Size == 0 {
			kept = append(kept, m)
		} else {
			others++
		}
	}
	return kept, others, nil
}
