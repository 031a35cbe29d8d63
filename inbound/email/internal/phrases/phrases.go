// Package phrases looks for many phrases in a text in one pass, and reads the lists of them.
package phrases

import (
	"math/bits"
	"slices"
	"strings"
)

// Set is phrases to look for in a text. They are lower case. It is read-only, and so safe for
// concurrent use.
type Set struct {
	known   [1 << 10]uint64 // a bit for each pair of bytes that phrases begin with
	before  [1 << 10]uint16 // how many bits are set in front of each word of known
	byStart [][]string      // the phrases of each pair, in the order of the bits
}

// New returns the phrases of several lists; each has two bytes at least.
func New(lists ...[]string) *Set {
	p, byStart := &Set{}, make(map[uint16][]string)
	for _, phrase := range slices.Concat(lists...) {
		start := startOf(phrase)
		p.known[start>>6] |= 1 << (start & 63)
		byStart[start] = append(byStart[start], phrase)
	}
	for i := range p.known {
		p.before[i] = uint16(len(p.byStart))
		for rest := p.known[i]; rest != 0; rest &= rest - 1 {
			p.byStart = append(p.byStart, byStart[uint16(i<<6+bits.TrailingZeros64(rest))])
		}
	}
	return p
}

// Of is New for lists of phrases that are separated by bars: "see below|see inline".
func Of(lists ...string) *Set {
	return New(strings.Split(strings.Join(lists, "|"), "|"))
}

// Words returns the set of words in lists that are separated by bars, to look up a whole word. It
// keeps their case.
func Words(lists ...string) map[string]bool {
	words := make(map[string]bool)
	for word := range strings.SplitSeq(strings.Join(lists, "|"), "|") {
		words[word] = true
	}
	return words
}

func startOf(s string) uint16 { return uint16(s[0])<<8 | uint16(s[1]) }

// knows reports whether phrases begin with two bytes.
func (p *Set) knows(start uint16) bool { return p.known[start>>6]&(1<<(start&63)) != 0 }

// startingAs returns the phrases with the two bytes that lower begins with.
func (p *Set) startingAs(lower string) []string {
	if len(lower) < 2 {
		return nil
	}
	start := startOf(lower)
	if !p.knows(start) {
		return nil
	}
	inFront := p.known[start>>6] & (1<<(start&63) - 1)
	return p.byStart[int(p.before[start>>6])+bits.OnesCount64(inFront)]
}

// first returns the first phrase that lower begins with, or "".
func (p *Set) first(lower string) string {
	for _, phrase := range p.startingAs(lower) {
		if strings.HasPrefix(lower, phrase) {
			return phrase
		}
	}
	return ""
}

// Begin reports whether lower, which is lower case, begins with one of the phrases.
func (p *Set) Begin(lower string) bool { return p.first(lower) != "" }

// Longest returns the longest of the phrases that lower, which is lower case, begins with, or "".
func (p *Set) Longest(lower string) string {
	longest := ""
	for _, phrase := range p.startingAs(lower) {
		if len(phrase) > len(longest) && strings.HasPrefix(lower, phrase) {
			longest = phrase
		}
	}
	return longest
}

// In reports whether lower, which is lower case, has one of the phrases.
func (p *Set) In(lower string) bool {
	var start uint16
	for i := range len(lower) {
		start = start<<8 | uint16(lower[i])
		if i > 0 && p.knows(start) && p.Begin(lower[i-1:]) {
			return true
		}
	}
	return false
}

// Several reports whether lower has two different ones of the phrases.
func (p *Set) Several(lower string) bool {
	one := ""
	for i := range len(lower) - 1 {
		if phrase := p.first(lower[i:]); phrase != "" && phrase != one {
			if one != "" {
				return true
			}
			one = phrase
		}
	}
	return false
}
