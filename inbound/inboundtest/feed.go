package inboundtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/postroom/postroom/inbound"
)

// Feed is a mailbox in memory that behaves like a provider's API (Gmail, Microsoft
// Graph, JMAP), and the [inbound.Fetcher] for it. Its messages are in its [Mailbox],
// whose folders are labels: a message may have several, and has the same key under
// all of them. The Folders of an account are a filter; without any, the whole
// mailbox is listed. Messages that are labeled, hidden, removed or marked through
// the Mailbox are reported as changes.
//
// Keys have 24 characters and no order; some differ by letter case alone. Changes
// repeat a message for each of its labels and for each mark, and pages may be empty
// although more follow. The Intercept functions of the Mailbox are also called for
// the steps of a Feed, with the folder "". It is safe for concurrent use.
type Feed struct {
	*Mailbox
	// ExactSizes sets the Size of each Ref. Otherwise listings have only an Estimate,
	// which is wrong.
	ExactSizes bool
	// Rewrites changes the bytes of a message each time that it is read: it adds a
	// header line with a number.
	Rewrites bool

	// All below is guarded by the Mailbox's mutex.
	generation string
	keys       map[*message]string // also of messages that are gone
	made       int                 // keys so far
	shown      map[place]bool      // what the log says is there; the value is whether it is marked as read
	log        []change
	epoch      int // of the tokens that are good
	reads      int
}

// place is a label of a message.
type place struct {
	*message
	folder string
}

// change is an entry of the log: a message got a label, or lost it.
type change struct {
	key     string
	folder  string
	removed bool
}

var (
	_ inbound.Fetcher      = (*Feed)(nil)
	_ inbound.WholeMailbox = (*Feed)(nil)
)

// NewFeed returns a feed with an empty INBOX and the generation "".
func NewFeed() *Feed {
	return &Feed{Mailbox: NewMailbox(), keys: make(map[*message]string), shown: make(map[place]bool)}
}

// WholeMailbox implements [inbound.WholeMailbox].
func (*Feed) WholeMailbox() {}

// Open implements [inbound.Fetcher]. Any credentials will do. The session takes the
// account's Folders as its filter; listings fail if one of them does not exist.
func (f *Feed) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Mailbox.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return &feedSession{session: s.(*session), feed: f, folders: slices.Sorted(slices.Values(a.Folders))}, nil
}

// Key returns the key of a message in INBOX, or "" if there is none.
func (f *Feed) Key(uid uint32) string { return f.KeyOf("INBOX", uid) }

// KeyOf returns the key of a message in a folder, or "" if there is none.
func (f *Feed) KeyOf(folder string, uid uint32) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.update()
	if in := f.folders[folder]; in != nil && in.messages[uid] != nil {
		return f.key(in.messages[uid])
	}
	return ""
}

// uids returns those of INBOX by the messages' keys.
func (f *Feed) uids() map[string]uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.update()
	uids := make(map[string]uint32)
	for uid, msg := range f.folders["INBOX"].messages {
		uids[f.key(msg)] = uid
	}
	return uids
}

// Label adds a label to the message with this key, and creates the label if
// necessary. Nothing happens if there is no such message, or if it has the label.
func (f *Feed) Label(key, label string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.update()
	msg := f.find(key)
	if msg == nil {
		return
	}
	in := f.folders[label]
	if in == nil {
		in = f.create(label)
	}
	if in.uidOf(msg) == 0 {
		in.messages[in.next] = msg
		in.next++
		f.changed()
	}
}

// Unlabel removes a label from the message with this key. A message without labels
// is gone.
func (f *Feed) Unlabel(key, label string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.update()
	msg, in := f.find(key), f.folders[label]
	if msg == nil || in == nil {
		return
	}
	delete(in.messages, in.uidOf(msg))
	f.changed()
}

