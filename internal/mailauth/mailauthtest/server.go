package mailauthtest

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// end is how a server ends the exchange of a login.
type end int

const (
	accept            end = iota
	refuse                // without a reason
	refuseAuth            // with the code of a wrong credential
	refuseTemporary       // with the code of trouble that passes
	refuseThrottled       // by words alone
	refuseSyntax          // as a command that is not understood, where the protocol has that
	refuseWithEcho        // repeats everything that the client has sent
	refuseOddlyEchoed     // the same in a line that is neither
	hangUp                // ends the connection
	silent                // does not answer
)

var endings = map[inbound.Protocol]map[end]string{
	inbound.IMAP: {
		accept: "OK welcome", refuse: "NO refused", refuseAuth: "NO [AUTHENTICATIONFAILED] no",
		refuseTemporary: "NO [UNAVAILABLE] later", refuseThrottled: "NO Too many connections", refuseSyntax: "BAD what?",
		refuseWithEcho: "NO what is %s?", refuseOddlyEchoed: "HM %s",
	},
	inbound.POP3: {
		accept: "+OK welcome", refuse: "-ERR refused", refuseAuth: "-ERR [AUTH] no",
		refuseTemporary: "-ERR [SYS/TEMP] later", refuseThrottled: "-ERR Too many connections", refuseSyntax: "-ERR what?",
		refuseWithEcho: "-ERR what is %s?", refuseOddlyEchoed: "HM %s",
	},
}

// server is a server that gets as far as the login.
type server struct {
	protocol   inbound.Protocol
	mechanisms []string // that it announces
	noInitial  bool     // IMAP: it does not take an initial response (no SASL-IR)
	challenge  string   // the line after the response to AUTH, without "+ "; "" for none
	end        end

	port    int
	reached chan struct{} // closed when a silent server has been asked
	mu      sync.Mutex
	heard   []string // lines, responses decoded
	clients []net.Conn
}

// start serves connections until the test ends.
func (s *server) start(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.port, s.reached = listener.Addr().(*net.TCPAddr).Port, make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.clients = append(s.clients, conn)
			s.mu.Unlock()
			all.Go(func() {
				defer func() { _ = conn.Close() }() // the client may have closed it
				s.serve(&client{conn, bufio.NewReader(conn)})
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // ends the loop above
		s.mu.Lock()
		for _, conn := range s.clients {
			_ = conn.Close() // most clients have left
		}
		s.mu.Unlock()
		all.Wait()
	})
}

// client is a connection, seen from the server.
type client struct {
	net.Conn
	in *bufio.Reader
}

// line reads a line; "" once the client has left.
func (c *client) line() string {
	text, _ := c.in.ReadString('\n')
	return text
}

func (c *client) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.Conn, format+"\r\n", args...) // the client may have left
}

func (s *server) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, text)
}

// said returns what the client has sent, from the command of the login on.
func (s *server) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.heard)
}

func (s *server) serve(c *client) {
	if s.protocol == inbound.POP3 {
		c.say("+OK ready")
	} else {
		c.say("* OK [CAPABILITY %s] ready", s.imapCapabilities())
	}
	for line := c.line(); line != ""; line = c.line() {
		line = strings.TrimRight(line, "\r\n")
		tag := ""
		if s.protocol == inbound.IMAP {
			tag, line, _ = strings.Cut(line, " ")
			tag += " "
		}
		verb, arguments, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "CAPA":
			c.say("+OK\r\nSASL %s\r\n.", strings.Join(s.mechanisms, " "))
		case "CAPABILITY":
			c.say("* CAPABILITY %s\r\n%sOK", s.imapCapabilities(), tag)
		case "LOGOUT":
			c.say("* BYE\r\n%sOK", tag)
			return
		case "QUIT":
			c.say("+OK")
			return
		case "USER":
			s.note(line)
			c.say("+OK")
		case "AUTHENTICATE", "AUTH", "LOGIN", "PASS":
			s.note(line)
			sent := line
			if verb[0] == 'A' {
				sent = s.exchange(c, arguments)
			}
			if !s.finish(c, tag, sent) {
				return
			}
		default:
			c.say("%s", tag+endings[s.protocol][refuseSyntax])
		}
	}
}

func (s *server) imapCapabilities() string {
	caps := "IMAP4rev1"
	if !s.noInitial {
		caps += " SASL-IR"
	}
	for _, m := range s.mechanisms {
		caps += " AUTH=" + m
	}
	return caps
}

// exchange reads a SASL exchange to its end, and returns what the client has sent,
// encoded and not.
func (s *server) exchange(c *client, arguments string) string {
	_, response, given := strings.Cut(arguments, " ")
	if !given {
		c.say("+ ")
		response = strings.TrimRight(c.line(), "\r\n")
	}
	plain, _ := base64.StdEncoding.DecodeString(response) // the test looks at it
	s.note(string(plain))
	if s.challenge != "" {
		c.say("+ %s", s.challenge)
		s.note(strings.TrimRight(c.line(), "\r\n"))
	}
	return response + " or " + strings.ReplaceAll(string(plain), "\x00", " ")
}

// finish ends the login, and reports whether the connection goes on.
func (s *server) finish(c *client, tag, sent string) bool {
	switch s.end {
	case hangUp:
		return false
	case silent:
		close(s.reached)
		_ = c.line() // until the client leaves
		return false
	case refuseOddlyEchoed:
		tag = ""
	}
	text := endings[s.protocol][s.end]
	if strings.Contains(text, "%s") {
		text = fmt.Sprintf(text, sent)
	}
	c.say("%s", tag+text)
	return true
}
