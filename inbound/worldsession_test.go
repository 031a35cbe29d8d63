package inbound_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// worldFetcher is the server as a process uses it.
type worldFetcher struct{ *process }

// Open implements inbound.Fetcher.
func (s worldFetcher) Open(
	ctx context.Context, a inbound.Account, login inbound.Login,
) (session inbound.Session, err error) {
	err = s.do(ctx, "Open", func() error {
		box := s.w.boxOf(a)
		if box.open != nil {
			return &inbound.Error{Op: "log in", Class: box.open, Err: errors.New("the server refuses the login")}
		}
		if s.w.connected[a.ID] == nil {
			s.w.connected[a.ID] = &connected{from: time.Now()}
		}
		box.sessions++
		c := &conn{process: s.process, box: box, pop3: a.Protocol == inbound.POP3}
		if session = c; !c.pop3 {
			session = markingConn{c}
		}
		return nil
	})
	if err != nil && session != nil {
		_ = session.Close() // as the server does when its client is killed
		session = nil
	}
	return session, err
}

// conn is a session.
type conn struct {
	*process
	box     *mailbox
	pop3    bool
	ended   bool
	closed  bool
	drop    []inbound.Ref                 // POP3: the maildrop when it was first listed
	dropped map[inbound.SourceID]*message // and its messages
	listed  bool
}

func (c *conn) find(name string) (*folder, error) {
	if c.ended || c.closed {
		return nil, inbound.ErrEnded
	}
	if c.pop3 {
		return c.box.folders[0], nil
	}
	if f := c.box.folder(name); f != nil {
		return f, nil
	}
	return nil, &inbound.Error{Op: "list", Folder: name, Class: inbound.ErrPermanent, Err: errors.New("no such folder")}
}

const worldPage = 7 // small, so that a few messages are several pages

// List implements inbound.Session.
func (c *conn) List(ctx context.Context, name string, from inbound.Cursor) (l inbound.Listing, err error) {
	err = c.do(ctx, "List", func() error {
		f, err := c.find(name)
		if err != nil {
			return err
		}
		if f.broken != nil {
			return &inbound.Error{Op: "list", Folder: name, Class: f.broken,
				Err: errors.New("the folder's index is broken")}
		}
		var shown []*message
		if !c.pop3 || !c.listed {
			for _, m := range f.messages {
				if !m.hidden {
					shown = append(shown, m)
				}
			}
		}
		if c.pop3 {
			l = c.maildrop(shown, from)
			return nil
		}
		l = inbound.Listing{Generation: f.validity(), NextPosition: uint64(f.next), Total: len(shown)}
		if c.box.noUIDNext {
			l.NextPosition = 0
		}
		next := inbound.Cursor{Generation: l.Generation, Received: from.Received}
		if from.Generation == l.Generation {
			next.After, next.Again = from.After, from.Again
			next.Newest, next.Before = from.Newest, from.Before
		}
		if from.Newest && !c.w.kinds["nonewest"] {
			c.newest(&l, shown, from, next)
			return nil
		}
		for _, m := range shown {
			at := slices.Index(next.Again, uint64(m.uid))
			if uint64(m.uid) <= next.After && at < 0 {
				continue
			}
			if len(l.Refs) == worldPage {
				l.More = true
				break
			}
			ref := m.ref(from.Received)
			l.Refs = append(l.Refs, ref)
			if at >= 0 {
				next.Again = next.Again[at+1:]
			} else {
				next.After, next.Again = ref.Position, nil
			}
		}
		l.Next = next
		return nil
	})
	return l, err
}

// newest adds the newest messages to a listing.
func (c *conn) newest(l *inbound.Listing, shown []*message, from, next inbound.Cursor) {
	l.Next = next
	l.Next.Newest = true
	for _, m := range slices.Backward(shown) {
		if uint64(m.uid) <= next.After || next.Before > 0 && uint64(m.uid) >= next.Before {
			continue
		}
		if l.More = len(l.Refs) == worldPage; l.More {
			break
		}
		l.Refs, l.Next.Before = append(l.Refs, m.ref(from.Received)), uint64(m.uid)
	}
	slices.Reverse(l.Refs)
}

func (m *message) ref(received bool) inbound.Ref {
	ref := inbound.Ref{SourceID: m.id(inbound.IMAP), Position: uint64(m.uid), Size: int64(len(m.raw)), Mark: m.mark}
	if received {
		ref.Received = m.received
	}
	return ref
}

func (c *conn) maildrop(shown []*message, from inbound.Cursor) inbound.Listing {
	if !c.listed {
		c.listed, c.dropped = true, make(map[inbound.SourceID]*message)
		for _, m := range shown {
			ref := inbound.Ref{SourceID: m.id(inbound.POP3), Size: int64(len(m.raw))}
			c.drop, c.dropped[ref.SourceID] = append(c.drop, ref), m
		}
	}
	first := int(min(from.After, uint64(len(c.drop))))
	last := min(first+worldPage, len(c.drop))
	l := inbound.Listing{Refs: slices.Clone(c.drop[first:last]), Total: len(c.drop), More: last < len(c.drop),
		Windowed: true}
	l.Next = inbound.Cursor{After: uint64(last), Received: from.Received}
	return l
}

