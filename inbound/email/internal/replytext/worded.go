package replytext

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// white is what patterns call white space.
const white = " \t\f\r\n"

// attributionStarts are what attribution lines begin with, in the languages of mail programs.
var attributionStarts = strings.Split(
	"on|at|am|le|el|il|em|op|den|dnia|dňa|w dniu|på|pe|dana|v|tarihinde|в|вт|ср|чт|пт|сб|вс|пн|在|於|\"|'", "|")

// attributionOpening matches what the first line of one begins with that may be wrapped.
var attributionOpening = regexp.MustCompile(`(?i)^([>\s]*(on|at|am|le|el|il|em|op|den|dnia|w dniu|på|в|在|於)\s|\d)`)

// beginsAttribution reports whether a line has what the first line of an attribution
// that tells who wrote begins with.
func beginsAttribution(line string) bool {
	return beginsWithName(line) || beginsDated(strings.TrimLeft(line, ">"+white))
}

// beginsDated reports whether a line begins with a word in front of a date, with a date, or with
// two capitalized words.
func beginsDated(line string) bool {
	if line == "" {
		return false
	}
	if digits := len(line) - len(strings.TrimLeft(line, "0123456789")); digits > 0 {
		behind := line[digits:]
		return digits <= 4 &&
			(strings.HasPrefix(behind, "年") || behind != "" && strings.IndexByte(" ./:-", behind[0]) >= 0)
	}
	isStart := func(start string) bool {
		return len(line) >= len(start) && strings.EqualFold(line[:len(start)], start)
	}
	if slices.ContainsFunc(attributionStarts, isStart) {
		return true
	}
	word, behind := cutLetters(line)
	if word == "" || behind == "" {
		return false
	}
	isAlone := behind[0] == ' '
	if !isAlone && (behind[0] == '.' || behind[0] == ',') {
		behind = behind[1:]
	}
	next, isSpaced := strings.CutPrefix(behind, " ")
	if isSpaced && next != "" && '0' <= next[0] && next[0] <= '9' {
		return true
	}
	name, behind := cutLetters(next)
	return isAlone && isCapitalized(word) && isCapitalized(name) && strings.HasPrefix(behind, " ")
}

// cutLetters cuts the letters off that s begins with.
func cutLetters(s string) (letters, behind string) {
	behind = strings.TrimLeftFunc(s, unicode.IsLetter)
	return s[:len(s)-len(behind)], behind
}

// isCapitalized reports whether a word has two letters at least, of which the first is a capital.
func isCapitalized(word string) bool {
	first, size := utf8.DecodeRuneInString(word)
	return len(word) > size && unicode.IsUpper(first)
}

// beginsWithName reports whether a line begins with a name of at most 80 characters in
// front of an address in brackets, or with an address of which at most 60 stand before
// the "@".
func beginsWithName(line string) bool {
	skipped := len(line) - len(strings.TrimLeft(line, ">"+white)) // characters of one byte
	n := 0
	for _, c := range line[:strings.LastIndexByte(line, '@')+1] {
		switch {
		case n > skipped+80:
			return false
		case n > 0 && (c == '<' || c == '@' && n <= skipped+60):
			return true
		}
		n++
	}
	return false
}

// tellsWho reports whether joined lines are all of an attribution that tells who wrote:
// "On ... wrote:", with the date first or the name first. A single pattern would do, but
// take a hundred times as long, and a text may consist of such lines.
func tellsWho(joined string) bool {
	line := strings.ToLower(strings.TrimRight(joined, white+"*"))
	before, hasColon := cutColon(line)
	from := behindDateOrAddress(line)
	switch {
	case tellsInEnglish(line):
		return true
	case from < 0:
		return false
	case hasColon && from <= len(before) && hasVerbBehind(before, from):
		return true
	}
	words := strings.TrimRight(before, white)
	return slices.ContainsFunc(lastVerbs, func(verb string) bool {
		return strings.HasSuffix(words, verb) && len(words)-len(verb) >= from
	})
}

