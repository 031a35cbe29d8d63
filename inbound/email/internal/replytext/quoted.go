package replytext

import (
	"strings"
	"unicode/utf8"
)

// quotedKind is what a line begins.
type quotedKind int

const (
	notQuoted       quotedKind = iota
	attributionLine            // "On ... somebody wrote:"
	originalHeader             // the header of the message that is answered, or the divider above it
)

// quotedAt reports whether the quoted message begins at the first of the lines, and
// over how many lines its attribution or header goes.
func quotedAt(lines []string) (quotedKind, int) {
	line := lines[0]
	switch {
	case line == "":
		return notQuoted, 0
	case isOriginalMessageDivider(line):
		return originalHeader, 1 + originalHeaderLines(lines[1:])
	case isSeparator(line), strings.HasPrefix(line, "---") && strings.HasSuffix(line, "---"):
		if n := originalHeaderLines(lines[1:]); n > 0 {
			return originalHeader, 1 + n
		}
		return notQuoted, 0
	}
	if n := originalHeaderLines(lines); n > 0 {
		return originalHeader, n
	}
	if n := attributionAt(lines); n > 0 {
		return attributionLine, n
	}
	return notQuoted, 0
}

// originalHeaderLines returns how many lines are the header that mail programs put
// above the message that is answered: at least three fields, in any of their
// languages. It is 0 when they are not.
func originalHeaderLines(lines []string) int {
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

// longestFieldName is longer than any name below, in bytes.
const longestFieldName = 60

// isHeaderLine reports whether a line is a field such as "*Von:* Jane".
func isHeaderLine(line string) bool {
	line = strings.TrimLeft(line, decoration)
	at := strings.IndexAny(line, ":：")
	return at > 0 && at <= longestFieldName && headerNames[plainWords(line[:at])]
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
		return dividers[words] || strings.HasPrefix(words, "forwarded by") || attributionAt([]string{words}) > 0
	}
	words, ok := strings.CutSuffix(line, ":")
	if !ok {
		words, ok = strings.CutSuffix(line, "：")
	}
	return ok && forwardHeadings[plainWords(words)]
}

func plainWords(s string) string { return strings.ToLower(strings.Trim(s, decoration+"\u00a0")) }

// decoration and dashes are what stands around the words of a divider.
const (
	decoration = "> \t\r\f\v*"
	dashes     = "-‐‑‒–—―_="
)

var (
	// headerNames are those of From, Date, To, Cc and Subject, by language.
	headerNames = setOf(
		"from|sent|date|to|cc|subject|reply-to|importance",
		"von|gesendet|datum|an|betreff",
		"de|envoyé|date|à|objet",
		"de|enviado|enviado el|fecha|para|asunto|enviat el|per a|tema",
		"enviada em|enviado em|data|assunto",
		"da|inviato|a|oggetto|risposta",
		"van|verzonden|aan|onderwerp",
		"från|skickat|till|kopia|ämne|fra|sendt|til|kopi|dato|emne",
		"lähettäjä|lähetetty|päiväys|vastaanottaja|aihe|saatja|saadetud|kuupäev|adressaat|teema",
		"no|nosūtīts|datums|kam|tēma|nuo|išsiųsta|kam",
		"od|wysłano|do|temat|odesláno|komu|kopie|předmět|odoslané|dátum|predmet",
		"feladó|elküldve|dátum|címzett|másolatot kap|tárgy|de la|trimis|către|subiect",
		"šalje|poslano|prima|za|zadeva|kimden|gönderildi|gönderilme|tarih|kime|bilgi|konu",
		"από|στάλθηκε|ημερομηνία|προς|κοιν|θέμα",
		"от|отправлено|дата|кому|копия|тема|изпратено|до|относно|від|надіслано|копія|од|послато|за",
		"发件人|发送时间|发送日期|日期|收件人|抄送|主题|寄件者|寄件日期|收件者|副本|主旨",
		"差出人|送信日時|送信者|日時|宛先|件名|보낸 사람|보낸 날짜|받는 사람|참조|제목",
		"מאת|נשלח|תאריך|אל|נושא|من|تم الإرسال|إرسال|التاريخ|إلى|الموضوع",
		"từ|đã gửi|ngày|tới|đến|chủ đề|dari|dikirim|tanggal|kepada|subjek|จาก|ส่ง|วันที่|ถึง|เรื่อง",
	)

	// dividers have dashes on both sides.
	dividers = setOf(
		"original message|original appointment|forwarded message|reply message",
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
		"původní zpráva|přeposlaná zpráva|pôvodná správa|preposlaná správa",
		"eredeti üzenet|továbbított üzenet|mesaj original|mesaj inițial|mesaj redirecționat",
		"izvorna poruka|originalna poruka|izvirno sporočilo|orijinal ileti|orijinal mesaj|iletilmiş mesaj",
		"αρχικό μήνυμα|προωθημένο μήνυμα",
		"исходное сообщение|оригинальное сообщение|пересылаемое сообщение|переадресованное сообщение",
		"оригинално съобщение|препратено съобщение|вихідне повідомлення|оригінальне повідомлення",
		"переслане повідомлення",
		"原始邮件|邮件原件|原邮件|转发邮件|转发的邮件|原始郵件|轉寄的郵件|元のメッセージ|転送メッセージ|원본 메일|원본 메시지|전달된 메시지",
		"הודעה מקורית|الرسالة الأصلية|thư gốc|pesan asli",
	)

	// forwardHeadings have a colon behind them.
	forwardHeadings = setOf(
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

// setOf returns the words of lists that are separated by bars.
func setOf(lists ...string) map[string]bool {
	set := make(map[string]bool)
	for _, list := range lists {
		for word := range strings.SplitSeq(list, "|") {
			set[word] = true
		}
	}
	return set
}
