package inboundtest

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf16"
)

// list answers LIST with the folders, all of them on one level.
func (s *imapSession) list(c imapCommand) string {
	pattern := c.words[1]
	if pattern == "" {
		return s.tell(`LIST (\Noselect) "/" ""`)
	}
	for _, name := range s.box.names() {
		if pattern == "*" || pattern == "%" || pattern == modified(name) {
			s.say(`* LIST (\HasNoChildren) "/" %s`, quote(modified(name)))
		}
	}
	return "OK listed"
}

// modified writes a folder's name in modified UTF-7 (RFC 3501, section 5.1.3).
func modified(name string) string {
	var b strings.Builder
	var shifted []uint16
	flush := func() {
		if shifted == nil {
			return
		}
		var raw []byte
		for _, u := range shifted {
			raw = append(raw, byte(u>>8), byte(u))
		}
		b.WriteString("&" + strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(raw), "/", ",") + "-")
		shifted = nil
	}
	for _, r := range name {
		switch {
		case r < ' ' || r > '~':
			shifted = utf16.AppendRune(shifted, r)
			continue
		case r == '&':
			flush()
			b.WriteString("&-")
		default:
			flush()
			b.WriteRune(r)
		}
	}
	flush()
	return b.String()
}

// find returns the folder that a client names.
func (s *imapSession) find(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	for _, known := range s.box.names() {
		if modified(known) == name {
			return known
		}
	}
	return ""
}

// choose is SELECT and EXAMINE.
func (s *imapSession) choose(c imapCommand) string {
	s.folder, s.uids = "", nil
	name := s.find(c.words[0])
	v, ok := s.box.view(name)
	if !ok {
		return "NO [NONEXISTENT] no such folder"
	}
	f := s.server.current()
	if f.OldUntilLogin {
		if old, known := s.atLogin[name]; known {
			v = old
		}
	}
	s.writable = c.verb == "SELECT"
	permanent := ""
	if s.writable {
		permanent = `\Seen \Deleted \Draft`
	}
	s.say(`* FLAGS (\Seen \Deleted \Draft)`)
	s.say("* OK [PERMANENTFLAGS (%s)] these can be kept", permanent)
	s.say("* %d EXISTS", len(v.uids))
	s.say("* 0 RECENT")
	s.say("* OK [UIDVALIDITY %d] valid", v.generation)
	if !f.NoUIDNext {
		s.say("* OK [UIDNEXT %d] predicted", v.next+f.UIDNextAhead)
	}
	s.folder, s.generation, s.uids = name, v.generation, slices.Clone(v.uids)
	if s.writable {
		return "OK [READ-WRITE] selected"
	}
	return "OK [READ-ONLY] examined"
}

// same reports that the selected folder has the numbers with which it was selected.
func (s *imapSession) same() bool {
	v, ok := s.box.view(s.folder)
	return ok && v.generation == s.generation
}

// news reports what has gone from the folder and what has come. A lower UID that
// has become visible is not reported: numbers are only given at the end.
func (s *imapSession) news() {
	if f := s.server.current(); f.OldUntilOpened || f.OldUntilLogin {
		return
	}
	v, _ := s.box.view(s.folder)
	for i := len(s.uids) - 1; i >= 0; i-- {
		if _, there := slices.BinarySearch(v.uids, s.uids[i]); !there {
			s.uids = slices.Delete(s.uids, i, i+1)
			s.say("* %d EXPUNGE", i+1)
		}
	}
	var last uint32
	if len(s.uids) > 0 {
		last = s.uids[len(s.uids)-1]
	}
	known := len(s.uids)
	for _, uid := range v.uids {
		if uid > last {
			s.uids = append(s.uids, uid)
		}
	}
	if len(s.uids) > known {
		s.say("* %d EXISTS", len(s.uids))
	}
}

func (s *imapSession) close(imapCommand) string {
	if s.writable {
		s.box.expunge(s.folder, s.uids)
	}
	return s.unselect(imapCommand{})
}

func (s *imapSession) unselect(imapCommand) string {
	s.folder, s.uids = "", nil
	return "OK closed"
}
