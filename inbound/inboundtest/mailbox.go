package inboundtest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound"
)

// Mailbox is a mailbox in memory, and the [inbound.Fetcher] for it: unit tests of a
// host deliver mail to it and run a Syncer. It behaves like an IMAP server with
// UIDPLUS, or with POP3 true like a POP3 server, whose unique-ids are derived from
// the UIDs. It is safe for concurrent use.
type Mailbox struct {
	// POP3 makes the mailbox behave like a POP3 server.
	POP3 bool
	// Push makes the sessions wait for new mail, as IMAP servers with IDLE do: each is an
	// [inbound.Watcher]. It has no effect on POP3.
	Push bool
	// OpenError, when not nil, is what Open fails with.
	OpenError error
	// Intercept, when not nil, is called before each step with its name ("open",
	// "list", "fetch", "deliver", "delete", "seen", "watch") and fails the step with its
	// error. It is called without a lock held.
	Intercept func(step string) error
	// InterceptFolder, when not nil, is called after Intercept for the steps
	// "list", "fetch", "delete", "seen" and "watch", also with the name of the folder, and
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
