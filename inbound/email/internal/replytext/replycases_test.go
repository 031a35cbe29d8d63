package replytext

// ownLetters are texts of which every line is the customer's: Extract returns them whole.
// Each has a cause of its own for being taken for something else.
var ownLetters = map[string]string{
	// Three or four fields of an order, a journey, a memo are no quoted header.
	"a journey, Italian":        "Da: Milano\nA: Napoli\nData: 3 maggio 2025\n\nQuanto costa con il cane?",
	"a flight at a time, Span.": "Hola:\nDe: Sevilla\nPara: Bilbao\nFecha: 3 de mayo de 2025, 10:15\n\n¿Queda sitio?",
	"a memo, French": "De : Lyon, atelier\nÀ : Nice, dépôt\nDate : 12 juin 2025\n" +
		"Objet : palette perdue\n\nOù est-elle ?",
	"a parcel's way": "My parcel:\n\nFrom: Leeds depot\nTo: 4 Mill Lane\nSent: 3 May\n\nIt never came.",
	"minutes of a meeting": "Minutes\n\nTo: all tenants\nFrom: Jane Roe\nDate: 3 May 2025\n" +
		"Subject: the lift\n\nIt is broken.",
	"a move below a rule, Dutch": "Een verhuizing:\n________________\nVan: Utrecht\nAan: Breda\nDatum: 4 juli\n\n" +
		"Past de piano?",
	"freight, Polish":           "Dzień dobry,\n\nOd: Kraków\nDo: Gdańsk\nData: 5.6.2025\n\nIle za paletę?",
	"a taxi, Russian":           "Нужна машина:\n\nОт: вокзал\nДо: гостиница\nДата: 5 июня\n\nСколько стоит?",
	"a bouquet's card, Chinese": "花束卡片：\n\n发件人：爸爸\n收件人：小明\n日期：5月3日\n\n请写“生日快乐”。",
	"a gift, Japanese":          "熨斗の件です。\n\n差出人：山田太郎\n宛先：山田花子\n日時：5月3日\n\n短冊を付けてください。",
	"a subject first, German":   "Guten Tag,\n\nBetreff: Umbuchung\nVon: Hamburg\nAn: Kiel\nDatum: 12.6.2025\n\nGeht das?",
	"a portal's lead with a message": "New enquiry for flat 12\n\nFrom: Bob Moore <bob@buyer.example>\n" +
		"Date: 3/3/2026 10:15\nSubject: Flat 12\nMessage: I can come on Friday.",
	"a form with a telephone, Portuguese": "Novo contato\n\nDe: Ana Lima\nTelefone: 11 5550-0100\nAssunto: aluguel\n" +
		"Data: 3/5/2025\nMensagem: posso visitar no sábado?",
	"a school's letter, Turkish": "Merhaba,\n\nKimden: Ayşe Öğretmen\nKime: 4-B velileri\nTarih: 5 Haziran\n\nGezi kaça?",
	"a ferry, Greek":             "Καλημέρα,\n\nΑπό: Πειραιάς\nΠρος: Χανιά\nΗμερομηνία: 12 Ιουνίου\n\nΥπάρχει καμπίνα;",
	"a shuttle, Swedish":         "Hej,\n\nFrån: Arlanda\nTill: Uppsala\nDatum: 12 juni kl 14\n\nVad kostar det?",
	// Rules between the parts of a form or of a letter.
	"two fields and dashes, German": "Name: Eva Kern\n--\nBestellung: 4711",
	"parts of a form, Spanish": "Nombre: Eva Gil\n____\nPedido: 4711\n____\n" +
		"Quiero devolverlo por favor\n____\nTel.: 555 0100",
	"a poem": "For the card:\n\nRoses are red\n***\nViolets are blue\n***\nSugar is sweet",
	"headings that are underlined": "Return\n======\nThe lamp is broken.\n\nOrder\n=====\n" +
		"Please send the cups first.",
	"a statement below dashes, Swedish": "Den blå, tack.\n\n---\n\nOch jag vill gärna ha ett kvitto på allt.\n\n" +
		"Mvh\nEva",
	"items below a colon and dashes": "Please send these:\n---\n2 mugs\nblue plate",
	"a recipe":                       "Does your mixer do this dough\n---\n200 g flour\n3 eggs\n1 tsp salt",
	"SQL": "This fails in your shop's reports:\nSELECT 1;\n--\n" +
		"SELECT name FROM orders WHERE id = 4711;",
	"a question below a rule, Turkish":    "Mavi olsun.\n____\nKargo ne zaman gelir?\nAyşe",
	"a question below dashes, Arabic":     "الأزرق من فضلك.\n---\nهل تشحنون إلى عمان؟\nليلى",
	"a request below dashes, Japanese":    "青をお願いします。\n---\n箱も二つ付けてください。\n花子",
	"a question below dashes, Greek":      "Το μπλε.\n--\nΣτέλνετε και στην Κύπρο;\nΕλένη",
	"a postscript below dashes":           "The blue one.\nBest\nJo\n---\nP.S. please ring twice, the bell is weak",
	"an address below dashes and a colon": "Lieferadresse:\n--\nEva Kern\nAm Markt 3\n1010 Wien",
	"a letter below a dash line, Czech": "Modrý, prosím.\n--\nA ještě bych chtěla vrátit ty hrnky z minulého " +
		"týdne.\nJana",
	"a table with bars":                "What I need:\n\n| item | colour |\n| cup | blue |\n| plate | white |",
	"a bill of quantities with dashes": "Position 1\n---\n3 Fenster\n---\nPosition 2\n---\n4 Türen",
	"a program's prompt":               "I type this and nothing happens\n\n> npm install\n> npm start",
	"a text for a card":                "Bitte auf die Karte drucken\n\n> Alles Gute, Oma\n> Deine Enkel",
	"a clause that is asked about": "Votre contrat dit ceci :\n> Le client paie le retour.\n" +
		"> Sauf erreur du vendeur.\n> Voir page 4.",
	// Sentences that tell who wrote or sent what.
	"what a colleague wrote": "On 3 May 2025 your colleague wrote:\nWe will refund you.\n" +
		"Nothing came. What now?",
	"what I wrote, German": "Am 3. Mai 2025 um 10:15 schrieb ich Ihnen:\nDie Lampe ist kaputt.\n" +
		"Bis heute keine Antwort.",
	"what somebody wrote, French":       "Le 3 mai, votre collègue a écrit :\nNous remboursons.\n\nJe n'ai rien reçu.",
	"what I sent":                       "On 3 May 2025 at 10:15 I sent:\n2 cups\n1 plate\nOnly the plate is back.",
	"what I wrote, Polish":              "Dnia 3.05.2025 o 10:15 napisałam do Państwa:\nlampa nie działa.\nCo dalej?",
	"a question behind a device's name": "It is late.\nSent from my phone shop account, can you check it?",
	"a parcel and a telephone, Dutch":   "Hallo,\nVerzonden met PostNL, kunt u mij op mijn telefoon bellen?",
	// Words about the line, the previous messages.
	"an answer about the line":           "I did reply above this line as your mail asked.\nWhat else can I do?",
	"about the line, Italian":            "Ho scritto la risposta sopra la riga, ma niente.\nCome mai?",
	"a list item about the line, German": "Was ich tat:\n- Antwort über der Zeile eingegeben\n- gewartet",
	"a question with all words, Spanish": "¿Tengo que escribir mi respuesta por encima de esta línea?",
	"a heading of the customer's own":    "Previous messages\n\nI wrote to you twice in May, and nobody answered.",
	"previous replies, French":           "Les réponses précédentes ne sont pas arrivées.\nPouvez-vous les renvoyer ?",
	// Answers that stand in the old message.
	"answers in red": "Hello, my answers are in red below.\n\nFrom: Shop <shop@shop.example>\nSent: 3 May 2025 10:15\n" +
		"To: Jo\nSubject: Order\n\nWhich colour? Blue.\nWhich size? 42.",
	"answers in the text, German": "Meine Antworten stehen unten im Text.\n\nVon: Shop <shop@shop.example>\n" +
		"Gesendet: 3. Mai 2025 10:15\nAn: Jo\nBetreff: Bestellung\n\nFarbe? Blau.",
	"answers in the quote, French": "Mes réponses ci-dessous.\n\nLe 3 mai 2025 à 10:15, Shop <shop@shop.example> a " +
		"écrit :\n" +
		"> Quelle couleur ? Bleu.",
	"answers below, Russian": "Мои ответы ниже.\n\n-----Исходное сообщение-----\nЦвет? Синий.",
	"an answer inside the quote, Dutch": "Op 3 mei 2025 om 10:15 schreef Shop <shop@shop.example>:\n" +
		"> Welke kleur?\n>\n> Blauw graag.",
	"a greeting above the answered quote, Norwegian": "Hei,\n\nDen 3. mai 2025 kl. 10:15 skrev Shop " +
		"<shop@shop.example>:\n" +
		"> Hvilken farge? Blå.",
	// What else customers paste, and how.
	"lines of a log":        "Log:\n2025-01-06 10:00:00 to=<a@b.example>\n2025-01-06 10:00:02 to=<c@b.example>\nWhy?",
	"one line of a log":     "2025-01-06 10:00:00 mail <a@b.example> bounced\nWhy?",
	"an engraving":          "Please add the text above the line\nEva and Tom\nand below it the date",
	"an engraving, German":  "Bitte den Text über der Linie\nEva und Tom\nund darunter das Datum",
	"a short message":       "I got this:\n\nFrom: +44 555 0100\nDate: 3 May 2025 10:15\nTo: me\n\nIs it yours?",
	"a room":                "Guest: Eva\nFrom: 3 May 2025 14:00\nTo: 5 May 2025 10:00\nSubject: pickup\n\nthanks",
	"a train, all at times": "Datum: 3.5.2025 10:15\nVon: Gleis 4\nAn: 18:00\nBetreff: Rückfahrt\n\nGibt es WLAN?",
	"a chat with addresses": "Our chat:\n\nEva <eva@x.example> 3 May 2025 10:15:\nhello\nShop <s@x.example> 3 May " +
		"2025 10:16:\n" +
		"hello\n\nSo what?",
	"answers behind the marks of quotes": "Which colour?\n>> blue\nsize?\n>> 42",
	"where to send it, at a time":        "Please send it on 3/3/2026 at 10:15 to Jane <jane@example.com>:\nMill Lane 4",
	"what I wrote to somebody, Italian": "Il 3 maggio 2025 alle 10:15 ho scritto a Eva <eva@x.example>:\n\n" +
		"nessuna risposta.\n\n" +
		"E adesso?",
	"a lead as a portal writes it": "You have a message from Bob\n\nFrom: Bob Moore <bob@x.example>\n" +
		"To: Agent <agent@x.example>\n" +
		"Date: Mon, 3 Mar 2025 10:15\nSubject: viewing\n\nCan I see it?",
	"a lead with an address of its own": "New lead!\n\nFrom: Bob Moore\nEmail: bob@x.example\n" +
		"Date: 3/3/2026 10:15\nSubject: viewing\n\nMay I?",
	"a letter with a subject, a date and a sender": "Subject: complaint\nDate: 3 May 2025\nFrom: Eva Kern\n" +
		"To: Shop\n\nThe lamp is broken.",
	"what the shop's page says":     "Your page says\n\"Reply above this line\"\nand I see no line",
	"an order to unsubscribe":       "Ok.\n--\nPlease unsubscribe me",
	"a place to sign":               "Please sign here:\n________________________\nEva Kern",
	"parts in one letter, Italian":  "Ordine n. 4\n_____________\nTazza blu\n_____________\nGrazie",
	"dashes without a word, thrice": "Hello\n--\n--\n--\nJo",
	"a greeting above a telephone's line and answers": "Hallo,\n\nVon meinem iPhone gesendet\n\n" +
		"Am 03.05.2025 um 10:15 schrieb " +
		"Shop <s@shop.example>:\n> Farbe? Blau.",
	"a greeting above a marker and the answer": "Hi Maria,\n\n-- Reply above this line --\n\nBlue, please.",
	"a parcel's number by mail, German":        "Gesendet mit DHL, die Nummer kam per Mail an.",
	"what I wrote to somebody, German": "Am 3. Mai 2025 um 10:15 schrieb ich an Mia <mia@x.example>:\n\n" +
		"Die Lampe ist kaputt.",
	"what a colleague wrote, in a paragraph": "I am cross.\nOn 3 May 2025 your colleague wrote:\n\n" +
		"We will refund you.\n\nNothing came.",
	"a memo that was sent": "Memo\n\nTo: all@x.example\nFrom: Eva <eva@x.example>\nSent: 3 May 2025 10:15\n" +
		"Subject: lift\n\nIt is broken.",
	"a header without a sender": "My parcel:\n\nSent: 3 May 2025 10:15\nTo: jo@x.example\nSubject: parcel\n\nWhere is it?",
	"an appointment below a rule, German": "Wer kommt\n---\nName: Eva <eva@x.example>\nTermin: 3.5.2025 10:15\n" +
		"Ort: Wien\n\n" +
		"Passt das?",
	"an armor's first line":          "-----BEGIN PGP SIGNED MESSAGE-----",
	"a field above a delimiter":      "Besteller: Eva Kern\n-- \nBlaue Tasse\nbitte schnell und gut verpackt liefern",
	"guests with addresses, German":  "Die Gäste\n---\n- Eva <eva@x.example>\n- Bob",
	"a closing below a rule, German": "Blau.\n---\nZwei Tassen\n\nViele Grüße\nEva",
	"a request with a telephone":     "Blue.\n---\nCall me soon\nTel. 555 0100",
	"a message with a telephone":     "New lead\n---\nMessage: tomorrow\nPhone: 555 0100",
	"an engraving of an answer":      "Please write the answer above the line\nEva and Tom",
	"a list of what I miss":          "What I miss:\n- previous messages\n- the invoice",
	"a lead with all fields of mail": "New lead\n\nFrom: Bob <b@x.example>\nTo: Agent <a@x.example>\n" +
		"Sent: 3/3/2026 10:15\n" +
		"Subject: viewing\nMessage: I can come on Friday",
	"a list of what I did":            "What I did:\n- reply above this line\n- wait",
	"about the line, Chinese":         "我已在此行上方回复，没有收到。\n为什么？",
	"about the line, Japanese":        "この行の上に返信しました。\nなぜですか。",
	"SQL with a rule and a semicolon": "This fails:\n---\nDROP TABLE orders;",
	"two delimiters and a letter": "Please cancel.\n-- \nJo\n-- \nThis is the second part: the " +
		"invoice of May is wrong.",
	"no words but a signature": "-- \nJo Key\nMill Lane 4",
	"a rule":                   "---",
}

