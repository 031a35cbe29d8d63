package wire

import (
	"bytes"
	"strings"
)

// Marks are the flags of a message that are kept. The library does not get any: many
// servers have flags that it cannot read.
type Marks struct{ Deleted, Draft bool }

// maxMarks is of how many messages the marks are kept until TakeMarks asks for them.
// More than a page of a listing, and the one after it, no client waits for.
const maxMarks = 10_000

// add adds a flag, in any case (RFC 9051, section 2.3.2), with or without quotes.
func (m *Marks) add(flag []byte) {
	name := bytes.TrimLeft(flag, `("`)
	if len(name) == 0 || name[0] != '\\' {
		return // a keyword
	}
	switch strings.ToLower(string(bytes.Trim(name, `\"`))) {
	case "deleted":
		m.Deleted = true
	case "draft":
		m.Draft = true
	}
}

// mark keeps the marks of a message, as they are now.
func (f *facts) mark(uid uint32, m Marks) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case m == Marks{}:
		delete(f.marks, uid)
	case len(f.marks) < maxMarks:
		if f.marks == nil {
			f.marks = make(map[uint32]Marks)
		}
		f.marks[uid] = m
	}
}

// TakeMarks returns what FETCH responses have said last about the marks of a message in
// the folder that is selected, and forgets it.
func (c *Conn) TakeMarks(uid uint32) Marks {
	f := &c.scanner.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.marks[uid]
	delete(f.marks, uid)
	return m
}
