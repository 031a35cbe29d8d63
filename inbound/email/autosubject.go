package email

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// subjectHead is how much of a subject is looked at, in bytes.
const subjectHead = 300

// subjectSign returns what the subject says: programs that answer put a phrase before the
// subject of what they answer, in the language of their user, as in "Automatic reply: Your
// order". Only a whole phrase counts: "Out of office chairs" is an order. Tags that mail
// servers put before it are passed over, but not "Re:": then it is a person's answer. name
// is the sender's.
func subjectSign(subject, name string) (sign, bool) {
	if len(subject) > subjectHead {
		subject = subject[:subjectHead]
	}
	s := plainSubject(subject)
	for range 4 {
		if found, rest := automaticPhrase(s); found != nil {
			if weight := found.weightBefore(rest); weight > 0 {
				return subjectOf(weight), true
			}
			return sign{}, false
		}
		tag, rest, ok := cutTag(s)
		if !ok {
			break
		}
		if found, after := automaticPhrase(tag); found != nil && onlyMarks(after) {
			return subjectOf(proof), true
		}
		s = rest
	}
	if saysAway(s) || saysOwnAbsence(s, name) {
		return subjectOf(2), true
	}
	return sign{}, false
}

func subjectOf(weight int) sign {
	return sign{field: "Subject", class: ClassAutoReply, kind: kindSubject, weight: weight,
		says: "Subject {} is that of an automatic answer"}
}

// plainSubject returns a subject in lower case, with plain spaces and without marks of
// direction.
func plainSubject(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200e' || r == '\u200f' || r == '\u061c':
			return -1
		case r == '\u2010' || r == '\u2011':
			return '-'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, norm.NFC.String(s))
	return strings.TrimLeft(strings.ToLower(s), " ")
}

// phrase is what begins the subject of an automatic answer.
type phrase struct {
	text  string
	plain bool // says only that somebody is away, in words that people write, too
	leave bool // is a word for being away, which says little by itself
}

// weightBefore returns how much a phrase weighs before the rest of a subject.
func (p *phrase) weightBefore(rest string) int {
	words := strings.TrimLeft(rest, " ")
	first, size := utf8.DecodeRuneInString(words)
	switch {
	case p.leave:
		if subjectKindOf(strings.TrimLeft(words, " :：-–—|")).isReply() {
			return 3
		}
		return 0
	case words == "":
		return p.alone()
	case first == ':', first == '：', first == '﹕', subjectKindOf(words).isReply():
		return proof
	case strings.ContainsRune("-–—―~|/", first):
		// "out-of-office-chairs" goes on, "out of office - Jane" does not.
		if first == '-' && len(words) == len(rest) && !strings.HasPrefix(words[size:], " ") {
			return 0
		}
		return p.or(3)
	case first == '.', first == '!', first == '。', first == '！':
		if onlyMarks(words) {
			return p.alone()
		}
		return p.or(0)
	case strings.ContainsRune("([{（【「", first):
		return p.or(2)
	case strings.ContainsRune(",;<>»\"«，", first):
		return p.or(0)
	case len(words) <= 60 && strings.ContainsAny(words, "0123456789") && isUntil(words):
		return 2
	}
	return 0 // the words go on
}

// alone returns how much a phrase weighs that is the whole subject: a word that people write,
// too, such as "Absent", needs another sign.
func (p *phrase) alone() int {
	if p.plain && !strings.Contains(p.text, " ") && !strings.Contains(p.text, "-") {
		return 1
	}
	return p.or(3)
}

// or returns weight for words that people write, too, and proof for others.
func (p *phrase) or(weight int) int {
	if p.plain {
		return weight
	}
	return proof
}

// isUntil reports whether words begin as "until Monday" does.
func isUntil(words string) bool {
	first, _, _ := strings.Cut(words, " ")
	switch first {
	case "until", "till", "from", "since", "bis", "vom", "ab", "jusqu'au", "du", "hasta", "del", "desde", "fino", "dal",
		"até", "de", "tot", "t/m", "van", "til", "fra", "till:", "från", "t.o.m.", "do", "od", "до", "с", "по":
		return true
	}
	return false
}

// onlyMarks reports whether there are no letters in s.
func onlyMarks(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) < 0 }

// tagLength is how long a tag before a subject may be, in bytes.
const tagLength = 60

