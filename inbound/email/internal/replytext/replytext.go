package replytext

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// Extract returns the new text of a reply: text without the quoted message and
// without the signature. It keeps quoted text with interleaved answers, and keeps
// everything where it is not sure. For a pure forward it returns the text of the
// forwarded message. Lines of text end in "\n".
//
// It cuts at the first line that begins the quoted message, or, where that message
// is quoted and new text stands below it, cuts only the attribution line. It returns all of
// the text where nothing would be left, because somebody may have written between the quoted
// lines, and where the new words say that they did. Only a notice that a program sent, quoted
// to its last line, leaves nothing.
func Extract(text string) string {
	lines := linesOf(text)
	r := reply{lines: lines, answered: answeredFrom(lines)}
	r.cut()
	kept := trimTrailer(r.kept, r.dropsQuotes(r.kept))
	if r.isCut && answersInPlace(kept) {
		return whole(lines)
	}
	if cut := signatureAt(kept, r.attributed || r.isCut); cut > 0 && !isBlank(kept[:cut]) {
		kept = trimTrailer(kept[:cut], r.dropsQuotes(kept[:cut]))
	}
	if isBlank(kept) && !isQuotedNotice(lines) || r.isCut && isGreeting(kept) {
		return whole(lines)
	}
	return whole(kept)
}

// linesOf returns the lines of text without spaces at their ends, except for that of a
// signature's delimiter, and without the armor of a signed text.
func linesOf(text string) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		line := strings.TrimRight(lines[i], " \t\r\u00a0\u200b")
		if line == "--" && strings.HasPrefix(lines[i], signatureDelimiter) {
			line = signatureDelimiter
		}
		lines[i] = line
	}
	if strings.Contains(text, armorBegin) {
		if bare := withoutArmor(lines); !isBlank(bare) {
			return bare
		}
	}
	return lines
}

// whole joins lines, without blank ones at either end.
func whole(lines []string) string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return strings.Join(withoutBlankEnd(lines), "\n")
}

// reply is a text and what is kept of it.
type reply struct {
	lines      []string
	answered   []quoteCount // see answeredFrom
	kept       []string
	words      int  // of kept, until they are more than a greeting
	attributed bool // an attribution line above what is kept was cut
	isCut      bool // there is history
	ownQuote   bool // a quote right above the cut is what the customer quotes
}

// longestGreeting is how many words are no more than a greeting.
const longestGreeting = 3

// cut keeps what is not history, with quotes and signatures.
func (r *reply) cut() {
	r.kept = make([]string, 0, len(r.lines))
	for i := 0; i < len(r.lines); {
		kind, length := quotedAt(r.lines, i)
		next := i + length
		quote := kind == attributionLine && isQuote(firstNonBlank(r.lines[next:]))
		switch {
		case kind == notQuoted, kind == historyHeading && r.words == 0,
			kind == replyMarker && isQuote(r.lines[i]) && r.answered[next] > 0:
			r.keep(r.lines[i])
			i++
		case kind == originalHeader && r.words == 0:
			// Nothing but a forwarded message: its text is all that there is.
			i, r.kept = next, r.kept[:0]
		case kind == replyMarker && r.words == 0, kind == attributionLine && !quote && r.words == 0:
			i = next
			r.attributed = r.attributed || kind == attributionLine
		case quote && r.answered[next] > 0:
			i = next
			r.attributed = true
			if r.words <= longestGreeting && r.answered[next] == 1 { // the answer stands below what it answers
				for i < len(r.lines) && (r.lines[i] == "" || isQuote(r.lines[i])) {
					i++
				}
			}
		default: // nothing but the quoted message follows
			r.isCut = true
			r.ownQuote = !r.attributed && !isQuote(r.lines[i])
			if kind == originalHeader {
				r.dropDivider()
			} else if kind == attributionLine {
				r.dropFields()
			}
			return
		}
	}
}

// dropDivider drops a divider without dashes above a header: "Original message".
func (r *reply) dropDivider() {
	above := withoutBlankEnd(r.kept)
	last := len(above) - 1
	if last >= 0 && len(above[last]) < longestFieldName && dividers[strings.TrimSuffix(plainWords(above[last]), ":")] {
		r.kept = above[:last]
	}
}

// dropFields drops To and Subject, with the rule above them, which Yandex writes above its
// attribution line.
func (r *reply) dropFields() {
	n := len(r.kept)
	for n > 0 {
		if kind, _ := fieldOf(r.kept[n-1]); kind != toField && kind != subjectField && kind != otherField {
			break
		}
		n--
	}
	if n > 0 && n < len(r.kept) && isSeparator(r.kept[n-1]) {
		r.kept = r.kept[:n-1]
	}
}

func (r *reply) keep(line string) {
	if r.words <= longestGreeting {
		r.words += len(strings.Fields(line))
	}
	r.kept = append(r.kept, line)
}

// dropsQuotes reports whether a quote at the end of kept is history. It is not, where
// history with an attribution line or header of its own follows, or where nothing tells that
// it is the message which is answered.
func (r *reply) dropsQuotes(kept []string) bool {
	if r.isCut {
		return !r.ownQuote
	}
	return r.attributed || isLetterQuoted(kept)
}

