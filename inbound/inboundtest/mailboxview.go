package inboundtest

import (
	"slices"

	"github.com/postroom/postroom/inbound"
)

// MarkDeleted sets \Deleted on messages of INBOX, like a different mail program that
// has not expunged them yet.
func (m *Mailbox) MarkDeleted(uids ...uint32) {
	m.flag("INBOX", uids, func(msg *message) { msg.deleted = true })
}

// MarkDraft sets \Draft on messages of INBOX, like a mail program in which they are being
// written.
func (m *Mailbox) MarkDraft(uids ...uint32) {
	m.flag("INBOX", uids, func(msg *message) { msg.draft = true })
}

// Unmark takes \Deleted and \Draft off messages of INBOX.
func (m *Mailbox) Unmark(uids ...uint32) {
	m.flag("INBOX", uids, func(msg *message) { msg.deleted, msg.draft = false, false })
}

// mark is the message's mark as a listing has it.
func (msg *message) mark() inbound.Mark {
	switch {
	case msg.deleted:
		return inbound.MarkDeleted
	case msg.draft:
		return inbound.MarkDraft
	}
	return inbound.MarkNone
}

// MarkRead sets \Seen on messages of INBOX, like a mail program in which they are
// read.
func (m *Mailbox) MarkRead(uids ...uint32) {
	m.flag("INBOX", uids, func(msg *message) { msg.seen = true })
}

// view is what a server shows of a folder at a moment.
type view struct {
	generation, next uint32
	uids             []uint32
}

func (m *Mailbox) view(name string) (v view, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.folders[name]
	if f == nil {
		return view{}, false
	}
	return view{f.generation, f.next, f.listed()}, true
}

// message returns a message as it is at this moment.
func (m *Mailbox) message(name string, uid uint32) (message, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.folders[name]; f != nil && f.messages[uid] != nil {
		return *f.messages[uid], true
	}
	return message{}, false
}

// flag changes those of the messages that are there.
func (m *Mailbox) flag(name string, uids []uint32, change func(*message)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, uid := range uids {
		if msg := m.folders[name].messages[uid]; msg != nil {
			change(msg)
		}
	}
}

// expunge removes those of the messages that are marked as deleted.
func (m *Mailbox) expunge(name string, uids []uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.folders[name]
	for _, uid := range uids {
		if msg := f.messages[uid]; msg != nil && msg.deleted {
			delete(f.messages, uid)
		}
	}
	m.changed()
}

// names returns the folders, in order.
func (m *Mailbox) names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.folders {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// changed wakes the waiting sessions; the mailbox is locked.
func (m *Mailbox) changed() {
	if m.changes != nil {
		close(m.changes)
		m.changes = nil
	}
}

// watch returns a channel that is closed at the next change.
func (m *Mailbox) watch() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changes == nil {
		m.changes = make(chan struct{})
	}
	return m.changes
}
