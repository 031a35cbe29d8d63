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
	kept := make([]string, 0, len(lines))
	for i := 0; i < len(lines); {
		kind, length := historyAt(lines[i:])
		before := !isBlank(kept)
		rest := lines[i+length:]
		switch {
		case kind == noHistory:
			kept = append(kept, lines[i])
			i++
			continue
		case !before && kind == original:
			// Nothing but a forwarded message: its text is what there is.
			lines, i = rest, 0
			kept = kept[:0]
			continue
		case kind == introduction && isQuote(firstOf(rest)):
			if answered(rest) {
				i += length
				if isGreeting(kept) { // the answer stands below what it answers
					for i < len(lines) && (lines[i] == "" || isQuote(lines[i])) {
						i++
					}
				}
				continue
			}
		case kind == introduction && !before:
			i += length
			continue
		}
		lines = lines[:i] // nothing but history follows
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
	return len(strings.Fields(strings.Join(lines, " "))) <= 3
}

// history is what a line begins.
type history int

const (
	noHistory    history = iota
	introduction         // "On ... somebody wrote:"
	original             // the header of the message that is answered, or a line that announces it
)

// introductionLines is over how many lines programs wrap an introduction.
const introductionLines = 4

// historyAt tells whether history begins at the first of the lines, and how many
// lines introduce it.
func historyAt(lines []string) (history, int) {
	line := lines[0]
	switch {
	case line == "":
		return noHistory, 0
	case originalLine.MatchString(line):
		return original, 1 + headerBlock(lines[1:])
	case isRule(line) && len(lines) > 1:
		if n := headerBlock(lines[1:]); n > 0 {
			return original, 1 + n
		}
		return noHistory, 0
	}
	if n := headerBlock(lines); n > 0 {
		return original, n
	}
	if len(line) > longestIntroduction || !introductionStart.MatchString(line) {
		return noHistory, 0
	}
	joined := line
	for n := 1; ; n++ {
		if introductionWhole.MatchString(joined) {
			if rest := joined[min(len(line)+1, len(joined)):]; introductionOpening.MatchString(rest) && introductionWhole.MatchString(rest) {
				return noHistory, 0 // it begins below
			}
			return introduction, n
		}
		if n == introductionLines || n == len(lines) || lines[n] == "" || len(joined)+len(lines[n]) > longestIntroduction {
			return noHistory, 0
		}
		joined += " " + strings.TrimLeft(lines[n], "> ")
	}
}

// headerBlock returns how many lines are the header that mail programs put over
// the message they answer: at least three fields, in any of their languages.
func headerBlock(lines []string) int {
	skipped := 0
	for skipped < len(lines) && skipped < 2 && lines[skipped] == "" {
		skipped++
	}
	fields, n := 0, skipped
	for n < len(lines) && n < skipped+12 {
		switch {
		case headerLine.MatchString(lines[n]):
			fields++
		case fields > 0 && lines[n] != "" && fields < 6: // a wrapped one
		default:
			if fields < 3 {
				return 0
			}
			return n
		}
		if fields == 0 {
			return 0
		}
		n++
	}
	if fields < 3 {
		return 0
	}
	return n
}

// answered reports whether new words stand behind the quote that lines begin
// with: words that are neither quoted nor a signature.
func answered(lines []string) bool {
	i := 0
	for i < len(lines) && (lines[i] == "" || isQuote(lines[i])) {
		i++
	}
	rest := lines[i:]
	if cut := signatureAt(rest); cut >= 0 {
		rest = rest[:cut]
	}
	return !isBlank(withoutTail(rest))
}

// withoutTail takes off what no one wrote at the end: blank lines, quotes and
// rules.
func withoutTail(lines []string) []string {
	n := len(lines)
	quoted := false
	for n > 0 {
		switch line := lines[n-1]; {
		case line == "" || isRule(line) && line != "—":
		case isQuote(line):
			quoted = true
		case quoted && strings.HasSuffix(line, ":") && introductionStart.MatchString(line):
		default:
			return lines[:n]
		}
		n--
	}
	if quoted {
		return lines // all of it is quoted: there is nothing else to show
	}
	return lines[:0]
}

// signatureLines is how long a signature without its delimiter may be.
const signatureLines = 2

