package pop3fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/refusal"
)

// pageSize is how many messages a page of a listing has at most.
const pageSize = 1000

// List implements [inbound.Session]. The maildrop is locked and listed once a
// session: the first call sends STAT, LIST and UIDL, and later pages come from
// memory. Cursor.After is a message number; Generation and Received mean nothing.
//
// Each message without a usable unique-id costs a TOP (or RETR) in each session; see
// identify.
func (s *session) List(ctx context.Context, folder string, from inbound.Cursor) (listing inbound.Listing, err error) {
	err = s.run(ctx, inbound.OpList, func() error {
		if folder != "" {
			return noFolders(folder)
		}
		if err := s.loadIndex(); err != nil {
			return err
		}
		listing, err = s.page(from.After)
		return err
	})
	return listing, err
}

// noFolders is the error of a folder in POP3; the session goes on.
func noFolders(folder string) error {
	return recoverable{&inbound.Error{Op: inbound.OpList, Folder: folder, Class: inbound.ErrPermanent,
		Err: errors.New("POP3 has no folders"), Hint: "leave the account's folders empty, or use IMAP"}}
}

// page returns the messages after a number.
func (s *session) page(after uint64) (inbound.Listing, error) {
	m := s.maildrop
	first := int(min(after, uint64(m.count))) + 1
	last := min(first+pageSize-1, m.count)
	if err := s.identify(last); err != nil {
		return inbound.Listing{}, err
	}
	listing := inbound.Listing{
		Total:      m.count,
		Refs:       make([]inbound.Ref, 0, last-first+1),
		Next:       inbound.Cursor{After: uint64(last)},
		More:       last < m.count,
		Windowed:   true,
		Incomplete: m.incomplete,
	}
	for n := first; n <= last; n++ {
		if ref, ok := m.ref(n); ok {
			listing.Refs = append(listing.Refs, ref)
		}
	}
	return listing, nil
}

// loadIndex lists the maildrop, once in a session.
func (s *session) loadIndex() error {
	if s.maildrop != nil {
		return nil
	}
	var m *maildropIndex
	steps := []struct {
		command string
		read    func() error
	}{
		{"STAT\r\n", func() (err error) { m, err = s.readStat(); return err }},
		{"LIST\r\n", func() error { return s.readList(m) }},
		{"UIDL\r\n", func() error { return s.readUIDL(m) }},
	}
	err := s.pipelined(len(steps),
		func(i int, to []byte) []byte { return append(to, steps[i].command...) },
		func(i int) error { return steps[i].read() })
	if err != nil {
		return err
	}
	if s.noUIDL {
		if err := s.confirmNoUIDL(); err != nil {
			return err
		}
	}
	if m.sized != m.count || !s.noUIDL && m.named != m.count {
		m.incomplete = true
	}
	if !s.noUIDL && m.numbersOnly() {
		m.numbered = true
		m.forgetNames()
	}
	if err := m.indexNamed(); err != nil {
		return err
	}
	s.maildrop = m
	return nil
}

// readStat reads "+OK count size".
func (s *session) readStat() (*maildropIndex, error) {
	text, err := s.status()
	if err != nil {
		return nil, err
	}
	count, err := s.messageCount(text)
	if err != nil {
		return nil, err
	}
	return newMaildropIndex(count), nil
}

// messageCount returns the number of messages in the answer to STAT.
func (s *session) messageCount(text []byte) (int, error) {
	word, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte(" "))
	count, err := strconv.ParseUint(string(word), 10, 31)
	if err != nil {
		return 0, s.violation("the server's answer to STAT has no number of messages", text)
	}
	if count > maxMessages {
		return 0, &inbound.Error{Op: inbound.OpList, Class: inbound.ErrPermanent,
			Err:  fmt.Errorf("the maildrop has %d messages", count),
			Hint: fmt.Sprintf("POP3 is supported for no more than %d; use IMAP", maxMessages)}
	}
	return int(count), nil
}

// readList reads the sizes. Servers may refuse to list an empty maildrop.
func (s *session) readList(m *maildropIndex) error {
	var refused *errReply
	if _, err := s.status(); errors.As(err, &refused) && m.count == 0 {
		return nil
	} else if err != nil {
		return err
	}
	return s.lines(m.count+maxShort, func(line []byte) error {
		m.addSize(line)
		return nil
	})
}

// readUIDL reads the names. A server need not support UIDL; one that announces and
// refuses it has a failure.
func (s *session) readUIDL(m *maildropIndex) error {
	var refused *errReply
	_, err := s.status()
	switch {
	case err == nil:
		return s.lines(m.count+maxShort, m.addName)
	case !errors.As(err, &refused):
		return err
	case m.count == 0:
		return nil
	case s.caps.has("UIDL") || s.meaning(refusal.Opening, refused).Known:
		return err
	}
	s.noUIDL = true
	return nil
}

// confirmNoUIDL asks for a single name, to be sure that the server has none: with
// names of our own instead, every message would be new once more.
func (s *session) confirmNoUIDL() error {
	if err := s.send([]byte("UIDL 1\r\n")); err != nil {
		return err
	}
	var refused *errReply
	if _, err := s.status(); errors.As(err, &refused) {
		return nil
	} else if err != nil {
		return err
	}
	return &errReply{text: "UIDL without a number, although it has UIDL"}
}