// replies are texts with what is new in them, where that is not simply what stands first.
var replies = map[string]struct{ text, want string }{
	"a quote of one's own, German": {"Stimmt das?\n\n> Ab 50 Euro frei Haus\n\n" +
		"Am 05.05.2025 um 15:47 schrieb Shop <shop@shop.example>:\n> Danke.", "Stimmt das?\n\n> Ab 50 Euro frei Haus"},
	"answers between the lines, Spanish": {"Hola:\n\nEl 5/5/2025 a las 10:15, Shop escribió:\n> ¿Color?\n\nAzul.\n\n" +
		"> ¿Talla?\n\nLa 42.", "Hola:\n\n> ¿Color?\n\nAzul.\n\n> ¿Talla?\n\nLa 42."},
	"an answer below, then a rule and a question, Finnish": {"Shop <shop@shop.example> kirjoitti 5.5.2025 kello 10:15:\n" +
		"> Väri?\n\nSininen.\n---\nMilloin paketti tulee?", "Sininen.\n---\nMilloin paketti tulee?"},
	"nothing above the line, Portuguese": {"##- Digite sua resposta acima desta linha -##\n\nRespondo aqui: a azul.",
		"Respondo aqui: a azul."},
	"answers below a line that is quoted": {"On 5 May 2025 at 10:15, Shop wrote:\n> -- Reply above this line --\n" +
		"> Colour?\nBlue.\n> Size?\nIt is 42.", "> -- Reply above this line --\n> Colour?\nBlue.\n> Size?\nIt is 42."},
	"a heading of one's own above history": {"*Previous messages*\n\nI want them.\n\nOn 5 May 2025 at 10:15, Mia " +
		"<m@x.example> " +
		"wrote:\n> Old", "*Previous messages*\n\nI want them."},
	"an answer below a name, German": {"Mia Berg schrieb am 03.03.2020 um 10:15:\n> Farbe?\n\nBlau.", "Blau."},
	"a table below a quote": {"On 5 May 2025 at 10:15, Shop wrote:\n> What?\n\nThis:\n| cup | blue |", "This:\n| " +
		"cup | blue |"},
	"an armored text with a quote": {"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\nCharset: utf-8\n\n" +
		"The blue one.\n\n" +
		"On 5 May 2025 at 10:15, Shop wrote:\n> Colour?\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n" +
		"-----END PGP SIGNATURE-----", "The blue one."},
	"words below an armored signature": {"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe blue one.\n" +
		"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\nAnd a second cup please.",
		"The blue one.\nAnd a second cup please."},
	"an escaped signature": {"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nLa bleue.\n- -- \nÈve\n" +
		"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----", "La bleue."},
}

