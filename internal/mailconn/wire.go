package mailconn

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/internal/traffic"
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
	reading bool
	since   time.Time // since when the time of a Read counts
	pace    pace

	meter atomic.Pointer[traffic.Meter] // of the latest command; nil: nobody counts
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
		w.meter.Load().Add(n)
		w.more = n == len(p)
		return n, err
	}
	w.buf = readAheads.Get().(*[readAhead]byte)
	n, err := w.raw.Read(w.buf[:])
	w.meter.Load().Add(n)
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
	if w.limited() {
		now := time.Now()
		t = now.Add(w.idle)
		if w.reading {
			if end := w.since.Add(w.pace.left()); end.Before(t) {
				t = end
			}
		}
	}
	_ = w.raw.SetReadDeadline(t) // Read fails if the connection is closed
}

// limited reports whether the time counts. mu must be held.
func (w *wire) limited() bool { return w.waiting > 0 && w.idle > 0 }

// begin begins a Read, in whatever steps it reads from the wire. It returns ErrSlow if
// the server may not take longer.
func (w *wire) begin() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading, w.since = true, time.Now()
	if w.limited() && w.pace.left() <= 0 {
		w.reading = false
		return ErrSlow
	}
	return nil
}

// end ends a Read that has returned p, and err. If the server has taken longer than it may,
// end returns ErrSlow instead of err.
func (w *wire) end(p []byte, err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count()
	w.reading = false
	if n := len(p); n > 0 {
		w.pace.received(n, p[n-1] == '\n', w.idle+time.Second) // silence ends by idle, not by ErrSlow
	} else if err != nil && errors.Is(err, os.ErrDeadlineExceeded) && w.pace.left() <= 0 {
		return ErrSlow
	}
	return err
}

// count takes the time since the last call, or since the Read began, off what the server
// may take, if it counts. mu must be held.
func (w *wire) count() {
	now := time.Now()
	if w.reading && w.limited() {
		w.pace.waited(now.Sub(w.since))
	}
	w.since = now
}

// expect says what the next bytes belong to.
func (w *wire) expect(a Answer) {
	w.mu.Lock()
	w.pace.expect(a)
	w.mu.Unlock()
}

// progress takes note of n bytes of what was asked for.
func (w *wire) progress(n int) {
	w.mu.Lock()
	w.pace.progress(n)
	w.mu.Unlock()
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
	w.count()
	if begin {
		if w.waiting == 0 {
			w.pace.restart()
		}
		w.waiting++
	} else {
		w.waiting--
	}
	w.setReadDeadline()
}

func (w *wire) setIdle(d time.Duration) (before time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count()
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
