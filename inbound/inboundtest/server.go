package inboundtest

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/selfsigned"
)

// ServerOptions are the settings of a [Server]. The zero value is the default.
type ServerOptions struct {
	Security inbound.Security // "" means TLS from the first byte
	Username string           // "" means "shop@example.com"
	Password string           // "" means "correct horse"
	Faults   Faults           // from the first connection on
}

// Server serves a [Mailbox] by IMAP or POP3 on a free port of 127.0.0.1, to any
// number of clients at once, and does wrong what its [Faults] say. It ends with
// its test, and leaves nothing behind. It is safe for concurrent use.
type Server struct {
	box         *Mailbox
	protocol    inbound.Protocol
	options     ServerOptions
	listener    net.Listener
	certificate tls.Certificate
	roots       *x509.CertPool
	running     sync.WaitGroup

	mu       sync.Mutex
	faults   Faults
	sent     int64 // bytes since the faults were set
	steps    int
	cutAt    int // step; 0 means none
	commands []string
	conns    map[net.Conn]bool
	stopped  bool
}

// ServeIMAP serves the mailbox by IMAP4rev1 (RFC 3501), with what clients use
// of it and UIDPLUS, IDLE, ESEARCH, SASL-IR and LITERAL+. Nil options mean the
// defaults.
func (m *Mailbox) ServeIMAP(t testing.TB, o *ServerOptions) *Server {
	t.Helper()
	return m.serve(t, inbound.IMAP, o, serveIMAP)
}

// ServePOP3 serves INBOX by POP3 (RFC 1939), with CAPA, STLS, AUTH PLAIN and
// PIPELINING. The maildrop is not locked: several clients may have it at once,
// each with the messages of when it logged in. A last line without CRLF gets
// one, as the protocol wants it. Nil options mean the defaults.
func (m *Mailbox) ServePOP3(t testing.TB, o *ServerOptions) *Server {
	t.Helper()
	return m.serve(t, inbound.POP3, o, servePOP3)
}

func (m *Mailbox) serve(t testing.TB, protocol inbound.Protocol, o *ServerOptions, talk func(*link)) *Server {
	t.Helper()
	s := &Server{box: m, protocol: protocol, conns: make(map[net.Conn]bool)}
	if o != nil {
		s.options = *o
	}
	if s.options.Security == "" {
		s.options.Security = inbound.TLS
	}
	if s.options.Username == "" {
		s.options.Username = "shop@example.com"
	}
	if s.options.Password == "" {
		s.options.Password = "correct horse"
	}
	s.faults = s.options.Faults
	s.certificate, s.roots = selfsigned.Certificate(t)
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatalf("listen on loopback: %v", err)
	}
	s.running.Go(func() { s.accept(talk) })
	t.Cleanup(s.stop)
	return s
}

func (s *Server) accept(talk func(*link)) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // stopped
		}
		if !s.admit(conn) {
			_ = conn.Close() // stopped meanwhile
			return
		}
		s.running.Go(func() {
			defer s.leave(conn)
			l := newLink(s, conn.(*net.TCPConn))
			talk(l)
			l.part()
		})
	}
}

func (s *Server) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[conn] = true
	return !s.stopped
}

func (s *Server) leave(conn net.Conn) {
	_ = conn.Close() // may be closed already
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

func (s *Server) stop() {
	s.mu.Lock()
	s.stopped = true
	_ = s.listener.Close() // nobody uses it any more
	for conn := range s.conns {
		_ = conn.Close() // the test is over
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Secrets returns what Account logs in with.
func (s *Server) Secrets() inbound.Secrets {
	return inbound.Secrets{Password: inbound.Secret(s.options.Password)}
}

// Login logs in with them.
func (s *Server) Login() inbound.Login { return inbound.PasswordLogin(s.Secrets().Password) }

// Account returns an account that points at the server, with its user name. What it is to do is for the test to set: Shop is empty, CreateCustomer
// and NotifyManager are off, and ManagerGroup is empty.
func (s *Server) Account(id string) inbound.Account {
	a := inbound.Account{ID: id, Name: id, Protocol: s.protocol, Host: "127.0.0.1", Port: s.listener.Addr().(*net.TCPAddr).Port,
		Security: s.options.Security, Username: s.options.Username, Interval: inbound.DefaultInterval}
	if s.protocol == inbound.IMAP {
		a.Folders = []string{"INBOX"}
	}
	return a
}

// Network returns the policy by which the server may be connected to: loopback,
// its certificate, plain text, and no long waits.
func (s *Server) Network() inbound.NetworkPolicy {
	return inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true, RootCAs: s.roots, DialTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second}
}

// RootCAs returns the pool that trusts the server's certificate.
func (s *Server) RootCAs() *x509.CertPool { return s.roots }

// SetFaults replaces the faults, and begins to count bytes anew. It holds from
// the next thing that the server does.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.sent = f, 0
}

// Sent returns how many bytes the server has sent, or would have sent without a
// cut or silence, since the faults were set.
func (s *Server) Sent() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// Steps returns how many steps the server has made: each command line read and
// each piece of an answer sent is one. A piece is a line, or half of a body, or
// 32 KiB of a large one.
func (s *Server) Steps() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.steps
}

// CutAtStep makes the connection end that comes to step n, before the step is
// done; connections after it are whole. A test that is to meet every place
// where a connection can end reads Steps after an undisturbed run, and then
// runs with a cut at each step from 1 to that number. 0 means no cut.
func (s *Server) CutAtStep(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutAt = n
}

// Commands returns the command lines read so far, as they came.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// note keeps a command line.
func (s *Server) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, line)
}

// current returns the faults of this moment.
func (s *Server) current() *Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	return &f
}

// step counts one, and reports whether the connection is to be cut in its place.
func (s *Server) step() (cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps++
	return s.steps == s.cutAt
}

// meter counts n bytes to be sent. Of these, send are sent; what is to happen
// after them is told by cut and silent.
func (s *Server) meter(n int) (send int, cut, silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.sent
	s.sent += int64(n)
	switch f := &s.faults; {
	case f.CutAt > 0 && f.CutAt <= s.sent:
		send, cut = int(f.CutAt-1-before), true
		f.CutAt = 0
	case f.SilentAt > 0 && f.SilentAt <= s.sent:
		send, silent = int(f.SilentAt-1-before), true
		f.SilentAt = 0
	default:
		send = n
	}
	return max(send, 0), cut, silent
}

// knows reports the right user name and password.
func (s *Server) knows(username, password string) bool {
	return username == s.options.Username && password == s.options.Password
}

// plain reads the message of SASL PLAIN (RFC 4616).
func (s *Server) plain(message []byte) bool {
	parts := strings.Split(string(message), "\x00")
	return len(parts) == 3 && s.knows(parts[1], parts[2])
}
