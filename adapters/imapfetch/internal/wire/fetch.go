package wire

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// fetch is a FETCH response while it is read.
type fetch struct {
	seq  uint32
	open bool // "* n FETCH (" is written
	some bool // and an item after it

	uid    uint32 // read, and not written yet; 0 if none
	hasUID bool   // the response has had one
	of     uint32 // that one
	size   int64  // -1 if none
	date   time.Time

	flagged bool  // the response has flags
	marks   Marks // those of them that are kept

	name  string // of the item whose value comes next; "" if a name comes next
	depth int    // of the parentheses within a value that is left out
	deep  bool   // there were more than maxDepth: what follows cannot be told apart
}

// The items that are passed on, and the forms in which servers name bodies. The
// library asks for no other forms, but some servers answer in their own.
var itemNames = map[string]string{
	"UID": "UID", "RFC822.SIZE": "RFC822.SIZE", "INTERNALDATE": "INTERNALDATE", "FLAGS": "FLAGS",
	"BODY[]": "BODY[]", "BODY.PEEK[]": "BODY[]", "RFC822": "BODY[]", "RFC822.PEEK": "BODY[]",
	"BODY[HEADER]": "BODY[HEADER]", "BODY.PEEK[HEADER]": "BODY[HEADER]", "RFC822.HEADER": "BODY[HEADER]",
	"BODY[]<0>": "BODY[]<0>", "BODY.PEEK[]<0>": "BODY[]<0>",
	"BODY[HEADER]<0>": "BODY[HEADER]<0>", "BODY.PEEK[HEADER]<0>": "BODY[HEADER]<0>",
}

// otherItems are the items that some servers send unasked.
var otherItems = regexp.MustCompile(`(?i)^(BODY|BODYSTRUCTURE|ENVELOPE|MODSEQ|EMAILID|THREADID|PREVIEW|SAVEDATE|` +
	`ANNOTATION|RFC822\.TEXT|(BODY|BINARY)[.A-Z]*\[.*|X-[-.\w]+)$`)

// otherItem is the name of an item that nobody has asked for.
const otherItem = "other"

// fetchSize is how long a FETCH response is without bodies, as far as its time counts.
const fetchSize = 100

func isBody(name string) bool { return strings.HasPrefix(name, "BODY[") }

// fetchPart reads a line of a FETCH response: all of it, or what stands before,
// between or after literals.
func (s *scanner) fetchPart(text []byte) {
	f := &s.fetch
	if s.cutting {
		text = text[:max(0, bytes.LastIndexByte(text, ' '))] // the last word is cut
	}
	var a announced
	if !s.cutting {
		a = announcement(text)
	}
	if a.found {
		text = a.before
	}
	if !s.items(text) {
		s.fetchEnds(true)
		s.fail(ErrOutOfStep)
		return
	}
	largest := s.largest.Load()
	switch {
	case f.deep:
		s.fetchEnds(false)
		s.facts.drop()
		if a.found {
			s.at, s.literal, s.use = inDropped, a.size, skip
		} else {
			s.dropped(nil)
		}
	case s.cutting:
		s.fetchEnds(false)
		s.at = inDropped
	case !a.found:
		s.fetchEnds(false)
		s.at = outside
	case isBody(f.name) && f.depth == 0 && largest > 0 && a.size > largest:
		s.fetchEnds(true)
		s.fail(ErrTooLarge)
	case isBody(f.name) && f.depth == 0 && largest > 0:
		s.item(f.name+" {", strconv.FormatInt(a.size, 10), "}\r\n")
		s.at, s.literal, s.use, f.name = inFetch, a.size, pass, ""
	default:
		s.at, s.literal, s.use = inFetch, a.size, skip
		if f.depth == 0 {
			f.name = ""
		}
	}
}

// items reads items. It returns false where a body is announced in a way that does
// not say where it ends.
func (s *scanner) items(text []byte) bool {
	f := &s.fetch
	for {
		switch {
		case f.depth > 0 && f.name == "FLAGS":
			text = f.flags(text)
		case f.depth > 0:
			text = s.nested(text)
		}
		for len(text) > 0 && isBlank(text[0]) {
			text = text[1:]
		}
		if len(text) == 0 || f.deep {
			return true
		}
		switch c := text[0]; {
		case c == '(' && f.name != "":
			f.depth, text = 1, text[1:]
		case c == '(' || c == ')':
			f.name, text = "", text[1:]
		case c == '{' && isBody(f.name):
			return false
		case c == '"':
			value, rest, ok := quoted(text)
			if !ok {
				f.name = otherItem // nothing can be told from what is in the string
				return true
			}
			s.value(value, true)
			text = rest
		default:
			var one []byte
			one, text = itemWord(text)
			name, known := itemName(one)
			switch {
			case f.name != "" && !known:
				s.value(one, false)
			case known:
				f.name = name
			case one[0] == '\\' && f.flagged:
				f.marks.add(one) // behind a keyword that seemed to end the list
			case isLetter(one[0]):
				f.name = otherItem
			}
		}
	}
}

// nested leaves out the rest of a value in parentheses.
func (s *scanner) nested(text []byte) []byte {
	f := &s.fetch
	begins := true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"' && begins:
			if _, rest, ok := quoted(text[i:]); ok {
				i = len(text) - len(rest) - 1
			}
		case c == '(':
			if f.depth++; f.depth > maxDepth {
				f.deep = true
				return nil
			}
		case c == ')':
			if f.depth--; f.depth == 0 {
				f.name = ""
				return text[i+1:]
			}
		}
		begins = isBlank(c) || c == '('
	}
	return nil
}

