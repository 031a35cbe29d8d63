package inbound_test

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// mailbox is one mailbox on a server, by IMAP and by POP3. The world's lock guards
// it.
type mailbox struct {
	w          *world
	user       string
	folders    []*folder // INBOX first
	generation uint32    // the highest one given
	delivered  int
	sessions   int
	// What goes wrong.
	open          error // logins fail
	cuts          int   // how often the connection still ends at cutAt
	cutAt         *message
	refusesDelete bool
	refusesMark   bool
	noUIDNext     bool
	wasRestored   bool // to an earlier state, at some time
}

type folder struct {
	name             string
	generation, next uint32
	messages         []*message // by UID
	broken           error      // listings fail
}

// message is a message that was delivered to a folder.
type message struct {
	raw           []byte
	sum           string // of raw as it was delivered
	short         int    // how often the server still delivers less than it has
	little        bool   // and that is nearly nothing
	from, replyTo string // addresses as customer.Normalize gives them; "" when there is none
	class         email.Class
	received      time.Time
	box           *mailbox
	folder        *folder
	uid           uint32
	generation    uint32 // of the folder, when it was given the UID
	mark          inbound.Mark
	hidden        bool
	wasHidden     bool // at some time
	gone          bool // from the server
	removed       bool // and not by postroom
	seenBy        []inbound.Account
	possible      map[string]verdict // by account: what may have become of it
}

func newMailbox(w *world, n int) *mailbox {
	b := &mailbox{w: w, user: fmt.Sprintf("box%d@shop.example", n), noUIDNext: w.kinds["nouidnext"]}
	b.add("INBOX")
	return b
}

func (b *mailbox) add(name string) *folder {
	b.generation++
	f := &folder{name: name, generation: b.generation, next: 1}
	b.folders = append(b.folders, f)
	return f
}

func (b *mailbox) folder(name string) *folder {
	for _, f := range b.folders {
		if f.name == name {
			return f
		}
	}
	return nil
}

// put delivers a message.
func (b *mailbox) put(f *folder, m message) {
	m.sum = sumOf(m.raw)
	m.received, m.box, m.folder, m.uid, m.generation = time.Now(), b, f, f.next, f.generation
	m.possible = make(map[string]verdict)
	f.next++
	b.delivered++
	f.messages = append(f.messages, &m)
	b.w.messages = append(b.w.messages, &m)
	b.w.noteText(&m)
	b.w.note("%s/%s gets %d: from %q, reply to %q, %s, %d bytes, %s", b.user, f.name, m.uid, m.from, m.replyTo,
		m.class, len(m.raw), m.sum[:6])
}

// noteText notes whose texts the message and its parts are.
func (w *world) noteText(m *message) {
	w.texts[sumOf(m.raw)], w.wholes[sumOf(m.raw)] = m.sum, true
	for _, part := range []int64{messageLimits[0], messageLimits[1], messageLimits[2], shortOf(m.raw)} {
		if int64(len(m.raw)) > part {
			w.texts[sumOf(m.raw[:part])] = m.sum
		}
	}
}

// shortOf is how much of a message a server delivers that has lost the rest.
func shortOf(raw []byte) int64 { return int64(len(raw) - 100) }

// rewrite writes the messages of the mailbox anew, with a header line more.
func (b *mailbox) rewrite(n int) {
	for _, m := range b.all() {
		rest, was := bytes.CutPrefix(m.raw, []byte("X-Rewritten: "))
		if was {
			_, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		} else {
			rest = m.raw
		}
		m.raw = append(fmt.Appendf(nil, "X-Rewritten: %04d\r\n", n), rest...)
		b.w.noteText(m)
	}
}

// all returns what the mailbox holds.
func (b *mailbox) all() (list []*message) {
	for _, f := range b.folders {
		list = append(list, f.messages...)
	}
	return list
}

func (f *folder) take(gone *message) {
	gone.gone = true
	f.messages = slices.DeleteFunc(slices.Clone(f.messages), func(m *message) bool { return m == gone })
}

// id returns the message's identity by a protocol.
func (m *message) id(p inbound.Protocol) inbound.SourceID {
	if p == inbound.POP3 {
		return inbound.SourceID{Key: fmt.Sprintf("%d-%d", m.folder.generation, m.uid)}
	}
	return inbound.SourceID{Folder: m.folder.name, Generation: m.folder.validity(), Key: fmt.Sprint(m.uid)}
}

// validity returns the folder's UIDVALIDITY.
func (f *folder) validity() string { return fmt.Sprint(f.generation) }
