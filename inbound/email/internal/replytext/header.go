package replytext

import (
	"regexp"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// field is what a line of the header of an answered message tells.
type field uint8

const (
	noField field = iota
	fromField
	dateField
	toField
	subjectField
	otherField // Cc and what else stands there
)

// mailFields are the orders in which mail programs write the header of the message that
// is answered, without Cc and the like: as letters of From, Date, To and Subject.
var mailFields = phrases.Words("FDTS|FDST|FSDT|SDFT|DFTS|FDS|SDF|FSD|DFS")

const (
	mostHeaderLines  = 12
	longestFieldName = 60 // in bytes; longer than any name below
	mostNameSpaces   = 3  // in and behind a name
	fewestFields     = 3
	longestField     = 400 // in bytes, of what is read of a field
	longRule         = 16  // in bytes, of a rule that no customer draws
)

// header is what the lines of a header say.
type header struct {
	lines   int    // with the blank ones above
	fields  int    // known ones
	order   []byte // the fieldLetters of its fields, as they first occur
	from    bool   // From has an address
	to      bool   // To has an address
	seconds bool   // the time of day is one to a second
	year    bool   // of the date
	clock   bool   // its time of day
	sent    bool   // the name of its field is that of sent messages, not only of a date
	foreign bool   // there are fields that mail does not have: it is a form
	message bool   // one of them holds a message
}

// originalHeaderLines returns how many of the lines are the header that mail programs put
// above the message that is answered: at least three fields, in any of their languages,
// with what they write there, and in their order. It is 0 when they are not, as when a
// customer tells where a journey begins, where it ends, and when; above is the line above.
func originalHeaderLines(lines []string, above string) int {
	return headerLines(lines, func(h *header) bool { return h.isMail(above) })
}

// headerLinesBelowRule is originalHeaderLines for lines below a rule. One with words in it, which
// worded tells, is a divider in a language that is not known, if an address follows.
func headerLinesBelowRule(lines []string, worded bool) int {
	return headerLines(lines, func(h *header) bool {
		return h.isMail("") || worded && h.from && h.year && (h.to || h.clock || h.sent)
	})
}

// headerLinesBelowDivider is originalHeaderLines for lines below a divider, which tells that
// the message follows.
func headerLinesBelowDivider(lines []string) int {
	return headerLines(lines, func(*header) bool { return true })
}

// headerLines returns how many of the lines are a header with enough fields that accept accepts;
// else 0.
func headerLines(lines []string, accept func(*header) bool) int {
	if !mayBeHeader(lines) {
		return 0
	}
	h := headerOf(lines)
	if h.fields < fewestFields || !accept(&h) {
		return 0
	}
	return h.lines
}

// mayBeHeader reports whether a header begins with the first of the lines, or with one of
// the two below it when these are blank.
func mayBeHeader(lines []string) bool {
	for _, line := range lines[:min(len(lines), 3)] {
		if line != "" {
			kind, _ := fieldOf(line)
			return kind != noField
		}
	}
	return false
}

func headerOf(lines []string) header {
	var h header
	n := 0
	for n < len(lines) && n < 2 && lines[n] == "" {
		n++
	}
	var last field
	spaced := isSpaced(lines[n:])
	for begin := n; n < len(lines) && n < begin+mostHeaderLines; n++ {
		if lines[n] == "" && spaced && isSpaced(lines[n-1:]) {
			continue
		}
		line := lines[n][:min(len(lines[n]), longestField)]
		kind, value := fieldOf(line)
		if line == "" || spaced && h.has(kind) { // the words begin
			break
		}
		switch {
		case kind != noField:
			h.fields++
			h.lines = n + 1
			h.add(kind, value)
			h.sent = h.sent || kind == dateField && !isPlainDate(line)
			last = kind
		case isForeignField(line) && !strings.HasPrefix(line, "[mailto:"):
			h.foreign = true
			h.message = h.message || isMessageField(line)
		case strings.Contains(line, "@") || strings.HasPrefix(line, "<"): // addresses that are wrapped
			h.lines = n + 1
			h.add(last, line)
		}
	}
	return h
}

// isSpaced reports whether the first of the lines is a field of mail, and the next one stands below a
// blank line, as where each is a paragraph of HTML.
func isSpaced(lines []string) bool {
	if len(lines) < 3 || lines[1] != "" {
		return false
	}
	first, _ := fieldOf(lines[0])
	next, _ := fieldOf(lines[2])
	return first != noField && next != noField
}

// fieldLetters are the letters of header.order.
const fieldLetters = " FDTS"

// has reports whether the header has From, Date, To or Subject.
func (h *header) has(kind field) bool {
	return kind >= fromField && kind <= subjectField && strings.IndexByte(string(h.order), fieldLetters[kind]) >= 0
}

func (h *header) add(kind field, value string) {
	if kind >= fromField && kind <= subjectField && !h.has(kind) {
		h.order = append(h.order, fieldLetters[kind])
	}
	switch kind {
	case fromField:
		h.from = h.from || strings.Contains(value, "@")
	case toField:
		h.to = h.to || strings.Contains(value, "@")
	case dateField:
		value = withoutMarks.Replace(value)
		h.year = h.year || year.MatchString(value)
		h.clock = h.clock || timeOfDay.MatchString(value)
		h.seconds = h.seconds || seconds.MatchString(value)
	case noField, subjectField, otherField:
	}
}

// isMail reports whether a mail program wrote the header.
func (h *header) isMail(above string) bool {
	order := string(h.order)
	dated := h.year && h.clock
	ordered := mailFields[order] || h.sent
	switch {
	case !h.has(fromField) || h.message || order[0] == 'T':
		return false
	case h.foreign || isField(above):
		return h.from && dated && ordered && h.has(subjectField) && h.has(toField)
	case order == "FDT":
		return dated && (h.from || h.sent)
	}
	if !ordered { // a form may have this order; the time to a second is that of a program
		ordered = h.from && h.to && h.seconds && (order == "FTDS" || order == "FTSD")
	}
	named := dated && order[0] == 'F' || h.sent && h.year // without an address
	return h.has(subjectField) && h.has(dateField) && ordered && ((h.from || h.to) && (h.clock || h.sent) || named)
}

var seconds = regexp.MustCompile(`[0-9][:.][0-9]{2}[:.][0-9]{2}`)

// withoutMarks drops the marks of direction that some programs put around each number.
var withoutMarks = strings.NewReplacer("\u200e", "", "\u200f", "")

// isPlainDate reports whether a field is named "Date", as in forms, not "Sent".
func isPlainDate(line string) bool {
	name, _ := cutField(line)
	return plainDates[plainWords(name)]
}

var plainDates = phrases.Words(
	"date|datum|fecha|data|dato|dagsetning|päiväys|kuupäev|datums|dátum|tarih|ημερομηνία|дата|日期|日時|תאריך|التاريخ",
	"ngày|tanggal|วันที่",
)

// cutField cuts a line such as "*Von:* Jane" in front of its colon. The name is "" when it has none.
func cutField(line string) (name, rest string) {
	line = strings.TrimLeft(line, decoration)
	at := max(colonAt(line), 0)
	return line[:at], line[at:]
}

// fieldOf tells what field a line is, such as "*Von:* Jane".
func fieldOf(line string) (field, string) {
	name, rest := cutField(line)
	if name == "" || len(name) > longestFieldName || strings.Count(name, " ") > mostNameSpaces {
		return noField, ""
	}
	return headerNames[plainWords(name)], rest
}

// isField reports whether a line is a field of mail or of a form.
func isField(line string) bool {
	kind, _ := fieldOf(line)
	return kind != noField || isForeignField(line)
}

// isForeignField reports whether a line begins with at most three words and a colon, and is
// no field of mail.
func isForeignField(line string) bool {
	name, rest := cutField(line)
	if name == "" || len(name) > longestFieldName/2 || strings.HasPrefix(rest, "://") || strings.Count(name, " ") > 2 {
		return false
	}
	name = plainWords(name)
	return headerNames[name] == noField && strings.Trim(name, "0123456789.,") != "" &&
		!strings.ContainsAny(name, "<>@\"")
}

// isMessageField reports whether a field of a form holds what a customer wrote.
func isMessageField(line string) bool {
	name, _ := cutField(line)
	return messageFields[plainWords(name)]
}

// isShapedHeader reports whether lines below a rule are a header in a language that is not
// known: somebody with an address in brackets, then a date and a time, then another field.
func isShapedHeader(lines []string) bool {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	if len(lines) < fewestFields {
		return false
	}
	for _, line := range lines[:fewestFields] {
		if at := colonAt(line); at <= 0 || at > longestFieldName {
			return false
		}
	}
	return hasBracketedAddress(lines[0]) && year.MatchString(lines[1]) && timeOfDay.MatchString(lines[1])
}

// headerNames are the names of fields, by language: of From, of Date, of To, of Subject, and
// others.
var headerNames = func() map[string]field {
	names := make(map[string]field)
	for _, row := range [...][5]string{
		{"from", "sent|date", "to", "subject", "cc|bcc|reply-to|importance|attachments|priority"},
		{"von", "gesendet|datum", "an", "betreff", "kopie|bcc|antwort an|antwort-an|wichtigkeit|anlagen|priorität"},
		{"de", "envoyé|date|envoyé le", "à", "objet|sujet", "copie|copie à|importance|pièces jointes"},
		{"de", "enviado|enviado el|fecha|enviat el|data", "para|per a", "asunto|tema|assumpte",
			"importancia|datos adjuntos"},
		{"de", "enviada em|enviado em|data|enviada", "para", "assunto", "com cópia|anexos|prioridade"},
		{"da", "inviato|data", "a", "oggetto", "risposta|rispondi a|priorità|allegati"},
		{"van", "verzonden|datum", "aan", "onderwerp", "urgentie|bijlagen"},
		{"från|fra", "skickat|sendt|dato|datum", "till|til", "ämne|emne", "kopia|kopi"},
		{"frá", "dagsetning|sent", "til", "efni", "afrit"},
		{"lähettäjä|saatja", "lähetetty|päiväys|saadetud|kuupäev", "vastaanottaja|adressaat", "aihe|teema", "kopio"},
		{"no|nuo", "nosūtīts|datums|išsiųsta|data", "kam", "tēma|tema", ""},
		{"od|nadawca", "wysłano|wysłane|data|odesláno|odoslané|dátum|datum", "do|komu|adresat", "temat|předmět|predmet",
			"kopie|dw|kópia"},
		{"feladó|de la", "elküldve|dátum|trimis|data", "címzett|către", "tárgy|subiect", "másolatot kap"},
		{"šalje|od|kimden", "poslano|gönderildi|gönderilme|tarih|datum", "prima|za|kime", "zadeva|predmet|konu",
			"bilgi"},
		{"από", "στάλθηκε|αποστολή|ημερομηνία", "προς", "θέμα", "κοιν"},
		{"от|від|од", "отправлено|дата|изпратено|надіслано|послато", "кому|до|за", "тема|относно", "копия|копія"},
		{"发件人|寄件者", "发送时间|发送日期|日期|寄件日期", "收件人|收件者", "主题|主旨", "抄送|副本"},
		{"差出人|送信者|보낸 사람", "送信日時|日時|보낸 날짜", "宛先|받는 사람", "件名|제목", "참조"},
		{"מאת|من", "נשלח|תאריך|تم الإرسال|إرسال|التاريخ", "אל|إلى", "נושא|الموضوع", ""},
		{"từ|dari|จาก", "đã gửi|ngày|dikirim|tanggal|ส่ง|วันที่", "tới|đến|kepada|ถึง", "chủ đề|subjek|เรื่อง", ""},
	} {
		for i, list := range row {
			for name := range strings.SplitSeq(list, "|") {
				if name != "" {
					names[name] = field(i + 1)
				}
			}
		}
	}
	return names
}()

// messageFields are the names of the field of a form that holds what a customer wrote.
var messageFields = phrases.Words(
	"message|messages|comment|comments|question|enquiry|inquiry|your message|text|notes|details|body|description",
	"nachricht|ihre nachricht|kommentar|frage|anfrage|mitteilung|bemerkung|commentaire|votre message",
	"mensaje|comentario|comentarios|pregunta|consulta|mensagem|comentário|pergunta|messaggio|commento",
	"richiesta|domanda|bericht|opmerking|vraag|meddelande|fråga|besked|melding|spørgsmål|viesti|kysymys|wiadomość",
	"pytanie|treść|zpráva|dotaz|správa|otázka|üzenet|kérdés|mesaj|mesajul|întrebare|poruka|pitanje|sporočilo|mesajınız",
	"soru|μήνυμα|ερώτηση|сообщение|вопрос|текст|комментарий|повідомлення|питання|съобщение|въпрос",
	"留言|内容|咨询|訊息|內容|メッセージ|お問い合わせ内容|메시지|내용|הודעה|الرسالة|رسالة|tin nhắn|pesan|ข้อความ",
)
