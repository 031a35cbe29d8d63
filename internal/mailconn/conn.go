package mailconn

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/traffic"
)

// ErrBudget reports a server that sent more bytes than Allow and Grow admit.
var ErrBudget = errors.New("mailconn: server sent more than it was asked for")

// Conn is a connection to a mail server, encrypted or not. It is a net.Conn
// for protocol libraries, with these differences:
//
//   - Deadlines set by the library are ignored. While a command is outstanding
//     (see Bind), every Read and Write has to make progress within the idle
//     time (see SetIdle), and what the server sends has to come at a least rate
//     (see Expect). While no command is outstanding, reads wait without limit.
//   - The end of the stream is io.ErrUnexpectedEOF, since no mail protocol ends
//     while somebody reads.
//   - A byte budget may bound what the server sends (see Allow).
//   - Close closes immediately and sends nothing to the server.
//
// One goroutine may read while a second one writes and others call Bind, Close and
// the setters.
type Conn struct {
	wire   *wire
	host   string
	policy inbound.NetworkPolicy

	stream net.Conn // wire, or TLS on top of it
	tls    bool
	replay []byte // read again before the stream

	mu     sync.Mutex
	budget int64 // negative: no limit
	cause  error // the first failure
}

// New wraps a connection that is established. Dial calls it.
func New(raw net.Conn, host string, p inbound.NetworkPolicy) *Conn {
	w := newWire(raw, idleTimeout(p))
	return &Conn{wire: w, stream: w, host: host, policy: p, budget: -1}
}

// Bind marks the start of a command. The returned function marks its end and must be
// called once. If ctx ends in between, the connection is closed. If ctx has a
// traffic.Meter, it counts what the server sends from now on.
func (c *Conn) Bind(ctx context.Context) (release func()) {
	meter := traffic.Of(ctx)
	meter.Bind()
	c.wire.meter.Store(meter)
	c.wire.await(true)
	stop := context.AfterFunc(ctx, func() {
		_ = c.failed(ctx.Err())
		_ = c.Close()
	})
	return func() {
		stop()
		c.wire.await(false)
	}
}

// Cause returns the first failure of the connection: the error of the context that
// ended it, or the first error of Read or Write. It returns nil if nothing failed;
// Close is no failure. Cause is needed because some libraries replace the errors of
// the connection by their own.
func (c *Conn) Cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// SetIdle sets how long the server may take to send the next byte of an answer. It
// also applies to a Read that is already waiting. 0 means no limit. SetIdle returns
// the former value.
func (c *Conn) SetIdle(d time.Duration) (before time.Duration) { return c.wire.setIdle(d) }

// Expect says what the next bytes of the server belong to; at first, to a Reply. While a
// command is outstanding and somebody waits in Read, Read fails with ErrSlow
//
//   - in a Message that comes by less than 200 bytes a second for 30 s;
//   - in a List, for a minute;
//   - in a line of a Reply, for 15 s;
//   - when the server sends lines for a minute, or in longer intervals than 10 s for 10
//     minutes, and Progress is not called meanwhile. Each byte of Progress, of a List or
//     of a Message gives 5 ms more.
//
// A pause before the first byte of each is limited by the idle time only, and one after
// many bytes is, too: what was faster than the least rate counts, up to the idle time.
func (c *Conn) Expect(a Answer) { c.wire.expect(a) }

// Progress says that n bytes of what came as a Reply were asked for.
func (c *Conn) Progress(n int) { c.wire.progress(n) }

// Allow sets how many more bytes may be read. A negative number means no limit.
// Bytes in the buffers of a library count as read.
func (c *Conn) Allow(n int64) {
	c.mu.Lock()
	c.budget = n
	c.mu.Unlock()
}

// Grow adds n to the number of bytes that Allow set.
func (c *Conn) Grow(n int64) {
	c.mu.Lock()
	if c.budget >= 0 {
		c.budget += n
	}
	c.mu.Unlock()
}

