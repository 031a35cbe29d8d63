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

// Feed is a mailbox in memory as a provider's API shows it (Gmail, Microsoft Graph,
// JMAP), and the [inbound.Fetcher] for it. What it holds is in its [Mailbox], whose
// folders are labels: a message may have several, and has one key under all of them.
// An account's Folders are a filter; without any, everything is listed. Messages that
// are labeled, hidden, removed or marked through the Mailbox are told as changes.
//
// Keys have 24 characters and no order; some differ by letter case alone. Changes
// repeat a message for each of its labels and for each mark, and pages may be empty
// with more to come. The Intercept functions of the Mailbox are called for the steps
// of a Feed too, with the folder "". It is safe for concurrent use.
type Feed struct {
	*Mailbox
	// ExactSizes gives each Ref its Size. False: listings have a wrong Estimate only.
	ExactSizes bool
	// Rewrites gives a message other bytes each time that it is read: a header line
	// more, with a number.
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

// change is what a feed tells of a message: that it has a label, or not any more.
type change struct {
	key     string
	folder  string
	removed bool
}

var (
	_ inbound.Fetcher      = (*Feed)(nil)
	_ inbound.WholeMailbox = (*Feed)(nil)
)

// NewFeed returns a feed with an empty INBOX, and with keys of the generation "".
func NewFeed() *Feed {
	return &Feed{Mailbox: NewMailbox(), keys: make(map[*message]string), shown: make(map[place]bool)}
}

// WholeMailbox implements [inbound.WholeMailbox].
func (*Feed) WholeMailbox() {}

// Open implements [inbound.Fetcher]. Any credentials will do. The session takes the
// account's Folders as its filter; one that is not there fails its listings.
func (f *Feed) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Mailbox.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return &feedSession{session: s.(*session), feed: f, folders: slices.Sorted(slices.Values(a.Folders))}, nil
}

// Key returns the key of a message in INBOX, "" when there is none.
func (f *Feed) Key(uid uint32) string { return f.KeyOf("INBOX", uid) }

// KeyOf returns the key of a message in a folder, "" when there is none.
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

// Label gives the message of a key a label more, which is created if need be. A
// message that is gone, or has the label, is passed over.
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

// Unlabel takes a label off the message of a key. Without any, the message is gone.
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

// Rekey gives a message another key, in the same generation, and returns it: providers
// do so when they import mail again or put threads together. The key may be one that
// the message has had before; "" makes a new one. It returns "" when there is no
// message of the old key.
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

// rekey tells of the message under both keys.
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

// Regenerate gives the mailbox another generation and its messages other keys, as a
// provider does that changes the form of its IDs, or a move to another one.
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

// ExpireTokens has the feed refuse all tokens that it has given so far, those within
// a listing too.
func (f *Feed) ExpireTokens() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.epoch++
}

// update writes into the log what has changed since it was last called; the mailbox
// is locked. What came and went in between is not told.
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

// keyOf makes the n-th key. Two of four differ by letter case alone.
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
