package replytext

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// longestLead is how much of new words is searched, in bytes, at either end.
const longestLead = 300

// answersInPlace reports whether new words say that the answers stand in the old message,
// such as "my answers are in red below". One line has to name the answers and the place.
func answersInPlace(lines []string) bool {
	text := strings.ToLower(strings.Join(lines, "\n"))
	if len(text) > 2*longestLead {
		text = text[:longestLead] + "\n" + text[len(text)-longestLead:]
	}
	if seeBelow.In(text) {
		return true
	}
	if !answerWords.In(text) {
		return false
	}
	for _, row := range placeWords {
		if !hasEach(text, row[:]...) {
			continue
		}
		for line := range strings.SplitSeq(text, "\n") {
			if hasEach(line, row[:]...) && containsAny(withoutThanks(line), row[0]) {
				return true
			}
		}
	}
	return false
}

// withoutThanks returns a line in lower case without what it thanks for: a preposition and up to
// three words, "thanks for your quick answer".
func withoutThanks(line string) string {
	for _, thanks := range thanksFor {
		begin := strings.Index(line, thanks)
		if begin < 0 {
			continue
		}
		rest := line[begin+len(thanks):]
		for range 3 {
			word, after, _ := strings.Cut(rest, " ")
			if rest = after; strings.ContainsAny(word, ",.;:!?") {
				break
			}
		}
		return line[:begin] + rest
	}
	return line
}

// thanksFor are the words in front of what somebody is thanked for.
var thanksFor = []string{
	"thanks for ", "thank you for ", "danke für ", "dank für ", "merci pour ", "merci de ", "gracias por ",
	"obrigado pel", "obrigada pel", "grazie per ", "dank voor ", "bedankt voor ", "tack för ", "tak for ", "takk for ",
	"kiitos ", "dziękuję za ", "dzięki za ", "děkuji za ", "ďakujem za ", "köszönöm a", "mulțumesc pentru ",
	"hvala na ", "hvala za ", "спасибо за ", "дякую за ", "благодаря за ", "ευχαριστώ για ",
}

// seeBelow are what people write above a message that they have answered in.
var seeBelow = phrases.Of(
	"see below|see inline|see in-line|see in line|siehe unten|s. unten|siehe inline|voir ci-dessous|voir plus bas",
	"ver abajo|ver más abajo|ver abaixo|vide abaixo|vedi sotto|vedi di seguito|zie hieronder|zie onder|se nedan",
	"se nedenfor|se nedenunder|ks. alla|katso alta|patrz niżej|patrz poniżej|zob. niżej|viz níže|viď nižšie",
	"lásd alább|lásd lent|vezi mai jos|vidi ispod|vidi dolje|glej spodaj|см. ниже|смотри ниже|смотрите ниже",
	"див. нижче|виж по-долу|βλ. παρακάτω|δες παρακάτω|aşağıya bakın|见下文|請見下|请见下|以下をご覧|아래 참조|xem bên dưới",
	"lihat di bawah",
)