// cutTag cuts what mail servers put before a subject: "[EXTERN]", "(External)", "***SPAM***",
// "EXT:", a number.
func cutTag(s string) (tag, rest string, ok bool) {
	first, size := utf8.DecodeRuneInString(s)
	if closing := closingOf(first); closing != 0 {
		head := s[:min(len(s), tagLength)]
		end := strings.IndexRune(head, closing)
		if end < 0 {
			return "", "", false
		}
		rest = s[end+utf8.RuneLen(closing):]
		return strings.TrimLeft(s[size:end], " "), strings.TrimLeft(rest, " :-"), true
	}
	if word := strings.TrimLeftFunc(s, isMark); len(word) < len(s) {
		mark := string(first)
		if name, rest, marked := strings.Cut(word, mark); marked && len(name) <= tagLength && isOutside(name) {
			return name, strings.TrimLeft(rest, mark+" :-"), true
		}
		return "", word, true
	}
	if name, rest, found := strings.Cut(s, ":"); found && len(name) <= 20 && isOutside(name) {
		return "", strings.TrimLeft(rest, " "), true
	}
	return "", "", false
}

func isMark(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && closingOf(r) == 0 || r == '\ufe0f'
}

// isOutside reports whether a tag says that a message comes from outside of a company, or
// is taken for spam.
func isOutside(tag string) bool {
	word, _, _ := strings.Cut(strings.Trim(tag, "*#!_=~- "), " ")
	switch word {
	case "ext", "extern", "external", "externe", "externo", "externa", "esterno", "esterna", "eksternt", "ekstern",
		"externt", "extern-", "zewnętrzny", "external-", "внешний", "外部", "spam", "suspected", "warning", "caution":
		return true
	}
	return false
}

func closingOf(opening rune) rune {
	switch opening {
	case '[':
		return ']'
	case '(':
		return ')'
	case '{':
		return '}'
	case '<':
		return '>'
	case '【':
		return '】'
	case '［':
		return '］'
	case '（':
		return '）'
	case '「':
		return '」'
	case '《':
		return '》'
	}
	return 0
}

// saysAway reports whether a subject is that of Notes: "AUTO: Jane Roe is out of the office
// (returning 05.05.2025)". Without "AUTO:", colleagues write so, too.
func saysAway(s string) bool {
	rest, ok := strings.CutPrefix(s, "auto:")
	if !ok {
		return false
	}
	for _, words := range awayWords {
		if strings.Contains(rest, words) {
			return true
		}
	}
	return strings.HasPrefix(strings.TrimLeft(rest, " "), "re:")
}

// awayWords say in the subjects of Notes that somebody is away.
var awayWords = [...]string{"out of the office", "out of office", "außer haus", "nicht im büro", "nicht im haus",
	"abwesend", "absent", "fuera de la oficina", "fuori ufficio", "fora do escritório", "afwezig", "niet op kantoor",
	"inte på kontoret", "ikke på kontoret", "poza biurem", "不在", "外出", "부재"}

// saysOwnAbsence reports a subject that says of the sender, and nothing else, that she is
// away, as old versions of Notes write it: "Jane Roe/Sales/ACME is out of the office."
func saysOwnAbsence(s, name string) bool {
	if name == "" || len(name) > len(s) {
		return false
	}
	rest, ok := strings.CutPrefix(s, plainSubject(name))
	if !ok || rest == "" || rest[0] != ' ' && rest[0] != '/' {
		return false
	}
	for _, words := range awayWords {
		before, after, ok := strings.Cut(rest, words)
		if !ok || strings.ContainsAny(before, ".,:;?!") {
			continue
		}
		after = strings.TrimLeft(after, " ")
		return after == "" || after == "." || after[0] == '(' || isUntil(after)
	}
	return false
}

// automaticPhrase returns the longest phrase that s begins with, and what stands behind it.
func automaticPhrase(s string) (found *phrase, rest string) {
	for _, list := range automaticPhrases {
		if text := list.Longest(s); text != "" && (found == nil || len(text) > len(found.text)) {
			found, rest = &phrase{text, list.plain, list.leave}, s[len(text):]
		}
	}
	return found, rest
}

// automaticPhrases has all phrases, by what they say.
var automaticPhrases = [...]struct {
	*phrases.Set
	plain, leave bool
}{
	{phraseSet(answerPhrases), false, false},
	{phraseSet(awayPhrases), true, false},
	{phraseSet(leavePhrases), true, true},
}

// phraseSet reads lines of phrases with semicolons between them.
func phraseSet(lines string) *phrases.Set {
	list := strings.FieldsFunc(norm.NFC.String(lines), func(r rune) bool { return r == ';' || r == '\n' })
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return phrases.New(list)
}
