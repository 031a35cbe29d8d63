package inboundtest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// imapSession is a client of an IMAP server.
type imapSession struct {
	*link
	box    *Mailbox
	logged bool
	left   bool // by LOGOUT

	folder     string // selected; "" when none is
	generation uint32
	uids       []uint32 // by sequence number less one
	writable   bool

	atLogin map[string]view // the folders as they were, by name
}

func serveIMAP(l *link) {
	s := &imapSession{link: l, box: l.server.box}
	s.say("* OK [CAPABILITY %s] %sready", s.capabilities(), s.noise())
	for !s.left {
		command, ok := s.command()
		if !ok {
			return
		}
		if s.scripted(command.tag, command.line, command.text()) {
			continue
		}
		s.done(command.tag, s.obey(command))
	}
}

// noise is for the text of status lines.
func (s *imapSession) noise() string {
	if noise := s.server.current().Noise; noise != "" {
		return noise + " "
	}
	return ""
}

// done answers a command. The result is "OK text", "NO text" or "BAD text"; ""
// says that it is answered already.
func (s *imapSession) done(tag, result string) {
	if result == "" {
		return
	}
	status, text, _ := strings.Cut(result, " ")
	code := ""
	if strings.HasPrefix(text, "[") {
		end := strings.Index(text, "]") + 1
		code, text = text[:end]+" ", strings.TrimPrefix(text[end:], " ")
	}
	s.say("%s %s %s%s%s", tag, status, code, s.noise(), text)
}

func (s *imapSession) capabilities() string {
	f := s.server.current()
	caps := []string{"IMAP4rev1", "LITERAL+", "SASL-IR", "ENABLE", "ID", "NAMESPACE", "IDLE", "UNSELECT", "ESEARCH",
		"UIDPLUS"}
	switch {
	case s.logged:
	case s.mayLogIn():
		caps = append(caps, "AUTH=PLAIN")
	default:
		caps = append(caps, "STARTTLS")
	}
	if !s.logged && (!s.mayLogIn() || f.lacks("LOGIN")) {
		caps = append(caps, "LOGINDISABLED")
	}
	if f.MessageLimit > 0 {
		caps = append(caps, fmt.Sprintf("MESSAGELIMIT=%d", f.MessageLimit))
	}
	return strings.Join(slices.DeleteFunc(caps, f.lacks), " ")
}

// verb is a command: what it needs, and what it does.
type verb struct {
	arguments int  // at least
	logged    bool // only after login
	selected  bool // only with a folder selected
	do        func(*imapSession, imapCommand) string
}

var imapVerbs = map[string]verb{
	"CAPABILITY": {0, false, false, func(s *imapSession, _ imapCommand) string {
		return s.tell("CAPABILITY " + s.capabilities())
	}},
	"NOOP": {0, false, false, func(s *imapSession, _ imapCommand) string { return "OK nothing done" }},
	"ID": {1, false, false, func(s *imapSession, _ imapCommand) string {
		return s.tell(`ID ("name" "inboundtest")`)
	}},
	"LOGOUT":       {0, false, false, (*imapSession).logout},
	"STARTTLS":     {0, false, false, (*imapSession).startTLS},
	"LOGIN":        {2, false, false, (*imapSession).login},
	"AUTHENTICATE": {1, false, false, (*imapSession).authenticate},
	"ENABLE":       {1, true, false, func(s *imapSession, _ imapCommand) string { return s.tell("ENABLED") }},
	"NAMESPACE": {0, true, false, func(s *imapSession, _ imapCommand) string {
		return s.tell(`NAMESPACE (("" "/")) NIL NIL`)
	}},
	"LIST":        {2, true, false, (*imapSession).list},
	"SELECT":      {1, true, false, (*imapSession).choose},
	"EXAMINE":     {1, true, false, (*imapSession).choose},
	"IDLE":        {0, true, false, (*imapSession).idle},
	"CLOSE":       {0, true, true, (*imapSession).close},
	"UNSELECT":    {0, true, true, (*imapSession).unselect},
	"EXPUNGE":     {0, true, true, func(s *imapSession, _ imapCommand) string { return s.expunge(s.uids) }},
	"UID SEARCH":  {1, true, true, (*imapSession).search},
	"FETCH":       {2, true, true, (*imapSession).fetchBySequence},
	"UID FETCH":   {2, true, true, (*imapSession).fetch},
	"UID STORE":   {3, true, true, (*imapSession).store},
	"UID EXPUNGE": {1, true, true, (*imapSession).expungeUIDs},
}

// optional are the verbs that a server may lack, and the capability for each.
var optional = map[string]string{"UID EXPUNGE": "UIDPLUS", "IDLE": "IDLE", "UNSELECT": "UNSELECT", "ID": "ID",
	"ENABLE": "ENABLE", "NAMESPACE": "NAMESPACE", "LOGIN": "LOGIN"}

// obey executes a command, and then reports the news of the folder.
func (s *imapSession) obey(c imapCommand) string {
	v, known := imapVerbs[c.verb]
	f := s.server.current()
	switch {
	case !known, f.lacks(optional[c.verb]):
		return "BAD unknown command"
	case len(c.words) < v.arguments:
		return "BAD missing arguments"
	case v.logged && !s.logged:
		return "BAD log in first"
	case v.selected && s.folder == "":
		return "BAD select a folder first"
	}
	if s.folder != "" && c.verb != "SELECT" && c.verb != "EXAMINE" && c.verb != "LOGOUT" && !s.same() {
		s.say("* BYE [UNAVAILABLE] the folder was renumbered")
		s.left = true
		return ""
	}
	result := v.do(s, c)
	if s.folder != "" {
		s.news()
	}
	return result
}

// tell sends an untagged response.
func (s *imapSession) tell(text string) string {
	s.say("* %s", text)
	return "OK done"
}

func (s *imapSession) logout(imapCommand) string {
	s.left = true
	return s.tell("BYE see you")
}

func (s *imapSession) startTLS(c imapCommand) string {
	if s.secure || s.server.options.Security != inbound.StartTLS {
		return "BAD no STARTTLS here"
	}
	s.done(c.tag, "OK begin TLS now")
	s.flush()
	s.encrypt()
	return ""
}

func (s *imapSession) login(c imapCommand) string {
	return s.enter(s.server.authenticates(c.words[0], c.words[1]))
}

func (s *imapSession) authenticate(c imapCommand) string {
	if !strings.EqualFold(c.words[0], "PLAIN") || s.server.current().lacks("AUTH=PLAIN") {
		return "NO [CANNOT] unknown mechanism"
	}
	var response string
	if len(c.words) > 1 {
		response = c.words[1]
	} else {
		s.say("+ ")
		s.flush()
		line, ok := s.line()
		if !ok {
			return ""
		}
		response = line
	}
	message, err := base64.StdEncoding.DecodeString(response)
	if err != nil {
		return "BAD not base64"
	}
	return s.enter(s.server.plain(message))
}

func (s *imapSession) enter(known bool) string {
	switch {
	case s.logged:
		return "BAD logged in already"
	case !s.mayLogIn():
		return "NO [PRIVACYREQUIRED] encrypt first"
	case !known:
		return "NO [AUTHENTICATIONFAILED] wrong user name or password"
	}
	s.logged, s.atLogin = true, make(map[string]view)
	for _, name := range s.box.names() {
		s.atLogin[name], _ = s.box.view(name)
	}
	return "OK [CAPABILITY " + s.capabilities() + "] logged in"
}
