package mailconn

import (
	"net"
	"sync"
	"time"
)

// readAhead is how much one read takes from the kernel while much is there:
// libraries and TLS ask for a few kilobytes at a time.
const readAhead = 128 << 10

// readAheads holds the buffers of connections that receive nothing at the
// moment. A connection has one only while there is something in it, so that
// many watched mailboxes cost little.
var readAheads = sync.Pool{New: func() any { return new([readAhead]byte) }}

// wire is the TCP connection under the encryption. It reads ahead and keeps the
// deadlines.
type wire struct {
	raw net.Conn

	buf  *[readAhead]byte // nil while empty
	r, w int              // what is buffered: buf[r:w]
	more bool             // the last read filled its buffer, so there is probably more

	mu      sync.Mutex
	idle    time.Duration
	waiting int // commands outstanding
}

func newWire(raw net.Conn, idle time.Duration) *wire { return &wire{raw: raw, idle: idle} }

func (w *wire) buffered() int { return w.w - w.r }

func (w *wire) Read(p []byte) (int, error) {
	if w.r < w.w {
		n := copy(p, w.buf[w.r:w.w])
		if w.r += n; w.r == w.w {
			w.letGo()
		}
		return n, nil
	}
	w.arm()
	if !w.more || len(p) >= readAhead {
		n, err := w.raw.Read(p)
		w.more = n == len(p)
		return n, err
	}
	w.buf = readAheads.Get().(*[readAhead]byte)
	n, err := w.raw.Read(w.buf[:])
	w.r, w.w, w.more = copy(p, w.buf[:n]), n, n == readAhead
	if n = w.r; w.r == w.w {
		w.letGo()
	}
	return n, err
}

// letGo gives the empty buffer back.
func (w *wire) letGo() {
	readAheads.Put(w.buf)
	w.buf, w.r, w.w = nil, 0, 0
}

// arm sets the deadline of the Read that follows.
func (w *wire) arm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.setReadDeadline()
}

// setReadDeadline is called with mu held, so that a Read that begins and a
// command that ends cannot undo each other's deadline.
func (w *wire) setReadDeadline() {
	var t time.Time
	if w.waiting > 0 && w.idle > 0 {
		t = time.Now().Add(w.idle)
	}
	_ = w.raw.SetReadDeadline(t) // Read reports a closed connection
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	if w.idle > 0 {
		_ = w.raw.SetWriteDeadline(time.Now().Add(w.idle)) // Write reports a closed connection
	}
	// A Read that waits already waits for the answer to this from now on.
	w.setReadDeadline()
	w.mu.Unlock()
	return w.raw.Write(p)
}

// await counts commands that are outstanding.
func (w *wire) await(begin bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if begin {
		w.waiting++
	} else {
		w.waiting--
	}
	w.setReadDeadline()
}

func (w *wire) setIdle(d time.Duration) (before time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, w.idle = w.idle, d
	w.setReadDeadline()
	return before
}

func (w *wire) Close() error                     { return w.raw.Close() }
func (w *wire) LocalAddr() net.Addr              { return w.raw.LocalAddr() }
func (w *wire) RemoteAddr() net.Addr             { return w.raw.RemoteAddr() }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }
