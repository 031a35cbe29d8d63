package pop3fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/selfsigned"
)

// server is a POP3 server that does what a test wants. By default it is a good one.
type server struct {
	t        testing.TB
	listener net.Listener
	mail     []mail
	caps     []string // nil: CAPA is refused
	greeting string
	// on replaces the answer to a verb, or to a whole command line ("RETR 2").
	// What it returns is sent as it is; "" goes on to the default answer.
	on map[string]func(c *client, args string) string

	start   sync.Once // when everything above is set
	mu      sync.Mutex
	log     []string // commands, as they were read
	deleted []string // unique-ids, after QUIT
	ended   sync.WaitGroup
	conns   []net.Conn
	cert    *tls.Certificate
}

type mail struct{ uidl, raw string }

// client is one connection to the server.
type client struct {
	*server
	conn   net.Conn
	in     *bufio.Reader
	marked map[int]bool
	logged bool
	hangUp bool // after the answer
}

func newServer(t testing.TB, mails ...mail) *server {
	s := &server{t: t, mail: mails, on: make(map[string]func(*client, string) string),
		caps:     []string{"TOP", "UIDL", "USER", "RESP-CODES", "PIPELINING", "SASL PLAIN XOAUTH2", "STLS"},
		greeting: "+OK ready"}
	var err error
	s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = s.listener.Close()
		s.mu.Lock()
		for _, c := range s.conns {
			_ = c.Close()
		}
		s.mu.Unlock()
		s.ended.Wait()
	})
	return s
}

func (s *server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.ended.Go(func() {
			c := &client{server: s, conn: conn, in: bufio.NewReader(conn), marked: map[int]bool{}}
			defer func() { _ = c.conn.Close() }()
			c.serve()
		})
	}
}

func (c *client) serve() {
	c.write(c.greeting + "\r\n")
	for !c.hangUp {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		c.write(c.answer(strings.TrimRight(line, "\r\n")))
	}
}

func (c *client) write(text string) { _, _ = c.conn.Write([]byte(text)) } // the client may be gone

func (c *client) answer(line string) string {
	c.mu.Lock()
	c.log = append(c.log, line)
	c.mu.Unlock()
	verb, args, _ := strings.Cut(line, " ")
	for _, key := range slices.Compact([]string{line, verb}) {
		if f := c.on[key]; f != nil {
			if text := f(c, args); text != "" || c.hangUp {
				return text
			}
		}
	}
	switch verb {
	case "CAPA":
		if c.caps == nil {
			return "-ERR what?\r\n"
		}
		return "+OK\r\n" + strings.Join(c.caps, "\r\n") + "\r\n.\r\n"
	case "USER", "NOOP":
		return "+OK\r\n"
	case "PASS":
		if args != "secret" {
			return "-ERR [AUTH] no\r\n"
		}
		c.logged = true
		return "+OK logged in\r\n"
	case "STAT":
		return fmt.Sprintf("+OK %d 1234\r\n", len(c.mail))
	case "LIST":
		return c.list(func(m mail) string { return strconv.Itoa(len(m.raw)) })
	case "UIDL":
		return c.list(func(m mail) string { return m.uidl })
	case "RETR", "TOP":
		return c.message(verb, args)
	case "DELE":
		n, _ := strconv.Atoi(args)
		c.marked[n] = true
		return "+OK marked\r\n"
	case "QUIT":
		c.hangUp = true
		c.expunge()
		return "+OK bye\r\n"
	case "STLS":
		return c.startTLS()
	}
	return "-ERR unknown command\r\n"
}

// always is an answer that is the same each time.
func always(answer string) func(*client, string) string {
	return func(*client, string) string { return answer }
}

func (c *client) list(what func(mail) string) string {
	var b strings.Builder
	b.WriteString("+OK\r\n")
	for i, m := range c.mail {
		fmt.Fprintf(&b, "%d %s\r\n", i+1, what(m))
	}
	return b.String() + ".\r\n"
}

func (c *client) message(verb, args string) string {
	var n, lines int
	_, _ = fmt.Sscan(args, &n, &lines)
	if n < 1 || n > len(c.mail) || c.marked[n] {
		return "-ERR no such message\r\n"
	}
	raw := c.mail[n-1].raw
	if verb == "TOP" {
		header, body, _ := strings.Cut(raw, "\r\n\r\n")
		all := strings.SplitAfter(body, "\r\n")
		raw = header + "\r\n\r\n" + strings.Join(all[:min(lines, len(all))], "")
	}
	return "+OK\r\n" + stuff(raw) + ".\r\n"
}