// tellsInEnglish reports whether a line in lower case ends in an English verb and begins
// as such attributions do.
func tellsInEnglish(line string) bool {
	line = strings.TrimLeft(strings.TrimSuffix(line, ":"), ">"+white)
	if strings.HasPrefix(line, "on ") || strings.HasPrefix(line, "at ") {
		for _, verb := range englishVerbs {
			rest, ok := strings.CutSuffix(line, verb)
			if ok && len(rest) > 2 && strings.ContainsAny(rest[3:], "0123456789@") {
				return true
			}
		}
	}
	switch {
	case strings.HasSuffix(line, "wrote") && dayAndWrote.MatchString(line):
		return true
	case strings.HasSuffix(line, "> wrote"), strings.HasSuffix(line, "> writes"), strings.HasSuffix(line, "> schrieb"):
		return nameAndWrote.MatchString(line)
	}
	return false
}

var (
	englishVerbs = []string{" wrote", " writes", " said", " sent", " posted"}
	dayAndWrote  = regexp.MustCompile(`^on \w+ \d+, \d{4},? .*wrote$`)
	nameAndWrote = regexp.MustCompile(`^[\p{Lu}\p{Ll}\p{Lt}][\p{L} ]+<[^<>\s]+@[^<>\s]+> \w+$`)
)

// behindDateOrAddress returns where the first digit, or the "@" of the first address in
// brackets, ends; -1 if a line has neither.
func behindDateOrAddress(line string) int {
	end := strings.IndexAny(line, "0123456789")
	if open := strings.IndexByte(line, '<'); open >= 0 {
		if at := strings.IndexByte(line[open:], '@'); at >= 0 && (end < 0 || open+at < end) {
			end = open + at
		}
	}
	if end < 0 {
		return -1
	}
	return end + 1
}

// hasVerbBehind reports whether one of verbsBeforeColon is in a line in lower case, from
// a place on, as a word begins.
func hasVerbBehind(line string, from int) bool {
	for _, verb := range verbsBeforeColon {
		for at := from; ; at++ {
			i := strings.Index(line[at:], verb)
			if i < 0 {
				break
			}
			at += i
			before, _ := utf8.DecodeLastRuneInString(line[:at])
			if !unicode.IsLetter(before) && !isWordByte(line, at-1) {
				return true
			}
		}
	}
	return false
}

// isWordByte reports whether a word, as patterns know it, has the byte at i.
func isWordByte(line string, i int) bool {
	return i >= 0 && (isLetter(line[i]) || '0' <= line[i] && line[i] <= '9' || line[i] == '_')
}

var (
	// verbsBeforeColon may have more words behind them, and a colon at the end.
	verbsBeforeColon = []string{
		"wrote", "writes", "schrieb", "a écrit", "escribió", "ha escrit", "va escriure", "ha scritto", "scrisse",
		"escreveu", "schreef", "skrev", "napisał", "pisze", "kirjoitti", "kirjutas", "írta", "написал", "пише", "писал",
		"napsal", "napísal", "napisal", "napisao", "a scris", "yazdı", "rašė", "rakstīja", "menulis",
		"het volgende geschreven",
	}

	// lastVerbs end an attribution, with a colon or without.
	lastVerbs = []string{
		"a écrit", "napisał", "napisał(a)", "napisała", "het volgende geschreven", "написа", "написао", "написао/ла",
		"пишет", "пише", "писал", "писал(а)", "писала", "έγραψε",
		"đã viết", "写道", "寫道", "のメール", "さんが書きました", "님이 작성",
	}
)

// beginsWithDate reports whether a line begins as "2006-01-02" and "2006/1/2" do.
func beginsWithDate(line string) bool {
	return len(line) > 8 && (line[4] == '-' || line[4] == '/') && dateFirst.MatchString(line[:min(len(line), 10)])
}

// isDated reports whether joined lines that begin with a date are all of an attribution:
// programs write the offset from GMT behind the date, or an address last.
func isDated(joined string) bool {
	return strings.Contains(joined, "GMT") && gmtOffset.MatchString(joined) ||
		strings.HasSuffix(strings.TrimRight(joined, ": *"), ">") && angleAddress.MatchString(joined)
}

var (
	dateFirst    = regexp.MustCompile(`^\d{4}[-/]\d{1,2}[-/]\d`)
	gmtOffset    = regexp.MustCompile(`GMT[+-]\d{2}:\d{2}`)
	angleAddress = regexp.MustCompile(`<[^<>\s]+@[^<>\s]+>`)
)
