package wire

import (
	"bytes"
	"cmp"
	"math"
	"strconv"
	"strings"
)

// untagged reads an untagged response, without its asterisk.
func (s *scanner) untagged(text []byte) {
	number, rest := untilNot(text, isDigit)
	kind, args := letters(trimLeft(rest))
	switch kind {
	case "OK", "NO", "BAD", "PREAUTH", "BYE":
		s.unasked()
		if kind == "BYE" {
			s.bye(append([]byte("* "), clean(text)...))
		}
		s.status([]byte("*"), kind, args)
	case "FETCH":
		seq, _ := id(number)
		s.fetch = fetch{seq: max(seq, 1), size: -1}
		s.fetchPart(args)
	case "SEARCH", "ESEARCH":
		s.searchBegins(kind, args)
	case "EXISTS", "EXPUNGE":
		s.count(number, kind)
	case "CAPABILITY":
		s.unasked()
		s.emit("* CAPABILITY", capabilities(args), "\r\n")
	case "LIST", "STATUS":
		if s.commands.waiting(kind) {
			s.pace.Progress(len(args))
		} else {
			s.unasked()
		}
		s.kept = append(s.kept[:0], kind...)
		s.keptPart(args)
	case "ID":
		s.unasked()
		// After an answer with a list, the library mistakes later responses.
		if s.commands.waiting("ID") {
			s.emit("* ID NIL\r\n")
		}
		s.dropped(args)
	case "FLAGS", "ENABLED":
		s.unasked()
	case "RECENT":
		s.unasked()
		s.recent(number)
	default:
		s.unasked()
		s.facts.drop()
		s.facts.alert(Alert{Failure: true, Text: string(clean(text))})
		s.dropped(args)
	}
}

// bye takes note of the line by which the server ends the connection. One that then leaves
// it open is not waited for.
func (s *scanner) bye(line []byte) {
	s.facts.setBye(line)
	s.pace.SetIdle(byeWait)
	s.event()
}

