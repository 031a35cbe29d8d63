package inboundtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/postroom/postroom/inbound"
)

// pageSize is small, so that a test of a few messages has several pages.
const pageSize = 7

// Open implements [inbound.Fetcher]. Any user name and password will do.
func (m *Mailbox) Open(ctx context.Context, _ inbound.Account, _ inbound.Login) (inbound.Session, error) {
	if err := m.step(ctx, "open"); err != nil {
		return nil, err
	}
	if m.OpenError != nil {
		return nil, m.OpenError
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions++
	if m.Push && !m.POP3 {
		return &watchingSession{&session{box: m}, make(map[string]uint64)}, nil
	}
	return &session{box: m}, nil
}

func (m *Mailbox) step(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.Intercept == nil {
		return nil
	}
	return m.Intercept(name)
}

// stepIn is step for one folder.
func (m *Mailbox) stepIn(ctx context.Context, name, folder string) error {
	if err := m.step(ctx, name); err != nil || m.InterceptFolder == nil {
		return err
	}
	if m.POP3 {
		folder = "INBOX"
	}
	return m.InterceptFolder(name, folder)
}

// stepOf is stepIn for the folder of these messages.
func (m *Mailbox) stepOf(ctx context.Context, name string, refs []inbound.Ref) error {
	if len(refs) == 0 {
		return m.step(ctx, name)
	}
	return m.stepIn(ctx, name, refs[0].Folder)
}

// session implements inbound.Session and inbound.Marker.
type session struct {
	box    *Mailbox
	ended  bool
	closed bool
	uids   []uint32 // POP3: by message number less one
}

var (
	_ inbound.Marker         = (*session)(nil)
	_ inbound.FolderInformer = (*session)(nil)
)

// open returns the folder; the mailbox is locked.
func (s *session) open(name string) (*folder, error) {
	if s.ended || s.closed {
		return nil, inbound.ErrEnded
	}
	if s.box.POP3 {
		name = "INBOX"
	}
	f := s.box.folders[name]
	if f == nil {
		return nil, &inbound.Error{Op: inbound.OpList, Folder: name, Class: inbound.ErrPermanent,
			Err: fmt.Errorf("no such folder"), Hint: "correct the account's folders"}
	}
	return f, nil
}

// List implements [inbound.Session].
func (s *session) List(ctx context.Context, name string, from inbound.Cursor) (inbound.Listing, error) {
	if err := s.box.stepIn(ctx, "list", name); err != nil {
		return inbound.Listing{}, err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	f, err := s.open(name)
	if err != nil {
		return inbound.Listing{}, err
	}
	if s.box.POP3 {
		return s.listPOP3(f, from), nil
	}
	if from.Newest {
		return f.listNewest(name, from), nil
	}
	l := inbound.Listing{Generation: f.generationText(), NextPosition: uint64(f.next), Total: len(f.listed())}
	next := inbound.Cursor{Generation: l.Generation, Received: from.Received}
	if from.Generation == l.Generation {
		next.After, next.Again = from.After, from.Again
	}
	for _, uid := range f.listed() {
		position := uint64(uid)
		again := slices.Contains(next.Again, position)
		if position <= next.After && !again {
			continue
		}
		if len(l.Refs) == pageSize {
			l.More = true
			break
		}
		l.Refs = append(l.Refs, f.ref(name, uid, from))
		if again {
			next.Again = next.Again[slices.Index(next.Again, position)+1:]
		} else {
			next.After, next.Again = position, nil
		}
	}
	l.Next = next
	return l, nil
}

// FolderInfo implements [inbound.FolderInformer].
func (s *session) FolderInfo(_ context.Context, name string) (inbound.FolderInfo, error) {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	f, err := s.open(name)
	if err != nil {
		return inbound.FolderInfo{}, err
	}
	info := inbound.FolderInfo{Folder: name}
	for _, uid := range f.listed() {
		info.Messages++
		info.Bytes += int64(len(f.messages[uid].raw))
	}
	return info, nil
}

// ref is a message as a listing from this cursor has it.
func (f *folder) ref(name string, uid uint32, from inbound.Cursor) inbound.Ref {
	id := inbound.SourceID{Folder: name, Generation: f.generationText(), Key: fmt.Sprint(uid)}
	ref := inbound.Ref{SourceID: id, Position: uint64(uid), Size: int64(len(f.messages[uid].raw)),
		Mark: f.messages[uid].mark()}
	if from.Received {
		ref.Received = f.messages[uid].received
	}
	return ref
}

// listNewest returns a page of the newest messages. Those of from.Again come on the first
// one, in addition.
func (f *folder) listNewest(name string, from inbound.Cursor) inbound.Listing {
	l := inbound.Listing{Generation: f.generationText(), NextPosition: uint64(f.next), Total: len(f.listed())}
	if from.Generation != "" && from.Generation != l.Generation {
		from = inbound.Cursor{Newest: true, Received: from.Received}
	}
	from.Generation = l.Generation
	var uids, again []uint32
	for _, uid := range f.listed() {
		switch position := uint64(uid); {
		case slices.Contains(from.Again, position) && position <= from.After:
			again = append(again, uid)
		case position > from.After && (from.Before == 0 || position < from.Before):
			uids = append(uids, uid)
		}
	}
	if l.More = len(uids) > pageSize; l.More {
		uids = uids[len(uids)-pageSize:]
	}
	if len(uids) > 0 {
		from.Before = uint64(uids[0])
	}
	for _, uid := range slices.Concat(again, uids) {
		l.Refs = append(l.Refs, f.ref(name, uid, from))
	}
	from.Again = nil
	l.Next = from
	return l
}

// listPOP3 numbers the messages when the session first lists, as the lock on a
// maildrop does.
func (s *session) listPOP3(f *folder, from inbound.Cursor) inbound.Listing {
	if s.uids == nil {
		s.uids = f.listed()
	}
	l := inbound.Listing{Total: len(s.uids), Windowed: true}
	first := int(min(from.After, uint64(len(s.uids))))
	last := min(first+pageSize, len(s.uids))
	for _, uid := range s.uids[first:last] {
		size := 0
		if msg := f.messages[uid]; msg != nil {
			size = len(msg.raw)
		}
		id := inbound.SourceID{Key: fmt.Sprintf("uidl-%d-%d", f.generation, uid)}
		l.Refs = append(l.Refs, inbound.Ref{SourceID: id, Size: int64(size)})
	}
	l.Next, l.More = inbound.Cursor{After: uint64(last), Received: from.Received}, last < len(s.uids)
	return l
}

// find returns the message of a ref; the mailbox is locked.
func (s *session) find(f *folder, ref inbound.Ref) (*message, uint32) {
	var generation, uid uint32
	if s.box.POP3 {
		if n, _ := fmt.Sscanf(ref.Key, "uidl-%d-%d", &generation, &uid); n != 2 || generation != f.generation {
			return nil, 0
		}
		return f.messages[uid], uid
	}
	if n, _ := fmt.Sscan(ref.Key, &uid); n != 1 || ref.Generation != f.generationText() {
		return nil, 0
	}
	return f.messages[uid], uid
}

// Fetch implements [inbound.Session].
func (s *session) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	if err := s.box.stepOf(ctx, "fetch", refs); err != nil {
		return err
	}
	for _, ref := range refs {
		s.box.mu.Lock()
		f, err := s.open(ref.Folder)
		var msg *message
		if err == nil {
			msg, _ = s.find(f, ref)
		}
		s.box.mu.Unlock()
		if err != nil {
			return err
		}
		if msg == nil {
			continue
		}
		if err := s.box.hand(ctx, ref, msg.raw, part, each); err != nil {
			return err
		}
	}
	return nil
}

// hand gives a message to each, as far as it was asked for.
func (m *Mailbox) hand(
	ctx context.Context, ref inbound.Ref, raw []byte, part inbound.FetchOptions,
	each func(inbound.Ref, io.Reader) error,
) error {
	if err := m.step(ctx, "deliver"); err != nil {
		return err
	}
	if m.InterceptMessage != nil {
		if err := m.InterceptMessage(raw); err != nil {
			return err
		}
	}
	if part.HeaderOnly {
		if end := bytes.Index(raw, []byte("\r\n\r\n")); end >= 0 {
			raw = raw[:end+4]
		}
	}
	if part.MaxBytes > 0 && int64(len(raw)) > part.MaxBytes {
		raw = raw[:part.MaxBytes]
	}
	return each(ref, bytes.NewReader(raw))
}

// Delete implements [inbound.Session].
func (s *session) Delete(ctx context.Context, refs []inbound.Ref) error {
	if err := s.box.stepOf(ctx, "delete", refs); err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	var replaced error
	for _, ref := range refs {
		f, err := s.open(ref.Folder)
		if err != nil {
			return err
		}
		switch msg, uid := s.find(f, ref); {
		case msg == nil:
		case ref.Size > 0 && ref.Size != int64(len(msg.raw)):
			replaced = &inbound.Error{Op: inbound.OpDelete, Class: inbound.ErrTemporary,
				Err: fmt.Errorf("%w: %s", inbound.ErrKeyReused, ref.SourceID)}
		default:
			delete(f.messages, uid)
		}
	}
	s.ended = s.box.POP3
	return replaced
}

// MarkSeen implements [inbound.Marker].
func (s *session) MarkSeen(ctx context.Context, refs []inbound.Ref) error {
	if err := s.box.stepOf(ctx, "seen", refs); err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	for _, ref := range refs {
		f, err := s.open(ref.Folder)
		if err != nil {
			return err
		}
		if msg, _ := s.find(f, ref); msg != nil {
			msg.seen = true
		}
	}
	return nil
}

// Close implements [inbound.Session].
func (s *session) Close() error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if !s.closed {
		s.closed = true
		s.box.sessions--
	}
	return nil
}
