package replytext

import (
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// isNamedFirst reports whether the first of the lines, with a colon at the end, is "Jane schrieb
// am 3.3.2026:", and what she wrote is quoted below.
func isNamedFirst(lines []string) bool {
	line := lines[0]
	return isQuote(firstNonBlank(lines[1:])) && year.MatchString(line) && !tellsOfOneself(line) &&
		!tellsOfOthers(line) && (hasVerb(line) || hasWordOf(line, answerVerbs))
}

// isOnlyNamed reports whether the first of the lines, with a colon at the end, is "Support Team
// replied:", with nothing but a quote below it. Customers also quote what somebody answered, but
// their letters go on. above is the line right above.
func isOnlyNamed(lines []string, above string) bool {
	line := lines[0]
	if above != "" || len(line) > longestFieldName || !isQuote(firstNonBlank(lines[1:])) || tellsOfOthers(line) {
		return false
	}
	words := strings.TrimRight(line, ":： ")
	at := strings.LastIndexByte(words, ' ')
	if at < 0 || !answerVerbs[strings.ToLower(words[at+1:])] {
		return false
	}
	name := strings.TrimSuffix(strings.TrimSuffix(words[:at], " a"), " ha")
	return isName(name) &&
		!slices.ContainsFunc(lines[1:], func(l string) bool { return l != "" && !isQuote(l) })
}

// answerVerbs are verbs of who answers, in one word.
var answerVerbs = phrases.Words(
	"replied|responded|answered|commented|antwortete|kommentierte|répondu|respondió|contestó|respondeu|risposto",
	"antwoordde|svarade|svarede|svarte|odpowiedział|odpowiedziała|odpověděl|odpověděla|odpovedal|vastasi|válaszolta",
	"răspuns|ответил|ответила|відповів|відповіла|отговори|απάντησε|yanıtladı|odgovorio|odgovorila",
)

// isNarrated reports whether a line is of somebody who tells what he got, or from whom of the
// readers: "I got this from", "your robot said". A name has a capital, as "Your Shop".
func isNarrated(line string) bool {
	first := true
	for word := range strings.FieldsSeq(line) {
		if !first && (ofOthers[word] || narrators[strings.ToLower(word)]) || first && word == "I" {
			return true
		}
		first = false
	}
	return false
}

// narrators are pronouns of the first person that are no words of attributions in other languages.
var narrators = phrases.Words("i|i've|ich|j'ai|j’ai|yo|ik|jag|jeg|minä|я|én|mnie|mir|mich|me")

// tellsOfOthers reports whether a line tells what somebody wrote whom its writer does not
// name, such as "your colleague": programs name everybody.
func tellsOfOthers(line string) bool { return hasWordOf(line, ofOthers) }

// hasWordOf reports whether a line has, in any case, one of the words that a set has in lower case.
func hasWordOf(line string, set map[string]bool) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(line)), func(word string) bool { return set[word] })
}

// ofOthers are possessives, and pronouns of the third person. Those of which programs write "you
// wrote" are not among them, nor what is also an article or the name of a day.
var ofOthers = phrases.Words(
	"your|our|my|their|his|her|he|she|they|somebody|someone|ihr|ihre|ihrer|mein|meine|unser|unsere|sie|votre|vos",
	"notre|elle|su|sus|nuestro|nuestra|él|ella|sua|seu|suas|seus|minha|meu|ele|ela|vostro|vostra|uw|jullie|mijn|zij",
	"hij|din|ditt|eran|han|hon|hun|deres|jeres|wasz|wasza|mój|moja|váš|vaše|můj|moje|ваш|ваша|мой|моя|он|она",
)

// titles stand in front of names where people tell who wrote, hardly where programs do.
var titles = phrases.Words(
	"frau|herr|mr|mr.|mrs|mrs.|ms|ms.|mme|m.|señor|señora|sra.|signor|signora|mevrouw|meneer|pan|pani|paní|господин",
	"госпожа",
)
