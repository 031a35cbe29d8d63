package replytext

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

const (
	fewestProse   = 5  // words of a sentence
	fewestLetters = 12 // characters of one in a language that does not part words
	fewestValue   = 4  // words of a form's field that somebody wrote

	shortestNotice = 12   // in bytes
	wordyNotice    = 56   // in bytes, of one that is told by several words
	longestStart   = 1000 // of a notice, in bytes, which is what is read of it
)

// speaks reports whether lines below a rule are words to the reader: a question, a sentence,
// a field of a form; not names, telephone numbers and addresses, nor the notice of a company.
// A paragraph of its own, which loose tells, speaks with fewer words.
func speaks(lines []string, loose bool) bool {
	if hasClosing(lines) {
		return true
	}
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
			short := fewestProse
			switch {
			case isTitle(paragraph):
				return true
			case isName(paragraph[0]) || isClosing(paragraph[0]):
				short = math.MaxInt
			case loose:
				short = fewestProse - 2
			}
			for _, line := range paragraph {
				if !isQuote(line) && isSpoken(line, short) {
					return true
				}
			}
		}
		lines = lines[n:]
	}
	return false
}

// isTitle reports whether a paragraph begins with a word and a colon, such as "New address:",
// and goes on: it is a part of a letter. Signatures have such a line above telephone numbers.
func isTitle(paragraph []string) bool {
	if len(paragraph) < 2 || !isColonLast(paragraph[0]) {
		return false
	}
	title := strings.TrimRight(paragraph[0], ":： ")
	return !isClosing(title) && !contactNames[strings.ToLower(title)]
}

// isName reports whether a line is a name, as signatures begin with: at most four words, all
// with a capital but for particles, perhaps in bold, or few characters of a script without capitals.
func isName(line string) bool {
	words, letters := 0, 0
	for word := range strings.FieldsSeq(strings.Trim(line, "*_ \t")) {
		first, _ := utf8.DecodeRuneInString(word)
		switch {
		case strings.HasSuffix(word, ":"): // a field
			return false
		case unicode.IsUpper(first):
		case words > 0 && particles[word]:
		case unicode.IsLetter(first) && !unicode.IsLower(first):
			letters += utf8.RuneCountInString(word)
		default:
			return false
		}
		if words++; words > 4 || letters > fewestLetters {
			return false
		}
	}
	return words > 0 && (letters == 0 || !strings.ContainsAny(line, ".。।"))
}

var particles = phrases.Words(
	"von|van|der|den|de|del|della|di|da|do|dos|la|le|du|bin|al|el|y|e|i|af|av|zu|zum|und|and|&",
)

// hasClosing reports whether lines below a rule close a letter, further than in the first line,
// which signatures do as well.
func hasClosing(lines []string) bool {
	first := true
	for _, line := range lines {
		if line == "" {
			continue
		}
		if !first && isClosing(line) {
			return true
		}
		first = false
	}
	return false
}

// isClosing reports whether a line closes a letter, such as "Kind regards,".
func isClosing(line string) bool {
	return len(line) <= longestFieldName && closings[strings.ToLower(strings.Trim(line, " ,.!，。！"))]
}

// closings are what letters close with.
var closings = phrases.Words(
	"best|best wishes|regards|kind regards|best regards|warm regards|thanks|thank you|many thanks|thanks a lot",
	"cheers|sincerely|yours|yours sincerely|yours faithfully|grüße|gruß|mfg|lg|vg|mit freundlichen grüßen",
	"mit freundlichem gruß|viele grüße|beste grüße|liebe grüße|schöne grüße|freundliche grüße|danke|vielen dank",
	"besten dank|cordialement|bien cordialement|merci|bien à vous|merci d'avance|saludos|un saludo|gracias",
	"muchas gracias|atentamente|saludos cordiales|salutacions|gràcies|saluti|cordiali saluti|un saluto|grazie",
	"distinti saluti|obrigado|obrigada|atenciosamente|cumprimentos|abraço|met vriendelijke groet|groeten|groet",
	"groetjes|bedankt|mvh|hälsningar|vänliga hälsningar|med vänliga hälsningar|tack|tack på förhand|hilsen",
	"med venlig hilsen|venlig hilsen|vennlig hilsen|med vennlig hilsen|takk|tak|på forhånd tak|kveðja|terveisin",
	"ystävällisin terveisin|kiitos|lugupidamisega|aitäh|tervitades|ar cieņu|paldies|pagarbiai|ačiū|pozdrawiam",
	"z poważaniem|dziękuję|dzięki|s pozdravem|děkuji|díky|s pozdravom|ďakujem|üdvözlettel|köszönöm|cu stimă",
	"mulțumesc|lp|lep pozdrav|pozdrav|hvala|srdačan pozdrav|с уважением|спасибо|з повагою|дякую|с поздрави|поздрави",
	"благодаря|поздрав|хвала|με εκτίμηση|ευχαριστώ|saygılarımla|teşekkürler|teşekkür ederim|iyi günler|בברכה|תודה",
	"مع تحياتي|شكرا|با تشکر|धन्यवाद|ขอบคุณ|trân trọng|cảm ơn|hormat kami|salam|terima kasih|salamat|よろしくお願いします",
	"よろしくお願いいたします|谢谢|谢谢您|此致|謝謝|감사합니다|고맙습니다",
)

