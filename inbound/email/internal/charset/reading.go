package charset

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A script is what a character of a word belongs to. Those from hanScript on have no
// spaces between words.
type script uint8

const (
	noScript script = iota // what separates words
	markScript
	latinScript
	cyrillicScript
	greekScript
	semiticScript
	otherScripts
	hanScript
	kanaScript
	hangulScript
)

// Costs of characters, as logarithms of probabilities, for texts whose charset is not
// known and that may be in any language. They are those of the models where these have
// the same.
const (
	commonLetter  = -3.5
	accented      = -4.5 // of the Latin letters that large languages have
	rareAccented  = -6.5
	strangeLetter = -14 // that no language of today's mail has
	aloneLatin    = -4  // a Latin letter beyond ASCII that stands alone; "à" is a word
	mixedScripts  = -4.5
	withinWord    = -5 // a symbol between letters
	emoji         = -7
	strangeSymbol = -10
	privateUse    = -15
)

const accentedLetters = "äöüßéèêàâçîôûñáíóúåæøãõëïùòìœąćęłńśźżčďěňřšťůýžőűășțşţğıİðþ"

// commonHan gives the characters of Chinese, Japanese and Korean mail their costs.
var commonHan = sync.OnceValue(func() map[rune]float32 {
	m := make(map[rune]float32)
	for _, common := range [...]string{simplifiedCharacters, traditionalCharacters, japaneseCharacters,
		koreanCharacters} {
		for r, cost := range commonCosts(common) {
			if before, ok := m[r]; !ok || cost > before {
				m[r] = cost
			}
		}
	}
	return m
})

// reading judges how likely it is that somebody wrote a text: the logarithm of its
// probability, by the characters alone and by which stand next to each other. Of two ways
// to read the same bytes, the one with the higher number is likely meant.
func reading(text string) (sum float32) {
	before, beforeUpper, loneLatin := noScript, false, false
	beforeSymbol := noScript
	for _, r := range text {
		s, upperCase, cost := judge(r)
		switch {
		case s == noScript:
		case before == noScript, before == markScript:
		case s == before || s >= hanScript && before >= hanScript:
		case s == markScript:
		default:
			cost += mixedScripts
		}
		switch {
		case !upperCase || beforeUpper:
		case s == before && r >= utf8.RuneSelf:
			cost += wrongCapital
		default:
			cost += capital
		}
		switch isLetter := s != noScript && s != markScript && s < hanScript; {
		case before != markScript || !isLetter:
		case beforeSymbol == noScript:
			cost += inFront / 2
		default:
			cost += withinWord
		}
		if s == markScript {
			beforeSymbol = before
		}
		if loneLatin && s != latinScript { // the one before stands alone
			cost += aloneLatin
		}
		loneLatin = s == latinScript && r >= utf8.RuneSelf && r != 'à' && before != latinScript
		before, beforeUpper = s, upperCase
		sum += cost
	}
	if loneLatin {
		sum += aloneLatin
	}
	return sum
}

// judge gives a character its script and its cost.
func judge(r rune) (s script, isUpper bool, cost float32) {
	switch {
	case r < utf8.RuneSelf:
		return judgeASCII(r)
	case r < 0xa0, r == utf8.RuneError:
		return noScript, false, control
	case r < 0x250, 0x1e00 <= r && r <= 0x1eff:
		return judgeLatin(r)
	case 0x370 <= r && r <= 0x3ff:
		return judgeLetter(r, greekScript, r >= 0x386 && r <= 0x3ce)
	case 0x400 <= r && r <= 0x52f:
		return judgeCyrillic(r)
	case 0x5d0 <= r && r <= 0x5ea, 0x621 <= r && r <= 0x64a:
		return semiticScript, false, commonLetter
	case 0x590 <= r && r <= 0x6ff:
		return semiticScript, false, 2 * commonLetter
	case 0x531 <= r && r <= 0x587, 0x900 <= r && r <= 0xe7f, 0x10d0 <= r && r <= 0x10ff, 0x1780 <= r && r <= 0x17df:
		if !unicode.IsGraphic(r) {
			return otherScripts, false, strangeLetter
		}
		return otherScripts, false, commonLetter
	case 0x3041 <= r && r <= 0x30ff, 0x4e00 <= r && r <= 0x9fff, 0xac00 <= r && r <= 0xd7a3, 0xff66 <= r && r <= 0xff9f:
		return judgeEastern(r)
	case 0x3000 <= r && r <= 0x303f, 0xff01 <= r && r <= 0xff65:
		return noScript, false, punctuation
	}
	return judgeSymbol(r)
}

