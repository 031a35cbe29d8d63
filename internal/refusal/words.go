package refusal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"

	"github.com/postroom/postroom/inbound"
)

// maxText is how much of a refusal is looked at.
const maxText = 1024

// statement is a refusal as the rows look at it.
type statement struct {
	protocol inbound.Protocol
	step     Step
	code     string // in upper case, without arguments; "" if there is none
	argument string // of the code
	text     string // as folded returns it
	words    string // as spaced returns it
}

// hear takes apart what a server says.
func hear(p inbound.Protocol, step Step, code, text string) statement {
	text, code = beginning(text), beginning(code)
	if rest, ok := strings.CutPrefix(strings.TrimLeft(text, " "), "["); ok && code == "" {
		if inside, after, closed := strings.Cut(rest, "]"); closed {
			code, text = inside, after
		}
	}
	s := statement{protocol: p, step: step}
	s.code, s.argument, _ = strings.Cut(strings.TrimSpace(code), " ")
	s.code = strings.ToUpper(s.code)
	if kind, rest, ok := strings.Cut(s.code, "/"); ok {
		part, _, _ := strings.Cut(rest, "/")
		s.code = kind + "/" + part // RFC 2449, section 8: there may be further parts
	}
	if !hasWord(knownCodes, s.code) {
		text = code + " " + text // words of the server's own, such as [Error="..."]
	}
	s.text = folded(decoded(text))
	s.words = spaced(s.text)
	return s
}

// knownCodes are the response codes of which no row reads the words.
const knownCodes = "ALERT AUTH AUTHENTICATIONFAILED AUTHORIZATIONFAILED CANNOT CONTACTADMIN CORRUPTION EXPIRED " +
	"EXPUNGEISSUED IN-USE INUSE LIMIT LOGIN-DELAY NONEXISTENT NOPERM OVERQUOTA PRIVACYREQUIRED READ-ONLY SERVERBUG " +
	"SYS/PERM SYS/TEMP TEMPFAIL THROTTLED TRYCREATE UNAVAILABLE WEBALERT"

// beginning returns what of a text is looked at, without cutting a letter in two.
func beginning(text string) string {
	if len(text) <= maxText {
		return text
	}
	n := maxText
	for n > maxText-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// decoded returns the text in UTF-8. Chinese servers send GB18030, older European
// ones Windows-1252: of other bytes it returns both readings, of which the wrong one
// says nothing.
func decoded(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	// Neither decoder fails: bytes that mean nothing are U+FFFD.
	western, _ := charmap.Windows1252.NewDecoder().String(text)
	chinese, _ := simplifiedchinese.GB18030.NewDecoder().String(text)
	return western + " " + chinese
}

// folded returns text in lower case, without accents.
func folded(text string) string {
	unaccented := strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ł':
			return 'l' // Unicode does not take it apart
		}
		return r
	}, norm.NFKD.String(text))
	return norm.NFC.String(unaccented)
}

// spaced returns the letters and digits of a folded text, with one space before,
// between and after the words. Addresses of mail and of pages are left out.
func spaced(text string) string {
	var b strings.Builder
	var last rune // what was written last; 0 for a space
	space := func() {
		if last != 0 || b.Len() == 0 {
			b.WriteByte(' ')
		}
		last = 0
	}
	space()
	for field := range strings.FieldsSeq(text) {
		if strings.Contains(field, "@") || strings.Contains(field, "://") {
			continue
		}
		for _, r := range field {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				space()
				continue
			}
			if last != 0 && isEastAsian(last) != isEastAsian(r) {
				space() // such as in "IMAP服务"
			}
			b.WriteRune(r)
			last = r
		}
		space()
	}
	return b.String()
}

// isEastAsian reports letters of the languages that put no spaces between words.
func isEastAsian(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー'
}

// words are groups of phrases. A text has them if it has a phrase of each group,
// in any order.
type words [][]string

// say makes words of groups. A group is phrases with | between them; a phrase is the
// beginning of a word, perhaps after whole words ("too many conn"). A phrase that
// ends in a space ends with a whole word ("off "). Chinese, Japanese and Korean
// phrases are looked for anywhere.
func say(groups ...string) words {
	var w words
	for _, group := range groups {
		var phrases []string
		for phrase := range strings.SplitSeq(folded(group), "|") {
			first, _ := utf8.DecodeRuneInString(phrase)
			if !isEastAsian(first) {
				phrase = " " + phrase
			}
			phrases = append(phrases, phrase)
		}
		w = append(w, phrases)
	}
	return w
}

// in reports whether a spaced text has the words.
func (w words) in(text string) bool {
	for _, group := range w {
		if !containsAny(text, group) {
			return false
		}
	}
	return true
}

func containsAny(text string, phrases []string) bool {
	for _, phrase := range phrases {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}
