package wire

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Message is what FETCH responses say about a message.
type Message struct {
	Seq, UID uint32
	Size     int64     // 0 if nothing is said of it
	Received time.Time // the zero time if nothing is said of it
	Marks    Marks
}

// add adds what a FETCH response says of the message.
func (m *Message) add(f *fetch) {
	m.Seq, m.UID = f.seq, f.of
	if f.size >= 0 {
		m.Size = f.size
	}
	if !f.date.IsZero() {
		m.Received = f.date
	}
	if f.flagged {
		m.Marks = f.marks
	}
}

// maxListed is how many messages are kept: more than any command asks for.
const maxListed = 5000

// listed is the messages that FETCH responses name while a listing is read.
type listed struct {
	mu       sync.Mutex
	on       bool
	messages map[uint32]Message // by UID
	over     bool               // there were more than maxListed
}

// add adds what a FETCH response says, which may be a part of what is said about a message.
// It returns false while no listing is read.
func (l *listed) add(f *fetch) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.on || !f.hasUID {
		return l.on
	}
	m, known := l.messages[f.of]
	if !known && len(l.messages) == maxListed {
		l.over = true
		return true
	}
	m.add(f)
	l.messages[f.of] = m
	return true
}

// List begins to keep what FETCH responses say about messages. The library gets none of
// them until Listed is called: it takes a second response about a message for one that
// nobody has asked for.
func (c *Conn) List() {
	l := &c.scanner.listed
	l.mu.Lock()
	l.on, l.over, l.messages = true, false, make(map[uint32]Message)
	l.mu.Unlock()
}

// Listed ends what List began, and returns the messages in the order of their UIDs.
func (c *Conn) Listed() ([]Message, error) {
	l := &c.scanner.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	messages := make([]Message, 0, len(l.messages))
	for _, m := range l.messages {
		messages = append(messages, m)
	}
	over := l.over
	l.on, l.over, l.messages = false, false, nil
	if over {
		return nil, ErrTooMany
	}
	slices.SortFunc(messages, func(a, b Message) int { return cmp.Compare(a.UID, b.UID) })
	return messages, nil
}

// maxSaidOf is of how many messages facts keep what was said until TakeSaid asks for it. More
// than a page of a listing, and the one after it, no client waits for.
const maxSaidOf = 10_000

// say adds what a FETCH response says of its message, which may be a part of it (RFC 9051,
// section 7.5.2): the library passes on the first response about a message only.
func (f *facts) say(response *fetch) {
	if !response.hasUID || response.size < 0 && response.date.IsZero() && !response.flagged {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	m, known := f.said[response.of]
	m.add(response)
	switch {
	case m.Size == 0 && m.Received.IsZero() && m.Marks == Marks{}:
		delete(f.said, response.of)
	case known || len(f.said) < maxSaidOf:
		if f.said == nil {
			f.said = make(map[uint32]Message)
		}
		f.said[response.of] = m
	}
}

// TakeSaid returns what FETCH responses have said about a message in the folder that is
// selected, since it was asked last, and forgets it.
func (c *Conn) TakeSaid(uid uint32) Message {
	f := &c.scanner.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.said[uid]
	delete(f.said, uid)
	return m
}
