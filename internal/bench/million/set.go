package main

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// span is the numbers from first to last, inclusive.
type span struct{ first, last uint32 }

// parseSet reads a set of UIDs or of numbers. star is what * stands for.
func parseSet(text string, star uint32) ([]span, error) {
	var set []span
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, ":")
		first, err := parseNumber(from, star)
		last := first
		if err == nil && isRange {
			last, err = parseNumber(to, star)
		}
		if err != nil {
			return nil, fmt.Errorf("no set of messages: %q", text)
		}
		set = append(set, span{min(first, last), max(first, last)})
	}
	return set, nil
}

func parseNumber(text string, star uint32) (uint32, error) {
	if text == "*" {
		return star, nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err
}

// byNumber returns the messages of a set of numbers.
func (b *mailbox) byNumber(set []span) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, s := range set {
			for number := max(s.first, 1); number <= min(s.last, b.messages); number++ {
				if !yield(number) {
					return
				}
			}
		}
	}
}

// byUID returns the messages of a set of UIDs.
func (b *mailbox) byUID(set []span) iter.Seq[uint32] {
	numbers := make([]span, len(set))
	for i, s := range set {
		first := b.number(s.first)
		if first == 0 || b.uid(first) < s.first {
			first++
		}
		numbers[i] = span{first, b.number(s.last)}
	}
	return b.byNumber(numbers)
}
