package inboundtest

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// datum is an item of a FETCH response.
type datum struct {
	name    string
	value   string
	isBody  bool // literal is sent after value, which announces it
	literal []byte
}

// fetch answers UID FETCH with UID, FLAGS, RFC822.SIZE, INTERNALDATE, and
// BODY[], BODY[HEADER] and BODY[TEXT], whole or in part.
func (s *imapSession) fetch(c imapCommand) string {
	uids, ok := among(c.words[0], s.uids)
	return s.fetchAll(c, uids, ok)
}

// fetchBySequence answers FETCH, whose set is of sequence numbers, in the same way.
func (s *imapSession) fetchBySequence(c imapCommand) string {
	numbers := make([]uint32, len(s.uids))
	for i := range numbers {
		numbers[i] = uint32(i + 1)
	}
	uids, ok := among(c.words[0], numbers)
	for i, n := range uids {
		uids[i] = s.uids[n-1]
	}
	return s.fetchAll(c, uids, ok)
}

// fetchAll answers a FETCH of these messages. ok says that the set is one.
func (s *imapSession) fetchAll(c imapCommand, uids []uint32, ok bool) string {
	wanted := items(strings.ToUpper(strings.Join(c.words[1:], " ")))
	if !ok || slices.ContainsFunc(wanted, func(item string) bool {
		return !slices.Contains(plainItems, item) && !section.MatchString(item)
	}) {
		return "BAD unknown item"
	}
	f := s.server.current()
	uids, code := s.limit(uids)
	for _, uid := range uids {
		msg, there := s.box.message(s.folder, uid)
		if !there || slices.Contains(f.OmitFromFetch, uid) {
			continue
		}
		var data []datum
		for _, item := range wanted {
			if item != "UID" {
				data = append(data, s.datum(item, uid, msg, f))
			}
		}
		if !f.SplitFetch {
			s.respond(uid, data, f.UIDLast)
			continue
		}
		s.respond(uid, []datum{{name: "FLAGS", value: "(" + flagsOf(msg) + ")"}}, f.UIDLast)
		for _, one := range data {
			s.respond(uid, []datum{one}, f.UIDLast)
		}
	}
	return "OK " + code + "fetched"
}

var plainItems = []string{"UID", "FLAGS", "RFC822.SIZE", "INTERNALDATE"}

// section is BODY[...] with its parts: PEEK, which, offset, count.
var section = regexp.MustCompile(`^BODY(\.PEEK)?\[(HEADER|TEXT|)\](?:<(\d+)\.(\d+)>)?$`)

func (s *imapSession) datum(item string, uid uint32, msg message, f *Faults) datum {
	switch item {
	case "FLAGS":
		return datum{name: item, value: "(" + flagsOf(msg) + ")"}
	case "RFC822.SIZE":
		return datum{name: item, value: strconv.FormatInt(int64(len(msg.raw))+f.SizeOff, 10)}
	case "INTERNALDATE":
		return datum{name: item, value: msg.received.Format(`"_2-Jan-2006 15:04:05 -0700"`)}
	}
	parts := section.FindStringSubmatch(item)
	if parts[1] == "" && s.writable {
		s.box.flag(s.folder, []uint32{uid}, func(m *message) { m.seen = true })
	}
	raw := msg.raw
	header := headerOf(raw)
	switch parts[2] {
	case "HEADER":
		raw = header
	case "TEXT":
		raw = raw[len(header):]
	}
	name := "BODY[" + parts[2] + "]"
	if parts[3] != "" {
		offset, _ := strconv.Atoi(parts[3]) // digits only; too many of them are 0
		count, _ := strconv.Atoi(parts[4])
		name += "<" + parts[3] + ">"
		raw = raw[min(offset, len(raw)):]
		raw = raw[:min(count, len(raw))]
	}
	announced := strconv.Itoa(len(raw))
	if f.Literal != "" {
		announced = f.Literal
	}
	return datum{name: name, value: "{" + announced + "}\r\n", isBody: true, literal: raw}
}

// headerOf returns a message's header with the empty line after it.
func headerOf(raw []byte) []byte {
	if bytes.HasPrefix(raw, []byte("\r\n")) {
		return raw[:2]
	}
	if end := bytes.Index(raw, []byte("\r\n\r\n")); end >= 0 {
		return raw[:end+4]
	}
	return raw
}

// respond sends one FETCH response. The line before a body, the body, and what
// follows it are steps of their own.
func (s *imapSession) respond(uid uint32, data []datum, uidLast bool) {
	id := datum{name: "UID", value: fmt.Sprint(uid)}
	if uidLast {
		data = append(data, id)
	} else {
		data = append([]datum{id}, data...)
	}
	line := fmt.Sprintf("* %d FETCH (", s.sequence(uid))
	for i, d := range data {
		if i > 0 {
			line += " "
		}
		line += d.name + " " + d.value
		if d.isBody {
			s.send([]byte(line))
			if slices.Contains(s.server.current().HangUpOn, uid) {
				s.hangUp(d.literal)
				return
			}
			s.body(d.literal)
			line = ""
		}
	}
	s.send([]byte(line + ")\r\n"))
}
