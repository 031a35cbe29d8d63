package charset

import (
	"strings"
	"unicode/utf8"
)

// looksForeign reports whether text that is labeled as a western one has other words than
// western languages: of letters beyond ASCII alone, with symbols or control characters
// within, with letters that only Icelandic has among them, or with those of two languages.
func looksForeign(b []byte) bool {
	high, letters, odd := 0, 0, 0
	for i := 0; i < len(b); i++ {
		ascii, wordHigh := 0, 0
		nordic, other := false, false // has ø; has a letter that no word with ø has
		for ; i < len(b) && isWordByte(b[i]); i++ {
			c := b[i]
			switch {
			case c < utf8.RuneSelf:
				ascii++
				continue
			case c == 0xa0:
				continue
			case c == 0xd0, c == 0xdd, c == 0xde, c == 0xf0, c == 0xfd, c == 0xfe:
				return true
			case c|0x20 == 0xf5 && (i+1 == len(b) || b[i+1]|0x20 != 'e'): // of Estonian, or ő
				return true
			case c == 0xf1 && wordHigh+ascii > 2 && (i+1 == len(b) || !isWordByte(b[i+1])): // ñ ends no word, ń does
				return true
			case c|0x20 == 0xf8:
				nordic = true
			case strings.IndexByte("\xe1\xe8\xec\xed\xf2\xf9", c|0x20) >= 0:
				other = true
			case c < 0xc0 && !within(c, 0x91, 0x97) && c != 0x80 && c != 0x85 && c != 0xab && c != 0xbb:
				odd++
				if i+1 < len(b) && isWordByte(b[i+1]) && strings.IndexByte("\xa1\xb4\xb7\xbf", c) < 0 {
					return true // in front of a letter
				}
			}
			wordHigh++
		}
		if nordic && other { // "pøíjem" is Czech
			return true
		}
		if wordHigh > 0 {
			high, letters = high+wordHigh, letters+ascii
		}
	}
	return high >= 4 && high > 2*letters || odd >= 2 && odd*4 >= high+letters
}

// isUnspelled reports that text which is labeled as a western one is spelled as no western
// language is: in charsets of central Europe, of Turkish or of Baltic languages, their
// letters stand where these have others, or symbols.
func isUnspelled(b []byte) bool {
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = b[i-1]
		}
		if i+1 < len(b) {
			after = b[i+1]
		}
		first, last := !isWordByte(before), !isWordByte(after)
		small := 'a' <= after && after <= 'z'
		switch c {
		case 0xf0: // ð: only Icelandic and Faroese have it, not there
			if first && !last {
				return true
			}
		case 0xfe: // þ: mostly first, and never in front of most consonants
			if !first && (last || before == 0xe0) ||
				isASCIILetter(after) && strings.IndexByte("aeiourvjy", after|0x20) < 0 {
				return true
			}
		case 0xec: // ì: Italian has it at the end
			if small {
				return true
			}
		case 0xe8: // è
			if small && strings.IndexByte("aeiou", after) >= 0 {
				return true
			}
		case 0x9f: // Ÿ
			if isASCIILetter(before) && before >= 'a' {
				return true
			}
		case 0xa3, 0xaf: // £, ¯
			if small && i+2 < len(b) && isASCIILetter(b[i+2]) {
				return true
			}
		case 0xa5, 0xb3, 0xb9, 0xbe, 0xbf: // ¥, ³, ¹, ¾, ¿
			if small && isASCIILetter(before) {
				return true
			}
		}
	}
	return false
}
