package replytext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// role is what a word is for in the lines that ticket programs put between a reply and
// what was written before it. A word may have several.
type role uint8

const (
	replying role = 1 << iota // "reply", "answer", "text"
	above                     // "above"
	ruled                     // "line", "row"
	filling                   // "please", "write", "your", "this"
	earlier                   // "previous", "older"
	messages                  // "messages", "replies", "history"
	pointing                  // "this"
)

// roles are the words of all languages; stems begin words of languages that put many
// endings on them.
var roles, stems = func() (words, stems map[string]role) {
	words, stems = make(map[string]role), make(map[string]role)
	add := func(list string, r role) {
		for word := range strings.FieldsSeq(list) {
			if stem, ok := strings.CutSuffix(word, "*"); ok {
				stems[stem] |= r
			} else {
				words[word] |= r
			}
		}
	}
	for _, row := range markerWords {
		for i, r := range []role{replying, above, ruled, filling} {
			add(row[i], r)
		}
	}
	add(demonstratives, pointing|filling)
	for _, row := range headingWords {
		add(row[0], earlier)
		add(row[1], messages)
	}
	return words, stems
}()

const (
	longestNotice = 250 // in bytes, of a line of a ticket program
	mostWords     = 20  // of such a line
	longestWord   = 48  // in bytes, of its words
	shortestStem  = 4   // in bytes
)

// wording is what the words of a line are.
type wording struct {
	has   role // of all words together
	first role
	words int
}

// wordingOf tells what the words of a line are, and whether it knows each of them. Unless all is
// set, it does not look for stems and stops at the first word that it does not know. Most lines end
// there.
func wordingOf(line string, all bool) (w wording, known bool) {
	var buffer [longestWord]byte
	word := buffer[:0]
	known = true
	for i, r := range line {
		inside := isWordRune(r)
		if inside && len(word) <= longestWord-utf8.UTFMax {
			word = utf8.AppendRune(word, unicode.ToLower(r))
		}
		if end := i+utf8.RuneLen(r) >= len(line); len(word) == 0 || inside && !end {
			continue
		}
		has, ok := roles[string(word)]
		if !ok && all {
			has, ok = roleByStem(word)
		}
		known = known && ok
		if w.words == 0 {
			w.first = has
		}
		w.words++
		w.has |= has
		if !ok && !all || w.words > mostWords {
			return w, false
		}
		word = word[:0]
	}
	return w, known
}

func roleByStem(word []byte) (role, bool) {
	for n := len(word); n >= shortestStem; n-- {
		if has, ok := stems[string(word[:n])]; ok {
			return has, true
		}
	}
	return 0, false
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return isLetter(byte(r)) || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}