// Rekey gives a message a new key in the same generation and returns it, as
// providers do when they import mail again or merge threads. The new key may be one
// that the message had before; "" makes a new one. Rekey returns "" if no message
// has the old key.
func (f *Feed) Rekey(old, key string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.update()
	msg := f.find(old)
	if msg == nil {
		return ""
	}
	f.rekey(msg, key)
	return f.keys[msg]
}

// rekey changes the key, and logs the message under both keys.
func (f *Feed) rekey(msg *message, key string) {
	for _, folder := range f.labelsOf(msg) {
		f.log = append(f.log, change{f.keys[msg], folder, true})
	}
	if f.keys[msg] = key; key == "" {
		delete(f.keys, msg)
		f.key(msg)
	}
	for _, folder := range f.labelsOf(msg) {
		f.log = append(f.log, change{f.keys[msg], folder, false})
	}
}

// Regenerate changes the generation and gives all messages new keys, like a provider
// that changes the form of its IDs, or a move to a different provider.
func (f *Feed) Regenerate(generation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.update()
	f.generation = generation
	for _, msg := range f.all() {
		f.rekey(msg, "")
	}
	f.epoch++
}

// ExpireTokens makes the feed refuse all tokens that it has returned so far,
// including those in the middle of a listing.
func (f *Feed) ExpireTokens() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.epoch++
}

// update writes into the log what has changed since it was last called; the mailbox
// is locked. What came and went in between is not logged.
func (f *Feed) update() {
	shown := make(map[place]bool, len(f.shown))
	for _, name := range f.labels() {
		in := f.folders[name]
		for _, uid := range in.listed() {
			msg := in.messages[uid]
			at := place{msg, name}
			shown[at] = msg.seen
			if seen, known := f.shown[at]; !known || seen != msg.seen {
				f.log = append(f.log, change{f.key(msg), name, false})
			}
		}
	}
	var removed []change
	for at := range f.shown {
		if _, there := shown[at]; !there {
			removed = append(removed, change{f.key(at.message), at.folder, true})
		}
	}
	slices.SortFunc(removed, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.folder, b.folder))
	})
	f.log, f.shown = append(f.log, removed...), shown
}

// key returns a message's key, which is made when it is first asked for.
func (f *Feed) key(msg *message) string {
	key, ok := f.keys[msg]
	if !ok {
		key = keyOf(f.made)
		f.made++
		f.keys[msg] = key
	}
	return key
}

// keyOf returns the n-th key. Two of four differ by letter case alone.
func keyOf(n int) string {
	end := "xY"
	switch n % 4 {
	case 0:
		end = "aB"
	case 1:
		n, end = n-1, "Ab"
	}
	sum := sha256.Sum256(fmt.Append(nil, "key ", n))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:22] + end
}

// labels returns the folders, in order; the mailbox is locked.
func (f *Feed) labels() []string {
	var labels []string
	for name := range f.folders {
		labels = append(labels, name)
	}
	slices.Sort(labels)
	return labels
}

// labelsOf returns those that a message has, in order.
func (f *Feed) labelsOf(msg *message) []string {
	return slices.DeleteFunc(f.labels(), func(name string) bool { return f.folders[name].uidOf(msg) == 0 })
}

// all returns the messages that are there, also hidden ones, each once and in the
// order of their keys.
func (f *Feed) all() []*message {
	var all []*message
	met := make(map[*message]bool)
	for _, in := range f.folders {
		for _, msg := range in.messages {
			if !met[msg] {
				met[msg] = true
				all = append(all, msg)
			}
		}
	}
	slices.SortFunc(all, func(a, b *message) int { return cmp.Compare(f.keys[a], f.keys[b]) })
	return all
}

// find returns the message of a key, nil when it is gone.
func (f *Feed) find(key string) *message {
	for _, in := range f.folders {
		for _, msg := range in.messages {
			if key != "" && f.keys[msg] == key {
				return msg
			}
		}
	}
	return nil
}

// uidOf returns a message's UID in a folder, 0 when it is not there.
func (f *folder) uidOf(msg *message) uint32 {
	for uid, m := range f.messages {
		if m == msg {
			return uid
		}
	}
	return 0
}
