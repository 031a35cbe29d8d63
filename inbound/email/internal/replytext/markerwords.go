package replytext

import "github.com/postroom/postroom/inbound/email/internal/phrases"

// markerWords are the words of "Please type your reply above this line", a language a row:
// of the reply, above, line, and what else may stand in such a line that has nothing
// around it. A star ends the beginning of a word.
var markerWords = [...][4]string{
	{"reply replies respond response responses answer answers text* replying", "above", "line lines", // English
		"please this your the a an to type write enter add leave post here comment in only send ticket dotted it of " +
			"or view on basecamp by"},
	{"antwort antworten antworte rückantwort", "über oberhalb", "zeile linie trennlinie", // German
		"bitte schreiben schreibe geben gib sie ihre ihr deine dieser diese ein der tippen eingeben verfassen " +
			"einfügen nur"},
	{"réponse répondre répondez réponses", "dessus", "ligne", // French
		"veuillez saisir saisissez merci de votre vos au cette écrire écrivez ecrivez taper tapez entrer entrez " +
			"prière s il vous plaît"},
	{"respuesta respuestas responda responder responde respondan conteste contestar respondé", // Spanish
		"encima arriba", "línea linea",
		"por favor escriba escribe escribir introduzca introducir ingrese su tu de esta la añada"},
	{"resposta respostes respongui respon respondre", "sobre damunt", "línia", // Catalan
		"escriviu escriu escrigui la vostra teva seva per d aquesta si us plau introduïu"},
	{"resposta responda responde", "riba enriba", "liña", "escriba escribe a súa túa por desta"}, // Galician
	{"erantzuna erantzun", "gainean gainetik", "lerro lerroaren", "idatzi zure honen mesedez"},   // Basque
	{"resposta respostas responda responder", "acima cima", "linha", // Portuguese
		"por favor digite escreva insira introduza a sua tua desta esta da de"},
	{"risposta risposte rispondere rispondi rispondete risponda", "sopra", "riga linea", // Italian
		"digita digitare scrivi scrivere scriva inserisci inserire inserite la tua sua vostra al di questa per " +
			"favore si prega"},
	{"răspuns răspunsul răspundeți răspundeţi raspuns raspunsul", "deasupra", "linii linie linia liniei", // Romanian
		"vă rugăm să introduceți introduceţi scrieți scrieţi tastați dvs dumneavoastră acestei această"},
	{"antwoord reactie antwoorden reageer beantwoord", "boven", "regel lijn", // Dutch
		"typ type uw je jouw deze hier alstublieft gelieve schrijf te typen voer in plaats"},
	{"antwoord", "bo bokant", "lyn reël", "tik skryf asseblief jou hierdie"}, // Afrikaans
	{"svar svaret svare besvar", "over ovenfor ovenover", "linje linjen", // Danish, Norwegian
		"skriv indtast dit ditt din denne venligst vær venlig at å så snill vennligst her"},
	// Swedish
	{"svar svara svaret", "ovanför över", "raden linjen rad linje", "skriv ange ditt din den här denna vänligen"},
	{"svar svarið svara svaraðu", "ofan yfir", "línu línuna", // Icelandic
		"skrifaðu skrifið þitt fyrir þessa vinsamlegast sláðu inn"},
	{"vastauksesi vastaus vastaa vastau*", "yläpuolelle yläpuolella ylle", "rivin viivan", // Finnish
		"kirjoita tämän ole hyvä pyydämme"},
	{"vastus vastuse vasta vastake vastus*", "kohale kohal ülal ülevale", "rea joone", "palun kirjutage kirjuta " +
		"oma selle"},
	// Latvian
	{"atbildi atbilde atbildiet atbild*", "virs", "rindas līnijas rindiņas", "lūdzu ierakstiet rakstiet savu šīs"},
	// Lithuanian
	{"atsakymą atsakykite atsakym*", "virš aukščiau", "eilutės linijos", "įveskite rašykite savo šios prašome"},
	{"odpowiedź odpowiedzi odpowiadać odpowiedz odpowiad*", "powyżej nad ponad", // Polish
		"linii linią wiersza wierszem", "proszę prosimy o wpisz napisz pisać wpisać swoją tej tego tą tym"},
	{"odpověď odpovědi odpovězte odpovídejte odpově*", "nad výše", "řádek řádku řádkem čáru čárou čarou", // Czech
		"prosím napište pište zadejte svou svoji vaši tento tuto touto"},
	{"odpoveď odpovede odpovedzte odpoved*", "nad vyššie", "riadok riadku riadkom čiaru čiarou", // Slovak
		"prosím napíšte píšte zadajte svoju vašu tento túto"},
	{"odgovor odgovorite odgovor*", "nad", "vrstico vrstice črto", "prosimo vnesite napišite svoj to te"}, // Slovenian
	{"odgovor odgovorite odgovor*", "iznad", "retka crte linije liniju redak reda", // Croatian, Serbian, Bosnian
		"molimo upišite unesite napišite svoj vaš ovog ove"},
	{"одговор одговорите одговор*", "изнад над", "линије линију реда линија", "молимо унесите напишите свој ваш " +
		"ове овог оваа го вашиот"},
	// Hungarian
	{"válaszát válasz válaszoljon válasza* válasz*", "fölé fölött felett felé", "sor vonal", "kérjük kérem írja ír " +
		"e ezen ide a az"},
	{"отговор отговора отговорете отговор*", "над", "ред реда линия линията", // Bulgarian
		"моля въведете напишете си вашия този тази"},
	{"ответ ответить отвечайте ответьте ответ* отвеч*", "над выше", // Russian
		"строкой строки чертой линией черты линии", "пожалуйста введите напишите пишите впишите ваш свой этой"},
	{"відповідь відповідайте відпов* адказ", "над вище", "рядком рядка лінією лінії рысай", // Ukrainian, Belarusian
		"будь ласка введіть напишіть пишіть вашу свою цим цього цією цієї"},
	{"απάντησή απάντηση απαντήστε απάντησ* απαντ*", "πάνω επάνω", "γραμμή γραμμής", // Greek
		"πληκτρολογήστε γράψτε την σας από αυτήν αυτή τη παρακαλώ παρακαλούμε"},
	// Turkish, Azerbaijani
	{"yanıtınızı yanıtı yanıt cevabınızı cevap yanıt* ceva*", "üzerine üstüne üstünde yukarısına yukarı",
		"satırın çizginin sətirdən satır* çizgi*", "lütfen bu yazın yazınız girin"},
	{"përgjigjen përgjigje përgjigj*", "mbi sipër", "rresht vijë", "ju lutemi shkruani tuaj këtë"}, // Albanian
	{"השב השיבו תגובתך תגובה תשובה תשובתך תשובתכם להשיב תגובתכם", "מעל", "שורה לשורה לשורת הקו קו", "אנא נא הקלד " +
		"כתוב הקלידו כתבו את זו זה"},
	{"ردك الرد ردّك إجابتك ردكم رد", "فوق أعلى أعلاه", "السطر الخط سطر خط", "يرجى يُرجى كتابة اكتب من فضلك هذا " +
		"إضافة الرجاء"},
	{"پاسخ پاسخ\u200cتان جواب", "بالای بالا", "خط سطر", "لطفاً لطفا خود را این بنویسید وارد کنید"}, // Persian
	{"جواب", "اوپر", "لائن سطر", "براہ کرم اس کے اپنا ٹائپ کریں لکھیں"},                            // Urdu
	{"उत्तर जवाब", "ऊपर", "पंक्ति लाइन रेखा", "कृपया अपना इस के लिखें टाइप करें"},                  // Hindi
	{"উত্তর", "উপরে", "লাইনের লাইন", "অনুগ্রহ করে এই আপনার লিখুন"},                                 // Bengali
	{"lời hồi", "trên", "dòng", "vui lòng nhập viết phản câu trả của bạn phía này hãy"},            // Vietnamese
	{"balasan jawaban tanggapan balas jawapan", "atas", "baris garis", // Indonesian, Malay
		"ketik ketikkan tulis tuliskan sila taip silakan harap anda di ini"},
	{"sagot tugon", "itaas ibabaw", "linyang linya", "type ang iyong sa ito mangyaring isulat pakisulat"}, // Filipino
	{"პასუხი", "ზემოთ", "ხაზის ხაზს", "გთხოვთ ჩაწეროთ ამ თქვენი"},                                         // Georgian
}

