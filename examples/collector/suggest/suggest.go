// Package suggest finds the name that was probably meant where an unknown one was
// written: a flag, a command, a key of the settings.
package suggest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

const (
	different   = 3  // this many wrong letters make a different word
	longestName = 40 // bytes; longer words are not compared

	shortestBeginning = 3 // bytes; shorter ones begin too many words
)

// Nearest returns the one of names that word is a misspelling of, or else the one that
// begins with word, without regard to the case of letters. It returns "" if there is
// none, or if several are equally near.
func Nearest(word string, names []string) string {
	nearest, least := "", different
	for _, name := range names {
		if n := wrongLetters(word, name); n < least {
			nearest, least = name, n
		} else if n == least {
			nearest = "" // a guess would be as often wrong as right
		}
	}
	if nearest == "" {
		return completed(word, names)
	}
	return nearest
}

// completed returns the only one of names that begins with a word, or "".
func completed(word string, names []string) string {
	if len(word) < shortestBeginning || len(word) > longestName {
		return ""
	}
	found := ""
	for _, name := range names {
		if len(name) < len(word) || !strings.EqualFold(name[:len(word)], word) {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}

// wrongLetters returns how many letters of a word differ from those of a name, where
// two letters that are exchanged count as one. It returns different for words that have
// too little in common.
func wrongLetters(word, name string) int {
	if len(word) > longestName {
		return different
	}
	word, name = strings.ToLower(word), strings.ToLower(name)
	n := levenshtein.ComputeDistance(word, name)
	switch {
	case isTransposed(word, name):
		return 1
	case n >= different, n == 2 && min(len(word), len(name)) < 4, n == 1 && len(name) < 3:
		return different
	}
	return n
}

// isTransposed reports whether two neighboring letters of a word are exchanged in the
// other one, which is otherwise the same.
func isTransposed(a, b string) bool {
	for i := 0; len(a) == len(b) && i+1 < len(a); i++ {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}