// flags reads the rest of a list of flags. It ends at the first parenthesis that closes,
// since keywords may have others in them.
func (f *fetch) flags(text []byte) (rest []byte) {
	f.flagged = true
	for len(text) > 0 {
		switch c := text[0]; {
		case isBlank(c) || c == '(':
			text = text[1:]
			continue
		case c == ')':
			f.name, f.depth = "", 0
			return text[1:]
		case c == '"':
			if _, rest, ok := quoted(text); ok {
				f.marks.add(text[:len(text)-len(rest)])
				text = rest
				continue
			}
		}
		var flag []byte
		flag, text = untilNot(text, func(c byte) bool { return !isBlank(c) && c != ')' })
		f.marks.add(flag)
	}
	return nil
}

// itemWord returns the word at the start of text. Brackets are a part of it, with what
// is in them.
func itemWord(text []byte) (one, rest []byte) {
	inBrackets := false
	for i, c := range text {
		switch {
		case c == '[':
			inBrackets = true
		case c == ']':
			inBrackets = false
		case inBrackets:
		case isBlank(c) || i > 0 && strings.IndexByte(`(){"`, c) >= 0:
			return text[:i], text[i:]
		}
	}
	return text, nil
}

// itemName returns the name of an item that this package knows.
func itemName(one []byte) (name string, known bool) {
	const longest = 40
	if len(one) > longest {
		return "", false
	}
	if name, known = itemNames[string(one)]; known {
		return name, true
	}
	text := strings.ToUpper(string(one))
	if at := strings.IndexByte(text, '['); at >= 0 {
		text = strings.ReplaceAll(text, " ", "")
		if origin, count, ok := strings.Cut(text, "<0."); ok && strings.HasSuffix(count, ">") {
			text = origin + "<0>" // the server repeats the whole request
		}
	}
	name, known = itemNames[text]
	return name, known
}

// value reads the value of the item whose name came last.
func (s *scanner) value(v []byte, inQuotes bool) {
	f := &s.fetch
	switch f.name {
	case "UID":
		if uid, ok := id(v); ok && !f.hasUID {
			f.uid, f.of, f.hasUID = uid, uid, true
		}
	case "FLAGS":
		f.flagged = true
		f.marks.add(v)
	case "RFC822.SIZE":
		if size, ok := number(v, math.MaxInt64); ok {
			f.size = int64(size)
		}
	case "INTERNALDATE":
		if date, ok := internalDate(string(v)); ok {
			f.date = date
		}
	default:
		if inQuotes && isBody(f.name) && s.largest.Load() > 0 {
			s.item(f.name+" {", strconv.Itoa(len(v)), "}\r\n", string(v))
		}
	}
	f.name = ""
}

// item writes an item of the response, after those that were read before it.
func (s *scanner) item(parts ...string) {
	f := &s.fetch
	begin := func() {
		if !f.open {
			s.emit("* ", strconv.FormatUint(uint64(f.seq), 10), " FETCH (")
		} else if f.some {
			s.emit(" ")
		}
		f.open, f.some = true, true
	}
	if f.uid != 0 {
		begin()
		s.emit("UID ", strconv.FormatUint(uint64(f.uid), 10))
		f.uid = 0
	}
	if f.size >= 0 {
		begin()
		s.emit("RFC822.SIZE ", strconv.FormatInt(f.size, 10))
		f.size = -1
	}
	if !f.date.IsZero() {
		begin()
		s.emit(`INTERNALDATE "`, f.date.Format(dateLayout), `"`)
		f.date = time.Time{}
	}
	if len(parts) > 0 {
		begin()
		s.emit(parts...)
	}
}

// fetchEnds ends the response. One that has nothing to say is left out, unless always
// is set: it tells at which message the reading has ended.
func (s *scanner) fetchEnds(always bool) {
	f := &s.fetch
	if s.listed.add(f) {
		if f.hasUID {
			s.pace.Progress(fetchSize)
		}
		return
	}
	s.facts.say(f)
	s.found.mu.Lock()
	listed := s.found.byFetch
	if listed && f.hasUID {
		s.found.add(f.of, f.of)
	}
	s.found.mu.Unlock()
	if listed {
		s.pace.Progress(fetchSize)
		return
	}
	if f.open || f.size >= 0 || !f.date.IsZero() || always && f.uid != 0 {
		s.item()
		s.emit(")\r\n")
		if s.commands.waiting("UID FETCH", "FETCH") {
			s.pace.Progress(fetchSize)
		}
		if s.fetches++; s.fetches > maxFetches {
			s.fail(ErrUnasked)
		}
	}
}

// inStep reports whether responses go on after the last byte of a body, which is the
// next in the buffer. It returns false and sets err where they do not.
func (s *scanner) inStep() bool {
	const enough = 1 << 10
	newline := false
	for i := 1; i < enough; i++ {
		for s.r+i >= s.w {
			if !s.fill() {
				return false
			}
		}
		switch c := s.buf[s.r+i]; {
		case c == '\n':
			newline = true
		case isBlank(c):
		case c == ')', newline && (c == '*' || c == '+'):
			return true
		default:
			if s.goesOn(i, newline) {
				return true
			}
			s.fail(ErrOutOfStep)
			return false
		}
	}
	s.fail(ErrOutOfStep)
	return false
}

// goesOn reports whether the word at this place after a body is an item of the
// response, or on a new line a tag.
func (s *scanner) goesOn(at int, newline bool) bool {
	const longest = 100
	end := at
	for ; end < at+longest; end++ {
		for s.r+end >= s.w {
			if !s.fill() {
				return false
			}
		}
		if c := s.buf[s.r+end]; isBlank(c) || c == '(' || c == ')' {
			break
		}
	}
	one := s.buf[s.r+at : s.r+end]
	if newline {
		return s.commands.isTag(one)
	}
	_, known := itemName(one)
	return known || otherItems.Match(one)
}
