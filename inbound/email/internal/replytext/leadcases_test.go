package replytext

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// lead stands above each of the letters: a greeting alone would bring all of a letter back.
const lead = "I wrote to you last week, and nobody answered.\n\n"

// ledLetters are texts that stay whole below lead.
var ledLetters = []string{
	// Somebody tells what he got, or what somebody wrote.
	"On 5 May 2025 your colleague wrote:\n\nWe will refund you.\n\nNothing came.",
	"Am 5. Mai 2025 um 10:15 schrieb Ihr Kollege:\n\nWir erstatten.\n\nNichts kam.",
	"Le 5 mai 2025, votre collègue a écrit :\n\nNous remboursons.\n\nRien n'est venu.",
	"Il 5 maggio 2025 alle 10:15 la sua collega ha scritto:\n\nRimborsiamo.\n\nNulla.",
	"5 мая 2025 в 10:15 ваш робот написал:\n\nВернём деньги.\n\nНичего нет.",
	"Am 5.5.2025 schrieb Frau Berg:\n\nWir erstatten 20 Euro.\n\nBisher kam nichts.",
	"Le 5 mai 2025 à 10:15 j'ai reçu ceci de Mia <mia@shop.example> :\n\nC'est vendu.\n\nEst-ce vrai ?",
	"Am 5.5.2025 um 10:15 bekam ich von Mia <mia@shop.example> das:\n\nAusverkauft.\n\nStimmt das?",
	"5 мая 2025 в 10:15 я получил от Миа <mia@shop.example> ответ:\n\nЛампы нет.\n\nЭто правда?",
	"On 5 May 2025 at 10:15 your robot <robot@shop.example> said:\n\nSold out.\n\nIs it true?",
	"My friend wrote on 5 May 2025:\n\n> Great lamp.\n\nMay I have one too?",
	"Your support replied:\n\n> We do not know.",
	"Bob Moore replied:\n\n> Not mine.\n\nWhose is it?",
	"Bob wrote:\n\n> Great lamp.\n> Buy it.",
	"This is what the shop wrote:\n> We will refund you.", "Das hat Ihr Kollege geschrieben:\n> Wir erstatten.",
	"Voici ce que votre collègue a écrit :\n> Nous remboursons.", "Esto escribió su colega:\n> Devolvemos.",
	"Wat uw collega schreef:\n> Wij betalen.", "Вот что написал ваш коллега:\n> Вернём.",
	"In the mail from shop@shop.example I read:\n> free returns",
	"2025-05-05 10:15 GMT+2 the parcel left Leeds\nand then nothing. Where is it?",
	"I got this from Mia <mia@shop.example> on 5 May 2025 at 10:15:\n\nSold out.\n\nIs it true?",
	// A device in a sentence.
	"Sent via DHL to the mobile shop, but nobody opened there",
	"the picture was\nsent from my iPhone and is too small.\nMay I send a bigger one?",
	"das Bild wurde\nvon meinem iPhone gesendet und ist zu klein.\nWas nun?",
	"Фото было\nОтправлено с iPhone и пришло пустым.\nПослать ещё раз?",
	"Each mail of yours ends with\nGet Outlook for Android\nand I do not want this. Can you remove it?",
	"Sent from my iPhone it looked blue, but the lamp is green. Please swap it.",
	"the video was\nsent from my Samsung phone to yours",
	// Parts of letters below a rule, and words of notices in them.
	"Old:\n12 Mill Lane, Leeds\n---\nNew:\n3 Park Street, York YO1 7AA",
	"Ja, blau.\n---\nRechnung an:\nGarten GmbH\nMühlweg 3",
	"Blue.\n---\nModel: X-200", "Blue.\n---\nPS: Tuesday", "Blue.\n---\nNew address:\nMill Lane",
	"Blue.\n---\nAnd take me off your mailing list, please.",
	"Blau.\n____\nIst das vertraulich? Wer ist der Empfänger?",
	"Blue.\n--\nThe recipient is my sister, keep it confidential please.",
	"Bleu.\n---\nLe destinataire est ma sœur, c'est confidentiel.",
	"Blau.\n---\nDas Amtsgericht hat mir geschrieben, was soll ich tun?",
	"Blue.\n---\nPlease unsubscribe me, I never subscribed to anything of yours at all.",
	// Fields with no time of day, as no program writes them.
	"Is this mail yours?\n\nFrom: Shop <sh0p@evil.example>\nDate: 5 May 2025\nSubject: Pay now\n\nShall I delete it?",
	"--- Pick-up ---\nFrom: Jane <jane@buyer.example>\nDate: 5 May 2025\nTo: Leeds\n\nPlease come at noon.",
	"From: jane@buyer.example\nTo: shop@shop.example\nDate: 5 May 2025\nSubject: return\n\nI return the lamp.",
	"From: London\n\nTo: Madrid\n\nDate: 12 June 2025\n\nSubject: trip\n\nIs it possible?",
	// The line of a form.
	"On the form:\n\n- Do not write below this line\n- Sign above it",
	"--- I had to reply to you above the line of the form that I got from the shop in Leeds last week on Monday ---\n" +
		"Why?",
	"The form says\nDo not write below this line\nbut the date is below. Where do I put it?",
	"Print this at the bottom:\n\n--- Do not write below this line ---\n\nand a grey box under it.",
	"Auf dem Bogen steht:\n\nBitte nicht unterhalb dieser Linie schreiben\n\nUnd wo unterschreibe ich?",
	"The last line of the form shall be\n--- do not write below this line ---",
	"-- Does nothing go below this line? --\n\nI wrote it there.",
}

