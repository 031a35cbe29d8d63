package replytext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// originalHeaders are the names of From, Date, To and Subject in the header that
// mail programs put over the message that is answered.
var originalHeaders = []string{
	"From|Sent|To|Subject", "Von|Gesendet|An|Betreff", "De|Envoyé|À|Objet",
	"De|Enviado el|Para|Asunto", "De|Enviado|Para|Assunto", "Da|Inviato|A|Oggetto",
	"Van|Verzonden|Aan|Onderwerp", "Från|Skickat|Till|Ämne", "Fra|Sendt|Til|Emne",
	"Lähettäjä|Lähetetty|Vastaanottaja|Aihe", "Od|Wysłano|Do|Temat", "Od|Odesláno|Komu|Předmět",
	"Od|Odoslané|Komu|Predmet", "Feladó|Elküldve|Címzett|Tárgy", "De la|Trimis|Către|Subiect",
	"Kimden|Gönderildi|Kime|Konu", "Από|Στάλθηκε|Προς|Θέμα", "От|Отправлено|Кому|Тема",
	"Від|Надіслано|Кому|Тема", "От|Изпратено|До|Относно", "Šalje|Poslano|Prima|Predmet",
	"Od|Poslano|Za|Zadeva", "Saatja|Saadetud|Adressaat|Teema", "No|Nosūtīts|Kam|Tēma",
	"Nuo|Išsiųsta|Kam|Tema", "מאת|נשלח|אל|נושא", "من|تم الإرسال|إلى|الموضوع",
	"Từ|Đã gửi|Tới|Chủ đề", "Dari|Dikirim|Kepada|Subjek", "จาก|ส่ง|ถึง|เรื่อง",
	"差出人|送信日時|宛先|件名", "发件人|发送时间|收件人|主题", "寄件者|寄件日期|收件者|主旨",
	"보낸 사람|보낸 날짜|받는 사람|제목", "De|Enviat el|Per a|Tema", "De|Date|À|Objet",
	"От|Дата|Кому|Тема", "Од|Послато|За|Тема",
}

// dividerLines are lines that mail programs put there instead.
var dividerLines = []string{
	"‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐", "---- On Tue, 03 Mar 2026 10:15:00 +0100 Jane <jane@example.com> wrote ---",
	"-----Original Message-----", "-----Ursprüngliche Nachricht-----",
	"-----Message d'origine-----", "-----Mensaje original-----",
	"-----Mensagem original-----", "-----Messaggio originale-----",
	"-----Oorspronkelijk bericht-----", "-----Ursprungligt meddelande-----",
	"-----Oprindelig meddelelse-----", "-----Opprinnelig melding-----",
	"-----Alkuperäinen viesti-----", "-----Wiadomość oryginalna-----",
	"-----Původní zpráva-----", "-----Pôvodná správa-----",
	"-----Eredeti üzenet-----", "-----Mesaj original-----",
	"-----Orijinal İleti-----", "-----Αρχικό μήνυμα-----",
	"-----Исходное сообщение-----", "-----Оригінальне повідомлення-----",
	"-----Original-Nachricht-----", "-------- Forwarded Message --------",
	"-------- Original-Nachricht --------", "-------- Weitergeleitete Nachricht --------",
	"-------- Message transféré --------", "-------- Mensaje reenviado --------",
	"-------- Messaggio inoltrato --------", "-------- Пересылаемое сообщение --------",
	"-------- Přeposlaná zpráva --------", "-------- Przekazana wiadomość --------",
	"-------- Doorgestuurd bericht --------", "-------- Vidarebefordrat meddelande --------",
	"-------- Videresendt meddelelse --------", "---------- Forwarded message ---------",
	"---------- Пересылаемое сообщение ---------", "---------- Переадресованное сообщение ---------",
	"-----邮件原件-----", "-----原始邮件-----",
	"-----Original Nachricht-----", "Begin forwarded message:",
	"Anfang der weitergeleiteten Nachricht:", "Début du message réexpédié :",
	"Inizio messaggio inoltrato:", "Inicio del mensaje reenviado:",
	"Início da mensagem reencaminhada:", "Begin doorgestuurd bericht:",
	"Начало переадресованного сообщения:", "转发的邮件：",
	"以下に転送されたメッセージ：", "Vidarebefordrat brev:",
	"Videresendt melding:", "Rozpoczęcie przekazanej wiadomości:",
	"Välitetty viesti alkaa:",
}

func TestExtract_OriginalHeader(t *testing.T) {
	const words = "Thank you.\nJo"
	for _, names := range originalHeaders {
		name := strings.Split(names, "|")
		for _, bold := range []string{"", "*"} {
			field := func(i int, value string) string { return bold + name[i] + ":" + bold + " " + value + "\n" }
			block := field(0, "Jane Key <jane@example.com>") + field(1, "3/3/2026 10:15") +
				field(2, "shop@shop.example") + field(3, "Order")
			assert.Equal(t, words, Extract(words+"\n\n"+block+"\nYour parcel is on its way.\n"))
		}
	}
	for _, rule := range []string{"________________", "--- words in any language ---"} {
		block := "Od: jane@example.com\nDatum: 3. 3. 2026 10:15:00\nPředmět: Order\n"
		assert.Equal(t, words, Extract(words+"\n\n"+rule+"\n"+block+"\nYour parcel is on its way.\n"))
	}
	for _, line := range dividerLines {
		assert.Equal(t, words, Extract(words+"\n\n"+line+"\n\nYour parcel is on its way.\n"))
	}
}

func TestExtract_NoOriginalHeader(t *testing.T) {
	for name, words := range map[string]string{
		"a form": "Name: Jane Key\nEmail: jane@example.com\nDate: 3/3/2026 10:15\nOrder: 5\n" +
			"Message: where is it?",
		"one dash":            "– 2 cups on 3 March\n- 1 plate, as I wrote:",
		"dashes":              "--- my order ---\n2 cups",
		"words with a colon":  "My original message:\nwhere is it?",
		"two fields":          "From: Jane Key\nSubject: Order\nWhere is it?",
		"a signature's dash":  "Yes.\n-- original --\nNo.",
		"a list of questions": "To: whom?\nWhen: now?\nFrom: where?",
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, words, Extract(words)) })
	}
}