// histories are what programs put below new words: none of it stays. Each has a program,
// a dressing or a language of its own.
var histories = map[string]string{
	// "Reply above this line", by ticket programs.
	"marker, English, Zendesk's old one": "## In replies all text above this line is added to the ticket ##\n\nOld words",
	"marker, English, Basecamp":          "-- REPLY ABOVE THIS LINE to add a comment\n\nOld words",
	"marker, English, Teamwork":          "=-=-=-=-= Type your response ABOVE THIS LINE to reply =-=-=-=-=\nOld words",
	"marker, English, Jira":              "—-—-—-—\nReply above this line.\n\nOld words",
	"marker, English, bracketed":         "[Please enter your reply above this line]\n\nOld words",
	"marker, English, stars":             "*** Reply above this line ***\nOld words",
	"marker, English, wrapped":           "##- Please type your reply above\nthis line -##\n\nOld words",
	"marker, English, quoted":            "> ##- Please type your reply above this line -##\n>\n> Old words",
	"marker, English, in a form's arrow": "↑ Write your reply above this line ↑\nOld words",
	"marker, English, angles":            "<<< Please respond above this line >>>\nOld words",
	"marker, German":                     "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##\nAlt",
	"marker, German, plain":              "Bitte antworten Sie oberhalb dieser Linie.\n\nAlt",
	"marker, French":                     "##- Veuillez saisir votre réponse au-dessus de cette ligne -##\nVieux",
	"marker, French, plain":              "Merci de répondre au-dessus de cette ligne\n\nVieux",
	"marker, Spanish":                    "--- Responda por encima de esta línea ---\nViejo",
	"marker, Catalan":                    "##- Escriviu la vostra resposta per sobre d'aquesta línia -##\nVell",
	"marker, Galician":                   "##- Escriba a súa resposta por riba desta liña -##\nVello",
	"marker, Portuguese":                 "##- Escreva a sua resposta acima desta linha -##\nVelho",
	"marker, Italian":                    "##- Digita la tua risposta al di sopra di questa riga -##\nVecchio",
	"marker, Romanian":                   "##- Introduceți răspunsul deasupra acestei linii -##\nVechi",
	"marker, Dutch, plain":               "Typ je reactie boven deze lijn\n\nOud",
	"marker, Afrikaans":                  "-- Tik asseblief jou antwoord bo hierdie lyn --\nOud",
	"marker, Danish":                     "##- Skriv dit svar over denne linje -##\nGammelt",
	"marker, Swedish":                    "##- Skriv ditt svar ovanför den här raden -##\nGammalt",
	"marker, Norwegian":                  "##- Skriv svaret ditt over denne linjen -##\nGammelt",
	"marker, Icelandic":                  "##- Skrifaðu svarið þitt fyrir ofan þessa línu -##\nGamalt",
	"marker, Finnish":                    "##- Kirjoita vastauksesi tämän rivin yläpuolelle -##\nVanha",
	"marker, Estonian":                   "##- Palun kirjutage oma vastus selle rea kohale -##\nVana",
	"marker, Latvian":                    "##- Lūdzu, ierakstiet atbildi virs šīs rindas -##\nVecs",
	"marker, Lithuanian":                 "##- Įveskite atsakymą virš šios eilutės -##\nSenas",
	"marker, Polish":                     "##- Wpisz swoją odpowiedź powyżej tego wiersza -##\nStare",
	"marker, Czech":                      "##- Odpověď prosím napište nad tento řádek -##\nStaré",
	"marker, Slovak":                     "##- Napíšte svoju odpoveď nad tento riadok -##\nStaré",
	"marker, Slovenian":                  "##- Odgovor vnesite nad to vrstico -##\nStaro",
	"marker, Croatian":                   "##- Upišite svoj odgovor iznad ovog retka -##\nStaro",
	"marker, Serbian":                    "##- Унесите одговор изнад ове линије -##\nСтаро",
	"marker, Hungarian":                  "##- Kérjük, írja válaszát e sor fölé -##\nRégi",
	"marker, Bulgarian":                  "##- Моля, въведете отговора си над този ред -##\nСтаро",
	"marker, Russian":                    "=== Введите ответ над этой строкой ===\nСтарое",
	"marker, Ukrainian":                  "##- Будь ласка, введіть відповідь над цим рядком -##\nСтаре",
	"marker, Greek":                      "##- Πληκτρολογήστε την απάντησή σας πάνω από αυτήν τη γραμμή -##\nΠαλιό",
	"marker, Turkish":                    "##- Lütfen yanıtınızı bu satırın üzerine yazın -##\nEski",
	"marker, Hebrew":                     "##- הקלד את תגובתך מעל לשורה זו -##\nישן",
	"marker, Arabic":                     "##- يُرجى كتابة ردك فوق هذا السطر -##\nقديم",
	"marker, Persian":                    "##- لطفاً پاسخ خود را بالای این خط بنویسید -##\nقدیمی",
	"marker, Hindi":                      "##- कृपया अपना उत्तर इस पंक्ति के ऊपर लिखें -##\nपुराना",
	"marker, Thai":                       "##- โปรดพิมพ์คำตอบของคุณเหนือบรรทัดนี้ -##\nเก่า",
	"marker, Vietnamese":                 "##- Vui lòng nhập câu trả lời của bạn phía trên dòng này -##\nCũ",
	"marker, Indonesian":                 "##- Ketikkan balasan Anda di atas baris ini -##\nLama",
	"marker, Filipino":                   "##- I-type ang iyong sagot sa itaas ng linyang ito -##\nLuma",
	"marker, Japanese":                   "##- この行より上に返信をご記入ください -##\n古い",
	"marker, Korean":                     "##- 이 줄 위에 답장을 입력하세요 -##\n옛날",
	"marker, Chinese, Taiwan":            "##- 請在這行上方輸入您的回覆 -##\n舊",
	// Headings of earlier replies.
	"heading, English, dashes":       "---- Previous messages ----\nOld words",
	"heading, English, history":      "________________\nConversation history\n\nOld words",
	"heading, English, above a date": "Previous replies\n\nMia Berg, 1 February 2025, 10:15\nOld words",
	"heading, German, number signs":  "## Bisheriger Verlauf ##\nAlt",
	"heading, French":                "---\n*Réponses précédentes*\n\nVieux",
	"heading, Italian":               "---\n*Risposte precedenti*\n\nVecchio",
	"heading, Portuguese":            "---\n**Mensagens anteriores**\n\nVelho",
	"heading, Dutch":                 "----------\nEerdere berichten\n\nOud",
	"heading, Polish":                "---\nPoprzednie wiadomości\n\nStare",
	"heading, Swedish":               "---\n*Tidigare svar*\n\nGammalt",
	"heading, Danish":                "=====\nTidligere beskeder\n\nGammelt",
	"heading, Finnish":               "---\nAiemmat viestit\n\nVanha",
	"heading, Czech":                 "---\nPředchozí zprávy\n\nStaré",
	"heading, Ukrainian":             "---\nПопередні відповіді\n\nСтаре",
	"heading, Turkish":               "---\n*Önceki mesajlar*\n\nEski",
	"heading, Hungarian":             "---\nKorábbi üzenetek\n\nRégi",
	"heading, Japanese":              "---\n以前の返信\n\n古い",
	"heading, Chinese":               "---\n历史消息\n\n旧",
	"heading, Korean":                "---\n이전 메시지\n\n옛날",
	// Attributions and headers beyond the known ones.
	"name first, German":  "Mia Berg schrieb am 03.03.2020 um 10:15:\n> Alt",
	"name first, English": "Mia Berg wrote on 3/3/2020 10:15 AM:\n> Old words",
	"name first, French":  "Mia Berg a écrit le 3 mars 2020 à 10:15 :\n> Vieux",
	"Outlook, Icelandic": "________________________________\nFrá: Mia Berg <mia@shop.example>\n" +
		"Sent: 3. mars 2020 10:15\nTil: Jo\nEfni: Pöntun\n\nGamalt",
	"a quote above a quoted attribution": "> Which colour do you want?\n>\n> On 5 May 2025 at 10:15, Jo " +
		"<jo@x.example> wrote:\n>> Hello",
	"a line that is quoted with blank ones": "> Any news of the colour?\n>\n>\n\n--\nJo Key",
	"a letter that is quoted":               "> Hi Jo,\n> which colour do you want?",
	"a thread that is quoted":               "> which colour?\n>> the cup",
	"a name and a verb, German":             "Mia Berg schrieb:\n> Alte Worte",
	"a scanner below a delimiter": "-- \nThis message has been scanned for viruses and\n" +
		"is believed to be clean.",
	"a list below a rule, Romanian": "---\nPentru dezabonare, trimiteti mail la\n" +
		"listar@lug.example cu subiectul 'unsubscribe x'.",
	"a slogan in a signature":  "-- \nJo Key\nWe make gardens of every kind, for you and yours",
	"a name in bold":           "--\n* Jo Key*\nGardener\n*Mob:5550100*",
	"an office in a signature": "---\nEva Kern\nHead of Sales and Marketing\nKern GmbH",
	"Windows Mail": "From: Mia Berg\nSent: \u200eFriday\u200e, \u200eMay\u200e \u200e5\u200e, \u200e2025 \u200e12\u200e:" +
		"\u200e35\u200e \u200ePM\nTo: jo\n\nOld words",
	"header below a rule, Welsh": "________________________________\nGan: Mia Berg <mia@shop.example>\n" +
		"Anfonwyd: 3 Mawrth 2020 10:15\nAt: Jo\nTestun: Archeb\n\nHen",
	"Yahoo's order of fields": "From: Mia Berg <mia@shop.example>\nTo: Jo <jo@buyer.example>\n" +
		"Sent: Tuesday, 3 March 2020, 10:15\nSubject: Order\n\nOld words",
	"Apple's order of fields": "Begin forwarded message:\n\nFrom: Mia <mia@shop.example>\nSubject: Order\n" +
		"Date: 3 March 2020 10:15\nTo: Jo\n\nOld words",
	"Libero's order of fields": "Da: \"Mia\" mia@shop.example\nA: jo@buyer.example\nCc:\n" +
		"Data: Mon, 5 May 2025 10:15:00 +0200\nOggetto: x\n\nVecchio",
	"Seznam's divider": "---------- Původní e-mail ----------\nOd: Mia <mia@shop.example>\nKomu: jo@buyer.example\n" +
		"Datum: 5. 5. 2025 10:15:00\nPředmět: x\n\nStaré",
	"a divider of unknown words": "------ Neges wreiddiol ------\nFrom: Mia <mia@shop.example>\nTo: jo@buyer.example\n" +
		"Date: 5 Mai 2025\nSubject: x\n\nHen",
	"a divider without dashes": "Original Message\nFrom: Mia <mia@shop.example>\nSent: 5 May 2025 10:15\n" +
		"To: jo\nSubject: x\n\nOld words",
	"The Bat's divider": "=====Original message text===============\nOld words",
	"a virus scanner below": "On 3 May 2025, at 10:15, Mia <mia@shop.example> wrote:\n> Colour?\n\n" +
		"Virus-free. www.avast.com",
	"a signature in bold": "*-- *\n*Jo Key*\nMill Ltd",
	"a signature and a disclaimer": "--\nJo Key\nMill Ltd\n\nThis message is confidential and intended for " +
		"the person it is addressed to.",
	"a signature with a line of a list": "-- \nJo Key\n-- \nYou received this message because you are subscribed " +
		"to the group \"x\".",
}

