package inboundtest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// popSession is a client of a POP3 server.
type popSession struct {
	*link
	box      *Mailbox
	username string
	logged   bool
	left     bool // by QUIT
	maildrop []popMessage
}

func servePOP3(l *link) {
	s := &popSession{link: l, box: l.server.box}
	s.ok("ready")
	for !s.left {
		line, ok := s.line()
		if !ok {
			return
		}
		if s.scripted("", line, line) {
			continue
		}
		name, argument, _ := strings.Cut(line, " ")
		s.obey(strings.ToUpper(name), argument)
	}
}

// ok sends a status line that is good.
func (s *popSession) ok(format string, args ...any) {
	s.say("+OK %s", s.noise()+fmt.Sprintf(format, args...))
}

// no sends one that is not.
func (s *popSession) no(text string) {
	code := ""
	if strings.HasPrefix(text, "[") {
		end := strings.Index(text, "]") + 1
		code, text = text[:end]+" ", strings.TrimPrefix(text[end:], " ")
	}
	s.say("-ERR %s%s%s", code, s.noise(), text)
}

func (s *popSession) noise() string {
	if noise := s.server.current().Noise; noise != "" {
		return noise + " "
	}
	return ""
}

// popVerbs are the commands; those of the transaction state say so.
var popVerbs = map[string]struct {
	logged bool
	do     func(s *popSession, argument string)
}{
	"CAPA": {false, (*popSession).capa},
	"STLS": {false, (*popSession).startTLS},
	"USER": {false, (*popSession).user},
	"PASS": {false, (*popSession).pass},
	"AUTH": {false, (*popSession).auth},
	"QUIT": {false, (*popSession).quit},
	"NOOP": {true, func(s *popSession, _ string) { s.ok("nothing done") }},
	"STAT": {true, (*popSession).stat},
	"LIST": {true, (*popSession).list},
	"UIDL": {true, (*popSession).uidl},
	"RETR": {true, (*popSession).retrieve},
	"TOP":  {true, (*popSession).top},
	"DELE": {true, (*popSession).remove},
	"RSET": {true, (*popSession).reset},
}

func (s *popSession) obey(name, argument string) {
	f := s.server.current()
	switch v, known := popVerbs[name]; {
	case !known || f.lacks(name):
		s.no("unknown command")
	case v.logged && !s.logged:
		s.no("log in first")
	case s.logged && slices.Contains([]string{"STLS", "USER", "PASS", "AUTH"}, name):
		s.no("logged in already")
	default:
		v.do(s, argument)
	}
}

func (s *popSession) capa(string) {
	f := s.server.current()
	caps := []string{"TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING"}
	if s.mayLogIn() {
		caps = append(caps, "USER")
		if !f.lacks("SASL") {
			caps = append(caps, "SASL PLAIN")
		}
	} else {
		caps = append(caps, "STLS")
	}
	s.ok("capabilities")
	for _, name := range slices.DeleteFunc(caps, f.lacks) {
		s.say("%s", name)
	}
	s.say(".")
}

func (s *popSession) startTLS(string) {
	if s.secure || s.server.options.Security != inbound.StartTLS {
		s.no("no STLS here")
		return
	}
	s.ok("begin TLS now")
	s.flush()
	s.encrypt()
}

func (s *popSession) user(name string) {
	s.username = name
	s.ok("and the password?")
}

func (s *popSession) pass(password string) { s.enter(s.server.authenticates(s.username, password)) }

func (s *popSession) auth(argument string) {
	mechanism, response, given := strings.Cut(argument, " ")
	if !strings.EqualFold(mechanism, "PLAIN") || s.server.current().lacks("SASL") {
		s.no("unknown mechanism")
		return
	}
	if !given {
		s.say("+ ")
		s.flush()
		var ok bool
		if response, ok = s.line(); !ok {
			return
		}
	}
	message, err := base64.StdEncoding.DecodeString(response)
	if err != nil {
		s.no("not base64")
		return
	}
	s.enter(s.server.plain(message))
}

func (s *popSession) enter(known bool) {
	switch {
	case !s.mayLogIn():
		s.no("encrypt first")
	case !known:
		s.no("[AUTH] wrong user name or password")
	default:
		s.logged, s.maildrop = true, s.box.maildrop(s.server.current())
		s.ok("%d messages", len(s.maildrop))
	}
}
