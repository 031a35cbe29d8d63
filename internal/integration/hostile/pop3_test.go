package hostile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/inbound"
)

func pop3(name, at string, answer step, more ...func(*hostile)) *hostile {
	if at == "RETR" || at == "QUIT" {
		more = append([]func(*hostile){bearable}, more...)
	}
	switch at {
	case "AUTH":
		more = append(more, byToken, announces("SASL XOAUTH2", "UIDL", "TOP"))
	case "TOP":
		more = append(more, announces("USER", "TOP"))
	}
	h := newHostile(name+" at "+at, inbound.POP3, map[string]step{at: answer}, more)
	if at == "TOP" {
		h.steps["UIDL"] = instead("-ERR unknown command")
	}
	return h
}

// pop3Servers are the hostile servers of POP3.
func pop3Servers() (list []*hostile) {
	add := func(name, at string, answer step, more ...func(*hostile)) {
		list = append(list, pop3(name, at, answer, more...))
	}
	all := []string{"greeting", "CAPA", "USER", "PASS", "AUTH", "STAT", "LIST", "UIDL", "TOP", "RETR", "DELE", "QUIT"}
	for _, at := range all {
		add("a byte every 2 s", at, drip("+OK "+strings.Repeat("z", 1000)), capaMayFail(at))
		add("a line without end", at, flood("+OK ", "hello "), capaMayFail(at))
		add("words that are no answer", at, flood("", "* OK still here\r\n"), capaMayFail(at))
		add("-ERR with escapes", at, instead("-ERR "+terrible+strings.Repeat("\x1b[31m", 600)), bearable)
		add("more answers than questions", at, flood("", "+OK "+strings.Repeat("x", 70)+"\r\n"), bearable)
	}
	for _, at := range []string{"CAPA", "LIST", "UIDL", "TOP", "RETR"} {
		add("lines without end", at, flood("+OK\r\n", "1 "+strings.Repeat("x", 70)+"\r\n"), capaMayFail(at))
		add("empty lines without end", at, flood("+OK\r\n", "\r\n"), capaMayFail(at))
		add("a line without end in the answer", at, flood("+OK\r\n1 ", "name "), capaMayFail(at))
		add("a byte every 2 s in the answer", at, drip("+OK\r\n1 "+strings.Repeat("1\r\n1 ", 100)), capaMayFail(at))
	}
	for _, at := range []string{"CAPA", "LIST", "UIDL"} {
		add("100 lines a second", at, patter("+OK\r\n", "1 x\r\n", 10*time.Millisecond), capaMayFail(at))
		add("a line every 15 s", at, patter("+OK\r\n", "1 x\r\n", 15*time.Second), capaMayFail(at),
			within(30*time.Minute))
	}
	add("challenges without end", "AUTH", patter("", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n", 10*time.Millisecond))
	add("50 bytes a second of a message", "RETR", func(p *peer) { p.say("+OK"); slowly(p, 3<<20) }, messages(1, 3<<20))
	for name, burst := range slowBursts() {
		add(name, "RETR", func(p *peer) {
			p.say("+OK")
			inBursts(p, largest-1, burst.bytes, burst.pause)
		}, messages(1, largest-1), within(30*time.Minute))
	}
	add("each message after 110 s", "RETR", func(p *peer) { p.sleep(110 * time.Second); p.usual() },
		messages(1000, 6000), within(time.Hour))
	add("dots and line feeds", "RETR", instead(
		"+OK\r\nFrom: c1@post.example\r\n\r\n.\n+OK evil\r\nFrom: evil@post.example\r\n."))
	add("100,000,000,000 messages", "STAT", instead("+OK 100000000000 1"))
	add("no number of messages", "STAT", instead("+OK -1 -1"))
	add("a list that is longer than STAT", "LIST", instead("+OK\r\n1 6\r\n2 6\r\n3 6\r\n4 6\r\n5 6\r\n."), bearable)
	add("unique-ids that are longer than STAT", "UIDL", instead("+OK\r\n1 a\r\n2 b\r\n3 c\r\n4 d\r\n5 e\r\n."), bearable)
	add("unique-ids with control characters", "UIDL", instead(
		"+OK\r\n1 "+terrible+"\r\n2 \x1b[2J\r\n3 \x9b31m\r\n."), bearable)
	add("unique-ids of 4,000 bytes", "UIDL", instead(
		"+OK\r\n1 "+strings.Repeat("\x1b", 4000)+"\r\n2 b\r\n3 c\r\n."), bearable)
	add("numbers out of order", "UIDL", instead("+OK\r\n3 c\r\n1 a\r\n2 b\r\n."), bearable)
	add("a number twice", "UIDL", instead("+OK\r\n1 a\r\n1 b\r\n2 c\r\n3 d\r\n."), bearable)
	add("one unique-id for all", "UIDL", instead("+OK\r\n1 a\r\n2 a\r\n3 a\r\n."), bearable)
	add("numbers that are none", "LIST", instead(
		"+OK\r\n0 6\r\n-1 6\r\n4294967296 6\r\n1 99999999999999999999\r\n."), bearable)
	add("text after STLS", "STLS", instead("+OK go on\r\n+OK injected"), byStartTLS, announces("STLS", "UIDL"))
	add("no STLS", "STLS", instead("-ERR unknown"), byStartTLS, announces("UIDL"))
	add("a byte of TLS every 2 s", "STLS", func(p *peer) {
		p.say("+OK go on")
		p.sleep(time.Second)
		p.drip("\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb" + strings.Repeat("\x00", 1000))
	}, byStartTLS, announces("STLS", "UIDL"))
	add("compressed zeros", "PASS", func(p *peer) { p.flood(bomb(), endless) })
	return append(list, uniqueIDs(),
		newHostile("a part of a message without end", inbound.POP3, map[string]step{
			"TOP": flood("+OK\r\n", strings.Repeat("x", 70)+"\r\n")}, []func(*hostile){messages(1, 2*largest), bearable}),
		maildrop("5,000 messages of which it delivers none", 5000, 20, instead("-ERR no such message")))
}

// capaMayFail says that a pass may succeed if only the question for capabilities fails:
// the next connection is made without it.
func capaMayFail(at string) func(*hostile) {
	return func(h *hostile) { h.bearable = h.bearable || at == "CAPA" }
}

// uniqueIDs has 4 million messages with unique-ids of 200 bytes, and delivers none.
func uniqueIDs() *hostile {
	count := 4_000_000
	if testing.Short() {
		count = 20_000
	}
	return maildrop("4 million unique-ids of 200 bytes", count, 200, bye("-ERR no"))
}

// maildrop has so many messages with unique-ids of that length, and one answer to RETR.
func maildrop(name string, count, length int, retr step) *hostile {
	lines := func(line func(to []byte, n int) []byte) step {
		return func(p *peer) {
			p.say("+OK")
			block := make([]byte, 0, 40<<10)
			for n := 1; n <= count; n++ {
				if block = append(line(block, n), "\r\n"...); len(block) > 32<<10 {
					p.raw(string(block))
					block = block[:0]
				}
			}
			p.say(string(block) + ".")
		}
	}
	return newHostile(name, inbound.POP3, map[string]step{
		"STAT": instead(fmt.Sprint("+OK ", count, " 1")),
		"LIST": lines(func(to []byte, n int) []byte { return fmt.Appendf(to, "%d 6000", n) }),
		"UIDL": lines(func(to []byte, n int) []byte { return fmt.Appendf(to, "%d u%0*d", n, length-1, n) }),
		"RETR": retr,
	}, []func(*hostile){records(1000)})
}
