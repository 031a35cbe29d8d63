package wire

import (
	"bytes"
	"strings"
	"sync"
)

// commands are the client's commands that have no reply yet. They tell which replies
// and continuation requests the library waits for: it gives up at any other.
type commands struct {
	mu      sync.Mutex
	pending []command

	// The line that is being written. Of a long one only the ends are kept.
	head, tail []byte
	literal    int64 // bytes of a literal that are still to be written
	within     bool  // the line goes on a command, after a literal
	overtaken  bool  // a NOOP was answered before an earlier command

	asked   string // tag of the command that waits for continuation requests
	more    int    // how many it waits for
	sasl    bool   // it is AUTHENTICATE: the lines that follow are its responses
	initial bool   // it waits for the request to send its first response
}

type command struct{ tag, verb string }

const (
	headSize = 64
	tailSize = 32
)

// sent takes note of what is written.
func (c *commands) sent(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(p) > 0 {
		if c.literal > 0 {
			n := min(c.literal, int64(len(p)))
			c.literal, p = c.literal-n, p[n:]
			continue
		}
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		p = rest
		c.head = append(c.head, part[:min(len(part), headSize-len(c.head))]...)
		c.tail = keepTail(c.tail, part)
		if ended {
			c.line()
			c.head, c.tail = c.head[:0], c.tail[:0]
		}
	}
}

// keepTail appends p to a tail of at most tailSize bytes.
func keepTail(tail, p []byte) []byte {
	tail = append(tail, p[max(0, len(p)-tailSize):]...)
	if extra := len(tail) - tailSize; extra > 0 {
		tail = tail[:copy(tail, tail[extra:])]
	}
	return tail
}

// add takes note of a command that is not the library's.
func (c *commands) add(one command) {
	c.mu.Lock()
	c.pending = append(c.pending, one)
	c.mu.Unlock()
}

// line takes note of a line that is written.
func (c *commands) line() {
	words := bytes.Fields(c.head)
	switch {
	case c.within:
	case c.sasl:
		c.more++
		return
	case len(words) < 2:
		return
	default:
		verb := strings.ToUpper(string(words[1]))
		if verb == "UID" && len(words) > 2 {
			verb += " " + strings.ToUpper(string(words[2]))
		}
		c.pending = append(c.pending, command{string(words[0]), verb})
		if verb == "AUTHENTICATE" {
			c.asked, c.more, c.sasl, c.initial = string(words[0]), 1, true, len(words) < 4
		}
	}
	a := announcement(c.tail)
	c.within = a.found
	if c.within {
		c.literal = a.size
	}
	if c.within && !a.nonSync && len(c.pending) > 0 {
		c.asked, c.more = c.pending[len(c.pending)-1].tag, c.more+1
	}
}

// reply removes the command with this tag. ok is false if there is none.
func (c *commands) reply(tag []byte) (done command, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remove(string(tag))
}

// endSASL removes the AUTHENTICATE command. ok is false if there is none.
func (c *commands) endSASL() (done command, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.sasl {
		return command{}, false
	}
	return c.remove(c.asked)
}

func (c *commands) remove(tag string) (done command, ok bool) {
	for i, one := range c.pending {
		if !strings.EqualFold(one.tag, tag) {
			continue
		}
		c.pending = append(c.pending[:i], c.pending[i+1:]...)
		c.overtaken = c.overtaken || i > 0 && one.verb == "NOOP"
		if one.tag == c.asked {
			c.asked, c.more, c.sasl, c.initial = "", 0, false, false
			c.within, c.literal = false, 0
		}
		return one, true
	}
	return command{}, false
}

// isTag reports whether a command with this tag waits for its reply.
func (c *commands) isTag(tag []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.pending {
		if strings.EqualFold(one.tag, string(tag)) {
			return true
		}
	}
	return false
}

// waiting reports whether one of these commands waits for its reply.
func (c *commands) waiting(verbs ...string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.pending {
		for _, verb := range verbs {
			if one.verb == verb {
				return true
			}
		}
	}
	return false
}

// requested takes note of a continuation request. ok is false if the library waits for
// none. first means that it is the request to send the first SASL response, which has
// no challenge in it.
func (c *commands) requested() (first, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.more == 0 {
		return false, false
	}
	c.more--
	first, c.initial = c.initial, false
	return first, true
}
