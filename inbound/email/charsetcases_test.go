package email

// charsetCase is a message in a charset, labeled as another one or not at all.
type charsetCase struct {
	kind string
	// The charset that the text is really in, and what the message says of it: the label of
	// its encoded words and of its text; for raw headers, the one of the text, which is ASCII.
	real, label   string
	name, subject string // of From, and Subject
	text          string // ASCII when "": "see subject"
}

const (
	utf8Elsewhere = "UTF-8 under another label"
	wrongWords    = "encoded words under a wrong label"
	rawNames      = "raw 8-bit names"
	rightLabels   = "right labels"
)

var charsetCases = []charsetCase{
	{utf8Elsewhere, "utf-8", "big5", "黃雅婷", "退貨申請", "您好，我想退貨，請問怎麼辦理？"},
	{utf8Elsewhere, "utf-8", "big5-hkscs", "何俊傑", "送貨", "請問幾時送到？"},
	{utf8Elsewhere, "utf-8", "euc-kr", "최민지", "환불", "환불 부탁드립니다."},
	{utf8Elsewhere, "utf-8", "ks_c_5601-1987", "이준호", "배송", "언제 오나요"},
	{utf8Elsewhere, "utf-8", "gb2312", "王芳", "发票", "请开发票，谢谢"},
	{utf8Elsewhere, "utf-8", "gbk", "Иван", "Где заказ?", "Где мой заказ? Жду неделю."},
	{utf8Elsewhere, "utf-8", "gb18030", "Zoë Brontë", "Größe", "Die Größe passt nicht, bitte zurücknehmen."},
	{utf8Elsewhere, "utf-8", "shift_jis", "佐藤花子", "返品について", "商品を返品したいです。"},
	{utf8Elsewhere, "utf-8", "euc-jp", "鈴木", "納期", "いつ届きますか？"},
	{utf8Elsewhere, "utf-8", "iso-2022-jp", "田中一郎", "見積", "見積書をください。"},
	{utf8Elsewhere, "utf-8", "windows-1251", "Яна", "Ок", "Ок, жду"},
	{utf8Elsewhere, "utf-8", "koi8-r", "Пётр", "Цена?", "Нет"},
	{utf8Elsewhere, "utf-8", "koi8-u", "Їжак", "Ні", "Ні"},
	{utf8Elsewhere, "utf-8", "windows-1250", "Žofie", "Dík", "Žádný problém"},
	{utf8Elsewhere, "utf-8", "iso-8859-2", "Łucja", "Źle", "Źle, proszę o zwrot"},
	{utf8Elsewhere, "utf-8", "windows-1253", "Ζωή", "Ναι", "Ναι"},
	{utf8Elsewhere, "utf-8", "iso-8859-7", "Νίκος", "Τιμή", "Πόσο κάνει;"},
	{utf8Elsewhere, "utf-8", "windows-1254", "Şule", "Ödeme", "Ödeme yaptım"},
	{utf8Elsewhere, "utf-8", "windows-1255", "דנה", "כן", "כן"},
	{utf8Elsewhere, "utf-8", "windows-1256", "سارة", "نعم", "نعم، شكرا"},
	{utf8Elsewhere, "utf-8", "windows-1257", "Jūratė", "Ačiū", "Ačiū už pagalbą"},
	{utf8Elsewhere, "utf-8", "windows-874", "มานี", "ดี", "ดีมาก"},
	{utf8Elsewhere, "utf-8", "iso-8859-15", "Åsa", "Är", "Är det klart?"},
	{utf8Elsewhere, "utf-8", "macintosh", "Renée", "Où ?", "Où est-il passé ?"},
	{utf8Elsewhere, "utf-8", "ibm850", "Jürgen", "Öl", "Öl läuft aus"},
	{utf8Elsewhere, "utf-8", "gb2312", "José", "Café", "Hallo, José"},
	{utf8Elsewhere, "utf-8", "big5", "Chloé", "Resumé", "Voilà, merci"},
	{utf8Elsewhere, "utf-8", "gbk", "Reçu", "Merci à vous", "Merci à vous"},
	{utf8Elsewhere, "utf-8", "windows-1251", "Reçu", "Merci à vous", "Merci à vous"},
	{utf8Elsewhere, "utf-8", "cp866", "Олег", "Да", "Да"},

	{wrongWords, "shift_jis", "euc-jp", "伊藤美恵", "領収書の件", ""},
	{wrongWords, "euc-jp", "shift_jis", "加藤", "注文の確認", ""},
	{wrongWords, "shift_jis", "iso-2022-jp", "渡邊", "御見積", ""},
	{wrongWords, "euc-jp", "iso-2022-jp", "松本", "お問い合わせ", ""},
	{wrongWords, "shift_jis", "utf-8", "山本株式会社", "請求書を送ってください", ""},
	{wrongWords, "euc-jp", "windows-1252", "高橋商店", "納品書について", ""},
	{wrongWords, "koi8-r", "windows-1251", "Ольга Смирнова", "Вопрос по доставке", ""},
	{wrongWords, "windows-1251", "koi8-r", "Сергей Волков", "Возврат товара", ""},
	{wrongWords, "windows-1251", "utf-8", "Анна Белова", "Оплата", ""},
	{wrongWords, "koi8-r", "iso-8859-1", "Дмитрий", "Счёт на оплату", ""},
	{wrongWords, "iso-8859-5", "windows-1251", "Марина Орлова", "Заказ не пришёл", ""},
	{wrongWords, "windows-1253", "iso-8859-1", "Γιώργος Παππάς", "Πού είναι η παραγγελία μου;", ""},
	{wrongWords, "windows-1255", "iso-8859-1", "משה כהן", "איפה ההזמנה שלי", ""},
	{wrongWords, "windows-1256", "windows-1252", "محمد علي", "أين طلبي؟", ""},
	{wrongWords, "windows-874", "iso-8859-1", "สมชาย ใจดี", "สินค้ายังไม่มาถึง", ""},
	{wrongWords, "gbk", "iso-8859-1", "王小明", "请问什么时候发货", ""},
	{wrongWords, "big5", "iso-8859-1", "林美玲", "請問何時出貨", ""},
	{wrongWords, "euc-kr", "iso-8859-1", "김민수", "주문 취소 부탁드립니다", ""},
	{wrongWords, "big5", "gb2312", "吳志豪", "訂單問題請協助", ""},
	{wrongWords, "gbk", "big5", "刘洋", "我的包裹还没有到", ""},
	{wrongWords, "iso-8859-1", "gb2312", "Jürgen Groß", "Rückgabe für Größe 42", ""},
	{wrongWords, "windows-1252", "shift_jis", "Bjørn Sæther", "Spørsmål om faktura på møbler", ""},
	{wrongWords, "windows-1250", "iso-8859-2", "Zdeněk Šťastný", "Žádost o vrácení peněz", ""},
	{wrongWords, "windows-1250", "iso-8859-1", "Paweł Żółć", "Pytanie: gdzie jest przesyłka?", ""},
	{wrongWords, "windows-1254", "iso-8859-1", "Ayşegül Yıldız", "Siparişim hâlâ gelmedi, yardım", ""},

	{wrongWords, "windows-1250", "windows-1252", "Jiří Dvořák", "Dotaz na objednávku", ""},
	{wrongWords, "iso-8859-2", "iso-8859-1", "Győző", "Késő szállítás", ""},
	{wrongWords, "windows-1257", "iso-8859-1", "Jānis Bērziņš", "Jautājums par pasūtījumu", ""},
	{wrongWords, "windows-1254", "iso-8859-1", "Işıl", "Sipariş", ""},
	{wrongWords, "windows-1257", "utf-8", "Eglė Žukauskaitė", "Klausimas dėl užsakymo", ""},

	{rawNames, "gbk", "", "张敏", "请问这个商品有货吗", ""},
	{rawNames, "gb2312", "iso-8859-1", "周杰", "订单还没有收到", ""},
	{rawNames, "big5", "us-ascii", "蔡怡君", "我要取消訂單", ""},
	{rawNames, "big5", "windows-1252", "吳", "訂單還沒有收到", ""},
	{rawNames, "shift_jis", "", "鈴木", "商品が届きません", ""},
	{rawNames, "euc-jp", "iso-8859-1", "中村", "返品をお願いします", ""},
	{rawNames, "euc-kr", "windows-1252", "정우", "배송 조회 부탁드립니다", ""},
	{rawNames, "koi8-r", "", "Юля", "Когда привезут заказ?", ""},
	{rawNames, "windows-1251", "iso-8859-1", "Фёдор", "Вопрос по гарантии", ""},
	{rawNames, "windows-1251", "windows-1251", "Эх", "Да", ""},
	{rawNames, "iso-8859-5", "", "Алексей Иванов", "Изменение адреса доставки", ""},
	{rawNames, "windows-1250", "iso-8859-1", "Łucja Wójcik", "Pytanie o fakturę, proszę o pilną odpowiedź", ""},
	{rawNames, "iso-8859-2", "", "Jiří Dvořák", "Dotaz: kdy přijde zboží?", ""},
	{rawNames, "windows-1253", "", "Ελένη", "Ακύρωση παραγγελίας", ""},
	{rawNames, "windows-1255", "iso-8859-1", "רחל", "ביטול הזמנה", ""},
	{rawNames, "windows-1256", "", "فاطمة", "متى يصل طلبي", ""},
	{rawNames, "windows-874", "", "สมหญิง", "ยังไม่ได้รับสินค้า", ""},
	{rawNames, "windows-1254", "windows-1254", "Çağrı", "Siparişim nerede?", ""},
	{rawNames, "windows-1257", "windows-1257", "Šarūnas", "Kur mano užsakymas?", "Ačiū už greitą pristatymą"},
	{rawNames, "windows-1257", "", "Kārlis Ozoliņš", "Kad pienāks mans pasūtījums?", ""},
	{rawNames, "windows-1257", "iso-8859-1", "Žydrūnas", "Ačiū, kada atvyks užsakymas?", ""},
	{rawNames, "iso-8859-1", "", "Bärbel Höß", "Rückfrage zur Bestellung", ""},
	{rawNames, "iso-8859-1", "iso-8859-1", "François", "Réclamation", ""},
	{rawNames, "iso-8859-15", "iso-8859-15", "Núria", "Preu 5 € més car?", "Més informació a 5 €, sisplau"},

	{rightLabels, "gb2312", "gb2312", "卢平", "牛", "卢强"},
	{rightLabels, "gbk", "gbk", "小笑", "谢谢", "急"},
	{rightLabels, "gb18030", "gb18030", "小丽👍", "谢谢😊", "👍"},
	{rightLabels, "gb2312", "gb2312", "ok没", "app没", "VIP猫"},
	{rightLabels, "big5", "big5", "許功蓋", "是", "謝謝"},
	{rightLabels, "euc-kr", "euc-kr", "카카", "네", "윤"},
	{rightLabels, "shift_jis", "shift_jis", "ﾔﾏﾀﾞ ﾀﾛｳ", "表", "ソニー"},
	{rightLabels, "euc-jp", "euc-jp", "靏", "急", "ﾔﾏﾀﾞ"},
	{rightLabels, "koi8-r", "koi8-r", "её", "ПАО", "Да"},
	{rightLabels, "iso-8859-5", "iso-8859-5", "Эх", "Я", "ёж"},
	{rightLabels, "windows-1251", "windows-1251", "Яна «Ё»", "О", "ООО «Рога»"},
	{rightLabels, "iso-8859-1", "iso-8859-1", "Ægir Ærø", "Ó", "CAFÉ\u00a0!"},
	{rightLabels, "iso-8859-1", "iso-8859-1", "Þórður", "Ýmir og Guðrún", "Það er í lagi"},
	{rightLabels, "iso-8859-1", "iso-8859-1", "María Sørensen", "Løgmál føroyskt", "Tõnu, õhtu või öö"},
	{rightLabels, "windows-1257", "windows-1257", "Šarūnas", "Ėda", "Ąžuolas"},
	{rightLabels, "windows-1255", "windows-1255", "דוד", "כן", "לא"},
	{rightLabels, "windows-874", "windows-874", "เธอ", "มา", "เสีย"},
}