// stuff doubles dots at the start of lines, as RFC 1939 has it.
func stuff(raw string) string {
	raw = strings.ReplaceAll(raw, "\r\n.", "\r\n..")
	if strings.HasPrefix(raw, ".") {
		raw = "." + raw
	}
	return raw
}

func (c *client) expunge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, m := range c.mail {
		if c.marked[i+1] {
			c.deleted = append(c.deleted, m.uidl)
		}
	}
}

func (c *client) startTLS() string {
	c.write("+OK go\r\n")
	conn := tls.Server(c.conn, &tls.Config{Certificates: []tls.Certificate{*c.cert}})
	c.conn, c.in = conn, bufio.NewReader(conn)
	if conn.Handshake() != nil {
		c.hangUp = true
	}
	return ""
}

// gone returns the unique-ids of what was deleted.
func (s *server) gone() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deleted)
}

// wait returns when every client has left.
func (s *server) wait() {
	_ = s.listener.Close()
	s.ended.Wait()
}

// said returns all commands so far.
func (s *server) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// commands returns what was said so far, without the login.
func (s *server) commands() []string {
	return slices.DeleteFunc(s.said(), func(line string) bool {
		return line == "CAPA" || strings.HasPrefix(line, "USER ") || strings.HasPrefix(line, "PASS ")
	})
}

func (s *server) account() inbound.Account {
	return inbound.Account{ID: "shop", Protocol: inbound.POP3, Host: "127.0.0.1",
		Port:     s.listener.Addr().(*net.TCPAddr).Port,
		Security: inbound.Plain, Username: "user@example.org"}
}

func (s *server) login() inbound.Login { return inbound.PasswordLogin("secret") }

// loopback is the policy of the tests: nothing may take long.
var loopback = inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true,
	DialTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second}

// connect begins to serve, and opens a session. From here on the server does
// not change.
func (s *server) connect(ctx context.Context, a inbound.Account, p inbound.NetworkPolicy) (inbound.Session, error) {
	s.serving()
	return New(&Options{Network: p}).Open(ctx, a, s.login())
}

// encrypted returns the account and the policy of STLS.
func (s *server) encrypted() (inbound.Account, inbound.NetworkPolicy) {
	certificate, roots := selfsigned.Certificate(s.t)
	s.cert = &certificate
	account, policy := s.account(), loopback
	account.Security, policy.RootCAs, policy.AllowPlaintext = inbound.StartTLS, roots, false
	return account, policy
}

// serving begins to serve.
func (s *server) serving() inbound.Account {
	s.start.Do(func() { s.ended.Go(s.accept) })
	return s.account()
}

// open logs in, and sees to it that the session ends with the test.
func (s *server) open() inbound.Session {
	s.t.Helper()
	session, err := s.connect(s.t.Context(), s.account(), loopback)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, session.Close()) })
	return session
}

// listAll lists the whole maildrop.
func listAll(t testing.TB, session inbound.Session) (refs []inbound.Ref, last inbound.Listing) {
	t.Helper()
	for more := true; more; more = last.More {
		var err error
		last, err = session.List(context.Background(), "", last.Next)
		require.NoError(t, err)
		refs = append(refs, last.Refs...)
	}
	return refs, last
}

// mails makes n messages with one-word bodies.
func mails(n int) []mail {
	list := make([]mail, n)
	for i := range list {
		raw := fmt.Sprintf("Subject: %d\r\nMessage-ID: <%d@x>\r\n\r\nbody %d\r\n.dot\r\n", i+1, i+1, i+1)
		list[i] = mail{fmt.Sprintf("id-%d", i+1), raw}
	}
	return list
}

// expectNothingWaiting fails the test when the client does not wait for an answer.
func expectNothingWaiting(c *client, _ string) string {
	_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err := c.in.Peek(1)
	assert.ErrorContains(c.t, err, "timeout", "the client did not wait for an answer")
	_ = c.conn.SetReadDeadline(time.Time{})
	c.in.Reset(c.conn)
	return ""
}
