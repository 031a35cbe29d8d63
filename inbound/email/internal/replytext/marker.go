package replytext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dressing is what ticket programs put around the words of a marker or heading.
const dressing = "#-=*_~[](){}<>|+—–―•↑⬆▲^ \t\ufe0f"

// undressed takes the quoting and the dressing off a line. It reports how many characters of
// dressing stood in front, and whether the last one is dressing as well.
func undressed(line string) (words string, front int, back bool) {
	line = strings.TrimLeft(line, "> \t")
	words = strings.TrimLeft(line, dressing)
	dress := strings.TrimRight(line[:len(line)-len(words)], " \t")
	short := strings.TrimRight(words, dressing)
	return short, utf8.RuneCountInString(dress), len(short) < len(words)
}

// isOtherProse reports whether a line begins with a letter and has words that no marker and no
// heading has. Most lines have, and need not be looked at more closely.
func isOtherProse(line string) bool {
	line = strings.TrimLeft(line, "> ")
	if line == "" || beginsUnspaced(line) {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(line); !isWordRune(first) {
		return false
	}
	_, known := wordingOf(line, false)
	return !known
}

// beginsUnspaced reports whether s, which is not empty, begins with a character of three bytes, as
// those of languages are that do not part words.
func beginsUnspaced(s string) bool { return s[0] >= 0xE0 }

// markerLines returns how many of the lines are a marker of a ticket program, such as
// "##- Please type your reply above this line -##"; 0 when they are none. It goes by the
// words for reply, above and line. A line without dressing has to consist of such words,
// so that a customer's sentence about the line is none.
func markerLines(lines []string) int {
	line := lines[0]
	if len(line) > longestNotice {
		return 0
	}
	words, front, back := undressed(line)
	dressed := front > 1 || front == 1 && back
	if isMarker(words, front, dressed) || front > 1 && back && forbidsBelow(words) && begins(firstNonBlank(lines[1:])) {
		return 1
	}
	if front > 1 && !back && len(lines) > 1 && lines[1] != "" && len(lines[1]) <= longestNotice { // a wrapped one
		next, _, ends := undressed(lines[1])
		if ends && isMarker(words+" "+next, front, true) {
			return 2
		}
	}
	return 0
}

func isMarker(words string, front int, dressed bool) bool {
	if words == "" {
		return false
	}
	if beginsUnspaced(words) && isUnspacedMarker(words) {
		return !asksOrQuotes(words)
	}
	const asks = replying | above | ruled
	w, known := wordingOf(words, dressed)
	if w.has&asks != asks || w.words > mostWords || asksOrQuotes(words) {
		return false
	}
	return dressed || known && front == 0 && w.has&pointing != 0 && w.first&(above|ruled) == 0
}

// asksOrQuotes reports signs that no marker has.
func asksOrQuotes(words string) bool { return strings.ContainsAny(words, "?¿？؟\"“„«") }

// forbidsBelow reports whether words are "Please do not write below this line".
func forbidsBelow(words string) bool {
	if len(words) > longestNotice/2 || strings.Contains(words, "?") {
		return false
	}
	words = strings.ToLower(words)
	return slices.ContainsFunc(forbidding[:], func(row [3]string) bool { return hasEach(words, row[:]...) })
}

// begins reports whether a line is there, and does not go on with the sentence above it, as one
// with a small letter does.
func begins(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	return line != "" && !unicode.IsLower(first)
}

func isUnspacedMarker(words string) bool {
	if utf8.RuneCountInString(words) > 60 {
		return false
	}
	for _, row := range unspaced {
		if hasEach(words, row[:3]...) {
			return !containsAny(words, row[3])
		}
	}
	return false
}

// isHeading reports whether the line at i is the heading of earlier replies, such as
// "Previous messages". Without a dressing or a rule beside it, it is one only above what
// looks like history: customers write headings as well.
func isHeading(lines []string, i int) bool {
	line := lines[i]
	if len(line) > longestNotice/2 {
		return false
	}
	words, front, back := undressed(line)
	words, _ = cutColon(words)
	words = strings.TrimRight(words, dressing)
	if words == "" {
		return false
	}
	w, known := wordingOf(words, false)
	const both = earlier | messages
	if !(known && w.has&both == both && w.words <= 5 && w.has&^(both|replying|filling|above|pointing) == 0) &&
		!unspacedHeadings[words] {
		return false
	}
	return front > 1 || front == 1 && (back || line[0] != '-') || isBesideRule(lines, i) || isAboveHistory(lines[i+1:])
}

// isBesideRule reports whether a rule stands right above or below the line at i.
func isBesideRule(lines []string, i int) bool {
	isRule := func(s string) bool { return len(s) > 2 && isSeparator(s) }
	for n := i - 1; n >= max(0, i-2); n-- {
		if lines[n] != "" {
			if isRule(lines[n]) {
				return true
			}
			break
		}
	}
	return i+1 < len(lines) && isRule(lines[i+1])
}

// isAboveHistory reports whether one of the next lines is a quote, or short and with a date
// and a time.
func isAboveHistory(lines []string) bool {
	for _, line := range lines[:min(len(lines), 5)] {
		if isQuote(line) || len(line) <= longestNotice/2 && year.MatchString(line) && timeOfDay.MatchString(line) {
			return true
		}
	}
	return false
}
