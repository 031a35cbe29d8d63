package replytext

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// signatureLines is how long a signature without its delimiter may be, and ruleLines how
// near to the end a rule may delimit one.
const (
	signatureLines = 2
	ruleLines      = 8
)

// signatureDelimiter is the line that RFC 3676 names. Without its space, or as a longer
// rule, it also parts forms and letters.
const signatureDelimiter = "-- "

// signatureAt returns the line where the signature begins, -1 when there is none. A rule
// is no delimiter of one when new words stand below it, or when it parts a form. A long rule
// parts forms, too, and delimits something else only in answers, which answers tells.
func signatureAt(lines []string, answers bool) int {
	n := len(lines)
	best := -1
	for i := max(0, n-signatureLines); i < n; i++ {
		if !isQuote(lines[i]) && isSentFrom(lines[i]) && !isSpokenOn(lines, i) {
			best = i
			break
		}
	}
	spoken, delimited := false, false
	for i := n - 1; i >= 0; i-- {
		line := lines[i]
		if line == "" || !isSignatureDelimiter(line) {
			continue
		}
		below := lines[i+1 : n]
		n = i // what is below has been looked at
		touched := len(below) > 0 && below[0] != ""
		spoken = spoken || speaks(below, line[0] != '_' || !touched)
		switch {
		case isStrictDelimiter(line):
			if !spoken || !delimited && !goesOn(lines, i) && looksSigned(below) {
				best = i
			}
		case spoken, line != "--" && len(lines)-i >= ruleLines, isBetweenFields(lines, i):
		case answers && touched && len(line) >= longRule, delimited, looksSigned(below):
			best = i
		}
		delimited = true
	}
	if best >= 0 && isOneOfSeparators(lines, best) {
		return -1
	}
	return best
}

// isSpokenOn reports whether the line at i is in the middle of what a customer says: the letter
// goes on below it, or it is the rest of the line above.
func isSpokenOn(lines []string, i int) bool {
	first, _ := utf8.DecodeRuneInString(lines[i])
	isSmall := unicode.IsLower(first) && !strings.HasPrefix(lines[i], "iP") // of "iPhone" and "iPad"
	isRest := i > 0 && lines[i-1] != "" && isSmall
	return isRest || speaks(lines[i+1:], true)
}

// isSignatureDelimiter reports whether a signature may begin with a line.
func isSignatureDelimiter(line string) bool {
	switch line[0] {
	case '-', '*':
		return line == "--" || line == "---" || isStrictDelimiter(line)
	case '_':
		return len(line) > 1 && strings.Trim(line, "_") == ""
	}
	return false
}

// isStrictDelimiter reports whether a line delimits signatures only; also in bold, and as
// armored text has it.
func isStrictDelimiter(line string) bool {
	return line == signatureDelimiter || line == "- --" ||
		line[0] == '*' && len(line) < 8 && strings.Trim(line, "* ") == "--"
}

// isOneOfSeparators reports whether the rule at i is one of several that part the text, the
// last of which has something below it that is no notice of a company.
func isOneOfSeparators(lines []string, i int) bool {
	rule := lines[i]
	if !isSignatureDelimiter(rule) || isStrictDelimiter(rule) {
		return false
	}
	last, n := i, 0
	for at, line := range lines {
		if line == rule {
			last = at
			n++
		}
	}
	if n < 2 {
		return false
	}
	below := lines[last+1:]
	return !isBlank(below) && !isNotice(below)
}

// isBetweenFields reports whether the rule at i parts the fields of a form, or stands above
// a list or what the line above it announces.
func isBetweenFields(lines []string, i int) bool {
	above, below := "", firstNonBlank(lines[i+1:])
	if before := withoutBlankEnd(lines[:i]); len(before) > 0 {
		above = before[len(before)-1]
	}
	return isColonLast(above) || isListItem(below) || isForeignField(above) && isForeignField(below)
}

// goesOn reports whether a letter or form goes on below the delimiter at i: it ends there, or
// a field of a form is right above.
func goesOn(lines []string, i int) bool {
	return i > 0 && isForeignField(lines[i-1]) || hasClosing(lines[i+1:])
}

// looksSigned reports whether lines below a rule are of a signature: a name or what closes a
// letter comes first, or there is an address, a telephone number or a notice.
func looksSigned(lines []string) bool {
	first := firstNonBlank(lines)
	return first == "" || isName(first) || isClosing(first) || isNotice(lines) || slices.ContainsFunc(lines, isContact)
}

