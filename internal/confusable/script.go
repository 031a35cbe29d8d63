package confusable

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The writing systems that use several scripts, and Latin beside them.
const (
	japanese = 1 << iota
	chinese
	korean
)

// writingSystems has the scripts of more than one writing system, or beside others.
var writingSystems = map[*unicode.RangeTable]uint8{
	unicode.Han: japanese | chinese | korean, unicode.Hiragana: japanese, unicode.Katakana: japanese,
	unicode.Bopomofo: chinese, unicode.Hangul: korean,
}

// mixesScripts reports whether a word of the text, or what stands between ASCII
// characters that are no letters and digits, has letters of scripts that do not belong
// together.
func mixesScripts(text string) bool {
	words := strings.FieldsFuncSeq(text, func(r rune) bool {
		return r < utf8.RuneSelf && !isASCIILetter(r) && (r < '0' || r > '9')
	})
	for word := range words {
		if mixed(word) {
			return true
		}
	}
	return false
}

func mixed(word string) bool {
	var last, single *unicode.RangeTable // single: a script that no writing system shares
	var latin bool
	systems := uint8(japanese | chinese | korean)
	shared := false
	for _, r := range word {
		script := scriptOf(r, last)
		if script == nil {
			continue
		}
		last = script
		system := writingSystems[script]
		switch {
		case script == unicode.Latin:
			latin = true
		case system != 0:
			shared = true
			systems &= system
		case single != nil && single != script:
			return true
		default:
			single = script
		}
		if systems == 0 || single != nil && (latin || shared) {
			return true
		}
	}
	return false
}

// scriptOf returns the script of a letter, mark or digit, or nil if it belongs to all.
// last is the script of the character before, which is looked at first.
func scriptOf(r rune, last *unicode.RangeTable) *unicode.RangeTable {
	switch {
	case isASCIILetter(r):
		return unicode.Latin
	case r < utf8.RuneSelf:
		return nil
	case '\u0660' <= r && r <= '\u0669': // Arabic digits, which Thaana has too
		return unicode.Arabic
	case last != nil && unicode.Is(last, r):
		return last
	case unicode.In(r, unicode.Common, unicode.Inherited):
		return nil
	}
	for _, script := range unicode.Scripts {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}

func isASCIILetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' }

// doubles are letters and digits that look like one ASCII character each, after
// confusables.txt of UTS #39. Of Cyrillic and Greek, only those that nobody can tell from
// ASCII: αννα is a name. Letters of other living scripts are left out.
const doubles = "ıȷɑƍɡᶃɩɪʋꞟꭎꭒɯɣỿᶌꭚẝꞙꬵꬲꬽꭇꭈƽȣʔǃǀꝸᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴑᴘꞯʀꜱᴛᴜᴠᴡʏᴢ" + // Latin
	"ʹʻʼʽʾˈˊˋːˆꞌ" + // modifiers
	"νιορυϳ" + // Greek
	"асԁеһіӏꙇјоԛѕѵѡԝхуүр" + // Cyrillic
	"ⲥⲣⲟⲅꮯꭵꮩꮃꮪꮓꮁ𐐽𐐬𐑈𐓪𐓶" + // Coptic, Cherokee, Deseret, Osage
	"ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴꓸꓹꓽ" + // Lisu
	"ᐯᑌᑭᑯᑲᒍᒪᒿᕁᕼᕽᖇᖯᖴᗅᗞᗪᗰᗷⴸⴹⵏⵔⵕⵝᚷᛁᛕᛖ" + // Canadian syllabics, Tifinagh, runes
	"٠۰١۱٥۵٧۷०੦૦௦౦೦൦๐໐၀߀০୦৪੪৭੧୨୭𑓐𑣠" // digits

var isDoubleOf = func() map[rune]bool {
	set := make(map[rune]bool)
	for _, r := range doubles {
		set[r] = true
	}
	return set
}()

func isDouble(r rune) bool { return isDoubleOf[r] }

// looksLikeASCII reports whether each character outside of ASCII looks like one. It does
// not where beside has a letter of the same script that looks like none: сара@пример.рф is
// as it should be.
func looksLikeASCII(text, beside string) bool {
	var script *unicode.RangeTable
	for _, r := range text {
		if r >= utf8.RuneSelf && !isDouble(r) {
			return false
		}
		if r >= utf8.RuneSelf {
			script = scriptOf(r, script)
		}
	}
	return script == nil || script == unicode.Latin || !strings.ContainsFunc(beside, func(r rune) bool {
		return unicode.Is(script, r) && !isDouble(r)
	})
}
