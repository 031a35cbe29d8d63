package replytext

import (
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// quotedKind is what a line begins.
type quotedKind int

const (
	notQuoted       quotedKind = iota
	attributionLine            // "On ... somebody wrote:"
	originalHeader             // the header of the message that is answered, or the divider above it
	replyMarker                // "reply above this line", of a ticket program
	historyHeading             // "previous messages"
)

// quotedAt reports whether the quoted message begins at the line at i, and over how many
// lines its attribution, header or marker goes.
func quotedAt(all []string, i int) (quotedKind, int) {
	lines := all[i:]
	line, above := lines[0], ""
	if i > 0 {
		above = all[i-1]
	}
	switch {
	case line == "":
		return notQuoted, 0
	case isOriginalMessageDivider(line):
		return originalHeader, 1 + headerLinesBelowDivider(lines[1:])
	case isSeparator(line), strings.HasPrefix(line, "---") && strings.HasSuffix(line, "---"):
		if n := headerLinesBelowRule(lines[1:], !isSeparator(line)); n > 0 {
			return originalHeader, 1 + n
		}
		if len(line) >= longRule && isSeparator(line) && isShapedHeader(lines[1:]) {
			return originalHeader, 1
		}
	}
	if isSeparator(line) {
		return notQuoted, 0
	}
	if n := originalHeaderLines(lines, above); n > 0 {
		return originalHeader, n
	}
	if n := attributionAt(lines, above); n > 0 {
		return attributionLine, n
	}
	if isOtherProse(line) {
		return notQuoted, 0
	}
	if n := markerLines(lines); n > 0 {
		return replyMarker, n
	}
	if isHeading(all, i) {
		return historyHeading, 1
	}
	return notQuoted, 0
}

// isOriginalMessageDivider reports whether a line says that the message which is
// answered or forwarded follows, such as "-----Original Message-----".
func isOriginalMessageDivider(line string) bool {
	line = strings.Trim(line, decoration)
	if len(line) > 3*longestFieldName {
		return false
	}
	first, size := utf8.DecodeRuneInString(line)
	if strings.ContainsRune(dashes, first) && strings.HasPrefix(line[size:], string(first)) {
		words := plainWords(strings.Trim(line, dashes))
		return dividers[words] || strings.HasPrefix(words, "forwarded by") || attributionAt([]string{words}, "") > 0
	}
	words, ok := cutColon(line)
	return ok && forwardHeadings[plainWords(words)]
}

func plainWords(s string) string { return strings.ToLower(strings.Trim(s, decoration+"\u00a0")) }

// decoration and dashes are what stands around the words of a divider.
const (
	decoration = "> \t\r\f\v*"
	dashes     = "-‐‑‒–—―_="
)

var (
	// dividers have dashes on both sides.
	dividers = phrases.Words(
		"original message|original message text|original appointment|forwarded message|reply message|replied message",
		"ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|weitergeleitete nachricht",
		"message d'origine|message original|message transféré|courriel original",
		"mensaje original|mensaje reenviado|missatge original|mensagem original|mensagem encaminhada",
		"mensagem reencaminhada",
		"messaggio originale|messaggio inoltrato|oorspronkelijk bericht|doorgestuurd bericht",
		"ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|original meddelelse",
		"oprindelig meddelelse|opprinnelig melding|oprindelig besked|videresendt besked",
		"videresendt meddelelse|videresendt melding",
		"alkuperäinen viesti|välitetty viesti|algne kiri",
		"wiadomość oryginalna|oryginalna wiadomość|przekazana wiadomość|wiadomość przekazana",
		"původní zpráva|původní e-mail|pôvodný e-mail|přeposlaná zpráva|pôvodná správa|preposlaná správa",
		"eredeti üzenet|továbbított üzenet|mesaj original|mesaj inițial|mesaj redirecționat",
		"izvorna poruka|originalna poruka|izvirno sporočilo|orijinal ileti|orijinal mesaj|iletilmiş mesaj",
		"αρχικό μήνυμα|προωθημένο μήνυμα",
		"исходное сообщение|оригинальное сообщение|пересылаемое сообщение|переадресованное сообщение",
		"оригинално съобщение|препратено съобщение|вихідне повідомлення|оригінальне повідомлення",
		"переслане повідомлення",
		"原始邮件|回复的原邮件|转发的原邮件|邮件原件|原邮件|转发邮件|转发的邮件|原始郵件|轉寄的郵件|元のメッセージ|転送メッセージ|원본 메일|원본 메시지|전달된 메시지",
		"הודעה מקורית|الرسالة الأصلية|thư gốc|pesan asli",
	)

	// forwardHeadings have a colon behind them.
	forwardHeadings = phrases.Words(
		"begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié",
		"début du message transféré|inizio messaggio inoltrato",
		"inicio del mensaje reenviado|início da mensagem reencaminhada|início da mensagem encaminhada",
		"begin doorgestuurd bericht",
		"vidarebefordrat brev|videresendt melding|videresendt brev|start på videresendt besked",
		"välitetty viesti alkaa|rozpoczęcie przekazanej wiadomości|začátek přeposlané zprávy",
		"начало переадресованного сообщения|начало пересылаемого сообщения|початок листа, що пересилається",
		"转发的邮件|開始轉寄郵件|以下に転送されたメッセージ|전달된 메시지",
	)
)