// Replay makes the next reads return p before what the server sends.
func (c *Conn) Replay(p string) { c.replay = append(c.replay, p...) }

// TLS reports whether the connection is encrypted.
func (c *Conn) TLS() bool { return c.tls }

// Read implements net.Conn.
func (c *Conn) Read(p []byte) (int, error) {
	if len(c.replay) > 0 {
		n := copy(p, c.replay)
		c.replay = c.replay[n:]
		return n, nil
	}
	c.mu.Lock()
	left := c.budget
	c.mu.Unlock()
	if left == 0 && len(p) > 0 {
		return 0, c.failed(ErrBudget)
	}
	if left > 0 && int64(len(p)) > left {
		p = p[:left]
	}
	if err := c.wire.begin(); err != nil {
		return 0, c.failed(err)
	}
	n, err := c.stream.Read(p)
	err = c.wire.end(p[:n], err)
	if left > 0 {
		c.Grow(-int64(n))
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, c.failed(err)
}

// Write implements net.Conn.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.stream.Write(p)
	return n, c.failed(err)
}

// failed remembers the first failure and returns err. net.ErrClosed is only a
// consequence of a failure, so failed does not remember it.
func (c *Conn) failed(err error) error {
	if err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !errors.Is(err, net.ErrClosed) && c.cause == nil {
		c.cause = err
	}
	return err
}

// ReadLine reads one line of at most limit bytes and returns it without its CRLF or
// LF. It is for the few lines before a library reads from the connection, and reads
// no byte beyond the line.
func (c *Conn) ReadLine(limit int) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		if _, err := io.ReadFull(c, one); err != nil {
			return "", err
		}
		if one[0] == '\n' {
			if n := len(line); n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
			return string(line), nil
		}
		if len(line) == limit {
			return "", c.failed(fmt.Errorf("mailconn: line is longer than %d bytes", limit))
		}
		line = append(line, one[0])
	}
}

// StartTLS encrypts the connection. It is called after the server has accepted
// STARTTLS or STLS and before a library reads from the connection. It fails if the
// server has sent anything after its acceptance, which would otherwise be read as if
// it were encrypted. The DialTimeout of the policy limits the duration of the
// handshake, and a [httptrace.ClientTrace] in the context is told of it.
func (c *Conn) StartTLS(ctx context.Context) error {
	if len(c.replay) > 0 || c.wire.buffered() > 0 {
		return c.failed(&inbound.Error{
			Op: inbound.OpStartTLS, Class: inbound.ErrPermanent,
			Err: errors.New("the server sent plain text after it accepted encryption"),
			Hint: "somebody may be tampering with the connection;" +
				" use TLS from the first byte (port 993 or 995) instead",
		})
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout(c.policy))
	defer cancel()
	defer c.Bind(ctx)()
	conn := tls.Client(c.wire, &tls.Config{
		ServerName: serverName(c.host), RootCAs: c.policy.RootCAs, MinVersion: tls.VersionTLS12,
	})
	err := conn.HandshakeContext(ctx)
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.TLSHandshakeDone != nil {
		trace.TLSHandshakeDone(conn.ConnectionState(), err)
	}
	if err != nil {
		_ = c.Close()
		return c.failed(err)
	}
	c.stream, c.tls = conn, true
	return nil
}

// Close closes the connection immediately. It may be called again.
func (c *Conn) Close() error {
	if err := c.wire.raw.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// LocalAddr implements net.Conn.
func (c *Conn) LocalAddr() net.Addr { return c.wire.raw.LocalAddr() }

// RemoteAddr implements net.Conn.
func (c *Conn) RemoteAddr() net.Addr { return c.wire.raw.RemoteAddr() }

// SetDeadline implements net.Conn; it does nothing.
func (c *Conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn; it does nothing.
func (c *Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn; it does nothing.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }
