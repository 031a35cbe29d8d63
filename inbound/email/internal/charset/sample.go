package charset

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// Scores that all models share, as logarithms of probabilities.
const (
	impossible  = -1e9 // a text that a charset does not have
	otherScript = -1.5 // a word that is not in the alphabet of the one before
)

// sample is what is looked at of a text: the lines with bytes beyond ASCII.
type sample struct {
	text []byte
	// Which bytes belong to a word with bytes beyond ASCII. Other words say
	// nothing: mail in every language has English ones.
	counts   []bool
	counted  int  // how many do
	switches int  // from such a word to one of ASCII, or back
	cut      bool // the last character may be incomplete
}

// sampleBytes is enough to be sure, and bounds the time.
const sampleBytes = 4 << 10

func newSample(b []byte) *sample {
	s := &sample{}
	for len(b) > 0 && !s.cut {
		line := b
		if nl := bytes.IndexByte(b, '\n'); nl >= 0 {
			line = b[:nl+1]
		}
		b = b[len(line):]
		if IsASCII(line) {
			continue
		}
		if room := sampleBytes - len(s.text); len(line) > room {
			line, s.cut = line[:room], true
		}
		s.text = appendWithoutTags(s.text, line)
	}
	s.counts = make([]bool, len(s.text))
	ascii, before := false, false // the word before this one; there is one
	for i := 0; i < len(s.text); {
		start, high := i, false
		for i < len(s.text) && isWordByte(s.text[i]) {
			high = high || s.text[i] >= utf8.RuneSelf
			i++
		}
		for j := start; j < i && high; j++ {
			s.counts[j] = true
			s.counted++
		}
		if i == start {
			i++
			continue
		}
		if before && ascii == high {
			s.switches++
		}
		ascii, before = !high, true
	}
	return s
}

// appendWithoutTags adds a line without the tags of HTML in it: they are in no language.
func appendWithoutTags(dst, line []byte) []byte {
	for {
		start := bytes.IndexByte(line, '<')
		if start < 0 || start+1 == len(line) {
			return append(dst, line...)
		}
		end := bytes.IndexByte(line[start:], '>')
		if end < 0 {
			return append(dst, line...)
		}
		end += start + 1
		if c := line[start+1]; c != '/' && c != '!' && !isASCIILetter(c) || !IsASCII(line[start:end]) {
			end = start + 1
			dst = append(dst, line[:end]...)
		} else {
			dst = append(append(dst, line[:start]...), ' ')
		}
		line = line[end:]
	}
}

// high counts the bytes beyond ASCII.
func (s *sample) high() (n int) {
	for _, c := range s.text {
		if c >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// cost is what the text costs when each byte beyond ASCII costs perByte; the other
// letters of their words have their usual cost.
func (s *sample) cost(perByte float32) (sum float32) {
	for i, c := range s.text {
		switch {
		case c >= utf8.RuneSelf:
			sum += perByte
		case s.counts[i]:
			sum += asciiLetter
		}
	}
	return sum
}

func isWordByte(c byte) bool { return c >= utf8.RuneSelf || isASCIILetter(c) }

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// IsASCII reports whether a text has no byte beyond ASCII.
func IsASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
