package email

import (
	"regexp"
	"strings"
)

// history is what a line begins.
type history int

const (
	noHistory    history = iota
	introduction         // "On ... somebody wrote:"
	original             // the header of the message that is answered, or a line that announces it
)

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
	if n := introductionAt(lines); n > 0 {
		return introduction, n
	}
	return noHistory, 0
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

// decoration is what stands around the words of an announcement.
const decoration = "> \t\r\f\v*"

var (
	// originalLine announces the message that is answered or forwarded.
	originalLine = regexp.MustCompile(`(?i)^[>\s*]*-{2,}\s*(original message|original appointment|forwarded (message|by.*)|reply message|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|message d'origine|message original|message transféré|mensaje original|mensaje reenviado|mensagem original|mensagem encaminhada|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|doorgestuurd bericht|wiadomość oryginalna|original meddelelse|ursprungligt meddelande|vidarebefordrat meddelande|původní zpráva|alkuperäinen viesti|исходное сообщение|пересылаемое сообщение|оригинальное сообщение|вихідне повідомлення|原始邮件|原始郵件|转发邮件|元のメッセージ|원본 메일)\s*-*[\s*]*$|^[>\s*]*(begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|inizio messaggio inoltrato|начало переадресованного сообщения):[\s*]*$`)

	headerLine = regexp.MustCompile(`(?i)^[>\s*]*(from|sent|date|to|cc|subject|reply-to|importance|von|gesendet|datum|an|betreff|de|envoyé|date|à|objet|enviado( el)?|enviada em|fecha|para|asunto|assunto|data|da|inviato|a|oggetto|risposta|van|verzonden|aan|onderwerp|från|skickat|till|ämne|fra|sendt|til|emne|od|wysłano|do|temat|от|отправлено|дата|кому|копия|тема|від|надіслано|发件人|发送时间|收件人|主题|抄送|寄件者|寄件日期|收件者|主旨|差出人|送信日時|宛先|件名|보낸 사람|보낸 날짜|받는 사람|제목)\s*[:：][\s*]*(\S.*)?$`)
)
