package email

import "strings"

// phrases are words to look for in a text. They are lower case. Looking for all of them takes
// one pass over the text.
type phrases map[[2]byte][]string

// phraseSet returns the phrases of several lists; each has two bytes at least.
func phraseSet(lists ...[]string) phrases {
	set := make(phrases)
	for _, list := range lists {
		for _, phrase := range list {
			start := [2]byte{phrase[0], phrase[1]}
			set[start] = append(set[start], phrase)
		}
	}
	return set
}

// in reports whether lower, which is lower case, has one of the phrases.
func (p phrases) in(lower string) bool { return p.end(lower) > 0 }

// end returns where the first of the phrases ends in lower, or 0 if there is none.
func (p phrases) end(lower string) int {
	for i := 0; i+1 < len(lower); i++ {
		for _, phrase := range p[[2]byte{lower[i], lower[i+1]}] {
			if strings.HasPrefix(lower[i:], phrase) {
				return i + len(phrase)
			}
		}
	}
	return 0
}

// begin reports whether lower begins with one of the phrases.
func (p phrases) begin(lower string) bool {
	if len(lower) < 2 {
		return false
	}
	for _, phrase := range p[[2]byte{lower[0], lower[1]}] {
		if strings.HasPrefix(lower, phrase) {
			return true
		}
	}
	return false
}
