package replytext

import (
	"slices"
	"strings"
)

// isNamedFirst reports whether the first of the lines, with a colon at the end, is "Jane schrieb
// am 3.3.2026:", and what she wrote is quoted below.
func isNamedFirst(lines []string) bool {
	line := lines[0]
	return isQuote(firstNonBlank(lines[1:])) && year.MatchString(line) && !tellsOfOneself(line) &&
		(hasVerb(line) || slices.ContainsFunc(strings.Fields(strings.ToLower(line)), func(word string) bool {
			return replyVerbs[strings.Trim(word, ":")]
		}))
}

// isOnlyNamed reports whether the first of the lines, with a colon at the end, is "Support Team
// replied:", with nothing but a quote below it. Customers also quote what somebody wrote, but
// their letters go on. above is the line right above.
func isOnlyNamed(lines []string, above string) bool {
	line := lines[0]
	if above != "" || len(line) > longestFieldName || tellsOfOthers(line) || !isQuote(firstNonBlank(lines[1:])) {
		return false
	}
	words := strings.TrimRight(line, ":： ")
	at := strings.LastIndexByte(words, ' ')
	if at < 0 || !replyVerbs[strings.ToLower(words[at+1:])] {
		return false
	}
	name := strings.TrimSuffix(strings.TrimSuffix(words[:at], " a"), " ha")
	if !isName(name) {
		return false
	}
	return !slices.ContainsFunc(lines[1:], func(l string) bool { return l != "" && !isQuote(l) })
}

// replyVerbs are verbs of who answers and writes, in one word.
var replyVerbs = setOf("replied|responded|answered|commented|wrote|antwortete|schrieb|kommentierte|écrit|répondu|" +
	"respondió|escribió|contestó|respondeu|escreveu|risposto|scritto|antwoordde|schreef|svarade|svarede|svarte|skrev|" +
	"odpowiedział|odpowiedziała|napisał|napisała|odpověděl|odpověděla|napsal|napsala|vastasi|kirjoitti|válaszolta|írta|" +
	"răspuns|scris|ответил|ответила|написал|написала|відповів|відповіла|yanıtladı|yazdı|απάντησε|έγραψε")

// tellsOfOthers reports whether a line tells what somebody wrote whom its writer does not
// name, such as "your colleague": programs name everybody.
func tellsOfOthers(line string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(line)), func(word string) bool { return ofOthers[word] })
}

// ofOthers are possessives, and pronouns of the third person. Those of which programs write "you
// wrote" are not among them, nor what is also an article or the name of a day.
var ofOthers = setOf("your|our|my|their|his|her|he|she|they|somebody|someone|" +
	"ihr|ihre|ihrer|mein|meine|unser|unsere|sie|votre|vos|notre|elle|su|sus|nuestro|nuestra|él|ella|" +
	"sua|seu|suas|seus|minha|meu|ele|ela|vostro|vostra|mio|mia|lui|lei|uw|jullie|mijn|zij|hij|" +
	"din|ditt|eran|han|hon|hun|deres|jeres|wasz|wasza|mój|moja|váš|vaše|můj|moje|ваш|ваша|мой|моя|он|она")