// markerWordings are more of what ticket programs write, in more words and other dressings.
var markerWordings = []string{
	"##- Bitte tippen Sie Ihre Antwort über dieser Zeile ein -##", "-- Bitte oberhalb dieser Zeile antworten --",
	"Antworten oberhalb dieser Zeile einfügen", "##- Merci de taper votre réponse au-dessus de cette ligne -##",
	"Ecrivez votre réponse au-dessus de cette ligne", "Escriba su respuesta arriba de esta línea",
	"Responder por encima de esta línea", "Responda acima desta linha",
	"Si prega di rispondere sopra questa linea", "Per favore, scrivi la tua risposta sopra questa linea",
	"##- Gelieve uw antwoord boven deze lijn te typen -##", "Reageer boven deze regel", "Besvar over denne linje",
	"##- Indtast dit svar over denne linje -##", "Svara ovanför den här raden", "Svar ovenfor denne linjen",
	"Vastaa tämän rivin yläpuolelle", "Prosimy o odpowiedź powyżej tej linii",
	"##- Wpisz odpowiedź nad tą linią -##", "Odpovězte nad tímto řádkem", "Pište prosím odpověď nad tuto čáru",
	"Odpovedzte nad týmto riadkom", "Kérjük, e vonal felett válaszoljon", "Răspundeți deasupra acestei linii",
	"Ответьте выше этой строки", "Пишите ответ над этой чертой", "Відповідайте вище цієї лінії",
	"Отговорете над тази линия", "Απαντήστε πάνω από αυτή τη γραμμή", "Bu satırın üzerine yanıt yazın",
	"השב מעל שורה זו", "اكتب ردك أعلى هذا السطر", "返信はこの行より上に記入してください", "---この線より上にご返信ください---",
	"이 선 위에 답장을 작성하세요", "请在这条线上方回复", "請在此線上方回覆", "กรุณาตอบกลับเหนือบรรทัดนี้",
	"Vui lòng trả lời phía trên dòng này", "Balas di atas baris ini",
	"##- Sila taipkan jawapan anda di atas baris ini -##", "Odgovorite iznad ove linije",
	"Odgovorite nad to črto", "##- Palun sisestage oma vastus selle rea kohale -##",
	"##- Prašome rašyti atsakymą virš šios linijos -##", "##- Idatzi zure erantzuna lerro honen gainean -##",
	"##- براہ کرم اس لائن کے اوپر اپنا جواب ٹائپ کریں -##",
	"##- Ju lutemi shkruani përgjigjen mbi këtë rresht -##", "##- გთხოვთ ჩაწეროთ პასუხი ამ ხაზის ზემოთ -##",
	"##- অনুগ্রহ করে এই লাইনের উপরে আপনার উত্তর লিখুন -##", "REPLY ABOVE THIS LINE TO COMMENT",
	"Please leave your answer above this line", "To respond, please write above this line",
	"Please reply above this dotted line", "______ Reply above this line ______",
	"<!-- Reply above this line -->", "//// Reply above this line ////", "{#HS:123} Reply above this line",
	"~*~*~ Reply above this line ~*~*~", "➤ Reply above this line", "– – – Reply above this line – – –",
	"##- Please type your reply above this line -## Ticket 4711",
}

