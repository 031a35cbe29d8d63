package charset

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// singleByteModel scores a text in a charset of one byte per character.
type singleByteModel struct {
	latin     bool // words of ASCII say something about the language
	kinds     [256]letterKind
	languages [][256]float32 // the logarithm of the probability of each byte
}

type letterKind uint8

const (
	symbol letterKind = iota
	lower
	upper
	mark // may stand in front of a letter
)

// Costs, as logarithms of probabilities.
const (
	fall         = 0.87  // from the frequency of a letter to the next one's
	usualLetter  = -2.85 // the mean of a text
	foreign      = -10   // a letter that the language does not have
	bestLetter   = -2.04 // of the most frequent one, rounded up
	bestASCII    = 0.41  // what the most frequent letter of ASCII adds, rounded up
	usualSymbol  = -5
	rareSymbol   = -9
	control      = -14
	inFront      = -4   // a symbol in front of a letter
	capital      = -1.5 // at the beginning of a word
	wrongCapital = -4   // within a word
)

const usualSymbols = "\u00a0«»“”„‘’´–—·•¡¿€£…№§°®™©²³½ºª"

func newSingleByteModel(set encoding.Encoding, alphabets []string) *singleByteModel {
	m := &singleByteModel{latin: strings.Contains(alphabets[0], "e"), languages: make([][256]float32, len(alphabets))}
	decoder := set.NewDecoder()
	for c := range 256 {
		decoded, err := decoder.Bytes([]byte{byte(c)})
		r, _ := utf8.DecodeRune(decoded)
		if err != nil {
			r = utf8.RuneError
		}
		switch {
		case strings.ContainsRune("\u00a0«»“”„‘’´–—·•¡¿", r):
			m.kinds[c] = mark
		case unicode.IsUpper(r):
			m.kinds[c] = upper
		case unicode.IsLetter(r) && r != 'ª' && r != 'º', unicode.Is(unicode.Mn, r): // vowels of Thai
			m.kinds[c] = lower
		}
		for i, alphabet := range alphabets {
			m.languages[i][c] = likelihood(r, alphabet)
		}
	}
	return m
}

// likelihood gives the logarithm of the probability of a character.
func likelihood(r rune, alphabet string) float32 {
	if i := strings.IndexRune(alphabet, unicode.ToLower(r)); i >= 0 && r != utf8.RuneError {
		rank := utf8.RuneCountInString(alphabet[:i])
		return float32(math.Log(1-fall) + float64(rank)*math.Log(fall))
	}
	switch {
	case r == utf8.RuneError || unicode.IsControl(r):
		return control
	case strings.ContainsRune(usualSymbols, r):
		return usualSymbol
	case unicode.IsLetter(r):
		return foreign
	}
	return rareSymbol
}

// score is the score of a text, or impossible if it is less than atLeast.
func (m *singleByteModel) score(s *sample, atLeast float32) float32 {
	best := float32(impossible)
	gain := float32(0) // by one more byte, at most
	if m.latin {
		gain = bestASCII
	}
	if bestLetter*float32(s.counted)+gain*float32(len(s.text)-s.counted) < atLeast {
		return impossible
	}
	for i := range m.languages {
		sum := float32(0)
		for j, c := range s.text {
			if j%32 == 31 && sum+gain*float32(len(s.text)-j) < atLeast {
				sum = impossible
				break
			}
			switch {
			case s.counts[j]:
				sum += m.languages[i][c]
			case m.latin && isASCIILetter(c):
				sum += (m.languages[i][c] - usualLetter) / 2
			}
		}
		best = max(best, sum)
	}
	if !m.latin {
		best += float32(s.switches) * otherScript
	}
	if best < atLeast {
		return impossible
	}
	return best + m.shape(s)
}

// shape judges how letters of both cases and symbols follow each other.
func (m *singleByteModel) shape(s *sample) (cost float32) {
	for i, c := range s.text {
		if !s.counts[i] {
			continue
		}
		before, after := symbol, symbol
		if i > 0 && s.counts[i-1] {
			before = m.kinds[s.text[i-1]]
		}
		if i+1 < len(s.text) && s.counts[i+1] {
			after = m.kinds[s.text[i+1]]
		}
		isLetter := func(k letterKind) bool { return k == lower || k == upper }
		switch kind := m.kinds[c]; {
		case kind == symbol && isLetter(after):
			cost += inFront
		case kind == upper && before == lower:
			cost += wrongCapital
		case kind == upper && before == upper && after == lower:
			cost += wrongCapital / 2
		case kind == upper && before != upper:
			cost += capital
		}
	}
	return cost
}
