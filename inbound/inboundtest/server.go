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
// number of concurrent clients, with the [Faults] that are set. It ends with its
// test, without leaving connections or goroutines. It is safe for concurrent use.
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
	accepted int // connections so far
	dead     int // the connections up to this one are dead; see SwallowConnections
	stopped  bool
}

// ServeIMAP serves the mailbox by IMAP4rev1 (RFC 3501) with UIDPLUS, IDLE, ESEARCH,
// SASL-IR and LITERAL+, as far as mail clients need them. Nil options mean the
// defaults.
func (m *Mailbox) ServeIMAP(t testing.TB, o *ServerOptions) *Server {
	t.Helper()
	return m.serve(t, inbound.IMAP, o, serveIMAP)
}

// ServePOP3 serves INBOX by POP3 (RFC 1939), with CAPA, STLS, AUTH PLAIN and
// PIPELINING. The maildrop is not locked: several clients may be logged in
// concurrently, and each sees the messages that were there when it logged in. A last
// line without CRLF is completed, as the protocol requires. Nil options mean the
// defaults.
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
	_ = s.listener.Close() // it is no longer used
	for conn := range s.conns {
		_ = conn.Close() // the test is over
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Secrets returns the password of the server's user.
func (s *Server) Secrets() inbound.Secrets {
	return inbound.Secrets{Password: inbound.Secret(s.options.Password)}
}

// Login returns a login with the password of the server's user.
func (s *Server) Login() inbound.Login { return inbound.PasswordLogin(s.Secrets().Password) }

// Account returns an account of this ID for the server: its host, port, security and
// user name. The fields that say what to do with mail are left empty.
func (s *Server) Account(id string) inbound.Account {
	a := inbound.Account{ID: id, Name: id, Protocol: s.protocol, Host: "127.0.0.1",
		Port:     s.listener.Addr().(*net.TCPAddr).Port,
		Security: s.options.Security, Username: s.options.Username, Interval: inbound.DefaultInterval}
	if s.protocol == inbound.IMAP {
		a.Folders = []string{"INBOX"}
	}
	return a
}

// Network returns a policy that allows connecting to the server (loopback, its
// certificate, unencrypted connections), with short timeouts.
func (s *Server) Network() inbound.NetworkPolicy {
	return inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true, RootCAs: s.roots,
		DialTimeout: 10 * time.Second, LoginTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second}
}

// RootCAs returns a pool with the server's certificate.
func (s *Server) RootCAs() *x509.CertPool { return s.roots }

// SetFaults replaces the faults, from the next action of the server on, and resets
// the count of sent bytes.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.sent = f, 0
}

// Sent returns how many bytes the server has sent since the faults were set,
// including those that a cut or silence suppresses.
func (s *Server) Sent() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// Steps returns the number of steps of the server so far. A step is a command line
// that is read, or a piece of an answer that is sent: a line, half of a body, or 32
// KiB of a large one.
func (s *Server) Steps() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.steps
}

// CutAtStep cuts the connection that reaches step n, before the step is done; later
// connections are not cut. To test every place where a connection can end, read
// Steps after an undisturbed run, and cut at each step from 1 to that number. 0
// means no cut.
func (s *Server) CutAtStep(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutAt = n
}

// SwallowConnections makes the connections dead that are open now, as a router does that has
// forgotten them: what the client sends is lost, nothing comes, and nothing ends them. Later
// connections are not affected.
func (s *Server) SwallowConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = s.accepted
}

// swallows reports a connection that is dead.
func (s *Server) swallows(l *link) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return l.number <= s.dead
}

// Connections returns how many connections were made so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// Commands returns the command lines that the server has read so far.
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
// after them is in cut and silent.
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

// authenticates reports whether user name and password are right.
func (s *Server) authenticates(username, password string) bool {
	return username == s.options.Username && password == s.options.Password
}

// plain reads the message of SASL PLAIN (RFC 4616).
func (s *Server) plain(message []byte) bool {
	parts := strings.Split(string(message), "\x00")
	return len(parts) == 3 && s.authenticates(parts[1], parts[2])
}
