package email

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// noticeText is what the text of a message has in common with notices of mail servers.
type noticeText struct {
	all       string     // the beginning of the text
	words     string     // of it, what stands above a returned header
	lower     string     // words in lower case
	returned  *returned  // a header in the text, as servers and programs write it; nil: none
	code      bool       // a reply of a mail server, or its status code
	fails     bool       // words that say that something was not delivered
	said      bool       // a paragraph says that mail was not delivered
	addressed bool       // a program speaks of "your message"
	listed    recipients // addresses on lines as mail servers write them
	coded     recipients // addresses with a code beside or below them
	announced recipients // those that a paragraph about mail that failed ends with, or has
	// Those right below a sentence about mail that failed.
	introduced recipients
}

// readableText is how much of the text is looked at for what a mailer writes.
const readableText = 16 << 10

// belowAddress is how many lines below an address its code may stand.
const belowAddress = 3

// readNotice reads the text of m line by line.
func readNotice(m *Message) noticeText {
	t := noticeText{all: strings.ToValidUTF8(m.Text[:min(len(m.Text), readableText)], "")}
	t.words = t.all
	var above, here paragraph // the last paragraph without addresses, and this one
	var run headerRun
	at, last, below := 0, "", 0
	for line := range strings.SplitAfterSeq(t.all, "\n") {
		start := at
		at += len(line)
		rest, quoted := withoutQuote(line)
		if run.add(rest, start); run.returned() {
			if t.returned = &run.header; run.technical {
				t.words = t.all[:run.start]
				run.readOn(t.all[at:])
				break
			}
		}
		if rest == "" {
			if here.lines > 0 {
				above, here = here, paragraph{}
			}
			continue
		}
		address, shape := lineAddress(rest)
		below++
		if address != "" {
			last, below = address, 0
		}
		if last != "" && below <= belowAddress && !quoted && hasReplyCode(rest) {
			t.code = true
			t.coded.add(last)
		}
		if shape == listed {
			t.listed.add(address)
		}
		if shape >= named && !quoted {
			before := &here
			if here.lines == 0 {
				before = &above
			}
			if before.whole.announces() {
				t.announced.add(address)
				if before.sentence.announces() {
					t.introduced.add(address)
				}
				continue // more of them may follow
			}
		}
		here.read(rest)
		if !quoted && here.whole.announces() {
			t.said = true
			t.announced.add(address)
		}
	}
	t.lower = strings.ToLower(t.words)
	t.fails = failTexts.In(t.lower)
	t.addressed = yourMail.In(t.lower)
	t.code = t.code || hasReplyCode(t.words)
	return t
}

// paragraph is what some lines are about: all of them, and the last sentence.
type paragraph struct {
	lines           int
	ended           bool // the last sentence
	whole, sentence subjects
}

// subjects is what words are about.
type subjects struct{ fails, mail, parcel bool }

// readSubjects returns what words in lower case are about, of what is asked for.
func readSubjects(lower string, asked subjects) subjects {
	return subjects{
		fails:  asked.fails && failTexts.In(lower),
		mail:   asked.mail && mailNouns.In(lower),
		parcel: asked.parcel && parcelNouns.In(lower),
	}
}

func (s *subjects) add(more subjects) {
	s.fails, s.mail, s.parcel = s.fails || more.fails, s.mail || more.mail, s.parcel || more.parcel
}

// announces reports words that say that mail was not delivered.
func (s *subjects) announces() bool { return s.fails && s.mail && !s.parcel }