// demonstratives are the words for "this" in all languages: a line without dressing has one.
const demonstratives = "this these dotted dieser diese cette esta este desta aquesta questa acestei această " +
	"deze hierdie denne " +
	"denna den här þessa tämän selle šīs šios tej tego tą tym tento tuto touto tímto túto týmto to te ovog ove ovu " +
	"ове овог оваа e " +
	"ezen ennek този тази этой эту цим цього цією цієї цю αυτήν αυτή bu këtë זו זה هذا این इस এই này ini ito ამ"

// unspaced are such words of languages that do not part them, or hardly: of the reply, above,
// line, and of a customer who tells of it.
var unspaced = [...][4]string{
	{"回复|回覆|答复|回答|答覆|回信", "上方|之上|以上|上面", "行|线|線", "我|吗|嗎|，"}, // Chinese
	{"返信|回答|ご記入|返答", "上", "行|線|ライン", "私|ました|か。|ません"},         // Japanese
	{"답장|회신|답변|응답", "위", "줄|선|행", "저는|제가|했|까요"},              // Korean
	{"ตอบ", "เหนือ|ด้านบน", "บรรทัด|เส้น", "ฉัน|ผม|ไหม"},     // Thai
}

// forbidding are the words of "Please do not write below this line", a language a row: of not, below
// and line.
var forbidding = [...][3]string{
	{"do not |don't |don’t ", "below ", "line"},
	{"nicht", "unter", "zeile|linie"},
	{"ne pas |n'écri|n’écri", "dessous", "ligne"},
	{"no ", "debajo", "línea"},
	{"não ", "abaixo", "linha"},
	{"non ", "sotto", "riga|linea"},
	{"niet", "onder", "regel|lijn"},
	{"inte ", "under|nedan", "rad|linje"},
	{"ikke ", "under |neden", "linje"},
	{"älä", "alapuol", "rivin|viivan"},
	{"nie ", "poniżej|pod ", "lini"},
	{"nepiš|nepíš", "pod ", "řád|riad|čár|čiar"},
	{"ne ír", "alá", "sor|vonal"},
	{"nu scri", "sub ", "lini"},
	{"не ", "ниже|под |нижче", "строк|лини|черт|ліні|рядк"},
	{"μην ", "κάτω", "γραμμή"},
	{"yazmayın", "altına", "satır|çizgi"},
	{"אל ", "מתחת", "שורה|קו"},
	{"لا ت", "أسفل|تحت", "السطر|الخط"},
	{"请勿|請勿|不要", "下", "行|线|線"},
	{"ないで", "下", "行|線"},
	{"마세요|마십시오", "아래", "줄|선"},
}

