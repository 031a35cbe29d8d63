package replytext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

const (
	attributionLines   = 4   // over how many lines programs wrap an attribution line
	shortestWrapped    = 50  // the length, in characters, from which they do
	longestAttribution = 400 // in bytes
)

// attributionAt returns how many of the lines are an attribution line ("On ...
// somebody wrote:"), which programs wrap; 0 when they are none. It goes by the words
// of many languages, and in all others by the shape: an address, a date and a time,
// and a colon at the end.
// Where a person may have told what somebody wrote, with no address and no quote below, it
// has to stand alone; above is the line right above.
func attributionAt(lines []string, above string) int {
	line := lines[0]
	if len(line) > longestAttribution {
		return 0
	}
	if isColonLast(line) && (isNamedFirst(lines) || isOnlyNamed(lines, above)) {
		return 1
	}
	if !namesTimeOrAddress(lines) {
		return 0
	}
	worded := beginsAttribution(line) && tellsWhoWrote(lines)
	dated := beginsWithDate(line)
	shaped := endsInColon(lines)
	if !worded && !dated && !shaped {
		return 0
	}
	joined := line
	var begins [attributionLines]int // of the lines, in joined
	for n := 1; ; n++ {
		switch {
		case worded && tellsWho(joined), dated && isDated(joined):
			for _, at := range begins[1:n] {
				if beginsBelow(line, joined[at:]) {
					return 0
				}
			}
			if dated && (beginsWithDate(above) || n < len(lines) && beginsWithDate(lines[n])) { // a log
				return 0
			}
			if !dated && !isOfProgram(joined, lines[n:], above == "") {
				return 0
			}
			return n
		case shaped && isColonLast(joined) && hasBracketedAddress(joined):
			aboveQuote := isQuote(firstNonBlank(lines[n:]))
			if !isShaped(joined, begins[1:n], aboveQuote) || tellsOfOneself(joined) ||
				!aboveQuote && (isNarrated(joined) || n < len(lines) && lines[n] != "") {
				return 0
			}
			return n
		}
		if n == attributionLines || n == len(lines) || lines[n] == "" ||
			len(joined)+len(lines[n]) > longestAttribution {
			return 0
		}
		begins[n] = len(joined) + 1
		joined += " " + strings.TrimLeft(lines[n], "> ")
	}
}

// isOfProgram reports whether a program wrote joined lines that tell who wrote, not the
// customer: below is what follows.
func isOfProgram(joined string, below []string, blankAbove bool) bool {
	switch {
	case tellsOfOneself(joined):
		return false
	case isQuote(firstNonBlank(below)):
		return true
	case strings.Contains(joined, "@"):
		return !isNarrated(joined)
	}
	return blankAbove && (len(below) == 0 || below[0] == "") && year.MatchString(joined) &&
		!tellsOfOthers(joined) && !hasWordOf(joined, titles)
}

// tellsOfOneself reports whether a line tells what its writer wrote.
func tellsOfOneself(line string) bool { return ownVerbs.In(strings.ToLower(line)) }

// ownVerbs are verbs with their subject in the first person.
var ownVerbs = phrases.New([]string{
	" i wrote", " i said", " i sent", " i posted", " we wrote", " we said", " we sent", " we posted",
	"schrieb ich", "ich schrieb", "schrieben wir", "schreef ik", "schreven wij", "schreven we", "skrev jag",
	"jag skrev", "skrev jeg", "jeg skrev", "skrev vi", "vi skrev", "pisałem", "pisałam", "napisaliśmy",
	"я писал", "мы писали", "мы написали", "я пише", "kirjoitin", "napsal jsem", "jsem napsal", "som napísal",
	"ho scritto", "j'ai écrit", "vous ai écrit", "escribí", "he escrito", "escrevi", "ik schreef",
	"sem napisal", "sam napisao", "am scris", "yazdım", "yazdık", "έγραψα", "я написа",
})

