package replytext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	fewestProse   = 5  // words of a sentence
	fewestLetters = 12 // characters of one in a language that does not part words
	fewestValue   = 4  // words of a form's field that somebody wrote
)

// speaks reports whether lines below a rule are words to the reader: a question, a sentence,
// a field of a form; not names, telephone numbers and addresses, nor the notice of a company.
func speaks(lines []string) bool {
	for len(lines) > 0 {
		n := 0
		for n < len(lines) && lines[n] != "" {
			n++
		}
		if n == 0 {
			lines = lines[1:]
			continue
		}
		if paragraph := lines[:n]; !isNotice(paragraph) {
			for _, line := range paragraph {
				if !isQuote(line) && isSpoken(line) {
					return true
				}
			}
		}
		lines = lines[n:]
	}
	return false
}

// isSpoken reports whether a line is a question, a sentence or a part of one.
func isSpoken(line string) bool {
	line = strings.TrimRight(line, " \t*_\"”“»)")
	last, _ := utf8.DecodeLastRuneInString(line)
	words, lower, letters := 0, 0, 0
	for word := range strings.FieldsSeq(line) {
		words++
		first, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLetter(first) && !unicode.IsUpper(first) {
			lower++
		}
		if first >= 0x0E00 { // no capitals, and often no spaces
			letters += utf8.RuneCountInString(word)
		}
	}
	switch last {
	case '?', '？', '؟', ';', '；':
		return words > 1 || letters > 0
	case '{', '}':
		return true
	case '!', '！':
		return words > 2 || letters > 2
	case '。', '।', '॥':
		return true
	case '.', '…':
		if words >= fewestProse && lower > 1 {
			return true
		}
	}
	if words >= fewestProse && 2*lower > words || letters >= fewestLetters {
		return true
	}
	if isMessageField(line) {
		return true
	}
	lowered := ""
	if len(line) > 3 && (line[0]|0x20 == 'p') {
		lowered = strings.ToLower(line[:3])
	}
	if lowered == "ps:" || lowered == "ps " || lowered == "p.s" {
		return true
	}
	_, value, _ := strings.Cut(line, ": ")
	return isForeignField(line) && len(strings.Fields(value)) >= fewestValue && lower >= fewestValue-1
}

// isNotice reports whether a paragraph is what companies and mailing lists put below each
// message.
func isNotice(paragraph []string) bool {
	for _, line := range paragraph {
		if containsAny(strings.ToLower(line), notices) {
			return true
		}
	}
	return false
}

// notices are parts of words of such paragraphs.
const notices = "confidential|intended recipient|intended for|intended solely|disclaimer|privileged|unsubscribe|subscribed|" +
	"mailing list|registered office|registered in |consider the environment|free of viruses|signed with fingerprint|key fingerprint|gpg key|pgp key|virus-free|virenfrei|avast|" +
	"vertraulich|irrtümlich|handelsregister|amtsgericht|registergericht|geschäftsführer|bevor sie diese mail|" +
	"confidentiel|destinataire|riservat|destinatari|confidencia|vertrouwelijk|uitsluitend bestemd|poufn|důvěrn|dôvern|" +
	"bizalmas|confidențial|fortrolig|konfidentiell|luottamuksell|konfidenc|конфиденц|конфіденц|поверителн|εμπιστευτικ|" +
	"gizli|סודי|سري|机密|機密|保密|기밀|rahasia"
