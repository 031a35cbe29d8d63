package inboundtest

import (
	"fmt"
	"slices"
	"strings"
)

// limit keeps the highest UIDs of those that a server with a MessageLimit
// covers, and the response code that says so (RFC 9738).
func (s *imapSession) limit(uids []uint32) (kept []uint32, code string) {
	n := s.server.current().MessageLimit
	if n <= 0 || len(uids) <= n {
		return uids, ""
	}
	kept = uids[len(uids)-n:]
	return kept, fmt.Sprintf("[MESSAGELIMIT %d %d] ", n, kept[0])
}

// search answers UID SEARCH with these keys: ALL, SEEN, UNSEEN, DELETED, UNDELETED,
// DRAFT, UNDRAFT, and UID or a set of UIDs; and with RETURN (ESEARCH, RFC 4731).
func (s *imapSession) search(c imapCommand) string {
	keys := c.words
	extended := strings.EqualFold(keys[0], "RETURN") && len(keys) > 1
	var wanted []string
	if extended {
		if s.server.current().lacks("ESEARCH") {
			return "BAD no ESEARCH here"
		}
		wanted, keys = items(strings.ToUpper(keys[1])), keys[2:]
	}
	hits := slices.Clone(s.uids)
	for i := 0; i < len(keys); i++ {
		keep, ok := s.key(keys, &i)
		if !ok {
			return "BAD unknown search key"
		}
		hits = slices.DeleteFunc(hits, func(uid uint32) bool {
			msg, there := s.box.message(s.folder, uid)
			return !there || !keep(uid, msg)
		})
	}
	hits, code := s.limit(hits)
	if extended {
		s.say("* ESEARCH (TAG %s) UID%s", quote(c.tag), results(wanted, hits))
	} else {
		var b strings.Builder
		for _, uid := range hits {
			fmt.Fprintf(&b, " %d", uid)
		}
		s.say("* SEARCH%s", b.String())
	}
	return "OK " + code + "searched"
}

// key returns the meaning of the search key at keys[*i], and goes on to its end.
func (s *imapSession) key(keys []string, i *int) (keep func(uint32, message) bool, ok bool) {
	set := keys[*i]
	switch strings.ToUpper(set) {
	case "ALL":
		return func(uint32, message) bool { return true }, true
	case "SEEN":
		return func(_ uint32, m message) bool { return m.seen }, true
	case "UNSEEN":
		return func(_ uint32, m message) bool { return !m.seen }, true
	case "DELETED":
		return func(_ uint32, m message) bool { return m.deleted }, true
	case "UNDELETED":
		return func(_ uint32, m message) bool { return !m.deleted }, true
	case "DRAFT":
		return func(_ uint32, m message) bool { return m.draft }, true
	case "UNDRAFT":
		return func(_ uint32, m message) bool { return !m.draft }, true
	case "UID":
		if *i++; *i == len(keys) {
			return nil, false
		}
		set = keys[*i]
	}
	named, ok := among(set, s.uids)
	return func(uid uint32, _ message) bool {
		_, found := slices.BinarySearch(named, uid)
		return found
	}, ok
}

// results are the return data of an ESEARCH. Without hits there is COUNT alone.
func results(wanted []string, hits []uint32) string {
	var b strings.Builder
	for _, what := range wanted {
		switch {
		case what == "COUNT":
			fmt.Fprintf(&b, " COUNT %d", len(hits))
		case len(hits) == 0:
		case what == "MIN":
			fmt.Fprintf(&b, " MIN %d", hits[0])
		case what == "MAX":
			fmt.Fprintf(&b, " MAX %d", hits[len(hits)-1])
		case what == "ALL":
			fmt.Fprintf(&b, " ALL %s", compact(hits))
		}
	}
	return b.String()
}

// store is UID STORE of \Seen, \Deleted and \Draft; other flags are not kept.
func (s *imapSession) store(c imapCommand) string {
	uids, ok := among(c.words[0], s.uids)
	if !ok {
		return "BAD not a set"
	}
	if !s.writable {
		return "NO [READ-ONLY] the folder is open for reading only"
	}
	how, silent := strings.CutSuffix(strings.ToUpper(c.words[1]), ".SILENT")
	if !slices.Contains([]string{"+FLAGS", "-FLAGS", "FLAGS"}, how) {
		return "BAD unknown item"
	}
	uids, code := s.limit(uids)
	flags := items(strings.ToUpper(c.words[2]))
	s.box.flag(s.folder, uids, func(m *message) {
		for name, flag := range map[string]*bool{`\SEEN`: &m.seen, `\DELETED`: &m.deleted, `\DRAFT`: &m.draft} {
			switch named := slices.Contains(flags, name); how {
			case "+FLAGS":
				*flag = *flag || named
			case "-FLAGS":
				*flag = *flag && !named
			default:
				*flag = named
			}
		}
	})
	for _, uid := range uids {
		if msg, there := s.box.message(s.folder, uid); there && !silent {
			s.say("* %d FETCH (UID %d FLAGS (%s))", s.sequence(uid), uid, flagsOf(msg))
		}
	}
	return "OK " + code + "stored"
}

// sequence is the number of a message in the selected folder.
func (s *imapSession) sequence(uid uint32) int {
	i, _ := slices.BinarySearch(s.uids, uid)
	return i + 1
}

func flagsOf(m message) string {
	var flags []string
	if m.seen {
		flags = append(flags, `\Seen`)
	}
	if m.deleted {
		flags = append(flags, `\Deleted`)
	}
	if m.draft {
		flags = append(flags, `\Draft`)
	}
	return strings.Join(flags, " ")
}

func (s *imapSession) expungeUIDs(c imapCommand) string {
	uids, ok := among(c.words[0], s.uids)
	if !ok {
		return "BAD not a set"
	}
	uids, code := s.limit(uids)
	result := s.expunge(uids)
	return strings.Replace(result, "OK ", "OK "+code, 1)
}

// expunge removes messages; news reports what is gone.
func (s *imapSession) expunge(uids []uint32) string {
	if !s.writable {
		return "NO [READ-ONLY] the folder is open for reading only"
	}
	s.box.expunge(s.folder, uids)
	return "OK expunged"
}