// beginsBelow reports whether an attribution line begins with rest, not with the
// line above, which may be the last of the new words. "at 10:15, Jane wrote:" may
// also continue one.
func beginsBelow(line, rest string) bool {
	first, _ := utf8.DecodeRuneInString(rest)
	return attributionOpening.MatchString(rest) && (tellsWho(rest) || beginsWithDate(rest) && isDated(rest)) &&
		(unicode.IsUpper(first) || !attributionOpening.MatchString(line))
}

// isShaped reports whether joined lines, with an address and a colon at the end, are
// an attribution line that begins with the first of them. With a date and a time
// they are one; above a quote the address is enough, in a single line.
func isShaped(joined string, later []int, aboveQuote bool) bool {
	hasDateAndTime := func(s string) bool { return year.MatchString(s) && timeOfDay.MatchString(s) }
	if !hasDateAndTime(joined) {
		return aboveQuote && len(later) == 0
	}
	if len(later) > 0 && utf8.RuneCountInString(joined) < shortestWrapped {
		return false
	}
	for _, at := range later {
		rest := joined[at:]
		first, _ := utf8.DecodeRuneInString(rest)
		if strings.ContainsAny(joined[at-2:at], ".!?") && unicode.IsUpper(first) {
			return false // one sentence ends and the next begins
		}
		if bracketedAddress.MatchString(rest) && hasDateAndTime(rest) {
			return false
		}
	}
	return true
}

func isColonLast(line string) bool {
	line = strings.TrimRightFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || r == '*' || unicode.Is(unicode.Cf, r)
	})
	return strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
}

// The following look for what a pattern cannot do without, because patterns are
// slow and most lines have nothing of it.

func namesTimeOrAddress(lines []string) bool {
	return anyAttributionLine(lines, func(line string) bool { return strings.ContainsAny(line, "0123456789@") })
}

func tellsWhoWrote(lines []string) bool {
	return anyAttributionLine(lines, hasVerb)
}

func hasBracketedAddress(line string) bool {
	at := strings.IndexAny(line, "<(")
	return at >= 0 && strings.IndexByte(line[at:], '@') > 0 && bracketedAddress.MatchString(line)
}

func endsInColon(lines []string) bool {
	address := false
	return anyAttributionLine(lines, func(line string) bool {
		address = address || strings.Contains(line, "@")
		return address && isColonLast(line)
	})
}

// anyAttributionLine reports whether is holds for one of the lines that may be parts
// of a wrapped attribution line.
func anyAttributionLine(lines []string, is func(string) bool) bool {
	for _, line := range lines[:min(len(lines), attributionLines)] {
		if line == "" {
			return false
		}
		if is(line) {
			return true
		}
	}
	return false
}

func hasVerb(line string) bool { return verbs.In(strings.ToLower(line)) }

// verbs are the words that attribution lines end in, as far as they are the same in
// all forms.
var verbs = phrases.New([]string{
	"wrote", "writes", "said", "sent", "posted", "schrieb", "écrit", "escribió", "escrit", "escriure", "scritto",
	"escreveu", "schreef", "geschreven", "skrev", "napisa", "pisze",
	"kirjoitti", "kirjutas", "írta", "писал", "пише", "написа", "napsal", "napísal", "scris", "yazdı", "έγραψε", "rašė",
	"rakstīja", "viết", "menulis",
	"写道", "寫道", "のメール", "さんが書きました", "님이 작성",
})

var (
	bracketedAddress = regexp.MustCompile(`[<(]\s?[^<>()\s]+@[^<>()\s]+[>)]`)

	// year and timeOfDay are found in dates and times of all digits and
	// calendars, and not in IP addresses.
	year = regexp.MustCompile(`(?:^|[^\p{Nd}.])(?:(?:\p{Nd}{1,2}[./-]){2}\p{Nd}{2}|` +
		`(?:\p{Nd}{1,2}[./-]){0,2}\p{Nd}{4})\.?(?:[^\p{Nd}.]|$)`)
	timeOfDay = regexp.MustCompile(`(?:^|[^\p{Nd}.])\p{Nd}{1,2}[:.]\p{Nd}{2}(?:[:.]\p{Nd}{2})?(?:[^\p{Nd}.]|$)`)
)