// signatureAt returns the line where the signature begins, -1 when there is none.
func signatureAt(lines []string) int {
	for i, line := range lines {
		if line == "--" || line == "-- " || line == "---" && len(lines)-i < 8 || len(line) > 4 && strings.Trim(line, "_") == "" && len(lines)-i < 8 {
			return i
		}
		if len(line) < 100 && sentFrom.MatchString(line) && len(lines)-i <= signatureLines {
			return i
		}
	}
	return -1
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
func isQuote(line string) bool { return quoteLine.MatchString(line[:min(len(line), 40)]) }

// isRule knows lines that only separate.
func isRule(line string) bool {
	trimmed := strings.TrimSpace(line)
	return trimmed != "" && strings.Trim(trimmed, "-_*=~#+—–ᐧ ") == ""
}

const longestIntroduction = 400

var (
	quoteLine = regexp.MustCompile(`^\s*(>|\| |\|$|[A-Za-z]{1,12}>( |$))`)

	// originalLine announces the message that is answered or forwarded.
	originalLine = regexp.MustCompile(`(?i)^[>\s*]*-{2,}\s*(original message|original appointment|forwarded (message|by.*)|reply message|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|message d'origine|message original|message transféré|mensaje original|mensaje reenviado|mensagem original|mensagem encaminhada|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|doorgestuurd bericht|wiadomość oryginalna|original meddelelse|ursprungligt meddelande|vidarebefordrat meddelande|původní zpráva|alkuperäinen viesti|исходное сообщение|пересылаемое сообщение|оригинальное сообщение|вихідне повідомлення|原始邮件|原始郵件|转发邮件|元のメッセージ|원본 메일)\s*-*[\s*]*$|^[>\s*]*(begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|inizio messaggio inoltrato|начало переадресованного сообщения):[\s*]*$`)

	headerLine = regexp.MustCompile(`(?i)^[>\s*]*(from|sent|date|to|cc|subject|reply-to|importance|von|gesendet|datum|an|betreff|de|envoyé|date|à|objet|enviado( el)?|enviada em|fecha|para|asunto|assunto|data|da|inviato|a|oggetto|risposta|van|verzonden|aan|onderwerp|från|skickat|till|ämne|fra|sendt|til|emne|od|wysłano|do|temat|от|отправлено|дата|кому|копия|тема|від|надіслано|发件人|发送时间|收件人|主题|抄送|寄件者|寄件日期|收件者|主旨|差出人|送信日時|宛先|件名|보낸 사람|보낸 날짜|받는 사람|제목)\s*[:：][\s*]*(\S.*)?$`)

	// introductionStart and introductionWhole know "On ... wrote:", with the
	// date first or the name first, in the languages of mail programs.
	introductionStart   = regexp.MustCompile(`(?i)^[>\s]*(on|at|am|le|el|il|em|op|den|dnia|w dniu|på|pe|dana|v|ve?|tarihinde|в|вт|ср|чт|пт|сб|вс|пн|在|於|於|"|'|[\p{L}]+[.,]? \d|\d{1,4}[ ./:年-]|.{1,80}<.*@|.{1,60}@|\p{Lu}\p{L}+ \p{Lu}\p{L}+ )`)
	introductionOpening = regexp.MustCompile(`(?i)^([>\s]*(on|at|am|le|el|il|em|op|den|dnia|w dniu|på|в|在|於)\s|\d)`)

	introductionWhole = regexp.MustCompile(`(?i)^[>\s]*(?:` +
		`(on|at) .*(\d|@).* (wrote|writes|said|sent|posted):?|` +
		`on \w+ \d+, \d{4},? .*wrote:?|` +
		`.*(\d|<.*@).*\b(wrote|writes|schrieb|a écrit|escribió|ha scritto|scrisse|escreveu|schreef|skrev|napisał(\(a\)|a)?|kirjoitti|írta|написал(\(а\)|а)?|пишет|писал(\(а\)|а)?|пише|пишет|napsal(\(a\)|a)?|a scris|yazdı|het volgende geschreven)\s*[:：]?.*[:：]|` +
		`.*(\d|<.*@).*(написал(\(а\)|а)?|пишет|пише|писал(\(а\)|а)?|a écrit|napisał(\(a\)|a)?|het volgende geschreven|写道|寫道|のメール|さんが書きました|님이 작성)\s*[:：]?|` +
		`\p{Lu}[\p{L} ]+<[^<>\s]+@[^<>\s]+> (wrote|schrieb|writes):?|` +
		`\d{4}[-/]\d{1,2}[-/]\d{1,2}.*(GMT[+-]\d|<[^<>\s]+@[^<>\s]+>).*` +
		`)[\s*]*$`)

	sentFrom = regexp.MustCompile(`(?i)^[\s*_]*(sent (from|via|with|using) |get outlook for |von meinem .* gesendet|gesendet (von|mit) |diese nachricht wurde von .* gesendet|envoyé (de|depuis) |enviado (desde|do|de) |inviato (da|dal) |verzonden (vanaf|met) |verstuurd vanaf |wysłane? z |wysłano z |skickat från |sendt fra |lähetetty |отправлено (с|из) |надіслано з |发自我的|從我的.*傳送|iphoneから送信|나의 .*에서 보냄)`)
)