func judgeASCII(r rune) (s script, isUpper bool, cost float32) {
	switch {
	case 'a' <= r && r <= 'z':
		return latinScript, false, usualLetter
	case 'A' <= r && r <= 'Z':
		return latinScript, true, usualLetter
	case r == ' ', r == '\n', r == '\r', r == '\t':
		return noScript, false, -1.7
	case '0' <= r && r <= '9', strings.ContainsRune(".,-!?:;/()'\"@_", r):
		return noScript, false, -4
	case r < ' ' && r != 0x1b, r == 0x7f:
		return noScript, false, control
	}
	return markScript, false, -7
}

func judgeLatin(r rune) (s script, isUpper bool, cost float32) {
	isUpper = unicode.IsUpper(r)
	switch {
	case !unicode.IsLetter(r) || r == 'ª' || r == 'º':
		if strings.ContainsRune("\u00a0«»¡¿·´", r) {
			return noScript, false, usualSymbol
		}
		if strings.ContainsRune(usualSymbols, r) {
			return markScript, false, usualSymbol - 1
		}
		return markScript, false, rareSymbol
	case strings.ContainsRune(accentedLetters, unicode.ToLower(r)) || r == 'İ':
		cost = accented
	case r < 0x180, 0x1ea0 <= r && r <= 0x1ef9, strings.ContainsRune("ơƠưƯșȘțȚ", r):
		cost = rareAccented
	default:
		cost = strangeLetter
	}
	return latinScript, isUpper, cost
}

func judgeLetter(r rune, s script, usual bool) (script, bool, float32) {
	cost := float32(commonLetter)
	switch {
	case !unicode.IsLetter(r):
		return s, false, strangeSymbol
	case !usual:
		cost = strangeLetter
	}
	return s, unicode.IsUpper(r), cost
}

func judgeCyrillic(r rune) (script, bool, float32) {
	s, isUpper, cost := judgeLetter(r, cyrillicScript, r <= 0x45f || r >= 0x490)
	switch {
	case 0x410 <= r && r <= 0x44f, r == 'ё', r == 'Ё', cost <= strangeLetter:
	case r <= 0x45f, r == 'ґ', r == 'Ґ':
		cost -= 2.5
	default:
		cost -= 5
	}
	return s, isUpper, cost
}

func judgeEastern(r rune) (script, bool, float32) {
	cost, common := commonHan()[r]
	switch {
	case r >= 0xff66:
		return kanaScript, false, halfKatakana
	case r >= 0xac00:
		if !common {
			cost = -9
		}
		return hangulScript, false, cost
	case r >= 0x4e00:
		if !common {
			cost = -11
		}
		if r > 0x9fa5 {
			cost = extension
		}
		return hanScript, false, cost
	case !common:
		cost = syllable
	}
	return kanaScript, false, cost
}

func judgeSymbol(r rune) (script, bool, float32) {
	switch {
	case strings.ContainsRune("“”„’‘–—…•‹›", r):
		return noScript, false, usualSymbol
	case r == '€', r == '№':
		return markScript, false, usualSymbol
	case 0x200b <= r && r <= 0x200f, r == 0xfe0f, r == 0xfeff:
		return noScript, false, emoji
	case 0x2010 <= r && r <= 0x203f, 0x20a0 <= r && r <= 0x20bf, 0x2100 <= r && r <= 0x214f:
		return markScript, false, rareSymbol
	case 0x2600 <= r && r <= 0x27bf, 0x1f000 <= r && r <= 0x1faff:
		return noScript, false, emoji
	case 0x2000 <= r && r <= 0x2bff:
		return markScript, false, strangeSymbol
	case unicode.Is(unicode.Co, r), !unicode.IsGraphic(r):
		return noScript, false, privateUse
	case 0x20000 <= r && r <= 0x3ffff, 0x3400 <= r && r <= 0x4dbf, 0xf900 <= r && r <= 0xfaff:
		return hanScript, false, extension
	}
	return otherScripts, false, strangeLetter
}