func TestExtract_KeepsLettersBelowALead(t *testing.T) {
	for _, letter := range ledLetters {
		assert.Equal(t, lead+letter, Extract(lead+letter))
	}
}

// ledHistories are what programs put below lead, or a person below a rule: none of it stays.
var ledHistories = []string{
	// What not to write below.
	"------ Please do not write below this line ------\nOld", "-- Bitte nicht unterhalb dieser Zeile schreiben --\nAlt",
	"-- Merci de ne pas écrire au-dessous de cette ligne --\nVieux", "## No escriba debajo de esta línea ##\nViejo",
	"## Não escreva abaixo desta linha ##\nVelho", "=== Non scrivere sotto questa riga ===\nVecchio",
	"--- Niet onder deze regel schrijven ---\nOud", "--- Skriv inte under denna rad ---\nGammalt",
	"--- Skriv ikke under denne linje ---\nGammelt", "--- Nie pisz poniżej tej linii ---\nStare",
	"--- Nepište pod tento řádek ---\nStaré", "--- Не пишите ниже этой строки ---\nСтарое",
	"--- Μην γράφετε κάτω από αυτή τη γραμμή ---\nΠαλιό", "*** Bu satırın altına yazmayın ***\nEski",
	"---- 请勿在此行下方书写 ----\n旧", "---- この線より下には記入しないでください ----\n古い",
	"Write ABOVE THIS LINE to post a reply or view this on Basecamp.\n\nOld",
	// Who answered.
	"Support Team replied:\n\n> Old words", "Mia Berg antwortete:\n> Alt", "Mia a répondu :\n\n> Vieux",
	"Mia Berg (Shop) wrote on 5 May 2025:\n\n> Old words", "Mia Berg replied on 5/5/2025:\n> Old words",
	"> 5 May 2025, 10:15 by mia@shop.example:\n> Old words",
	// Headers.
	"From: Mia\n[mailto:mia@shop.example]\nSent: 5 May 2025 10:15\nTo: Jo\nSubject: x\n\nOld words",
	"---- Replied Message ----\n| From | Mia<mia@shop.example> |\n| Date | 05/05/2025 10:15 |\n| Subject | x |\nOld",
	"---- 回复的原邮件 ----\n| 发件人 | Mia<mia@shop.example> |\n| 日期 | 2025年05月05日 10:15 |\n旧",
	"----------------\nКому: Jo (jo@buyer.example);\nТема: x;\n05.05.2025, 10:15, \"Mia\" <mia@shop.example>:\n\n> Старое",
	"发件人： Mia <mia@shop.example>\n日期： 2025年5月5日 星期一 10:15\n收件人： jo@buyer.example\n主题： x\n\n旧",
	"Temat: x\nData: 2025-05-05 10:15\nNadawca: Mia <mia@shop.example>\nAdresat: jo@buyer.example;\n\nStare",
	"From: Mia <mia@shop.example>\n\nSent: Monday, 5 May 2025 10:15\n\nTo: Jo\n\nSubject: x\n\nOld words",
	// Signatures.
	"Sent via the Samsung Galaxy S21, an AT&T 5G smartphone",
	"---\nС уважением,\nАнна Петрова\nменеджер по закупкам\n+7 495 000-00-00", "--\n李娜\n花园有限公司\n电话：010-00000000",
	"--\nMet vriendelijke groet,\nEva de Vries\nTuin BV",
	"---\nGrüße\nEva\n\nBitte denken Sie an die Umwelt, bevor Sie diese E-Mail drucken.",
	"--\nKontakt:\nEva Kern\nTel 030 1234", "Sent from my iPhone\nPlease excuse any typos.",
	"--\nEva Kern\n\nThis email and any files transmitted with it are confidential.",
}

func TestExtract_CutsHistoriesBelowALead(t *testing.T) {
	for _, history := range ledHistories {
		assert.Equal(t, lead[:len(lead)-2], Extract(lead+history), history)
	}
}

// A forwarded letter may begin with fields, like the header above it.
func TestExtract_HeaderOfParagraphs(t *testing.T) {
	const header = "From: Mia <mia@shop.example>\n\nSent: Monday, 5 May 2025 10:15\n\nTo: Jo\n\nSubject: x\n\n"
	for _, words := range []string{"From: London\n\nTo: Madrid", "Hello Jo"} {
		assert.Equal(t, words, Extract(header+words))
	}
}

// Who thanks for an answer and names a place does not say that answers stand there.
func TestExtract_ThanksForAnswers(t *testing.T) {
	const old = "\n\n-----Original Message-----\nWhich colour? Blue."
	for words, inPlace := range map[string]bool{
		"Danke für die schnelle Antwort, Adresse unten.":    false,
		"Thanks for your answers, my address is below.":     false,
		"Merci pour votre réponse, adresse ci-dessous.":     false,
		"Grazie per la risposta, indirizzo sotto.":          false,
		"Спасибо за ответ, адрес ниже.":                     false,
		"Thanks for your mail, my answers are below.":       true,
		"Danke für Ihre Nachricht, Antworten unten.":        true,
		"Gracias por su respuesta, mis respuestas abajo.":   true,
		"Thank you for the answers. My comments are below.": true,
		"Blue, see below.":                  true,
		"Hallo Mia, bitte siehe unten.":     true,
		"Blau, und die Lampe steht unten.":  false,
		"Bleu, voir ci-dessous pour le 42.": true,
	} {
		want := words
		if inPlace {
			want += old
		}
		assert.Equal(t, want, Extract(words+old))
	}
}