func untilNot(text []byte, is func(byte) bool) (head, rest []byte) {
	i := 0
	for i < len(text) && is(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

// count reads EXISTS or EXPUNGE.
func (s *scanner) count(digits []byte, kind string) {
	n, ok := number(digits, math.MaxUint32)
	if !ok || n == 0 && kind == "EXPUNGE" {
		s.facts.drop()
		return
	}
	if kind == "EXISTS" {
		s.unasked() // one is enough
		s.found.exists(n)
		s.recount(func(t *tally) { t.exists = uint32(n) })
	} else {
		s.recount(func(t *tally) { t.exists -= min(t.exists, 1) })
	}
	s.emit("* ", strconv.FormatUint(n, 10), " ", kind, "\r\n")
}

func (s *scanner) emit(parts ...string) {
	for _, part := range parts {
		s.out = append(s.out, part...)
	}
}

// tagged reads the reply to a command. Others cannot be replies, but in the exchange
// of AUTHENTICATE any other line is its end: some servers forget the tag.
func (s *scanner) tagged(text []byte) {
	tag, rest := word(text)
	done, ok := s.commands.reply(tag)
	if !ok {
		if done, ok = s.commands.endSASL(); !ok {
			s.facts.drop()
			s.unasked()
			return
		}
		rest = text
	}
	s.answered()
	kind, args := letters(trimLeft(rest))
	switch kind {
	case "OK", "NO", "BAD":
	case "BYE":
		s.bye(append([]byte("* "), clean(rest)...))
		s.status([]byte("*"), kind, args)
		return
	default: // any end is better than to wait for another one
		kind, args = "BAD", rest
	}
	switch done.verb {
	case "IDLE":
		s.idleEnds(kind, args)
		return
	case "SELECT", "EXAMINE":
		defer s.selected()
	default:
		if !s.commands.waiting("SELECT", "EXAMINE") {
			defer func() { s.selecting = noMailbox }() // no folder is being selected
		}
	}
	s.status([]byte(done.tag), kind, args)
}

// selected ends the answer to SELECT.
func (s *scanner) selected() {
	s.facts.mu.Lock()
	s.facts.selected, s.facts.said, s.facts.tally = s.selecting, nil, s.tallying
	s.facts.mu.Unlock()
	s.selecting, s.tallying = noMailbox, tally{}
}

// status passes a status response on: of the response codes, those that the library
// or the fetcher needs.
func (s *scanner) status(tag []byte, kind string, text []byte) {
	code, args, text := responseCode(text)
	s.note(code, args)
	tagged := tag[0] != '*'
	if !tagged && kind != "BYE" && (kind != "OK" || code == "ALERT" || code == "WEBALERT") && kind != "PREAUTH" {
		s.facts.alert(Alert{Failure: kind != "OK", Code: code, Text: string(clean(text))})
	}
	var show string
	switch {
	case kind == "OK" && code == "CAPABILITY":
		if list := capabilities(args); list != "" {
			show = code + list
		}
	case kind == "OK" && code == "UIDNEXT" && !tagged:
		if next, ok := id(trimmed(args)); ok {
			show = code + " " + strconv.FormatUint(uint64(next), 10)
		}
	case kind == "OK" && code == "CLOSED" && !tagged:
		show = code
	case (kind == "NO" || kind == "BAD") && tagged && !takesArguments(code):
		show = code
	}
	s.emit(string(tag), " ", kind)
	if show != "" {
		s.emit(" [", show, "]")
	}
	text = clean(text)
	if show == "" {
		text = bytes.TrimLeft(text, "[ ") // a response code begins so
	}
	if len(text) > 0 {
		s.emit(" ", string(text))
	}
	s.emit("\r\n")
}

// takesArguments reports the codes after which the library reads arguments.
func takesArguments(code string) bool {
	switch code {
	case "CAPABILITY", "APPENDUID", "COPYUID":
		return true
	}
	return false
}

// maxValidity is how many digits a UIDVALIDITY has at most.
const maxValidity = 100

// note keeps what a response code says about the folder that is being selected.
func (s *scanner) note(code string, args []byte) {
	switch code {
	case "UIDVALIDITY":
		digits := trimmed(args)
		if len(digits) > 0 && len(digits) <= maxValidity && len(bytes.Trim(digits, "0123456789")) == 0 {
			s.selecting.UIDValidity = cmp.Or(string(bytes.TrimLeft(digits, "0")), "0")
		}
	case "PERMANENTFLAGS":
		flags := strings.ToLower(string(args))
		has := func(flag string) bool { return strings.Contains(flags, flag) }
		// With \*, some servers list only those that are in use.
		any := has(`\*`) && !(has(`\answered`) && has(`\flagged`) && has(`\draft`))
		s.selecting.Deletable = any || has(`\deleted`)
		s.selecting.Markable = any || has(`\seen`)
	case "READ-ONLY":
		s.selecting.ReadOnly = true
	}
}

func trimmed(text []byte) []byte { return bytes.Trim(text, blanks) }

// responseCode divides the text of a status response. A code whose bracket is not
// closed takes up one word, with one argument.
func responseCode(text []byte) (code string, args, rest []byte) {
	text = trimLeft(text)
	if len(text) == 0 || text[0] != '[' {
		return "", nil, text
	}
	name, _ := untilNot(trimLeft(text[1:]), func(c byte) bool { return isAtomChar(c) && c != '[' })
	code = strings.ToUpper(string(name))
	inside := trimLeft(text[1:])[len(name):]
	end := bytes.IndexByte(inside, ']')
	if code == "PERMANENTFLAGS" || code == "BADCHARSET" { // lists with brackets in them
		if i := bytes.LastIndex(inside, []byte(")]")); i >= 0 {
			end = i + 1
		} else {
			end = bytes.LastIndexByte(inside, ']')
		}
	}
	switch {
	case end >= 0:
		return code, inside[:end], inside[end+1:]
	case code == "UIDVALIDITY" || code == "UIDNEXT":
		args, rest = word(inside)
		return code, args, rest
	case code == "READ-ONLY" || code == "PERMANENTFLAGS":
		return code, inside, nil
	}
	return "", nil, text[1:]
}

// maxCapabilities is how many capabilities are read.
const maxCapabilities = 1000

// capabilities returns capabilities, each with a space before it.
func capabilities(text []byte) string {
	var b strings.Builder
	for one, rest := word(text); len(one) > 0 && maxCapabilities*20 > b.Len(); one, rest = word(rest) {
		if one = bytes.Trim(one, ",[]"); isAtom(one) {
			b.WriteByte(' ')
			b.WriteString(strings.ToUpper(string(one)))
		}
	}
	return b.String()
}

// continuation reads a continuation request, without its plus sign.
func (s *scanner) continuation(text []byte) {
	first, ok := s.commands.requested()
	if !ok {
		if s.idleBegins() {
			return
		}
		s.facts.drop()
		s.unasked()
		return
	}
	if text = clean(text); first || len(text) == 0 {
		s.emit("+ \r\n")
		return
	}
	s.emit("+ ", string(text), "\r\n")
}
