package email

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	case isAnnouncement(line):
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
	if len(line) > longestIntroduction || !namesTimeOrAddress(lines) || !tellsWhoWrote(lines) || !introductionStart.MatchString(line) {
		return noHistory, 0
	}
	joined := line
	var begins [introductionLines]int // of the lines, in joined
	for n := 1; ; n++ {
		if introductionWhole.MatchString(joined) {
			for _, at := range begins[1:n] {
				if beginsBelow(line, joined[at:]) {
					return noHistory, 0
				}
			}
			return introduction, n
		}
		if n == introductionLines || n == len(lines) || lines[n] == "" || len(joined)+len(lines[n]) > longestIntroduction {
			return noHistory, 0
		}
		begins[n] = len(joined) + 1
		joined += " " + strings.TrimLeft(lines[n], "> ")
	}
}

// beginsBelow reports whether an introduction begins with rest, not with the line
// before: that line may be the last of the new words. "at 10:15, Jane wrote:" may
// also go on with one.
func beginsBelow(line, rest string) bool {
	first, _ := utf8.DecodeRuneInString(rest)
	return introductionOpening.MatchString(rest) && introductionWhole.MatchString(rest) &&
		(unicode.IsUpper(first) || !introductionOpening.MatchString(line))
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
		case isHeaderLine(lines[n]):
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

const longestIntroduction = 400

// These look for what a pattern cannot do without, because patterns are slow and
// most lines have nothing of it.

func isAnnouncement(line string) bool {
	if !strings.HasPrefix(strings.TrimLeft(line, decoration), "--") && !strings.HasSuffix(strings.TrimRight(line, decoration), ":") {
		return false
	}
	return originalLine.MatchString(line)
}

func isHeaderLine(line string) bool {
	return (strings.Contains(line, ":") || strings.Contains(line, "：")) && headerLine.MatchString(line)
}

func namesTimeOrAddress(lines []string) bool {
	for _, line := range lines[:min(len(lines), introductionLines)] {
		if line == "" {
			return false
		}
		if strings.ContainsAny(line, "0123456789@") {
			return true
		}
	}
	return false
}

// verbs are the words that introductions end in, as far as they are the same for
// all forms.
var verbs = []string{
	"wrote", "writes", "said", "sent", "posted", "schrieb", "écrit", "escribió", "scritto", "scrisse", "escreveu", "schreef", "geschreven", "skrev", "napisa", "kirjoitti", "írta",
	"писал", "пише", "napsal", "scris", "yazdı", "写道", "寫道", "のメール", "さんが書きました", "님이 작성", "gmt",
}

func tellsWhoWrote(lines []string) bool {
	for _, line := range lines[:min(len(lines), introductionLines)] {
		if line == "" {
			return false
		}
		if hasPhrase(line, verbs) || len(line) > 5 && (line[4] == '-' || line[4] == '/') {
			return true
		}
	}
	return false
}

// decoration is what stands around the words of an announcement.
const decoration = "> \t\r\f\v*"

var (
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
)
