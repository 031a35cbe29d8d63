package transcript

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
)

// Replayer is a server that answers as a transcript says. It is safe for concurrent use.
type Replayer struct {
	t        *Transcript
	listener net.Listener
	running  sync.WaitGroup

	mu        sync.Mutex
	conns     map[net.Conn]bool
	closed    bool
	used      map[*rule]int
	retrieved map[uint32]bool // in POP3 sessions that ended by QUIT
	means     []string        // of the rules used since Means was called
	problems  []string
	unknown   []string // commands for which there was only the rule for any
}

// Serve replays a transcript to the clients of a listener, until Close.
func Serve(l net.Listener, t *Transcript) *Replayer {
	r := &Replayer{t: t, listener: l, conns: make(map[net.Conn]bool), used: make(map[*rule]int),
		retrieved: make(map[uint32]bool)}
	r.running.Go(r.accept)
	return r
}

// Close ends the listener and all connections, and waits for their goroutines.
func (r *Replayer) Close() error {
	err := r.listener.Close()
	r.mu.Lock()
	r.closed = true
	for conn := range r.conns {
		_ = conn.Close() // the client may have done so
	}
	r.mu.Unlock()
	r.running.Wait()
	return err
}

func (r *Replayer) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return // closed
		}
		r.mu.Lock()
		if r.conns[conn] = true; r.closed {
			_ = conn.Close() // nobody is served any more
		}
		r.mu.Unlock()
		r.running.Go(func() {
			newSession(r, conn).talk()
			_ = conn.Close() // the client may have done so
			r.mu.Lock()
			delete(r.conns, conn)
			r.mu.Unlock()
		})
	}
}

// Means returns, in order, what the rules used since the last call mean: see means in the
// description of the format.
func (r *Replayer) Means() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	means := r.means
	r.means = nil
	return means
}

// Unknown returns the commands that the transcript does not know.
func (r *Replayer) Unknown() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.unknown)
}

// Unmet returns what did not go as the transcript says: behaviors that were not met, rules
// of behaviors that were not used as often as they say, guards that were used, and
// conversations that the client has broken off.
func (r *Replayer) Unmet() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	unmet := slices.Clone(r.problems)
	met := make(map[string]bool)
	for _, one := range r.t.rules {
		n := r.used[one]
		switch {
		case one.guard && n > 0:
			unmet = append(unmet, fmt.Sprintf("line %d: the client makes the server use this rule", one.line))
		case one.guard || one.behavior == "":
		case n < max(one.times, 1):
			unmet = append(unmet, fmt.Sprintf("line %d: the rule was used %d times", one.line, n))
		default:
			met[one.behavior] = true
		}
	}
	for _, b := range r.t.Behaviors {
		if !met[b.Name] {
			unmet = append(unmet, "not met: "+b.Name)
		}
	}
	return unmet
}

func (r *Replayer) problem(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// use notes that a rule is used, unless it was used as often as it may be.
func (r *Replayer) use(one *rule) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one.times > 0 && r.used[one] >= one.times {
		return false
	}
	r.used[one]++
	if one.means != "" {
		r.means = append(r.means, one.means)
	}
	return true
}

// view returns the messages that a new session shows.
func (r *Replayer) view() []Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	view := slices.Clone(r.t.Messages)
	if r.t.window == 0 {
		return view
	}
	view = slices.DeleteFunc(view, func(m Message) bool { return r.retrieved[m.UID] })
	return view[:min(r.t.window, len(view))]
}

// session is one connection.
type session struct {
	*Replayer
	in    *bufio.Reader
	out   *bufio.Writer
	view  []Message
	verbs []string // sent so far
	taken []uint32 // retrieved
	over  bool

	tag      string
	selected []Message
}

func newSession(r *Replayer, conn net.Conn) *session {
	return &session{Replayer: r, in: bufio.NewReader(conn), out: bufio.NewWriter(conn), view: r.view()}
}

func (s *session) talk() {
	for _, one := range s.t.rules {
		if one.isGreeting() && s.use(one) {
			s.perform(one)
			break
		}
	}
	for !s.over {
		if s.in.Buffered() == 0 && s.out.Flush() != nil {
			return
		}
		line, ok := s.read()
		if !ok {
			return
		}
		s.command(line)
	}
	_ = s.out.Flush() // the client may be gone
}