// headingWordings are more headings of earlier replies.
var headingWordings = []string{
	"Earlier replies", "Message history", "Ticket history", "Previous correspondence", "Ältere Nachrichten",
	"Bisheriger Schriftverkehr", "Frühere E-Mails", "Messages précédents", "Historique de la conversation",
	"Historial de mensajes", "Conversación anterior", "Histórico de mensagens", "Respostas anteriores",
	"Cronologia della conversazione", "Messaggi precedenti", "Gespreksgeschiedenis", "Vorige antwoorden",
	"Föregående meddelanden", "Forrige meldinger", "Edelliset viestit", "Historia korespondencji",
	"Wcześniejsze wiadomości", "Předchozí odpovědi", "Predchádzajúce správy", "Előző üzenetek",
	"Mesaje anterioare", "История переписки", "Предыдущие сообщения", "Історія листування", "Предишни съобщения",
	"Προηγούμενα μηνύματα", "Mesaj geçmişi", "הודעות קודמות", "الردود السابقة", "پیام\u200cهای قبلی", "पिछले संदेश",
	"ข้อความก่อนหน้า", "Tin nhắn trước đó", "Pesan sebelumnya", "過去のメッセージ", "先前的訊息", "이전 답변", "Prethodne poruke",
	"Prejšnja sporočila", "Eelmised sõnumid", "Iepriekšējie ziņojumi", "Ankstesni pranešimai", "Fyrri skilaboð",
	"Missatges anteriors",
}