// headingWords are the words of "Previous messages", a language a row: previous, and
// messages, answers, conversation. A word with a meaning of its own stands in both.
var headingWords = [...][2]string{
	{"previous earlier past older prior former history quoted full", // English
		"messages replies responses conversation conversations correspondence communication emails email comments " +
			"posts notes chat " +
			"thread ticket message"},
	{"vorherige frühere bisherige ältere vorangegangene vorige bisheriger bisherigen gesprächsverlauf " +
		"nachrichtenverlauf " +
		"ticketverlauf", // German
		"nachrichten antworten konversation korrespondenz kommentare verlauf gesprächsverlauf nachrichtenverlauf " +
			"ticketverlauf beiträge schriftverkehr kommunikation e mails"},
	{"précédents précédentes précédente antérieurs antérieures anciens historique", // French
		"messages réponses conversation conversations échanges commentaires de la des"},
	// Spanish
	{"anteriores anterior previos previas historial", "mensajes respuestas conversación comentarios correos de la"},
	// Portuguese
	{"anteriores anterior histórico", "mensagens respostas conversa comentários da de"},
	// Catalan
	{"anteriors historial", "missatges respostes conversa de la"},
	// Italian
	{"precedenti precedente cronologia storico", "messaggi risposte conversazione conversazioni commenti della dei"},
	// Romanian
	{"anterioare precedente istoricul", "mesaje mesajele răspunsuri răspunsurile conversației conversaţiei"},
	{"eerdere vorige oudere voorgaande geschiedenis gespreksgeschiedenis berichtgeschiedenis", // Dutch
		"berichten antwoorden reacties gesprek correspondentie gespreksgeschiedenis berichtgeschiedenis"},
	// Danish, Norwegian
	{"tidligere forrige foregående historik", "beskeder svar meldinger samtale korrespondance samtaler"},
	{"tidigare föregående äldre historik konversationshistorik", "svar meddelanden konversation konversationshistorik"},
	{"fyrri eldri", "svör skilaboð"}, // Icelandic
	// Finnish
	{"aiemmat edelliset aikaisemmat vanhemmat viestihistoria", "viestit vastaukset keskustelu viestihistoria"},
	// Estonian
	{"varasemad eelmised", "sõnumid vastused kirjad"},
	// Latvian
	{"iepriekšējās iepriekšējie", "atbildes ziņojumi ziņas"},
	// Lithuanian
	{"ankstesni ankstesnės", "atsakymai pranešimai žinutės"},
	// Polish
	{"poprzednie wcześniejsze starsze historia", "wiadomości odpowiedzi korespondencja korespondencji konwersacji " +
		"rozmowy"},
	// Czech
	{"předchozí dřívější starší předešlé historie", "zprávy zpráv odpovědi komunikace konverzace"},
	// Slovak
	{"predchádzajúce staršie skoršie história", "správy odpovede konverzácie"},
	// Slovenian
	{"prejšnja prejšnji", "sporočila odgovori"},
	// Croatian, Serbian
	{"prethodne prethodni raniji ranije", "poruke odgovori"},
	// Serbian
	{"претходне претходни раније", "поруке одговори"},
	// Hungarian
	{"korábbi előző előzmények", "üzenetek válaszok beszélgetés levelezés"},
	// Bulgarian
	{"предишни предходни по ранни", "отговори съобщения"},
	// Russian
	{"предыдущие предыдущая прошлые более ранние история", "ответы сообщения письма переписка переписки сообщений"},
	// Ukrainian
	{"попередні історія", "відповіді повідомлення листування повідомлень"},
	// Greek
	{"προηγούμενες προηγούμενα παλαιότερα ιστορικό", "απαντήσεις μηνύματα συνομιλίας"},
	// Turkish
	{"önceki geçmiş geçmişi eski", "mesajlar mesaj yanıtlar cevaplar yazışmalar mesajları konuşma"},
	// Hebrew
	{"קודמות קודמים", "הודעות תגובות תשובות"},
	// Arabic
	{"السابقة سابقة", "الرسائل الردود رسائل ردود"},
	// Persian
	{"قبلی پیشین", "پیام پاسخ های پیامهای"},
	// Hindi
	{"पिछले पिछला", "संदेश उत्तर"},
	// Vietnamese
	{"trước đây đó", "tin nhắn các trả lời câu"},
	// Indonesian
	{"sebelumnya terdahulu", "pesan balasan jawaban tanggapan"},
}

// unspacedHeadings are such headings of languages that do not part words.
var unspacedHeadings = phrases.Words(
	"历史消息|以前的消息|历史回复|以前的回复|之前的回复|之前的消息|以往回复|历史记录|先前的消息|先前的回复|歷史訊息|先前的回覆|先前的訊息|之前的回覆|對話記錄|历史邮件",
	"以前の返信|これまでのやりとり|過去の返信|以前のメッセージ|過去のメッセージ|これまでのやり取り|過去のやり取り|会話の履歴|前のメッセージ",
	"이전 메시지|이전 답변|이전 대화|이전 회신|이전 답장|대화 내역|이전 댓글|ข้อความก่อนหน้า|การตอบกลับก่อนหน้า|ข้อความก่อนหน้านี้",
)