// isSpoken reports whether a line is a question, a sentence or a part of one: short is how many
// words with a small letter make one. Below a name, as in signatures, more has to be there:
// they tell trades and offices as well.
func isSpoken(line string, short int) bool {
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
			letters += utf8.RuneCountInString(strings.TrimRight(word, "0123456789-+()"))
		}
	}
	switch last {
	case '?', '？', '؟', ';', '；':
		return words > 1 || letters > 0
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
	if short < math.MaxInt && !strings.ContainsAny(line, "@|0123456789/") &&
		(words > 1 && lower == words || words >= fewestProse && lower > 1 || words >= short && lower == words-1) {
		return true
	}
	if isMessageField(line) || isPostscript(line) {
		return true
	}
	_, value, _ := strings.Cut(line, ": ")
	return isForeignField(line) && len(strings.Fields(value)) >= fewestValue && lower >= fewestValue-1
}

// isPostscript reports whether a line begins with "PS:" or the like.
func isPostscript(line string) bool {
	if len(line) <= len("ps:") {
		return false
	}
	switch strings.ToLower(line[:len("ps:")]) {
	case "ps:", "ps ", "p.s":
		return true
	}
	return false
}

// isNotice reports whether a paragraph is what companies, mailing lists and virus scanners put
// below each message.
func isNotice(paragraph []string) bool {
	size := 0
	for n, line := range paragraph {
		if size += len(line); size > longestStart {
			paragraph = paragraph[:n+1]
			break
		}
	}
	if size < shortestNotice {
		return false
	}
	text := strings.ToLower(strings.Join(paragraph, "\n"))
	if text = text[:min(len(text), 2*longestStart)]; notices.In(text) {
		return true
	}
	if isPersonal(text) {
		return false
	}
	return footers.In(text) || size >= wordyNotice && partsOfNotices.Several(text)
}

// isPersonal reports whether text in lower case is of somebody who asks, or tells of himself:
// companies do not.
func isPersonal(text string) bool {
	if strings.Contains(text, "?") && !strings.Contains(text, "http") {
		return true
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '\'' && !isWordRune(r) }) {
		if ownWords[word] {
			return true
		}
	}
	return false
}

// ownWords are pronouns of the first person, but for what is a common word in another language.
var ownWords = phrases.Words(
	"i|i'm|i've|me|my|mine|ich|mir|mich|mein|meine|meinen|meiner|meinem|je|j'ai|moi|mon|mes|yo|mis|eu|meu|minha|ik",
	"mij|mijn|jag|mig|mitt|jeg|minä|minun|minu|mnie|mój|moja|moje|já|můj|môj|nekem|engem|meni|я|мне|меня|мой|моя|мои",
	"мені|мене|мій|μου|benim|bana|אני|שלי|أنا|मैं|मुझे|मेरा|tôi|saya|aku",
)

// aboveNotices returns where the notices begin that end lines; len(lines) if there are none.
func aboveNotices(lines []string) int {
	end := len(lines)
	for n := end; n > 0; {
		begin := n
		for begin > 0 && lines[begin-1] != "" && !isQuote(lines[begin-1]) {
			begin--
		}
		if begin < n {
			if !isNotice(lines[begin:n]) {
				return end
			}
			end = begin
		}
		if begin > 0 && isQuote(lines[begin-1]) {
			return end
		}
		n = begin - 1
	}
	return end
}

// notices and footers are parts of such paragraphs in lower case, partsOfNotices words of which
// they have several. Customers use the words of the latter two as well, when they ask for something
// confidential, or to unsubscribe.
var (
	notices = phrases.Of(
		"consider the environment|denken sie an die umwelt|pensez à l'environnement|piense en el medio ambiente",
		"pense no meio ambiente|pensa all'ambiente|denk aan het milieu|tänk på miljön|pomyśl o środowisku",
		"подумайте об окружающей среде|scanned for virus|scanned by mailscanner|signed with fingerprint",
		"key fingerprint|received this message because|received this email because|not the intended recipient",
		"files transmitted with it|excuse any typos|excuse typos|excuse my brevity|excuse the brevity",
	)
	footers = phrases.Of(
		"virus-free|virenfrei|sans virus|libre de virus|avast.|registered office|handelsregister|registergericht",
		"amtsgericht|mailing list|intended recipient",
	)
	partsOfNotices = phrases.Of(
		"confidential|dezabon|abmelden|désinscri|darse de baja|disiscri|afmelden|отписат|intended|disclaimer",
		"privileged|unsubscribe|subscribed|registered in |recipient|vertraulich|irrtümlich|geschäftsführer|empfänger",
		"confidentiel|destinataire|destiné|riservat|destinatari|confidencia|vertrouwelijk|uitsluitend bestemd",
		"geadresseerde|poufn|adresat|důvěrn|příjemc|dôvern|bizalmas|címzett|confidențial|destinatar|fortrolig",
		"modtager|mottaker|konfidentiell|mottagare|luottamuksell|konfidenc|конфиденц|адресат|конфіденц|поверителн",
		"εμπιστευτικ|παραλήπτ|gizli|alıcı|סודי|سري|机密|收件人|機密|保密|기밀|수신인|rahasia|penerima",
	)
)
