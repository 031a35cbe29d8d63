package main

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// quiet is how long a server that counts round trips waits for further commands before it
// answers those that have come.
const quiet = 20 * time.Millisecond

// server serves a mailbox by IMAP.
type server struct {
	*mailbox
	listener net.Listener
	all      sync.WaitGroup
	counting atomic.Bool // whether round trips are counted

	mu    sync.Mutex
	open  map[net.Conn]bool
	trips []trip
}

// trip is what came together, behind the login.
type trip struct {
	at       time.Time
	commands []string
	listed   int // messages that were told of
}

func startServer(b *mailbox) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{mailbox: b, listener: listener, open: make(map[net.Conn]bool)}
	s.all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[c] = true
			s.mu.Unlock()
			s.all.Go(func() { s.serve(c) })
		}
	})
	return s, nil
}

func (s *server) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// close ends the server and all connections.
func (s *server) close() {
	_ = s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		_ = c.Close() // it may be closed already
	}
	s.mu.Unlock()
	s.all.Wait()
}

// between returns the round trips that began in a period.
func (s *server) between(from, to time.Time) (found []trip) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.trips {
		if t.at.After(from) && t.at.Before(to) {
			found = append(found, t)
		}
	}
	return found
}

// serve serves a connection.
func (s *server) serve(c net.Conn) {
	defer func() {
		_ = c.Close() // the client may have closed before
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
	}()
	t := &talk{mailbox: s.mailbox, r: bufio.NewReader(c), w: bufio.NewWriterSize(c, 1<<16)}
	t.say("* OK ready")
	for !t.ended {
		if t.r.Buffered() == 0 && t.w.Flush() != nil {
			return
		}
		line, err := t.r.ReadString('\n')
		if err != nil {
			return
		}
		came := trip{at: time.Now(), commands: []string{line}}
		counts := s.counting.Load() && t.loggedIn
		if counts {
			came.commands = append(came.commands, t.takeQuiet(c)...)
		}
		t.told = 0
		for i, command := range came.commands {
			came.commands[i] = strings.TrimSpace(command)
			t.answer(came.commands[i])
		}
		if came.listed = t.told; counts {
			s.mu.Lock()
			s.trips = append(s.trips, came)
			s.mu.Unlock()
		}
	}
	_ = t.w.Flush() // the client may not wait for it
}

// talk is one connection.
type talk struct {
	*mailbox
	r        *bufio.Reader
	w        *bufio.Writer
	loggedIn bool
	ended    bool
	idle     string // the tag of IDLE, while it goes on
	told     int    // messages that were told of
	scratch  []byte
}

// takeQuiet reads what the client sends without waiting for an answer.
func (t *talk) takeQuiet(c net.Conn) (lines []string) {
	defer func() { _ = c.SetReadDeadline(time.Time{}) }()
	for {
		_ = c.SetReadDeadline(time.Now().Add(quiet)) // nothing else tells that nothing comes
		if _, err := t.r.Peek(1); err != nil {
			return lines
		}
		line, err := t.r.ReadString('\n')
		if err != nil {
			return lines
		}
		lines = append(lines, line)
	}
}

func (t *talk) say(format string, args ...any) { fmt.Fprintf(t.w, format+"\r\n", args...) }

// answer answers a command.
func (t *talk) answer(line string) {
	if t.idle != "" {
		t.say("%s OK done", t.idle) // the line is DONE
		t.idle = ""
		return
	}
	tag, text, _ := strings.Cut(line, " ")
	words := strings.Fields(text)
	verb := ""
	if len(words) > 0 {
		verb, words = strings.ToUpper(words[0]), words[1:]
	}
	if verb == "UID" && len(words) > 0 {
		verb, words = "UID "+strings.ToUpper(words[0]), words[1:]
	}
	var err error
	switch verb {
	case "CAPABILITY":
		t.say("* CAPABILITY IMAP4rev1 IDLE UIDPLUS")
	case "LOGIN":
		t.loggedIn = true
	case "NOOP", "CHECK", "CLOSE":
	case "EXAMINE", "SELECT":
		t.say("* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT %d] ok",
			t.messages, t.next())
	case "UID SEARCH":
		err = t.search(words)
	case "FETCH", "UID FETCH":
		err = t.fetch(words, verb == "UID FETCH")
	case "IDLE":
		t.idle = tag
		t.say("+ idling")
		return
	case "LOGOUT":
		t.ended = true
		t.say("* BYE bye")
	default:
		err = fmt.Errorf("no such command: %s", verb)
	}
	if err != nil {
		t.say("%s BAD %v", tag, err)
		return
	}
	t.say("%s OK done", tag)
}

// search answers a search for ALL, or for UID and a set.
func (t *talk) search(words []string) error {
	set := []span{{1, t.messages}}
	found := t.byNumber(set)
	switch {
	case len(words) == 2 && strings.EqualFold(words[0], "UID"):
		uids, err := parseSet(words[1], t.uid(t.messages))
		if err != nil {
			return err
		}
		found = t.byUID(uids)
	case len(words) != 1 || !strings.EqualFold(words[0], "ALL"):
		return fmt.Errorf("no such search: %s", strings.Join(words, " "))
	}
	line := append(t.scratch[:0], "* SEARCH"...)
	for number := range found {
		line = strconv.AppendUint(append(line, ' '), uint64(t.uid(number)), 10)
		if t.told++; len(line) > 1<<15 {
			_, _ = t.w.Write(line) // Flush tells of an error
			line = line[:0]
		}
	}
	_, err := t.w.Write(append(line, "\r\n"...))
	t.scratch = line
	return err
}

// fetch answers with what is asked for of these: UID, FLAGS, RFC822.SIZE, INTERNALDATE and
// BODY.PEEK[], perhaps with a limit that is no smaller than the messages.
func (t *talk) fetch(words []string, byUID bool) error {
	if len(words) < 2 {
		return fmt.Errorf("no items")
	}
	star := t.messages
	if byUID {
		star = t.uid(star)
	}
	set, err := parseSet(words[0], star)
	if err != nil {
		return err
	}
	items := strings.ToUpper(strings.Join(words[1:], " "))
	has := func(item string) bool { return strings.Contains(items, item) }
	size, flags, date, body := has("RFC822.SIZE"), has("FLAGS"), has("INTERNALDATE"), has("BODY.PEEK[]")
	section := "BODY[]"
	if has("BODY.PEEK[]<0.") {
		section = "BODY[]<0>"
	}
	messages := t.byNumber(set)
	if byUID {
		messages = t.byUID(set)
	}
	for number := range messages {
		t.told++
		line := fmt.Appendf(t.scratch[:0], "* %d FETCH (UID %d", number, t.uid(number))
		if size {
			line = fmt.Appendf(line, " RFC822.SIZE %d", messageSize)
		}
		if flags {
			line = append(line, " FLAGS ()"...)
		}
		if date {
			line = t.arrived(number).AppendFormat(line, ` INTERNALDATE "02-Jan-2006 15:04:05 -0700"`)
		}
		if body {
			line = t.appendMessage(fmt.Appendf(line, " %s {%d}\r\n", section, messageSize), number)
		}
		if _, err := t.w.Write(append(line, ")\r\n"...)); err != nil {
			return err
		}
		t.scratch = line
	}
	return nil
}
