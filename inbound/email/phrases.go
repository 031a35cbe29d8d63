package email

import "strings"

// phrases are words to look for in a text. They are lower case. Looking for all of them takes
// one pass over the text.
type phrases struct {
	known   [1 << 10]uint64 // a bit for each pair of bytes that phrases begin with
	byStart map[uint16][]string
}

// phraseSet returns the phrases of several lists; each has two bytes at least.
func phraseSet(lists ...[]string) *phrases {
	p := &phrases{byStart: make(map[uint16][]string)}
	for _, list := range lists {
		for _, phrase := range list {
			start := startOf(phrase)
			p.known[start>>6] |= 1 << (start & 63)
			p.byStart[start] = append(p.byStart[start], phrase)
		}
	}
	return p
}

func startOf(s string) uint16 { return uint16(s[0])<<8 | uint16(s[1]) }

// begin reports whether lower, which is lower case, begins with one of the phrases.
func (p *phrases) begin(lower string) bool {
	if len(lower) < 2 {
		return false
	}
	start := startOf(lower)
	if p.known[start>>6]&(1<<(start&63)) == 0 {
		return false
	}
	for _, phrase := range p.byStart[start] {
		if strings.HasPrefix(lower, phrase) {
			return true
		}
	}
	return false
}

// in reports whether lower, which is lower case, has one of the phrases.
func (p *phrases) in(lower string) bool {
	for i := range len(lower) - 1 {
		if p.begin(lower[i:]) {
			return true
		}
	}
	return false
}
