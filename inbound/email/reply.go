package email

import (
	"regexp"
	"strings"
)

// ReplyText returns the new words of a reply: Text without quoted history and
// without signature. It keeps quotes that are answered in between, and keeps
// everything where it is not sure. Of a message that only forwards another it
// returns the other's text. It takes time linear in Text.
func (m *Message) ReplyText() string { return newWords(m.Text) }

// newWords cuts a reply: at the first line that history begins with, or, where
// that history is quoted and new words stand behind it, only the line that
// introduces it.
func newWords(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r\u00a0\u200b")
	}
	answered := answeredFrom(lines)
	kept := make([]string, 0, len(lines))
	before := false // kept has words
cut:
	for i := 0; i < len(lines); {
		kind, length := historyAt(lines[i:])
		next := i + length
		switch {
		case kind == noHistory:
			before = before || lines[i] != ""
			kept = append(kept, lines[i])
			i++
		case kind == original && !before:
			// Nothing but a forwarded message: its text is what there is.
			i, kept = next, kept[:0]
		case kind == introduction && isQuote(firstOf(lines[next:])) && answered[next]:
			i = next
			if isGreeting(kept) { // the answer stands below what it answers
				for i < len(lines) && (lines[i] == "" || isQuote(lines[i])) {
					i++
				}
			}
		case kind == introduction && !isQuote(firstOf(lines[next:])) && !before:
			i = next
		default:
			break cut // nothing but history follows
		}
	}
	kept = withoutTail(kept)
	if cut := signatureAt(kept); cut > 0 && !isBlank(kept[:cut]) {
		kept = withoutTail(kept[:cut])
	}
	for len(kept) > 0 && kept[0] == "" {
		kept = kept[1:]
	}
	return strings.Join(kept, "\n")
}

// isGreeting reports whether lines are no more than a greeting.
func isGreeting(lines []string) bool {
	words := 0
	for _, line := range lines {
		if words += len(strings.Fields(line)); words > 3 {
			return false
		}
	}
	return true
}

// answeredFrom tells of each line whether new words stand behind the quote that
// begins there: words that are neither quoted nor a signature. It goes through
// the lines once, from the end.
func answeredFrom(lines []string) []bool {
	answered := make([]bool, len(lines)+1)
	words, quoted := false, false // from here to the next signature
	for i := len(lines) - 1; i >= 0; i-- {
		line := lines[i]
		switch {
		case line == "":
			answered[i] = answered[i+1]
			continue
		case isQuote(line):
			quoted = true
			answered[i] = answered[i+1]
			continue
		case isSignature(line, len(lines)-i):
			words, quoted = false, false
		case words || isTail(line, quoted):
		default:
			words = true
		}
		answered[i] = words || quoted
	}
	return answered
}

// isTail reports whether a line says nothing at the end of a message: it
// separates, or introduces a quote.
func isTail(line string, quoted bool) bool {
	return isRule(line) && line != "—" || quoted && strings.HasSuffix(line, ":") && len(line) <= longestIntroduction && introductionStart.MatchString(line)
}

// withoutTail takes off what no one wrote at the end: blank lines, quotes and
// rules.
func withoutTail(lines []string) []string {
	n := len(lines)
	quoted := false
	for n > 0 {
		switch line := lines[n-1]; {
		case line == "" || isTail(line, quoted):
		case isQuote(line):
			quoted = true
		default:
			return lines[:n]
		}
		n--
	}
	if quoted {
		return lines // all of it is quoted: there is nothing else to show
	}
	return nil
}

// signatureLines is how long a signature without its delimiter may be.
const signatureLines = 2

// signatureAt returns the line where the signature begins, -1 when there is none.
func signatureAt(lines []string) int {
	for i, line := range lines {
		if isSignature(line, len(lines)-i) {
			return i
		}
	}
	return -1
}

// isSignature reports whether a signature begins with line, which is so many
// lines from the end.
func isSignature(line string, left int) bool {
	switch {
	case line == "--":
		return true
	case left < 8 && (line == "---" || len(line) > 1 && strings.Trim(line, "_") == ""):
		return true
	}
	return left <= signatureLines && len(line) < 100 && sentFrom.MatchString(line) && device.MatchString(line)
}

func isBlank(lines []string) bool { return firstOf(lines) == "" }

// firstOf returns the first line that is not blank.
func firstOf(lines []string) string {
	for _, line := range lines {
		if line != "" {
			return line
		}
	}
	return ""
}

// isQuote knows quotes by ">", "|" and by the writer's initials.
func isQuote(line string) bool {
	line = strings.TrimLeft(line, " \t\f\v\r")
	if line == "" {
		return false
	}
	if line[0] == '>' || line == "|" || strings.HasPrefix(line, "| ") {
		return true
	}
	end := 0
	for end < len(line) && end < longestInitials && isLetter(line[end]) {
		end++
	}
	rest := line[end:]
	return end > 0 && (rest == ">" || strings.HasPrefix(rest, "> "))
}

// longestInitials is how much of a name programs write in front of ">".
const longestInitials = 12

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isRule knows lines that only separate.
func isRule(line string) bool {
	return line != "" && strings.Trim(line, "-_*=~#+—–ᐧ \t") == "" && strings.TrimSpace(line) != ""
}

// sentFrom and device know the lines that telephones and programs add, such as
// "Sent from my iPhone". One of them alone is not enough: customers write how they
// have sent parcels and money.
var (
	sentFrom = regexp.MustCompile(`(?i)^[\s*_]*(?:sent (from|via|with|using) |get outlook |` +
		`von meinem .* gesendet|gesendet (von|mit) |diese nachricht wurde von .* gesendet|envoyé (de|depuis|à partir de|à partir d') ?|enviado (desde|do|de) |enviat des |` +
		`inviato (da|dal) |verzonden (vanaf|met) |verstuurd vanaf |wysłane? z |wysłano z |odesláno z |odoslané z |skickat från |sendt fra |lähetetty |trimis de pe |poslano (s|z|iz) |` +
		`отправлено (с|со|из) |изпратено от |надіслано з |στάλθηκε από |נשלח מ|发自我的|發自我的|从我的.*发送|從我的.*傳送|` +
		`(télécharger|obtener|obter|scarica|получить|скачайте|загрузить|pobierz|hämta|hent|stáhnout) outlook |outlook (für|voor) )|` +
		`(から送信|에서 보냄|gönderildi\.?|küldve\.?)$`)
	device = regexp.MustCompile(`(?i)from my |ios|iphone|ipad|mobil|android|samsung|galaxy|huawei|xiaomi|redmi|nokia|phone|téléphone|teléfono|telefon|telefoon|tablet|handy|móvil|celular|blackberry|` +
		`outlook|mail|posteo|webmail|windows|yahoo|aol|proton|posta|почт|телефон|мобильн|手机|手機|メール|나의`)
)