// isLetterQuoted reports whether a quote at the end of lines is a letter: it begins as one,
// or with an attribution line, ends in blank lines, or quotes another.
func isLetterQuoted(lines []string) bool {
	end := len(withoutBlankEnd(lines))
	begin := end
	for begin > 0 && (lines[begin-1] == "" || isQuote(lines[begin-1])) {
		begin--
	}
	switch {
	case begin == end:
		return false
	case begin > 0 && isColonLast(lines[begin-1]):
		return isTrailer(lines[begin-1], true)
	case strings.Trim(lines[end-1], "> \t") == "": // people do not quote nothing
		return true
	}
	first, single := true, false
	for _, line := range lines[begin:end] {
		words := strings.TrimLeft(line, " \t")
		nested := strings.HasPrefix(words, ">>") || strings.HasPrefix(words, "> >")
		if nested && single {
			return true
		}
		single = single || !nested
		if words = strings.Trim(words, ">| \t"); words != "" {
			if first && (isGreeting([]string{words}) || isTrailer(words, true)) {
				return true
			}
			first = false
		}
	}
	return false
}

// quoteCount is a number of quotes: none, one, or more, which is 2.
type quoteCount uint8

// answeredFrom tells for each line how many quotes, from there on, have new words below
// them: words that are neither quoted nor a signature. It goes through the lines once,
// from the end.
func answeredFrom(lines []string) []quoteCount {
	answered := make([]quoteCount, len(lines)+1)
	end := signatureAt(lines, true)
	if end < 0 {
		end = aboveNotices(lines)
	}
	words, quoted, quotes := false, false, quoteCount(0)
	for i := end - 1; i >= 0; i-- {
		line := lines[i]
		switch {
		case line == "":
		case isQuote(line):
			if words {
				quotes = min(quotes+1, 2)
			}
			words, quoted = false, true
		case words, isTrailer(line, quoted):
		default:
			words = true
		}
		answered[i] = quotes
	}
	return answered
}

// isTrailer reports whether a line says nothing at the end of a message: it is a
// separator, or attributes the quote below it.
func isTrailer(line string, quoted bool) bool {
	if isSeparator(line) && line != "—" {
		return true
	}
	return quoted && isColonLast(line) && len(line) <= longestAttribution && beginsAttribution(line) &&
		(hasVerb(line) || strings.Contains(line, "@") || year.MatchString(line) && timeOfDay.MatchString(line)) &&
		!isNarrated(line) && (strings.Contains(line, "@") || !tellsOfOthers(line))
}

// trimTrailer cuts what nobody wrote off the end: blank lines, separators and, with quotes,
// quotes and their attribution lines.
func trimTrailer(lines []string, quotes bool) []string {
	n := len(lines)
	quoted := false
	for n > 0 {
		switch line := lines[n-1]; {
		case line == "" || isTrailer(line, quoted):
		case quotes && isQuote(line):
			quoted = true
		default:
			return lines[:n]
		}
		n--
	}
	if quoted {
		return lines // all of it is quoted: there is nothing else to show
	}
	return nil
}

// isGreeting reports whether lines are one greeting, such as "Hi Jane,".
func isGreeting(lines []string) bool {
	line := firstNonBlank(lines)
	if len(line) > longestFieldName || len(strings.Fields(line)) > longestGreeting+1 {
		return false
	}
	rest := 0
	for _, l := range lines {
		if l != "" {
			rest++
		}
	}
	words, ok := cutGreetingMark(line)
	first, _, _ := strings.Cut(strings.ToLower(words), " ")
	return ok && rest == 1 && greetings[first]
}

// cutGreetingMark takes off what stands behind a greeting: not a full stop, nor nothing,
// because "Hello" may be all that somebody writes.
func cutGreetingMark(line string) (words string, ok bool) {
	words = strings.TrimRight(line, ",!:，、！：")
	return words, len(words) < len(line)
}

// greetings are the first words of letters.
var greetings = phrases.Words(
	"hi|hello|hey|dear|hallo|guten|sehr|liebe|lieber|moin|servus|bonjour|bonsoir|salut|chère|cher|madame|monsieur",
	"hola|buenos|buenas|estimado|estimada|estimados|olá|bom|boa|prezado|prezada|prezados|caro|cara|ciao|buongiorno",
	"buonasera|gentile|gentili|salve|beste|geachte|goedemorgen|goedemiddag|goedendag|hej|hei|kære|kjære|god|hyvä|moi",
	"tere|sveiki|labas|dzień|witam|szanowni|cześć|dobrý|ahoj|vážený|vážená|zdravím|pozdravljeni|poštovani|dobar|dober",
	"kedves|tisztelt|szia|jó|bună|stimate|stimată|здравейте|здравствуйте|добрый|привет|уважаемые|уважаемый|уважаемая",
	"доброго|вітаю|добрий|шановні|здраво|поштовани|γεια|καλημέρα|καλησπέρα|αγαπητέ|merhaba|selam|sayın|iyi",
	"שלום|היי|مرحبا|السلام|عزيزي|سلام|नमस्ते|xin|chào|halo|selamat|kumusta|您好|你好|こんにちは|안녕하세요|สวัสดี",
)

// isQuotedNotice reports whether all of lines is a quote, down to the notice that ends the
// mail of a program, with a link to unsubscribe: nobody has written there.
func isQuotedNotice(lines []string) bool {
	last := ""
	for _, line := range lines {
		if words := strings.Trim(line, "> \t"); isQuote(line) && words != "" {
			last = words
		}
	}
	last = strings.ToLower(last)
	return strings.Contains(last, "unsubscribe") && strings.Contains(last, "http")
}
