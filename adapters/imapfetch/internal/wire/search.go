package wire

import (
	"bytes"
	"strconv"
)

// search is the answers to a UID SEARCH.
type search struct {
	tag     string
	several bool // an answer came before this one

	extended bool   // ESEARCH
	name     string // of what comes next: "ALL", or "" for a name
	ended    bool   // what follows on the line is left out
	sets     bool   // sets are written, not numbers
	some     bool   // the response is begun
	odd      bool   // something was no UID
	expanded int    // numbers that were written in place of sets
}

// maxExpanded is how many numbers are written in place of sets at most.
const maxExpanded = 10_000

// searchBegins reads the start of a SEARCH or ESEARCH response. The library loses
// the hits of an ESEARCH with a different tag or without the word UID, gives up at one
// without a tag, and forgets what came before an ESEARCH.
func (s *scanner) searchBegins(kind string, args []byte) {
	tag := s.commands.tagOf("UID SEARCH")
	if tag == "" {
		s.facts.drop()
		return
	}
	s.search = search{tag: tag, several: s.search.several, extended: kind == "ESEARCH"}
	x := &s.search
	x.sets = x.extended && !x.several
	x.several = true
	if !x.extended {
		s.emit("* SEARCH")
		x.name, x.some = "ALL", true
	} else if args = trimLeft(args); len(args) > 0 && args[0] == '(' {
		// The tag. Only one search is in progress at a time.
		_, args, _ = bytes.Cut(args, []byte(")"))
	}
	ended := !s.cutting
	s.cutting = false // not left out, but read in pieces
	s.searchPart(args, ended)
}

// searchPart reads a part of the response.
func (s *scanner) searchPart(text []byte, ended bool) {
	x := &s.search
	s.at = inSearch
	for len(text) > 0 {
		i := bytes.IndexAny(text, " ,\t\r\x00")
		if i < 0 && !ended {
			if len(text) < maxLine {
				s.r -= len(text) // the word goes on
				return
			}
			x.odd = true
		}
		if i < 0 {
			i = len(text)
		}
		one, separator := text[:i], byte(' ')
		if text = text[i:]; len(text) > 0 {
			separator, text = text[0], text[1:]
		}
		if !x.ended && len(one) > 0 {
			s.searchWord(one, separator)
		}
	}
	if !ended {
		return
	}
	s.at = outside
	if x.sets && x.some && x.odd {
		s.emit("\r\n")
		x.some = false
	}
	if !x.some && (x.sets || x.odd) {
		s.emit("* SEARCH")
		x.some = true
	}
	if x.odd {
		s.emit(" 0") // no message has it, and the fetcher learns that something was odd
	}
	if x.some {
		s.emit("\r\n")
	}
}

// searchWord reads a word of the response and the separator after it.
func (s *scanner) searchWord(one []byte, separator byte) {
	x := &s.search
	switch {
	case one[0] == '(': // (MODSEQ n)
		x.ended = true
	case x.name == "ALL":
		s.hit(one)
	case x.name != "":
	case bytes.EqualFold(one, []byte("UID")):
		return
	default:
		x.name = string(bytes.ToUpper(one[:min(len(one), tailSize)]))
		return
	}
	if x.extended && separator != ',' {
		x.name = ""
	}
}

// hit reads a UID or a range of them.
func (s *scanner) hit(one []byte) {
	x := &s.search
	a, b, isRange := bytes.Cut(one, []byte(":"))
	first, ok := id(a)
	last := first
	if isRange && ok {
		last, ok = id(b)
		first, last = min(first, last), max(first, last)
	}
	wide := uint64(last) - uint64(first)
	switch {
	case !ok, !x.sets && wide > uint64(maxExpanded-x.expanded):
		x.odd = true
	case x.sets:
		if x.some {
			s.emit(",")
		} else {
			s.emit(`* ESEARCH (TAG "`, x.tag, `") UID ALL `)
		}
		x.some = true
		s.out = strconv.AppendUint(s.out, uint64(first), 10)
		if first < last {
			s.out = strconv.AppendUint(append(s.out, ':'), uint64(last), 10)
		}
	default:
		if !x.some {
			s.emit("* SEARCH")
			x.some = true
		}
		x.expanded += int(wide)
		for n := uint64(first); n <= uint64(last); n++ {
			s.out = strconv.AppendUint(append(s.out, ' '), n, 10)
		}
	}
}
