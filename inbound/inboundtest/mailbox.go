package inboundtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound"
)

// pageSize is small, so that a test of a few messages has several pages.
const pageSize = 7

// Mailbox is a mailbox in memory, and the [inbound.Fetcher] for it: unit tests of a
// host deliver mail to it and run a Syncer. It behaves like an IMAP server with
// UIDPLUS, or with POP3 true like a POP3 server, whose unique-ids are derived from
// the UIDs. It is safe for concurrent use.
type Mailbox struct {
	// POP3 makes the mailbox behave like a POP3 server.
	POP3 bool
	// OpenError, when not nil, is what Open fails with.
	OpenError error
	// Intercept, when not nil, is called before each step with its name ("open",
	// "list", "fetch", "deliver", "delete", "seen") and fails the step with its
	// error. It is called without a lock held.
	Intercept func(step string) error
	// InterceptFolder, when not nil, is called after Intercept for the steps
	// "list", "fetch", "delete" and "seen", also with the name of the folder, and
	// fails the step with its error. In POP3 the folder is "INBOX". It is not
	// called for steps without messages, which have no folder.
	InterceptFolder func(step, folder string) error
	// InterceptMessage, when not nil, is called with the bytes of each message
	// before Fetch passes it on, and fails the Fetch with its error. It must not
	// change the bytes. Like the others, it is called without a lock held.
	InterceptMessage func(raw []byte) error

	mu       sync.Mutex
	folders  map[string]*folder
	highest  map[string]uint32 // UIDVALIDITY that a folder of the name has had
	sessions int
	changes  chan struct{} // closed at the next delivery or removal; nil if nobody waits
}

type folder struct {
	generation uint32
	next       uint32
	messages   map[uint32]*message
}

type message struct {
	raw      []byte
	received time.Time
	seen     bool
	deleted  bool // marked so, and not expunged yet
	draft    bool // marked so
	hidden   bool // from listings
}

var _ inbound.Fetcher = (*Mailbox)(nil)

// NewMailbox returns a mailbox with an empty INBOX.
func NewMailbox() *Mailbox {
	m := &Mailbox{folders: make(map[string]*folder), highest: make(map[string]uint32)}
	m.create("INBOX")
	return m
}

// create adds an empty folder. If there was one of the name before, its
// UIDVALIDITY is higher (RFC 9051, section 6.3.4). The mailbox is locked.
func (m *Mailbox) create(name string) *folder {
	f := newFolder(m.highest[name] + 1)
	m.folders[name], m.highest[name] = f, f.generation
	return f
}

func newFolder(generation uint32) *folder {
	return &folder{generation: generation, next: 1, messages: make(map[uint32]*message)}
}

// generationText is the generation as identities have it.
func (f *folder) generationText() string { return fmt.Sprint(f.generation) }

// Deliver adds messages to INBOX and returns the UID of the last one.
func (m *Mailbox) Deliver(raws ...[]byte) uint32 { return m.DeliverTo("INBOX", raws...) }

// DeliverTo adds messages to a folder, which is created if necessary, and returns
// the UID of the last one.
func (m *Mailbox) DeliverTo(folder string, raws ...[]byte) uint32 {
	return m.DeliverAt(folder, time.Now(), raws...)
}

// DeliverAt is DeliverTo for messages that the server received at this time.
func (m *Mailbox) DeliverAt(name string, received time.Time, raws ...[]byte) uint32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.folders[name]
	if f == nil {
		f = m.create(name)
	}
	for _, raw := range raws {
		f.messages[f.next] = &message{raw: bytes.Clone(raw), received: received}
		f.next++
	}
	m.changed()
	return f.next - 1
}

// Remove removes a message from INBOX, as a different mail program would.
func (m *Mailbox) Remove(uid uint32) { m.RemoveFrom("INBOX", uid) }

// RemoveFrom removes a message from a folder. Nothing happens if there is no such
// message.
func (m *Mailbox) RemoveFrom(folder string, uid uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.folders[folder]; f != nil {
		delete(f.messages, uid)
	}
	m.changed()
}

