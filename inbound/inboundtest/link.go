package inboundtest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

// link is one client's connection, seen from the server.
type link struct {
	server *Server
	number int // of the connection, from 1
	tcp    *net.TCPConn
	conn   net.Conn // tcp, or TLS on it
	secure bool
	in     *bufio.Reader
	out    *bufio.Writer

	silent bool // nothing more is sent
	ended  bool // no more is to be read or sent
}

func newLink(s *Server, tcp *net.TCPConn) *link {
	s.mu.Lock()
	s.accepted++
	l := &link{server: s, number: s.accepted, tcp: tcp}
	s.mu.Unlock()
	if s.options.Security == inbound.TLS {
		l.encrypt()
	} else {
		l.use(tcp)
	}
	return l
}

func (l *link) use(conn net.Conn) {
	l.conn, l.in, l.out = conn, bufio.NewReader(conn), bufio.NewWriterSize(conn, 32<<10)
}

// encrypt goes on under TLS; what the client has sent ahead is forgotten.
func (l *link) encrypt() {
	l.use(tls.Server(l.tcp, &tls.Config{Certificates: []tls.Certificate{l.server.certificate}}))
	l.secure = true
}

// mayLogIn reports whether a password may be sent here.
func (l *link) mayLogIn() bool { return l.secure || l.server.options.Security == inbound.Plain }

// line reads a command line. What was said before is sent first, unless the
// client has sent ahead.
func (l *link) line() (string, bool) {
	if l.ended {
		return "", false
	}
	if l.in.Buffered() == 0 {
		l.flush()
	}
	text, err := l.in.ReadString('\n')
	for err == nil && l.server.swallows(l) {
		text, err = l.in.ReadString('\n')
	}
	if err != nil {
		l.ended = true
		return "", false
	}
	if !l.step() {
		return "", false
	}
	text = strings.TrimRight(text, "\r\n")
	l.server.note(text)
	return text, true
}

func (l *link) step() bool {
	if l.ended {
		return false
	}
	if l.server.step() {
		l.cut()
	}
	return !l.ended
}

// say sends a line, as one step.
func (l *link) say(format string, args ...any) { l.send(fmt.Appendf(nil, format+"\r\n", args...)) }

// body sends bytes in two steps, or in more if there are many.
func (l *link) body(p []byte) {
	const piece = 32 << 10
	if len(p) < 2*piece {
		l.send(p[:len(p)/2])
		l.send(p[len(p)/2:])
		return
	}
	for ; len(p) > piece; p = p[piece:] {
		l.send(p[:piece])
	}
	l.send(p)
}

// hangUp sends half of what it was to send, and ends the connection.
func (l *link) hangUp(p []byte) {
	l.send(p[:len(p)/2])
	l.cut()
}

// send sends bytes as one step, as far as the faults let them through.
func (l *link) send(p []byte) {
	if l.silent || l.server.swallows(l) || len(p) == 0 || !l.step() {
		return
	}
	n, cut, silent := l.server.meter(len(p))
	l.write(p[:n])
	switch {
	case cut:
		l.cut()
	case silent:
		l.flush()
		l.silent = true
	}
}

func (l *link) write(p []byte) {
	f := l.server.current()
	if f.Trickle <= 0 {
		_, _ = l.out.Write(p) // if the client is gone, the next line fails
		return
	}
	for len(p) > 0 && !l.ended {
		n := min(f.Trickle, len(p))
		_, _ = l.out.Write(p[:n]) // flush returns the error
		l.flush()
		p = p[n:]
		time.Sleep(f.Pause)
	}
}

func (l *link) flush() {
	if err := l.out.Flush(); err != nil {
		l.ended = true // the client is gone
	}
}

// cut ends the connection as the faults say.
func (l *link) cut() {
	l.flush()
	l.ended = true
	switch l.server.current().CutBy {
	case CutByReset:
		_ = l.tcp.SetLinger(0) // without it the end is milder
		_ = l.tcp.Close()      // the client sees it
	case CutByClose:
		l.closeWrite()
	default:
		_ = l.tcp.CloseWrite() // the client may be gone
	}
}

// closeWrite says that nothing more comes, under TLS by close_notify too.
func (l *link) closeWrite() {
	if conn, ok := l.conn.(*tls.Conn); ok {
		_ = conn.CloseWrite() // the client may be gone
	}
	_ = l.tcp.CloseWrite() // the client may be gone
}

// part takes leave of a client: the connection is closed when the client closes
// it, since closing with something unread would take back what was sent.
func (l *link) part() {
	if !l.ended {
		l.flush()
		l.closeWrite()
	}
	_, _ = io.Copy(io.Discard, l.tcp) // ends when the client, or the test, closes
}

// scripted answers a command as Instead and Answer say. The tag is "" in POP3.
func (l *link) scripted(tag, line, command string) bool {
	f := l.server.current()
	if reply, ok := f.instead(command); ok {
		switch {
		case reply == "":
		case strings.HasPrefix(reply, "* BYE"):
			l.say("%s", reply)
			l.flush()
			l.closeWrite()
			l.ended = true
		case tag == "", strings.HasPrefix(reply, "*"):
			l.say("%s", reply)
		default:
			l.say("%s %s", tag, reply)
		}
		return true
	}
	if f.Answer == nil {
		return false
	}
	reply, handled := f.Answer(line)
	if handled {
		l.send([]byte(reply))
	}
	return handled
}
