package charset

import (
	"iter"
	"math"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// multiByteModel scores a text in a charset of several bytes per character. Nearly
// every text is valid in some of them, so it goes by how common its characters are.
type multiByteModel struct {
	common map[uint16]float32 // by the two bytes of a character
	class  func(b []byte) (length int, cost float32)
}

// commonShare is how much of a text consists of the common characters.
const commonShare = 0.7

// newMultiByteModel takes the common characters, the most frequent first.
func newMultiByteModel(set encoding.Encoding, common string, class func([]byte) (int, float32)) *multiByteModel {
	m := &multiByteModel{common: make(map[uint16]float32, utf8.RuneCountInString(common)), class: class}
	encoder := set.NewEncoder()
	for r, cost := range commonCosts(common) {
		b, err := encoder.Bytes([]byte(string(r)))
		if key := pair(b); err == nil && len(b) == 2 && m.common[key] == 0 {
			m.common[key] = cost
		}
	}
	return m
}

// commonCosts goes through the common characters of a language, the most frequent first, with their
// costs: the frequency falls with the rank.
func commonCosts(common string) iter.Seq2[rune, float32] {
	weight := func(rank int) float64 { return 1 / float64(rank+15) }
	return func(yield func(rune, float32) bool) {
		sum := 0.0
		for rank := range utf8.RuneCountInString(common) {
			sum += weight(rank)
		}
		rank := 0
		for _, r := range common {
			if !yield(r, float32(math.Log(commonShare*weight(rank)/sum))) {
				return
			}
			rank++
		}
	}
}

func pair(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return uint16(b[0])<<8 | uint16(b[1])
}

// Costs of a letter of ASCII in a word with other characters, and of one next to
// such a character.
const (
	asciiLetter   = -3.2
	asciiNeighbor = -2.5
)

func (m *multiByteModel) score(s *sample, atLeast float32) float32 { return m.sum(s, false, atLeast) }

// scoreAsLabeled is the score of a text that is labeled with the charset. What is broken
// costs as much as a control character.
func (m *multiByteModel) scoreAsLabeled(s *sample) float32 { return m.sum(s, true, impossible) }

func (m *multiByteModel) sum(s *sample, labeled bool, atLeast float32) (sum float32) {
	sum = float32(s.switches) * otherScript
	for i := 0; i < len(s.text); {
		if sum < atLeast {
			return impossible // it only becomes less
		}
		b := s.text[i:]
		if b[0] < utf8.RuneSelf {
			if s.counts[i] && isASCIILetter(b[0]) {
				sum += asciiLetter
				if i+1 < len(s.text) && s.text[i+1] >= utf8.RuneSelf {
					sum += asciiNeighbor
				}
			}
			i++
			continue
		}
		length, cost := m.class(b)
		if length == 0 {
			if s.cut && len(b) < 4 {
				return sum
			}
			if !labeled {
				return impossible
			}
			sum += control
			i++
			continue
		}
		switch {
		case !labeled:
		case length == 1, cost == eucKatakana:
			cost = labeledKatakana
		case length == 4: // hardly by chance; emoji are among them
			cost = emoji
		}
		if common, ok := m.common[pair(b)]; ok && length == 2 {
			cost = common
		}
		sum += cost
		if i += length; i < len(s.text) && isASCIILetter(s.text[i]) {
			sum += asciiNeighbor
		}
	}
	return sum
}

// Costs of the characters that are not common: the logarithm of the probability
// of one of them.
const (
	punctuation  = -5.5
	syllable     = -7   // kana
	ordinary     = -9.7 // of the first level of a charset, ordered by sound or strokes
	uncommon     = -13  // of the second level
	otherSymbol  = -11
	extension    = -16
	halfKatakana = -8
	eucKatakana  = -15.5 // the same in the two bytes of EUC-JP

	labeledKatakana = -6 // either of them under the label of its charset
)

func within(c, low, high byte) bool { return low <= c && c <= high }

// gb18030Class reads GB 18030, with GBK and GB 2312 in it.
func gb18030Class(b []byte) (int, float32) {
	switch {
	case len(b) < 2 || !within(b[0], 0x81, 0xFE):
		return 0, 0
	case within(b[1], '0', '9'):
		if len(b) < 4 || !within(b[2], 0x81, 0xFE) || !within(b[3], '0', '9') {
			return 0, 0
		}
		return 4, 2 * extension
	case !within(b[1], 0x40, 0xFE) || b[1] == 0x7F:
		return 0, 0
	case b[1] < 0xA1:
		return 2, extension
	case b[0] == 0xA1 || b[0] == 0xA3:
		return 2, punctuation
	case within(b[0], 0xB0, 0xD7):
		return 2, ordinary
	case within(b[0], 0xD8, 0xF7):
		return 2, uncommon
	case within(b[0], 0xA2, 0xA9):
		return 2, otherSymbol
	}
	return 2, extension
}

func big5Class(b []byte) (int, float32) {
	switch {
	case len(b) < 2 || !within(b[0], 0x81, 0xFE) || !within(b[1], 0x40, 0x7E) && !within(b[1], 0xA1, 0xFE):
		return 0, 0
	case b[0] == 0xA1:
		return 2, punctuation
	case within(b[0], 0xA4, 0xC6):
		return 2, ordinary
	case within(b[0], 0xC9, 0xF9):
		return 2, uncommon
	case within(b[0], 0xA2, 0xA3):
		return 2, otherSymbol
	}
	return 2, extension
}

func shiftJISClass(b []byte) (int, float32) {
	if within(b[0], 0xA1, 0xDF) {
		return 1, halfKatakana
	}
	switch {
	case len(b) < 2 || !within(b[0], 0x81, 0x9F) && !within(b[0], 0xE0, 0xFC) || !within(b[1], 0x40, 0xFC) ||
		b[1] == 0x7F:
		return 0, 0
	case b[0] == 0x81:
		return 2, punctuation
	case b[0] == 0x82 && b[1] >= 0x9F, b[0] == 0x83 && b[1] <= 0x96:
		return 2, syllable
	case b[0] == 0x82:
		return 2, punctuation - 2
	case within(b[0], 0x88, 0x97):
		return 2, ordinary
	case within(b[0], 0x98, 0x9F), within(b[0], 0xE0, 0xEA):
		return 2, uncommon
	case within(b[0], 0x83, 0x87):
		return 2, otherSymbol
	}
	return 2, extension
}

func eucJPClass(b []byte) (int, float32) {
	switch {
	case len(b) >= 2 && b[0] == 0x8E && within(b[1], 0xA1, 0xDF):
		return 2, eucKatakana
	case len(b) >= 3 && b[0] == 0x8F && within(b[1], 0xA1, 0xFE) && within(b[2], 0xA1, 0xFE):
		return 3, extension
	case len(b) < 2 || !within(b[0], 0xA1, 0xFE) || !within(b[1], 0xA1, 0xFE):
		return 0, 0
	case b[0] == 0xA1:
		return 2, punctuation
	case b[0] == 0xA3:
		return 2, punctuation - 2
	case within(b[0], 0xA4, 0xA5):
		return 2, syllable
	case within(b[0], 0xB0, 0xCF):
		return 2, ordinary
	case within(b[0], 0xD0, 0xF4):
		return 2, uncommon
	case within(b[0], 0xA2, 0xA8):
		return 2, otherSymbol
	}
	return 2, extension
}

// eucKRClass reads EUC-KR with Microsoft's further syllables.
func eucKRClass(b []byte) (int, float32) {
	switch {
	case len(b) < 2 || !within(b[0], 0x81, 0xFE) || !within(b[1], 0x41, 0xFE):
		return 0, 0
	case b[1] < 0xA1 || b[0] < 0xA1:
		if b[0] > 0xC6 || within(b[1], 0x5B, 0x60) || within(b[1], 0x7B, 0x80) {
			return 0, 0
		}
		return 2, extension
	case within(b[0], 0xB0, 0xC8):
		return 2, ordinary
	case b[0] == 0xA1 || b[0] == 0xA3:
		return 2, punctuation - 1
	case within(b[0], 0xCA, 0xFD):
		return 2, uncommon
	case within(b[0], 0xA2, 0xAC):
		return 2, otherSymbol
	}
	return 2, extension
}
