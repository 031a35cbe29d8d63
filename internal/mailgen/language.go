package mailgen

import (
	"math/rand/v2"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// charset is a charset with its MIME name. A nil encoding means UTF-8 or a subset
// of it.
type charset struct {
	name     string
	encoding encoding.Encoding
}

var (
	utf8        = charset{"utf-8", nil}
	ascii       = charset{"us-ascii", nil}
	latin1      = charset{"iso-8859-1", charmap.ISO8859_1}
	windows1252 = charset{"windows-1252", charmap.Windows1252}
	windows1251 = charset{"windows-1251", charmap.Windows1251}
	koi8r       = charset{"koi8-r", charmap.KOI8R}
	latin2      = charset{"iso-8859-2", charmap.ISO8859_2}
	iso2022jp   = charset{"iso-2022-jp", japanese.ISO2022JP}
	gb18030     = charset{"gb18030", simplifiedchinese.GB18030}
)

// encode writes text in the charset, which must have all its characters.
func (c charset) encode(text string) string {
	if c.encoding == nil {
		return text
	}
	out, err := encoding.ReplaceUnsupported(c.encoding.NewEncoder()).String(text)
	if err != nil {
		return text // impossible with ReplaceUnsupported
	}
	return out
}

// language is the language of a person.
type language struct {
	share    int
	first    []string // given names
	last     []string // family names
	greeting string
	closing  string
	subjects []string // without the order number that follows
	words    []string
	space    string // between words
	stop     string // after a sentence
	charsets []charset
}

var languages = []language{
	{
		share: 50, greeting: "Hello,", closing: "Kind regards", space: " ", stop: ".",
		first: []string{"Emma", "Noah", "Grace", "Owen", "Ruth", "Isaac", "Hazel", "Victor"},
		last:  []string{"Hartley", "Okafor", "Lindqvist", "Marsh", "O'Dowd", "Pereira", "Whitcombe", "Singh"},
		subjects: []string{"Where is my order", "Return of order", "Invoice for order", "Change of address, order",
			"Question about order", "Damaged parcel, order"},
		words: strings.Fields(
			"the parcel arrived but one lamp was broken and I would like to have it replaced because we " +
				"ordered two of them for our kitchen last week please tell me when the courier comes again my " +
				"phone number is on the label you can leave it with a neighbour colour size blue shelf table " +
				"chair delivery refund voucher account password invoice address warehouse still waiting since " +
				"Monday thanks",
		),
		charsets: []charset{utf8, utf8, ascii, ascii, latin1},
	},
	{
		share: 18, greeting: "Guten Tag,", closing: "Mit freundlichen Grüßen", space: " ", stop: ".",
		first: []string{"Jörg", "Anke", "Günther", "Beate", "Sören", "Käthe"},
		last:  []string{"Bäumler", "Vogt", "Schönfeld", "Krüger", "Weißhaupt", "Jäger"},
		subjects: []string{"Wo bleibt meine Bestellung", "Rücksendung zu Auftrag", "Rechnung fehlt zu Auftrag",
			"Änderung der Anschrift, Auftrag"},
		words: strings.Fields(
			"die Lampe kam gestern an aber der Schirm ist zerbrochen ich möchte sie umtauschen bitte " +
				"schicken Sie mir einen Rücksendeschein für das Paket außerdem fehlt die Rechnung über zwei " +
				"Stühle und ein Regal wir wohnen jetzt in der Mühlstraße können Sie die Lieferung ändern " +
				"Gutschein Größe Farbe grün später nächste Woche telefonisch erreichbar vielen Dank für Ihre " +
				"Mühe",
		),
		charsets: []charset{utf8, utf8, latin1, windows1252},
	},
	{
		share: 10, greeting: "Bonjour,", closing: "Bien à vous", space: " ", stop: ".",
		first:    []string{"Hélène", "Loïc", "Gaëlle", "Benoît", "Inès"},
		last:     []string{"Châtelain", "Lemaître", "Géraud", "Besançon", "Noé"},
		subjects: []string{"Où est ma commande", "Retour de la commande", "Facture manquante, commande"},
		words: strings.Fields(
			"la lampe est arrivée cassée je voudrais être remboursée merci de m'envoyer une étiquette de " +
				"retour le colis a été déposé chez un voisin après trois jours d'attente la facture n'était pas " +
				"jointe nous avons déménagé à côté du marché numéro de téléphone inchangé dès réception très " +
				"déçue",
		),
		charsets: []charset{utf8, latin1, windows1252},
	},
	{
		share: 10, greeting: "Здравствуйте,", closing: "С уважением", space: " ", stop: ".",
		first:    []string{"Наталья", "Дмитрий", "Ирина", "Алексей", "Людмила"},
		last:     []string{"Соколова", "Ершов", "Журавлёва", "Щукин", "Быкова"},
		subjects: []string{"Где мой заказ", "Возврат товара по заказу", "Нет счёта к заказу"},
		words: strings.Fields(
			"лампа пришла вчера но абажур разбит хочу обменять её пришлите пожалуйста накладную на возврат " +
				"посылку оставили у соседей уже третий день жду курьера счёт не вложили мы переехали на другую " +
				"улицу номер телефона прежний цвет размер зелёный стул полка спасибо",
		),
		charsets: []charset{utf8, utf8, koi8r, windows1251},
	},
	{
		share: 5, greeting: "Dzień dobry,", closing: "Z poważaniem", space: " ", stop: ".",
		first:    []string{"Łucja", "Wojciech", "Bożena", "Michał"},
		last:     []string{"Gołąb", "Zięba", "Śliwa", "Krzyżak"},
		subjects: []string{"Gdzie jest moje zamówienie", "Zwrot zamówienia"},
		words: strings.Fields(
			"lampa przyszła wczoraj ale klosz jest stłuczony chciałabym ją wymienić proszę przesłać " +
				"etykietę zwrotną paczkę zostawiono u sąsiada faktury nie dołączono już trzeci dzień czekam " +
				"dziękuję",
		),
		charsets: []charset{utf8, latin2},
	},
	{
		share: 4, greeting: "お世話になっております。", closing: "よろしくお願いいたします。", stop: "。",
		first:    []string{"美咲", "健一", "直子"},
		last:     []string{"佐々木", "小林", "松本"},
		subjects: []string{"注文の件", "返品のお願い"},
		words: strings.Fields(
			"昨日 電灯が 届きましたが 割れていました 交換を お願いします 荷物は 隣の家に 預けられました " +
				"請求書が 入っていません 引っ越しました 電話番号は 同じです 三日 待っています",
		),
		charsets: []charset{utf8, iso2022jp},
	},
	{
		share: 3, greeting: "您好，", closing: "谢谢", stop: "。",
		first:    []string{"晓燕", "建国", "思琪"},
		last:     []string{"陈", "黄", "赵"},
		subjects: []string{"订单查询", "申请退货"},
		words: strings.Fields(
			"昨天 收到的 台灯 已经 破损 请 帮我 更换 包裹 放在 邻居家 没有 发票 我们 搬家了 电话 不变 等了 " +
				"三天 颜色 尺寸 绿色 椅子 书架",
		),
		charsets: []charset{utf8, gb18030},
	},
}

func pickLanguage(rng *rand.Rand) *language {
	u := rng.IntN(100)
	for i := range languages {
		if u < languages[i].share {
			return &languages[i]
		}
		u -= languages[i].share
	}
	return &languages[0]
}

// sentence returns one of 6 to 16 words.
func (l *language) sentence(rng *rand.Rand) string {
	words := make([]string, 6+rng.IntN(11))
	for i := range words {
		words[i] = pick(rng, l.words)
	}
	return strings.Join(words, l.space) + l.stop
}

// paragraph returns sentences of about this many bytes, on lines of at most one
// sentence.
func (l *language) paragraph(rng *rand.Rand, size int) string {
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(l.sentence(rng))
		b.WriteString("\r\n")
	}
	return b.String()
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }
