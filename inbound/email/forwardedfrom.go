package email

import (
	"strings"
	"unicode/utf8"
)

const (
	// forwardedText is how much of a text is searched for the header of what it forwards.
	forwardedText = 64 << 10
	// shortNote is how many bytes may stand above a header that no program has marked as
	// that of a forwarded message: who answers writes more, or has "Re:" in the subject.
	shortNote = 500
	// longestFrom is longer than any line From of such a header.
	longestFrom = 1000
)

// forwardedFrom returns who wrote the message that m forwards, as the header says that mail
// programs write above it, or else as the attached message says; the zero value if m does
// not look like a forward. Of several headers the topmost with an address counts. It takes
// time linear in forwardedText.
func forwardedFrom(m *Message, attached attachedMessage) Address {
	if m.Class == ClassBounce {
		return Address{} // the message that came back is the company's own
	}
	kind := subjectKindOf(m.Subject)
	if attached.shown || kind == subjectReply {
		return attached.from
	}
	s := forwardScan{m: m, subject: kind, rest: m.Text[:min(len(m.Text), forwardedText)]}
	for s.rest != "" {
		if a := s.line(); a != (Address{}) {
			return a
		}
	}
	return attached.from
}

// attachedMessage is the first message within the message.
type attachedMessage struct {
	from  Address
	shown bool // its text is in that of the message
}

// noteAttached notes who wrote a message within the message, whose header q has read. Those
// of a report are what was sent, those of a digest what a list has distributed.
func (p *parser) noteAttached(q *parser, d part, at partPosition) {
	if p.inner || p.attached != (attachedMessage{}) {
		return
	}
	p.attached.shown = d.disposition != "attachment" || !p.bodies.haveOther(at)
	switch d.mediaType {
	case "message/rfc822", "message/global":
		if at.within != "report" && at.within != "digest" {
			q.judgeHeader()
			p.attached.from = labeledAddress(q.header.rawText(q.top.get("From")))
		}
	}
}

// forwardScan looks for the header of a forwarded message, line by line.
type forwardScan struct {
	m       *Message
	subject subjectKind
	rest    string // the lines that were not looked at yet

	divided bool // a line says that a forwarded message follows; since then there was nothing but fields
	fields  int  // lines like fields just above
	wrapped int  // lines among them that are none
	own     int  // bytes of the lines above these
	run     int  // bytes of these
}

// line looks at the next line. It returns an address if the line is the From of such a
// header.
func (s *forwardScan) line() Address {
	raw := s.next()
	line := strings.TrimLeft(raw, quoteMarks)
	if line == "" {
		return Address{}
	}
	label, value, ok := cutLabel(line)
	switch {
	case saysForwarded(line):
		s.divided = true
		s.interrupt(0)
	case ok && fromLabels.has(label):
		if s.subject == subjectEither && strings.EqualFold(label, "fra") {
			s.subject = subjectForward
		}
		if a := s.from(raw, value); a != (Address{}) {
			return a
		}
		s.field(line)
	case ok:
		s.field(line)
	case isDashed(line):
		s.interrupt(0) // "-----Original Message-----", or a rule
	case s.divided && strings.Contains(line, "@") && strings.HasSuffix(strings.TrimRight(line, " "), ":"):
		return datedAuthor(line)
	case s.fields > 0 && s.wrapped == 0:
		s.wrapped, s.run = 1, s.run+len(line)
	default:
		s.divided = false
		s.interrupt(len(line))
	}
	return Address{}
}

// field counts a line that is like a field.
func (s *forwardScan) field(line string) { s.fields, s.wrapped, s.run = s.fields+1, 0, s.run+len(line) }

// interrupt ends a run of fields.
func (s *forwardScan) interrupt(own int) {
	s.own += s.run + own
	s.fields, s.wrapped, s.run = 0, 0, 0
}

// next cuts a line off.
func (s *forwardScan) next() string {
	line, rest, _ := strings.Cut(s.rest, "\n")
	s.rest = rest
	return line
}