func (p *paragraph) read(words string) {
	lower := strings.ToLower(words)
	p.lines++
	line := readSubjects(lower, subjects{fails: true, mail: true, parcel: true})
	p.whole.add(line)
	for lower != "" {
		end := strings.IndexAny(lower, ".!?。！？")
		for end >= 0 && end+1 < len(lower) && lower[end] < utf8.RuneSelf && lower[end+1] != ' ' {
			next := strings.IndexAny(lower[end+1:], ".!?。！？")
			if next < 0 {
				end = -1
				break
			}
			end += 1 + next
		}
		if p.ended {
			p.sentence, p.ended = subjects{}, false
		}
		if end < 0 {
			p.sentence.add(readSubjects(lower, line))
			return
		}
		p.sentence.add(readSubjects(lower[:end], line))
		_, size := utf8.DecodeRuneInString(lower[end:])
		lower = strings.TrimSpace(lower[end+size:])
		p.ended = true
	}
}

// withoutQuote returns a line without indentation and quote marks.
func withoutQuote(line string) (rest string, quoted bool) {
	rest = strings.TrimSpace(line)
	for rest != "" && (rest[0] == '>' || rest[0] == '|') {
		rest, quoted = strings.TrimSpace(strings.TrimLeft(rest, ">|")), true
	}
	return rest, quoted
}

// lineShape is how an address stands on a line.
type lineShape int

const (
	noAddress  lineShape = iota
	inSentence           // behind other words
	leading              // before other words
	named                // behind a name, Jane Roe <jane@example.com>, or behind "To:"
	listed               // alone, or with a bullet, a number, a label or a reason
)

// longestLine is how much of a line is looked at.
const longestLine = 512

// lineAddress returns the first address of a line, and how it stands there.
func lineAddress(line string) (address string, shape lineShape) {
	line = line[:min(len(line), longestLine)]
	if strings.IndexByte(line, '@') < 0 {
		return "", noAddress
	}
	line = strings.TrimLeft(line, " \t>|*-•·–—►▪○●◦#+=・･‣→➤※■□◆\u00a0\u3000")
	if i := strings.IndexAny(line, ".)]"); i > 0 && i < 4 && strings.Trim(line[:i], "0123456789") == "" {
		line = strings.TrimLeft(line[i+1:], " \t") // a number
	}
	start, end := addressIn(line)
	if end == 0 {
		return "", noAddress
	}
	if address = addressBefore(line[start:end]); !strings.Contains(address, "@") {
		return "", noAddress
	}
	before := strings.TrimRight(line[:start], " \t<([\"'“‘«")
	after := strings.TrimLeft(line[end:], " \t>)]\"'”’»")
	enclosed := before != line[:start]
	bracketed := start > 0 && strings.IndexByte("<([", line[start-1]) >= 0
	switch {
	case before == "" && (enclosed || !startsWord(after) || startsDate(after)):
		return address, listed
	case before == "":
		return address, leading
	case isRecipientLabel(before), isReplyCode(before):
		return address, listed
	case bracketed && isName(before), strings.EqualFold(before, "to:"):
		return address, named
	}
	return address, inSentence
}

// addressBefore returns an address without the marks, and the letters of a language that puts no
// spaces between words, that stand right behind it.
func addressBefore(s string) string {
	s = strings.TrimRight(s, ".:!*")
	last := s[strings.LastIndexAny(s, "@.")+1:]
	if i := strings.IndexFunc(last, func(r rune) bool { return r >= utf8.RuneSelf }); i > 0 {
		s = s[:len(s)-len(last)+i] // a top-level domain is all ASCII or has none
	}
	return addrSpec(s)
}

// isReplyCode reports a reply code of a mail server, perhaps with a status code: "550 5.1.1".
func isReplyCode(s string) bool {
	return len(s) >= 3 && len(s) <= 14 && (s[0] == '4' || s[0] == '5') && strings.Trim(s, "0123456789. -#") == ""
}

// startsDate reports whether s begins with a date, perhaps behind a short word: "on 3/3/2025".
func startsDate(s string) bool {
	if word, rest, ok := strings.Cut(s, " "); ok && len(word) <= 4 && !strings.ContainsAny(word, "0123456789") {
		s = strings.TrimLeft(rest, " ")
	}
	return s != "" && '0' <= s[0] && s[0] <= '9'
}

