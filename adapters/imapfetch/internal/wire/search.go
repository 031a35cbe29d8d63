package wire

import "bytes"

// search is one answer to a UID SEARCH.
type search struct {
	extended bool   // ESEARCH
	name     string // of what comes next: "ALL", or "" for a name
	ended    bool   // what follows on the line is left out
}

// searchBegins reads the start of a SEARCH or ESEARCH response.
func (s *scanner) searchBegins(kind string, args []byte) {
	if !s.commands.waiting("UID SEARCH") {
		s.facts.drop()
		s.unasked()
		return
	}
	s.search = search{extended: kind == "ESEARCH"}
	if !s.search.extended {
		s.search.name = "ALL"
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
	s.found.mu.Lock()
	defer s.found.mu.Unlock()
	x := &s.search
	s.at = inSearch
	for len(text) > 0 {
		i := bytes.IndexAny(text, " ,\t\r\x00")
		if i < 0 && !ended {
			if len(text) < maxLine {
				s.r -= len(text) // the word goes on
				return
			}
			s.found.odd = true
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
	if ended {
		s.at = outside
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
	a, b, isRange := bytes.Cut(one, []byte(":"))
	first, ok := id(a)
	last := first
	if isRange && ok {
		last, ok = id(b)
		first, last = min(first, last), max(first, last)
	}
	if ok {
		s.found.add(first, last)
	} else {
		s.found.odd = true
	}
}
