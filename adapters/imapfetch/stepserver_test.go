package imapfetch

import (
	"bufio"
	"cmp"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// stepServer is an IMAP server that does not take a command before it has answered the
// one before.
type stepServer struct {
	account  inbound.Account
	messages int
	// early is what becomes of a command that comes too early: "BAD", "NO", "dropped" or
	// "hang up". at is the command during which it comes; "" for any.
	early, at string
	slow      time.Duration // before the answer to a UID command

	capabilities string                  // "" means IMAP4rev1 UIDPLUS ID
	id           string                  // the answer to ID, with TAG for its tag; or "hang up"
	login        string                  // the answer to LOGIN, without tag; after "hang up " the connection ends
	authenticate string                  // the answer to AUTHENTICATE
	clientSide   func(net.Conn) net.Conn // of openPiped; nil: as it is
	// instead answers a command in place of all below, if it returns true.
	instead func(c net.Conn, tag, text string) bool
	answer  func(text string) string // of any other command, with TAG; "" for the usual one; HANG UP ends
	// quiet is how long nothing has to come before the server answers what has come: each
	// time is a round trip. 0 means that it does not wait.
	quiet time.Duration

	mu       sync.Mutex
	commands []string // without tags
	tooEarly []string
	logins   int
	trips    int // round trips of all connections
}

func startStepServer(t *testing.T, s *stepServer) *stepServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := listener.Addr().(*net.TCPAddr)
	s.account = inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "127.0.0.1", Port: addr.Port,
		Security: inbound.Plain, Username: "shop", Folders: []string{"INBOX"}}
	var all sync.WaitGroup
	var accepted sync.Map // connections: a test that fails leaves them open
	all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			accepted.Store(c, nil)
			all.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		for c := range accepted.Range {
			_ = c.(net.Conn).Close() // most are closed
		}
		all.Wait()
	})
	return s
}

// uid is the UID of a message: no two are consecutive.
func (s *stepServer) uid(i int) int { return 1_000_000 + 2*i }

func (s *stepServer) serve(c net.Conn) {
	defer func() { _ = c.Close() }() // the client may have closed before
	r := bufio.NewReader(c)
	say := func(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }
	say("* OK ready")
	selected := false
	var waiting []string
	for {
		if len(waiting) == 0 {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			waiting = append([]string{line}, s.takeQuiet(c, r)...)
		}
		line := waiting[0]
		waiting = waiting[1:]
		tag, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		early := s.takeEarly(c, r, text)
		s.mu.Lock()
		s.commands = append(s.commands, text)
		s.tooEarly = append(s.tooEarly, early...)
		s.mu.Unlock()
		for _, one := range early {
			switch s.early {
			case "BAD", "NO":
				say("%s %s not in this state", strings.Fields(one)[0], s.early)
			case "hang up":
				return
			}
		}
		words := strings.Fields(text)
		verb := words[0]
		if verb == "UID" {
			verb += " " + words[1]
		}
		if strings.HasPrefix(verb, "UID") {
			time.Sleep(s.slow)
		}
		if s.instead != nil && s.instead(c, tag, text) {
			continue
		}
		if s.answer != nil {
			if reply := s.answer(text); reply != "" {
				selected = selected || verb == "EXAMINE" || verb == "SELECT"
				reply, ends := strings.CutSuffix(reply, "HANG UP")
				if fmt.Fprint(c, strings.ReplaceAll(reply, "TAG", tag)); ends {
					return
				}
				continue
			}
		}
		switch verb {
		case "CAPABILITY":
			say("* CAPABILITY %s", cmp.Or(s.capabilities, "IMAP4rev1 UIDPLUS ID"))
		case "ID":
			if s.id == "hang up" {
				return
			}
			fmt.Fprint(c, strings.ReplaceAll(cmp.Or(s.id, "* ID NIL\r\nTAG OK\r\n"), "TAG", tag))
			continue
		case "LOGIN":
			s.mu.Lock()
			s.logins++
			s.mu.Unlock()
			reply, ends := strings.CutPrefix(cmp.Or(s.login, "OK done"), "hang up ")
			if say("%s %s", tag, reply); ends {
				return
			}
			continue
		case "AUTHENTICATE":
			say("%s %s", tag, s.authenticate)
			continue
		case "EXAMINE", "SELECT":
			selected = true
			say("* %d EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 2000000] n", s.messages)
		case "UID SEARCH":
			hits := make([]string, s.messages)
			for i := range hits {
				hits[i] = fmt.Sprint(" ", s.uid(i))
			}
			say("* SEARCH%s", strings.Join(hits, ""))
		case "UID FETCH":
			for i := range s.messages {
				uid := fmt.Sprint(s.uid(i))
				if !strings.HasSuffix(words[2], ":*") && !strings.Contains(","+words[2]+",", ","+uid+",") {
					continue
				}
				if strings.Contains(text, "BODY") {
					say("* %d FETCH (UID %s BODY[] {%d}\r\n%s)", i+1, uid, len(uid), uid)
				} else {
					say("* %d FETCH (UID %s RFC822.SIZE %d)", i+1, uid, len(uid))
				}
			}
		case "LOGOUT":
			say("* BYE\r\n%s OK", tag)
			return
		}
		if strings.HasPrefix(verb, "UID") && !selected {
			say("%s BAD no folder is selected", tag)
		} else {
			say("%s OK done", tag)
		}
	}
}

// takeQuiet reads what the client sends without waiting for an answer.
func (s *stepServer) takeQuiet(c net.Conn, r *bufio.Reader) (lines []string) {
	if s.quiet == 0 {
		return nil
	}
	for {
		_ = c.SetReadDeadline(time.Now().Add(s.quiet)) // nothing else tells that nothing comes
		line, err := r.ReadString('\n')
		_ = c.SetReadDeadline(time.Time{})
		if err != nil {
			s.mu.Lock()
			s.trips++
			s.mu.Unlock()
			return lines
		}
		lines = append(lines, line)
	}
}

// roundTrips returns how many there were since it was called last.
func (s *stepServer) roundTrips() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.trips
	s.trips = 0
	return n
}

// takeEarly reads what the client has sent before the answer to a command.
func (s *stepServer) takeEarly(c net.Conn, r *bufio.Reader, text string) (lines []string) {
	if s.early == "" || !strings.HasPrefix(text, s.at) {
		return nil
	}
	for {
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)) // nothing else tells that nothing comes
		_, err := r.Peek(1)
		_ = c.SetReadDeadline(time.Time{})
		if err != nil {
			return lines
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return lines
		}
		lines = append(lines, strings.TrimSpace(line))
	}
}

// sent returns the commands that begin with verb, of all connections.
func (s *stepServer) sent(verb string) (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.commands {
		if strings.HasPrefix(one, verb) {
			found = append(found, one)
		}
	}
	return found
}