// from returns the address of a field From, if it belongs to the header of a forwarded
// message.
func (s *forwardScan) from(raw, value string) Address {
	if !s.divided && s.fields+s.fieldsBelow() < 2 {
		return Address{}
	}
	a := labeledAddress(value)
	if a == (Address{}) {
		line, _, _ := strings.Cut(strings.TrimLeft(s.rest, "\n"), "\n") // wrapped, or in a cell of its own
		if _, _, ok := cutLabel(strings.TrimLeft(line, quoteMarks)); !ok && strings.Contains(line, "@") {
			a = labeledAddress(value + " " + strings.TrimLeft(line, quoteMarks))
		}
	}
	switch {
	case a == Address{}, s.divided, s.subject == subjectForward:
		return a
	case strings.HasPrefix(raw, ">"), s.own > shortNote, s.subject == subjectEither, s.m.InReplyTo != "",
		s.answers(a.Address):
		return Address{} // more likely the message that this one answers
	}
	return a
}

// answers reports whether an address is one that the message was sent to.
func (s *forwardScan) answers(address string) bool {
	return isAddressee(s.m, address) || hasAddress(s.m.Cc, address)
}

// fieldsBelow counts the lines like fields below the current one, up to two.
func (s *forwardScan) fieldsBelow() int {
	rest, found, others := s.rest, 0, 0
	for looked := 0; looked < 8 && found < 2 && others < 2 && rest != ""; looked++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line = strings.TrimLeft(line, quoteMarks); line == "" {
			continue
		}
		if _, _, ok := cutLabel(line); ok {
			found++
		} else {
			others++
		}
	}
	return found
}

// quoteMarks are what stands in front of the lines of a header: of a quotation, and of
// bold text.
const quoteMarks = "> \t\r\f\v*_\u00a0\u200b\u2060"

// longestLabel is longer than any name of a field, in bytes.
const longestLabel = 50

// cutLabel splits a line like "*Von:* Jane Roe <jane@example.com>". The label has no
// figures and no punctuation: a line with a time of day is no field.
func cutLabel(line string) (label, value string, ok bool) {
	head := line[:min(len(line), longestLabel)]
	at, size := indexColon(head)
	if at <= 0 || strings.ContainsAny(head[:at], "0123456789<>@,;.!?\"/=") {
		return "", "", false
	}
	return strings.TrimRight(head[:at], quoteMarks), strings.Trim(line[at+size:], quoteMarks), true
}

// indexColon returns where the first colon of s is, or -1, and its length in bytes.
func indexColon(s string) (at, size int) {
	at, size = strings.IndexByte(s, ':'), 1
	if wide := strings.Index(s, "："); wide >= 0 && (at < 0 || wide < at) {
		at, size = wide, len("：")
	}
	return at, size
}

// labeledAddress reads the value of From in a text.
func labeledAddress(value string) Address {
	if len(value) > longestFrom || !strings.Contains(value, "@") {
		return Address{}
	}
	for _, a := range addressList(strings.ToValidUTF8(value, "\uFFFD"), 1) {
		if strings.Contains(a.Address, "@") {
			return Address{Name: strings.Trim(a.Name, quoteMarks), Address: a.Address}
		}
	}
	return Address{}
}

// datedAuthor reads a line like `12.05.2025, 10:15, "Jane Roe" <jane@example.com>:`, which
// programs of Yandex write in place of a header.
func datedAuthor(line string) Address {
	line = strings.TrimRight(strings.TrimRight(line, " "), ":")
	if i := strings.IndexByte(line, '"'); i >= 0 {
		line = line[i:]
	} else if open := strings.LastIndexByte(line, '<'); open >= 0 {
		line = line[strings.LastIndexByte(line[:open], ',')+1:]
	}
	return labeledAddress(line)
}

// isDashed reports whether a line begins and ends with dashes, or the like.
func isDashed(line string) bool {
	first, size := utf8.DecodeRuneInString(line)
	if !strings.ContainsRune("-‐‑‒–—―=~", first) || !strings.HasPrefix(line[size:], string(first)) {
		return false
	}
	return strings.HasSuffix(strings.TrimRight(line, " \r*"), string(first))
}

// longestDivider is longer than any line that announces a forwarded message, in bytes.
const longestDivider = 200

// saysForwarded reports whether a line announces a forwarded message: words between
// dashes, or with a colon at the end.
func saysForwarded(line string) bool {
	if len(line) > longestDivider {
		return false
	}
	if !isDashed(line) {
		line = strings.TrimRight(line, " \r*\u00a0")
		if !strings.HasSuffix(line, ":") && !strings.HasSuffix(line, "：") {
			return false
		}
		if len(line) > longestDivider/2 || strings.Contains(line, "@") {
			return false
		}
	}
	if strings.Trim(line, "-=~ ") == "" {
		return false
	}
	return forwardStems.In(strings.ToLower(line))
}