// deviceLines are what telephones and programs write below a letter.
var deviceLines = []string{
	"Sent from my T-Mobile 4G LTE Device", "Sent with Proton Mail secure email.", "Enviado do meu iPhone",
	"Wysłane z iPhone'a", "Odesláno z iPhonu", "iPhoneから送信", "Gửi từ iPhone của tôi", "Dikirim dari iPhone saya",
	"ส่งจาก iPhone ของฉัน", "أرسلت من iPhone الخاص بي", "Poslano z mojega iPhona", "Elküldve az iPhone-omról",
	"ارسال شده از iPhone من", "मेरे iPhone से भेजा गया", "Saadetud minu iPhone'ist", "Nosūtīts no mana iPhone",
	"Išsiųsta iš mano „iPhone“", "Ottieni Outlook per Android", "Descargar Outlook para Android",
	"Baixe o Outlook para iOS", "Android için Outlook'u edinin", "Pobierz program Outlook dla systemu Android",
	"Скачать Outlook для iOS", "获取 Outlook for iOS", "iOS 版 Outlook を入手", "Skickades från E-post för Windows",
	"Verzonden vanuit Mail voor Windows",
}

// belowRules are new words that stand below a rule.
var belowRules = []string{
	"Please send it on Friday.", "Noch eine Bitte: Geschenkpapier.", "Et un reçu svp",
	"También quiero un recibo.", "E anche lo scontrino, grazie.", "Também quero a nota fiscal.",
	"En graag een bonnetje erbij.", "Skicka kvittot också.", "Og send kvitteringen.", "Lähettäkää myös kuitti.",
	"Proszę też o paragon.", "Pošlete mi i účtenku.", "Küldjék a számlát is.", "Trimiteți și bonul.",
	"И пришлите чек.", "Надішліть і чек.", "Изпратете и бележката.", "Στείλτε και απόδειξη.",
	"Faturayı da gönderin.", "שלחו גם קבלה.", "أرسلوا الإيصال أيضا.", "رسید را هم بفرستید.", "रसीद भी भेजें।",
	"กรุณาส่งใบเสร็จด้วย", "Gửi cả hóa đơn nhé.", "Kirim juga kuitansinya.", "領収書も送ってください。", "请把收据也寄来。",
	"영수증도 보내 주세요.", "4 chairs, 2 tables", "Order 4711 is missing", "My address is Mill Lane 4",
	"IBAN DE00 1234 5678", "No, thanks", "Call me: 555 0100", "not the red one",
}