// RenameFolder renames a folder. Its messages keep their UIDs. The UIDVALIDITY stays,
// unless a folder with the new name once used the same UIDVALIDITY or a higher one. As
// RFC 9051, section 6.3.6, says, renaming INBOX moves its messages to a new folder and
// leaves INBOX there, empty. Nothing happens if no folder has the old name, or if one
// has the new name.
func (m *Mailbox) RenameFolder(from, to string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.folders[from]
	if f == nil || m.folders[to] != nil {
		return
	}
	if from == "INBOX" {
		moved := m.create(to)
		for _, uid := range slices.Sorted(maps.Keys(f.messages)) {
			moved.messages[moved.next] = f.messages[uid]
			moved.next++
		}
		clear(f.messages)
	} else {
		delete(m.folders, from)
		f.generation = max(f.generation, m.highest[to]+1)
		m.folders[to], m.highest[to] = f, f.generation
	}
	m.changed()
}

// Renumber gives every folder a new UIDVALIDITY and its messages new UIDs.
func (m *Mailbox) Renumber() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, old := range m.folders {
		f := m.create(name)
		for _, uid := range slices.Sorted(maps.Keys(old.messages)) {
			f.messages[f.next] = old.messages[uid]
			f.next++
		}
	}
}

// Restore returns INBOX to the state in which next was its UIDNEXT, like a server that
// is restored from a backup: later messages are gone, and their UIDs are reused.
func (m *Mailbox) Restore(next uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.folders["INBOX"]
	f.next = next
	maps.DeleteFunc(f.messages, func(uid uint32, _ *message) bool { return uid >= next })
}

// Hide hides messages of INBOX from listings, or shows them again, as servers with
// several back ends do for a while.
func (m *Mailbox) Hide(hidden bool, uids ...uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, uid := range uids {
		if msg := m.folders["INBOX"].messages[uid]; msg != nil {
			msg.hidden = hidden
		}
	}
}

// listed returns the UIDs that a listing shows, in order.
func (f *folder) listed() []uint32 {
	var uids []uint32
	for uid, msg := range f.messages {
		if !msg.hidden {
			uids = append(uids, uid)
		}
	}
	slices.Sort(uids)
	return uids
}

// UIDs returns the UIDs of the messages in INBOX, in order.
func (m *Mailbox) UIDs() []uint32 { return m.UIDsOf("INBOX") }

// UIDsOf returns the UIDs of the messages in a folder, in order; nothing if there is
// no such folder.
func (m *Mailbox) UIDsOf(folder string) []uint32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.folders[folder]; f != nil {
		return slices.Sorted(maps.Keys(f.messages))
	}
	return nil
}

// Raw returns the bytes of a message in INBOX, or nil if there is none.
func (m *Mailbox) Raw(uid uint32) []byte { return m.RawOf("INBOX", uid) }

// RawOf returns the bytes of a message in a folder, or nil if there is none.
func (m *Mailbox) RawOf(folder string, uid uint32) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.folders[folder]; f != nil && f.messages[uid] != nil {
		return bytes.Clone(f.messages[uid].raw)
	}
	return nil
}

// Seen returns the UIDs of the messages in INBOX that are marked as read.
func (m *Mailbox) Seen() []uint32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var seen []uint32
	for uid, msg := range m.folders["INBOX"].messages {
		if msg.seen {
			seen = append(seen, uid)
		}
	}
	slices.Sort(seen)
	return seen
}

// Sessions returns the number of sessions that are open.
func (m *Mailbox) Sessions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions
}

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

var _ inbound.Marker = (*session)(nil)

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
		ref := inbound.Ref{SourceID: inbound.SourceID{Folder: name, Generation: l.Generation, Key: fmt.Sprint(uid)},
			Position: position, Size: int64(len(f.messages[uid].raw)), Mark: f.messages[uid].mark()}
		if from.Received {
			ref.Received = f.messages[uid].received
		}
		l.Refs = append(l.Refs, ref)
		if again {
			next.Again = next.Again[slices.Index(next.Again, position)+1:]
		} else {
			next.After, next.Again = position, nil
		}
	}
	l.Next = next
	return l, nil
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
