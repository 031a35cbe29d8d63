package mailconn

import (
	"net"
	"sync"
	"time"
)

// readAhead is the size of one read from the kernel while much data is arriving.
// Libraries and TLS request only a few kilobytes at a time.
const readAhead = 128 << 10

// readAheads holds unused buffers. A connection has a buffer only while there is
// data in it, so that many watched mailboxes need little memory.
var readAheads = sync.Pool{New: func() any { return new([readAhead]byte) }}

// wire is the TCP connection below the encryption. It reads ahead and sets the
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
			w.release()
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
		w.release()
	}
	return n, err
}

// release returns the empty buffer to the pool.
func (w *wire) release() {
	readAheads.Put(w.buf)
	w.buf, w.r, w.w = nil, 0, 0
}

// arm sets the deadline of the Read that follows.
func (w *wire) arm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.setReadDeadline()
}

// setReadDeadline must be called with mu held. Otherwise a Read that begins and a
// command that ends could overwrite each other's deadline.
func (w *wire) setReadDeadline() {
	var t time.Time
	if w.waiting > 0 && w.idle > 0 {
		t = time.Now().Add(w.idle)
	}
	_ = w.raw.SetReadDeadline(t) // Read fails if the connection is closed
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	if w.idle > 0 {
		_ = w.raw.SetWriteDeadline(time.Now().Add(w.idle)) // Write fails if the connection is closed
	}
	// A Read that is already waiting now waits for the answer to this command.
	w.setReadDeadline()
	w.mu.Unlock()
	return w.raw.Write(p)
}

// await counts the outstanding commands.
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