// startsWord reports whether s begins with a letter or a digit.
func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// addressIn returns where the first address of a line is.
func addressIn(line string) (start, end int) {
	const around = " \t<>;:\"',()=[]“”‘’«»：（）、。，"
	for from := 0; ; {
		i := strings.IndexByte(line[from:], '@')
		if i < 0 {
			return 0, 0
		}
		i += from
		start, end = from, len(line)
		if j := strings.LastIndexAny(line[from:i], around); j >= 0 {
			_, size := utf8.DecodeRuneInString(line[from+j:])
			start = from + j + size
		}
		if j := strings.IndexAny(line[i+1:], around+"@"); j >= 0 {
			end = i + 1 + j
		}
		if start < i && end > i+1 {
			return start, end
		}
		from = i + 1
	}
}

// isRecipientLabel reports words that name what follows, as in "Failed recipient:". Fields of a header
// that name others than the recipient are none.
func isRecipientLabel(s string) bool {
	last, size := utf8.DecodeLastRuneInString(s)
	if last != ':' && last != ';' && last != '：' || len(strings.Fields(s)) > 4 {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(s[:len(s)-size])) {
	case "to", "rcpt to", "mail from", "from", "sender", "reply-to", "return-path", "cc", "bcc", "errors-to",
		"delivered-to", "von", "de", "da", "van", "от", "message-id",
		"references", "in-reply-to", "mailto", "e-mail", "email", "mail":
		return false
	}
	return true
}

// longestPerson is how many characters somebody's name has at most.
const longestPerson = 40

// isName reports words that can be somebody's name.
func isName(s string) bool {
	s = strings.Trim(s, "\"'“”‘’«»")
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 5 || utf8.RuneCountInString(s) > longestPerson ||
		strings.ContainsAny(s, ":;!?、。：！？") {
		return false
	}
	for i, w := range words {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "("))
		if !unicode.IsLetter(r) || i >= 2 && unicode.IsLower(r) && len(w) > 3 {
			return false
		}
	}
	return true
}

// headerRun is lines that look like fields of a header, one below the other.
type headerRun struct {
	header    returned
	start     int // where it begins in the text
	fields    int
	technical bool // one of the fields is written by servers and programs only
	from      bool
}

// add adds a line without its quote marks.
func (r *headerRun) add(line string, start int) {
	name, value, ok := strings.Cut(line[:min(len(line), longestLine)], ":")
	value = strings.TrimSpace(value)
	if !ok || !isFieldName([]byte(name)) || name == "" || len(name) > 40 {
		if line == "" || !r.technical {
			*r = headerRun{}
		}
		return
	}
	if r.fields == 0 {
		r.start = start
	}
	r.fields++
	switch strings.ToLower(name) {
	case "return-path":
		r.header.path = statusAddress(value)
		r.technical = r.technical || r.header.path != "" || value == "<>"
	case "received":
		r.technical = r.technical || strings.HasPrefix(value, "from ") || strings.HasPrefix(value, "by ") ||
			strings.HasPrefix(value, "(")
	case "message-id":
		r.technical = r.technical || strings.Contains(value, "@")
	case "x-mailer", "mime-version", "x-received", "dkim-signature", "content-transfer-encoding":
		r.technical = r.technical || r.fields > 1
	case "from":
		r.from, r.header.from = true, addressList(value, 1)
	case "to":
		r.header.to = addressList(value, maxRecipients)
	case "subject", "date", "sent", "cc", "reply-to", "sender", "content-type":
	default:
		if !strings.HasPrefix(strings.ToLower(name), "x-") {
			r.fields--
		}
	}
}

// returned reports whether the lines are the header of a message.
func (r *headerRun) returned() bool { return r.technical || r.from && r.fields >= 3 }

// readOn reads the rest of a header that has a technical field.
func (r *headerRun) readOn(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		rest, _ := withoutQuote(line)
		if rest == "" {
			return
		}
		r.add(rest, 0)
	}
}
