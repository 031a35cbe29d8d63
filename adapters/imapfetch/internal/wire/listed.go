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
