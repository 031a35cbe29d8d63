package hostile

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/inbound"
)

// hostile is a server that answers as it should, but for some steps.
type hostile struct {
	name     string
	protocol inbound.Protocol
	steps    map[string]step // by name: see imapStep; in POP3, the command

	security inbound.Security
	token    bool          // log in by an access token
	caps     []string      // what it announces
	count    int           // messages
	length   int           // bytes of each, about
	bearable bool          // the pass may succeed
	checked  bool          // look at the server by Check, instead of a pass
	rows     int           // most, in the ledger
	limit    time.Duration // of the pass

	host     string
	trial    *trial
	attacked atomic.Bool
}

// step answers a command in place of the server's usual answer.
type step func(p *peer)

func newHostile(name string, protocol inbound.Protocol, steps map[string]step, more []func(*hostile)) *hostile {
	h := &hostile{name: string(protocol) + " " + name, protocol: protocol, steps: steps, security: inbound.Plain,
		count: 3, length: 6000, limit: passLimit}
	for _, change := range more {
		change(h)
	}
	h.rows = max(h.rows, h.count)
	return h
}

// mail returns a message, counted from 0.
func (h *hostile) mail(i int) string {
	head := fmt.Sprintf("From: c%d@post.example\r\nTo: shop@example.com\r\nSubject: message %d\r\n"+
		"Date: Mon, 06 Jan 2025 10:00:00 +0000\r\n\r\n", i, i)
	text := strings.Repeat("A line of text.\r\n", h.length/17+1)
	return head + text[:h.length-len(head)-2] + "\r\n"
}

func (h *hostile) account(id string) inbound.Account {
	h.host = id + ".example"
	a := inbound.Account{ID: id, Name: id, Protocol: h.protocol, Host: h.host, Port: 143, Security: h.security,
		Username: "shop@example.com", Shop: "main", ManagerGroup: "support", CreateCustomer: true,
		NotifyManager: true, DeleteUploaded: true}
	if h.protocol == inbound.IMAP {
		a.Folders = []string{"INBOX"}
	}
	return a
}

func (h *hostile) secrets() inbound.Secrets {
	if h.token {
		return inbound.Secrets{AccessToken: "token-of-the-shop"}
	}
	return inbound.Secrets{Password: "password-of-the-shop"}
}

// dial returns a connection to the server.
func (h *hostile) dial() net.Conn {
	client, server := net.Pipe()
	p := &peer{hostile: h, conn: server, lines: make(chan string, 4096), ended: make(chan struct{})}
	h.trial.opened(server)
	go p.read()
	go p.serve()
	return client
}

// peer is one connection of a server.
type peer struct {
	*hostile
	conn  net.Conn
	lines chan string   // what the client has sent; closed at its end
	ended chan struct{} // closed when the client hangs up
	tag   string        // of the command to answer
	text  string        // the command, without its tag
	gone  map[int]bool
}

// hungUp is the panic that ends serve once the client has closed the connection.
type hungUp struct{}

// read takes what the client sends, also while the server sends.
func (p *peer) read() {
	defer close(p.lines)
	defer close(p.ended)
	in := bufio.NewScanner(p.conn)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		p.lines <- in.Text()
	}
}

// line waits for the next line of the client.
func (p *peer) line() string {
	line, ok := <-p.lines
	if !ok {
		panic(hungUp{})
	}
	return line
}

func (p *peer) serve() {
	defer func() {
		p.trial.closed(p.conn)
		for range p.lines {
		}
		if reason := recover(); reason != nil && reason != any(hungUp{}) {
			panic(reason)
		}
	}()
	p.gone = make(map[int]bool)
	if p.protocol == inbound.IMAP {
		p.serveIMAP()
	} else {
		p.servePOP3()
	}
}

// attack answers a step, if the server is hostile there.
func (p *peer) attack(name string) bool {
	answer := p.steps[name]
	if answer == nil {
		return false
	}
	p.attacked.Store(true)
	answer(p)
	return true
}

// raw sends bytes as they are.
func (p *peer) raw(text string) {
	n, err := p.conn.Write([]byte(text))
	p.trial.sent.Add(int64(n))
	if err != nil {
		panic(hungUp{})
	}
}

// say sends lines, with the tag of the command for TAG.
func (p *peer) say(lines ...string) {
	p.raw(strings.ReplaceAll(strings.Join(lines, "\r\n"), "TAG", p.tag) + "\r\n")
}

// flood sends a text again and again. A client that takes so many bytes has failed.
func (p *peer) flood(text string, most int) {
	p.repeat(text, most)
	p.trial.failed("%s: after %q the client has taken %d MiB, and would take more", p.name, p.text, most>>20)
	p.silence()
}

// repeat sends so many bytes of a text that is repeated.
func (p *peer) repeat(text string, bytes int) {
	block := strings.Repeat(text, max(1, min(32<<10, bytes)/len(text)))
	for ; bytes > 0; bytes -= len(block) {
		p.raw(block[:min(bytes, len(block))])
	}
}

// drip sends a byte every two seconds, without end.
func (p *peer) drip(text string) {
	for {
		for i := range len(text) {
			p.raw(text[i : i+1])
			p.sleep(2 * time.Second)
		}
	}
}

// patter sends a line without end, with pauses.
func (p *peer) patter(line string, pause time.Duration) {
	for {
		p.raw(line)
		p.sleep(pause)
	}
}

// sleep waits, unless the client hangs up.
func (p *peer) sleep(d time.Duration) {
	select {
	case <-time.After(d):
	case <-p.ended:
		panic(hungUp{})
	}
}

// silence waits until the client hangs up.
func (p *peer) silence() {
	for {
		p.line()
	}
}