// message returns what is under a ref now, or nil.
func (c *conn) message(ref inbound.Ref) (*folder, *message, error) {
	f, err := c.find(ref.Folder)
	if err != nil {
		return nil, nil, err
	}
	if m := c.dropped[ref.SourceID]; c.listed && (m == nil || m.gone) {
		return f, nil, nil
	} else if c.listed {
		return f, m, nil
	}
	protocol := inbound.IMAP
	if c.pop3 {
		protocol = inbound.POP3
	}
	for _, m := range f.messages {
		if m.id(protocol) == ref.SourceID {
			return f, m, nil
		}
	}
	return f, nil, nil
}

// Fetch implements inbound.Session.
func (c *conn) Fetch(ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions,
	each func(inbound.Ref, io.Reader) error) error {
	if err := c.do(ctx, "Fetch", func() error { return nil }); err != nil {
		return err
	}
	for _, ref := range refs {
		var raw []byte
		var cut bool
		err := c.do(ctx, "a message", func() error {
			_, m, err := c.message(ref)
			if err != nil || m == nil || c.omits && c.chance(3) {
				return err
			}
			if raw = m.raw; m.short > 0 && !part.HeaderOnly {
				m.short--
				c.w.note("%s/%s %d is delivered short", c.box.user, m.folder.name, m.uid)
				if raw = raw[:shortOf(raw)]; m.little {
					raw = raw[:50]
				}
			}
			if cut = c.box.cutAt == m && c.box.cuts > 0; cut {
				c.box.cuts--
			}
			return nil
		})
		if err != nil {
			return err
		}
		if raw == nil {
			continue
		}
		if end := bytes.Index(raw, []byte("\r\n\r\n")); part.HeaderOnly && end >= 0 {
			raw = raw[:end+4]
		}
		if part.MaxBytes > 0 && int64(len(raw)) > part.MaxBytes {
			raw = raw[:part.MaxBytes]
		}
		reader := io.Reader(bytes.NewReader(raw))
		if cut {
			reader = io.MultiReader(bytes.NewReader(raw[:len(raw)/2]), broken{})
		}
		if err := each(ref, reader); err != nil {
			return err
		}
	}
	return nil
}

// broken is the reader of the rest of a message after the connection was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, &inbound.Error{Op: "read", Class: errors.Join(inbound.ErrTemporary, inbound.ErrDirty),
		Err: io.ErrUnexpectedEOF}
}

// Delete implements inbound.Session.
func (c *conn) Delete(ctx context.Context, refs []inbound.Ref) error {
	return c.do(ctx, "Delete", func() error {
		if c.box.refusesDelete && len(refs) > 0 {
			return &inbound.Error{Op: "delete", Class: inbound.ErrPermanent,
				Err: errors.New("the server does not let us delete")}
		}
		var replaced error
		for _, ref := range refs {
			switch f, m, err := c.message(ref); {
			case err != nil:
				return err
			case m == nil:
			case ref.Size > 0 && ref.Size != int64(len(m.raw)):
				replaced = &inbound.Error{Op: "delete", Class: inbound.ErrTemporary,
					Err: fmt.Errorf("%w: %s", inbound.ErrKeyReused, ref.SourceID)}
			default:
				f.take(m)
				c.w.deletions = append(c.w.deletions, deletion{m, c.account, time.Now()})
				c.w.note("%s deletes %s/%s %d (%s)", c.account.ID, c.box.user, f.name, m.uid, m.sum[:6])
			}
		}
		c.ended = c.pop3
		return replaced
	})
}

// markingConn is a session by IMAP: POP3 has no flags.
type markingConn struct{ *conn }

// MarkSeen implements inbound.Marker.
func (c markingConn) MarkSeen(ctx context.Context, refs []inbound.Ref) error {
	return c.do(ctx, "MarkSeen", func() error {
		if c.box.refusesMark && len(refs) > 0 {
			return &inbound.Error{Op: "mark", Class: inbound.ErrPermanent, Err: errors.New("the mailbox is read-only")}
		}
		for _, ref := range refs {
			_, m, err := c.message(ref)
			if err != nil {
				return err
			}
			if m != nil {
				m.seenBy = append(m.seenBy, c.account)
				c.w.note("%s marks %s/%s %d", c.account.ID, c.box.user, m.folder.name, m.uid)
			}
		}
		return nil
	})
}

// Close implements inbound.Session.
func (c *conn) Close() error {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if !c.closed {
		c.closed = true
		c.box.sessions--
	}
	return nil
}