// placeWords name answers and the place where they stand, a language a row.
var placeWords = [...][2]string{
	{"answers|comments|replies|responses|answered|replied|responded|commented|my answer|my reply|my response|my " +
		"comment|see ",
		"in red|in blue|in green|in bold|in capitals|inline|in-line|between the lines|in the text|interspersed"},
	{"answers|comments|replies|responses|answered|responded|commented|my answer|my reply|my response|my comment",
		"below|underneath|in your mail|in your email|in your message|after each|under each"},
	{"antwort|kommentar|anmerkung", // German
		"unten|in rot|rot markiert|rot geschrieben|inline|im text|in blau|in grün|fett |dazwischen|nachfolgend|" +
			"in der mail|in ihrer mail"},
	{"réponses|ma réponse|commentaires|répondu|réponds", // French
		"ci-dessous|en rouge|en bleu|en vert|en gras|dans le texte|plus bas|ci-après|dans votre mail|sous chaque"},
	{"respuestas|mi respuesta|comentarios|respondo|contesto|respondí|contesté", // Spanish
		"abajo|en rojo|en azul|en verde|a continuación|en negrita|en el texto|entre líneas|debajo"},
	{"respostas|minha resposta|comentários|respondi|respondo", // Portuguese
		"abaixo|em vermelho|em azul|em verde|em negrito|no texto"},
	// Catalan
	{"respostes|comentaris", "a sota|en vermell|més avall"},
	{"risposte|mia risposta|commenti|risposto|rispondo", // Italian
		"sotto|in rosso|in blu|in verde|di seguito|nel testo|in grassetto"},
	// Romanian
	{"răspuns|comentari", "mai jos|cu roșu|cu roşu|în text|dedesubt"},
	// Dutch
	{"antwoord|reactie|opmerking", "onderstaand|eronder|in rood|in het rood|in de tekst|in blauw|tussendoor"},
	{"svar|kommentar", // Danish, Norwegian, Swedish
		"nedenfor|nedenunder|herunder|med rødt|i rødt|nedan|här under|i rött|med rött|i texten|i teksten|i teksti|" +
			"i blått"},
	{"svör", "hér að neðan|með rauðu"},                                           // Icelandic
	{"vastau|kommen", " alla|alempana|punaisella|tekstissä"},                     // Finnish
	{"vastus", " all|allpool|punasega|tekstis"},                                  // Estonian
	{"atbild", "zemāk|sarkan"},                                                   // Latvian
	{"atsakym", "žemiau|raudon"},                                                 // Lithuanian
	{"odpowied|komentarz|uwagi", "na czerwono|w treści|w tekście|niżej|kolorem"}, // Polish
	{"odpově|odpove|koment", "níže|nižšie|červen|v textu|v texte|dole"},          // Czech, Slovak
	{"odgovor|komentar", "ispod|niže|dolje|dole |crven|spodaj|rdeč|u tekstu"},    // Croatian, Serbian, Slovenian
	{"одговор|коментар", "испод|ниже|црвен|подолу"},                              // Serbian, Macedonian
	{"válasz|megjegyz", "alább| lent|lentebb|pirossal|szövegben"},                // Hungarian
	{"отговор|коментар", "по-долу|в червено|в текста|отдолу"},                    // Bulgarian
	{"ответ|коммент", "ниже|красным|в тексте|внизу|цветом|синим"},                // Russian
	{"відповід|коментар", "нижче|червоним|у тексті|в тексті|внизу"},              // Ukrainian
	{"απαντήσ|απάντησ|σχόλι", "παρακάτω|κόκκιν|πιο κάτω"},                        // Greek
	{"cevap|yanıt|yorum", "aşağıda|kırmızı|altta|mavi ile"},                      // Turkish
	{"תשוב|הערות", "למטה|באדום|בהמשך|בגוף"},                                      // Hebrew
	{"إجاب|أجوب|ردود|ردي|تعليق", "أدناه|بالأحمر|باللون"},                         // Arabic
	{"پاسخ|جواب", "در زیر|قرمز|پایین"},                                           // Persian
	{"उत्तर|जवाब", "नीचे|लाल"},                                                   // Hindi
	{"回答|返答|返信|コメント", "以下に|下記に|赤字|赤で|文中|インライン|青字"},                               // Japanese
	{"回复|回答|答复|回覆|答覆|批注", "下面|如下|下方|红字|标红|红色标|紅字|文中|蓝字"},                         // Chinese
	{"답변|회신", "아래|빨간|본문"},                                                        // Korean
	{"trả lời|phản hồi", "bên dưới|dưới đây|màu đỏ"},                             // Vietnamese
	{"jawaban|balasan|komentar", "di bawah|merah"},                               // Indonesian
	{"คำตอบ", "ด้านล่าง|สีแดง"},                                                  // Thai
}

// answerWords are the words for answers of all languages.
var answerWords = func() *phrases.Set {
	var all []string
	for _, row := range placeWords {
		all = append(all, row[0])
	}
	return phrases.Of(all...)
}()