// isContact reports whether a line has an address or a telephone number.
func isContact(line string) bool {
	if strings.ContainsAny(line, "@|") || strings.Contains(line, "www.") || strings.Contains(line, "://") ||
		isSentFrom(line) {
		return true
	}
	line = strings.TrimLeft(line, "*_ \t")
	end := strings.IndexAny(line, ".:： ")
	return end > 0 && contactNames[strings.ToLower(line[:end])] ||
		line != "" && strings.Trim(line, "+0123456789-/()., ") == ""
}

// contactNames are the words in front of telephone numbers.
var contactNames = phrases.Words(
	"contact|kontakt|contacto|contato|contatto|t|tel|telephone|telefon|phone|m|mob|mobile|mobil|cell|fax|f|handy|tél",
	"téléphone|teléfono|móvil|telefono|telefone|telemóvel|cellulare|telefoon|puh|gsm|kom|тел|моб|τηλ|e-mail|email",
	"mail|web|电话|電話|전화",
)

// isListItem reports whether a line is "- 2 cups", "200 g flour", "1. cups".
func isListItem(line string) bool {
	if strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "• ") ||
		strings.HasPrefix(line, "* ") && !strings.HasSuffix(line, "*") { // not a name in bold
		return true
	}
	rest := strings.TrimLeft(line, "0123456789")
	digits := len(line) - len(rest)
	if digits == 0 || digits > 3 || rest == "" {
		return false
	}
	rest = strings.TrimLeft(rest, ".)x ")
	return rest != "" && !strings.ContainsAny(rest[:1], "0123456789-/+(")
}

// isSentFrom reports whether a telephone or a program added a line. Customers also write
// how they have sent parcels and money, so it takes a device, and no question or longer sentence.
func isSentFrom(line string) bool {
	if line == "" || len(line) >= 100 || strings.ContainsAny(line, "?€$£") {
		return false
	}
	lower := strings.ToLower(line)
	if !devices.In(lower) || !sentFrom.MatchString(line) && !endsSentFrom(line) {
		return false
	}
	words := len(strings.Fields(line))
	hasClause := strings.Contains(line, ",") && words >= 6 &&
		!strings.Contains(line, "from my") && !strings.Contains(line, "smartphone")
	hasSentence := strings.Contains(line, ". ") && words >= 10 && !notices.In(lower)
	return !hasClause && !hasSentence
}

// sentFrom matches the lines that telephones and programs add, such as "Sent from my iPhone".
// It alone is not enough: customers write how they have sent parcels and money.
var sentFrom = regexp.MustCompile(`(?i)^[\s*_]*(?:sent (from|via|with|using) |get outlook |` +
	`von meinem .* gesendet|gesendet (von|mit) |diese nachricht wurde von .* gesendet|envoyé (de|depuis|` +
	`à partir de|à partir d') ?|enviado (desde|do|de) |enviat des |` +
	`inviato (da|dal) |verzonden (vanaf|vanuit|met) |verstuurd vanaf |wysłane? z |wysłano z |odesláno z |posláno z |` +
	`odoslané z |skickat från |sendt fra |lähetetty |trimis (de pe|din) |poslano (s|z|iz) |` +
	`elküldve az? |saadetud minu |nosūtīts no |išsiųsta iš |skickades från |` +
	`gửi từ |dikirim dari |dihantar dari |ส่งจาก|أرسلت من |أُرسلت من |مرسل من |ارسال شده از |` +
	`отправлено (с|со|из) |изпратено от |надіслано з |στάλθηκε από |נשלח מ|发自我的|發自我的|从我的.*发送|從我的.*傳送|` +
	`(télécharger|obtener|obter|descargar|baixe o|ottieni|获取|scarica|получить|скачайте|скачать|` +
	`загрузить|pobierz( program)?|hämta|hent|stáhnout) outlook |` +
	`outlook (für|voor) )`)

// endsSentFrom is sentFrom for languages in which such a line ends so.
func endsSentFrom(line string) bool {
	return slices.ContainsFunc(sentFromEnds, func(end string) bool {
		return len(line) >= len(end) && strings.EqualFold(line[len(line)-len(end):], end)
	})
}

var sentFromEnds = []string{"から送信", "を入手", "에서 보냄", "से भेजा गया", "outlook'u edinin", "gönderildi", "gönderildi.",
	"küldve", "küldve."}

// devices are words of such lines: of telephones and programs.
var devices = phrases.Of(
	"from my |ios|iphon|ipad|mobil|android|samsung|galaxy|huawei|xiaomi|redmi|nokia|phone|teléfono|telefon|telefoon",
	"tablet|handy|móvil|celular|blackberry|outlook|mail|posteo|windows|yahoo|aol|proton|posta|почт|e-post|spark",
	"телефон|мобильн|手机|手機|メール|나의",
)
