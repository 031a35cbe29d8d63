package hostile

import (
	"fmt"
	"strconv"
	"strings"
)

// servePOP3 answers commands, those in steps as the server likes.
func (p *peer) servePOP3() {
	p.text = "greeting"
	if !p.attack("greeting") {
		p.say("+OK ready")
	}
	for {
		p.text = p.line()
		verb, _, _ := strings.Cut(p.text, " ")
		if !p.attack(verb) {
			p.usualPOP3()
		}
	}
}

// usualPOP3 answers a command as it should be answered.
func (p *peer) usualPOP3() {
	verb, rest, _ := strings.Cut(p.text, " ")
	n, _ := strconv.Atoi(strings.Split(rest, " ")[0])
	switch verb {
	case "CAPA":
		caps := p.caps
		if caps == nil {
			caps = []string{"USER", "UIDL", "TOP", "PIPELINING"}
		}
		p.say("+OK", strings.Join(caps, "\r\n"), ".")
	case "STAT":
		p.say(fmt.Sprintf("+OK %d 18000", p.count))
	case "LIST":
		p.list(func(i int) string { return fmt.Sprint(p.length) })
	case "UIDL":
		p.list(func(i int) string { return fmt.Sprint("unique-", i) })
	case "TOP":
		head, _, _ := strings.Cut(p.mail(n-1), "\r\n\r\n")
		p.say("+OK", head, "", ".")
	case "RETR":
		p.raw("+OK\r\n" + p.mail(n-1) + ".\r\n")
	case "AUTH":
		p.say("+ ")
		p.line()
		p.say("+OK")
	case "QUIT":
		p.say("+OK")
		panic(hungUp{})
	default:
		p.say("+OK")
	}
}

// list answers LIST or UIDL.
func (p *peer) list(of func(i int) string) {
	p.say("+OK")
	for i := range p.count {
		p.say(fmt.Sprintf("%d %s", i+1, of(i)))
	}
	p.say(".")
}
