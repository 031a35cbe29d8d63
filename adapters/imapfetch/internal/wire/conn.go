package wire

import (
	"net"
	"sync"
	"sync/atomic"
)

// Conn is a connection to an IMAP server, as imapclient sees it. One goroutine may
// read while a second one writes, and others call the other methods.
type Conn struct {
	net.Conn
	commands *commands
	scanner  *scanner
	received atomic.Int64
	idles    int // IDLE commands so far
}

// New returns a Conn on a connection from which the greeting is still to be read. A
// *mailconn.Conn is told what comes next.
func New(conn net.Conn) *Conn {
	c := &Conn{Conn: conn, commands: new(commands)}
	c.scanner = newScanner(counted{c}, c.commands)
	if p, ok := conn.(paced); ok {
		c.scanner.pace = p
	}
	return c
}

// counted reads what the server sends.
type counted struct{ *Conn }

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Conn.Read(p)
	c.received.Add(int64(n))
	return n, err
}

// Read implements net.Conn. After an error it returns the same error again.
func (c *Conn) Read(p []byte) (int, error) { return c.scanner.Read(p) }

// Write implements net.Conn. The library writes an empty SASL response as "=",
// which stands for an empty initial response only: anywhere else an empty
// response is an empty line (RFC 9051, section 6.2.2).
func (c *Conn) Write(p []byte) (int, error) {
	text := p
	if string(p) == "=\r\n" {
		text = p[1:]
	}
	c.commands.sent(text) // first: the answer may come before Write returns
	if n, err := c.Conn.Write(text); err != nil {
		return n, err
	}
	return len(p), nil
}

// Received returns how many bytes the server has sent.
func (c *Conn) Received() int64 { return c.received.Load() }

// Overtaken reports whether the server has answered NOOP while an earlier command had
// no answer. A server that answers in order has lost that one.
func (c *Conn) Overtaken() bool {
	c.commands.mu.Lock()
	defer c.commands.mu.Unlock()
	return c.commands.overtaken
}

// Bye returns the line by which the server has ended the connection, or "". It has
// no control characters and at most 512 bytes.
func (c *Conn) Bye() string {
	c.scanner.facts.mu.Lock()
	defer c.scanner.facts.mu.Unlock()
	return c.scanner.facts.bye
}

// Selected returns what the server has said about the folder that was selected
// last.
func (c *Conn) Selected() Mailbox {
	c.scanner.facts.mu.Lock()
	defer c.scanner.facts.mu.Unlock()
	return c.scanner.facts.selected
}

// Dropped returns how many lines were left out because they were malformed, unknown or
// unexpected. Well-formed responses that are not needed do not count.
func (c *Conn) Dropped() int {
	c.scanner.facts.mu.Lock()
	defer c.scanner.facts.mu.Unlock()
	return c.scanner.facts.dropped
}

// Mailbox is what a server says about a folder that it selects.
type Mailbox struct {
	// UIDValidity is in decimal, without leading zeros, and of any length. "0" is a
	// value like others. "" means that the server has sent none.
	UIDValidity string
	// ReadOnly reports the response code READ-ONLY.
	ReadOnly bool
	// Deletable and Markable report whether the server keeps the flags \Deleted and
	// \Seen: they are in PERMANENTFLAGS; or there is no such response code; or it has
	// \* and only some of the other flags of RFC 9051.
	Deletable, Markable bool
}

// facts are what the scanner has learned.
type facts struct {
	mu       sync.Mutex
	bye      string
	selected Mailbox
	tally    tally // of the folder that was selected last
	news     bool  // the folder has got messages; see News
	idling   Idling
	dropped  int
	fault    error
	said     map[uint32]Message // by UID
	alerts   []Alert            // never changed in place
}

func (f *facts) drop() {
	f.mu.Lock()
	f.dropped++
	f.mu.Unlock()
}

// maxSaid is how much of what the server says is kept.
const maxSaid = 512

func (f *facts) setBye(line []byte) {
	f.mu.Lock()
	f.bye = string(line[:min(len(line), maxSaid)])
	f.mu.Unlock()
}