// read returns the next line of the client. ok is false if there is none.
func (s *session) read() (line string, ok bool) {
	text, err := s.in.ReadString('\n')
	return strings.TrimRight(text, "\r\n"), err == nil
}

// command answers a line.
func (s *session) command(line string) {
	text := line
	s.tag = ""
	if s.t.Protocol == "imap" {
		s.tag, text, _ = strings.Cut(line, " ")
	}
	for _, one := range s.t.rules {
		if one.isGreeting() || !s.applies(one, text) || !s.use(one) {
			continue
		}
		if one.isFallback() {
			s.mu.Lock()
			s.unknown = append(s.unknown, text)
			s.mu.Unlock()
		}
		verb, _, _ := strings.Cut(strings.ToUpper(text), " ")
		s.verbs = append(s.verbs, verb)
		s.perform(one)
		return
	}
	s.problem("no rule for the command %q", text)
	s.over = true
}

// applies reports whether a rule is for a command, and selects the messages for it.
func (s *session) applies(one *rule, text string) bool {
	first := one.steps[0]
	parts := first.pattern.FindStringSubmatch(text)
	if parts == nil || len(text) < one.longer ||
		one.after != "" && !slices.Contains(s.verbs, one.after) ||
		one.unless != "" && slices.Contains(s.verbs, one.unless) {
		return false
	}
	s.selected = s.view
	if i := first.pattern.SubexpIndex("set"); i > 0 {
		s.selected = among(parts[i], s.view)
	} else if i := first.pattern.SubexpIndex("n"); i > 0 {
		n := int(atoi(parts[i]))
		s.selected = s.view[min(max(n-1, 0), len(s.view)):min(n, len(s.view))]
	}
	return one.with == 0 || slices.ContainsFunc(s.selected, func(m Message) bool { return m.UID == one.with })
}

// among returns the messages that a set of UIDs names. "*" is the last one there is.
func among(set string, view []Message) []Message {
	var last uint32
	if len(view) > 0 {
		last = view[len(view)-1].UID
	}
	number := func(text string) uint32 {
		if text == "*" {
			return last
		}
		return atoi(text)
	}
	var named []Message
	for _, m := range view {
		for part := range strings.SplitSeq(set, ",") {
			from, to, isRange := strings.Cut(part, ":")
			if !isRange {
				to = from
			}
			a, b := number(from), number(to)
			if m.UID >= min(a, b) && m.UID <= max(a, b) {
				named = append(named, m)
				break
			}
		}
	}
	return named
}

// perform sends the answer of a rule.
func (s *session) perform(one *rule) {
	for i := 0; i < len(one.steps); i++ {
		switch step := one.steps[i]; step.kind {
		case 'S':
			s.say(step.text, nil)
		case 'M':
			end := i
			for end < len(one.steps) && one.steps[end].kind == 'M' {
				end++
			}
			s.each(one.steps[i:end])
			i = end - 1
		case 'C':
			if i == 0 {
				continue
			}
			_ = s.out.Flush() // read fails then, too
			if line, ok := s.read(); !ok || !step.pattern.MatchString(line) {
				s.problem("line %d: the client does not go on with %q", one.line, step.text)
				s.over = true
				return
			}
		}
	}
	s.then(one.then)
}

// each sends lines for each selected message.
func (s *session) each(lines []step) {
	for _, m := range s.selected {
		own := slices.ContainsFunc(lines, func(line step) bool { return line.uid == m.UID })
		for _, line := range lines {
			if own == (line.uid == m.UID) && (own || line.uid == 0) {
				s.say(line.text, &m)
			}
		}
	}
}

func (s *session) then(what string) {
	switch what {
	case "retrieved":
		for _, m := range s.selected {
			s.taken = append(s.taken, m.UID)
		}
	case "quit":
		s.mu.Lock()
		for _, uid := range s.taken {
			s.retrieved[uid] = true
		}
		s.mu.Unlock()
		s.over = true
	case "close":
		s.over = true
	}
}
