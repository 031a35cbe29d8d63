package inboundtest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// popMessage is a message of a maildrop, as it was at login.
type popMessage struct {
	uid     uint32
	is      *message // in the mailbox; to distinguish it from a different message with its UID
	raw     []byte
	uidl    string
	deleted bool // at QUIT
}

// maildrop returns what INBOX shows by POP3.
func (m *Mailbox) maildrop(faults *Faults) []popMessage {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.folders["INBOX"]
	list := []popMessage{}
	for _, uid := range f.listed() {
		msg := f.messages[uid]
		one := popMessage{uid: uid, is: msg, raw: msg.raw, uidl: fmt.Sprintf("uidl-%d-%d", f.generation, uid)}
		switch {
		case faults.TwinUIDLs:
			one.uidl = fmt.Sprintf("%.10x", sha256.Sum256(msg.raw))
		case faults.NumberedUIDLs:
			one.uidl = strconv.Itoa(len(list) + 1)
		}
		list = append(list, one)
	}
	return list
}

// update removes what a client has deleted, and is still there.
func (m *Mailbox) update(list []popMessage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.folders["INBOX"]
	for _, one := range list {
		if one.deleted && f.messages[one.uid] == one.is {
			delete(f.messages, one.uid)
		}
	}
	m.changed()
}

// there reports whether a message was not removed since login.
func (m *Mailbox) there(one *popMessage) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.folders["INBOX"].messages[one.uid] == one.is
}

func (s *popSession) stat(string) {
	count, size := 0, 0
	for _, one := range s.maildrop {
		if !one.deleted {
			count, size = count+1, size+len(one.raw)
		}
	}
	s.ok("%d %d", count, size)
}

func (s *popSession) list(argument string) {
	off := s.server.current().SizeOff
	s.scan(argument, len(s.maildrop), func(one popMessage) string {
		return strconv.FormatInt(int64(len(one.raw))+off, 10)
	})
}

func (s *popSession) uidl(argument string) {
	s.scan(argument, len(s.maildrop)-s.server.current().UIDLShort, func(one popMessage) string { return one.uidl })
}

// scan answers LIST and UIDL: of one message, or of all up to a number.
func (s *popSession) scan(argument string, upTo int, what func(popMessage) string) {
	if argument != "" {
		if one, n := s.numbered(argument); one != nil {
			s.ok("%d %s", n, what(*one))
		} else {
			s.no("no such message")
		}
		return
	}
	s.ok("here it comes")
	for i, one := range s.maildrop {
		if !one.deleted && i < upTo {
			s.say("%d %s", i+1, what(one))
		}
	}
	s.say(".")
}

// numbered returns the message of a number, if it is there.
func (s *popSession) numbered(argument string) (*popMessage, int) {
	n, err := strconv.Atoi(argument)
	if err != nil || n < 1 || n > len(s.maildrop) || s.maildrop[n-1].deleted {
		return nil, 0
	}
	return &s.maildrop[n-1], n
}

func (s *popSession) retrieve(argument string) { s.deliver(argument, -1) }

func (s *popSession) top(argument string) {
	number, count, _ := strings.Cut(argument, " ")
	lines, err := strconv.Atoi(count)
	if err != nil || lines < 0 {
		s.no("how many lines?")
		return
	}
	s.deliver(number, lines)
}

// deliver sends a message: all of it, or the header and some lines after it.
func (s *popSession) deliver(number string, lines int) {
	one, _ := s.numbered(number)
	if one == nil || !s.box.there(one) {
		s.no("no such message")
		return
	}
	raw := one.raw
	if lines >= 0 {
		header := headerOf(raw)
		body := bytes.SplitAfter(raw[len(header):], []byte("\n"))
		raw = append(bytes.Clone(header), bytes.Join(body[:min(lines, len(body))], nil)...)
	}
	s.ok("%d octets", len(raw))
	if slices.Contains(s.server.current().HangUpOn, one.uid) {
		s.hangUp(stuffed(raw))
		return
	}
	s.body(stuffed(raw))
	s.say(".")
}

// stuffed doubles the dots that begin lines, and ends the last line (RFC 1939,
// section 3).
func stuffed(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(raw, []byte(".")) {
		raw = append([]byte("."), raw...)
	}
	if len(raw) > 0 && !bytes.HasSuffix(raw, []byte("\r\n")) {
		raw = append(raw, "\r\n"...)
	}
	return raw
}

func (s *popSession) remove(argument string) {
	one, _ := s.numbered(argument)
	if one == nil {
		s.no("no such message")
		return
	}
	one.deleted = true
	s.ok("marked")
}

func (s *popSession) reset(string) {
	for i := range s.maildrop {
		s.maildrop[i].deleted = false
	}
	s.ok("nothing is deleted")
}

func (s *popSession) quit(string) {
	s.left = true
	if s.logged {
		s.box.update(s.maildrop)
		if s.server.current().QuitLost {
			s.cut()
			return
		}
	}
	s.ok("bye")
}
