package charset

import "strings"

// language are texts as customers write them: names, subjects of one word, sentences; and
// the labels that they are sent under.
type language struct {
	name   string
	labels []string
	texts  []string
}

func languages() []language {
	one := func(name, labels, texts string) language {
		return language{name, strings.Fields(labels), strings.Split(texts, "|")}
	}
	return []language{
		one("German", "iso-8859-1 windows-1252 iso-8859-15 cp850 cp437 macintosh iso-8859-9 windows-1250",
			"Grüße|Größe 42|Jörg|Müller|Frau Schäfer|ÄRGER|Rückgabe|Tschüß|für|Übergrößen|über|Köln|Bärbel Höß|"+
				"Änderung meiner Anschrift|Prüfung läuft|Schöne Grüße aus München, Ihr Jörg|Ö|ß|Öl|Süß!|"+
				"Könnten Sie mir bitte die Rechnung schicken? Für die Mühe danke ich.|Straße 5, 50667 Köln|"+
				"Das Gerät ist defekt: es läuft nicht an.|Käthe Büßer|Hände hoch|Gemäß §5 fällig|"+
				"Wann kommt die Bestellung? Ich warte seit Wochen. Grüße|Zähler: 40 Stück|ÜBERWEISUNG|Fußgängerzone"),
		one("French", "iso-8859-1 windows-1252 iso-8859-15 cp850 macintosh cp863",
			"Été|Réclamation|Hélène|Çà et là|à bientôt|Où est ma commande ?|François Lefèvre|reçu|élève|"+
				"Problème|Désolé|Bonjour, je n'ai pas reçu mon colis, où est-il ?|CAFÉ|Déjà payé|é|à|naïf|"+
				"Noël|Église Saint-Rémi|Numéro 12|Facture n° 7 réglée|"+
				"Je vous prie d'agréer mes salutations distinguées.|"+
				"Être ou ne pas être|Bérénice|Élodie Guérin|Société Générale|Très bien, merci à vous|Fenêtre|"+
				"Garçon|L'été à la plage"),
		one("Nordic", "iso-8859-1 windows-1252 iso-8859-10 cp865 macintosh",
			"Ægir Ærø|Øl|Åse|Ærø|Søren Kierkegård|Björk|smörgåsbord|Hvor er min ordre? Får jeg pengene tilbage?|"+
				"Ä|Ö|på|är|Åäö|Förfrågan|Beställning|Før jul|Kære|Jyväskylä|Hyvää päivää|Äiti ja isä|Løsning|"+
				"Tak for hjælpen|Vänliga hälsningar, Åsa|Ångström|Tilbud på møbler|KØBENHAVN|Målet är nått|"+
				"Pääsy kielletty|Næste gang|Sjöström"),
		one("Icelandic", "iso-8859-1 windows-1252",
			"Þór|Þorsteinn|Já|Guðrún|Sigurður Þórðarson|Hvar er pöntunin mín?|Góðan daginn|Takk fyrir|Ísland|Ýmir|"+
				"Það|Ég|Ást|Höfuðborg|Vörur|Endurgreiðsla|Reikningur óskast|Ólöf|Við bíðum eftir sendingunni.|"+
				"Æðar|Býr|"+
				"Maður|Afhending|Nýtt heimilisfang|ÞAÐ ER ÁRÍÐANDI|Fyrirspurn um verð|Síðasta|Kveðja, Björn|"+
				"Skór|Öxi"),
		one("Odd Western", "iso-8859-1 windows-1252",
			"Preis 5€|n° 7|5 m²|¿Qué?|l´été|col·lecció|½l Öl|£5|«oui»|1ª vez|§3|©Müller|25°C|Ärger ¡no!|µg|"+
				"¼ Zoll|naïve|"+
				"£20 off at René's|¥500|±5|·punkt|Ø 12 mm|×2|®|¡Hola!|José·Luis|“quoted”|it’s|a – b|…und"),
		one("Spanish and Portuguese", "iso-8859-1 windows-1252 iso-8859-15 cp850 cp860 macintosh",
			"José|Peña|Muñoz|São Paulo|João|Não|¿Dónde está mi pedido?|Señor Núñez|Año|Mañana|¡Hola!|Ação|"+
				"Reclamação|Situação do pedido|Está bien|Más información|Günther? No: José Ángel|España|Avó|Avô|"+
				"Devolución|Número de artículo|Quería saber cuándo llegará el envío, gracias.|Olá, tudo bem?|"+
				"Coração|"+
				"Ñandú|Pão de queijo|Código|Você recebeu o pagamento? Já paguei.|Inscrição"),
		one("Polish, Czech, Hungarian", "windows-1250 iso-8859-2 cp852 x-mac-ce",
			"Łukasz|Łódź|Żaneta|Święta|Grzegorz Brzęczyszczykiewicz|Gdzie jest moja przesyłka?|Dziękuję|Małgorzata|"+
				"zwrot pieniędzy|Błąd|Miłość|Źle|Jiří|Dvořák|Příliš žluťoučký kůň|Děkuji|Řeka|Žádost o vrácení|"+
				"Čeština|"+
				"Kovács Gergő|Köszönöm szépen|Megrendelés törlése|Őszi akció|Tűzoltó|Árvíztűrő tükörfúrógép|"+
				"Paweł|Śląsk|"+
				"Pytanie o zamówienie, proszę o odpowiedź|Dobrý den, kdy přijde zásilka?|Ľubomír Šťastný"),
		one("Russian", "windows-1251 koi8-r iso-8859-5 cp866 x-mac-cyrillic cp855 koi8-u",
			"Да|Иван|Иван Петров|Заказ|её|ёж|Я|О|Ольга|СРОЧНО|Вопрос о заказе и доставке|Где мой заказ?|Ёлка|Семён|"+
				"Спасибо|ООО Ромашка|Возврат|Не пришёл|Моё имя Пётр|ЖАЛОБА НА КУРЬЕРА|Щука|Съезд|Привет! Как дела?|"+
				"Здравствуйте, я хотел бы узнать, когда привезут мой заказ.|Юлия|Эх|Цена|Пароль не подходит|нет|ПАО"),
		one("Ukrainian", "windows-1251 koi8-u cp1125 x-mac-cyrillic",
			"Їжак|Євген|Київ|Ірина|Де моє замовлення?|Дякую|Львів|Повернення|Ґанок|Запит|Ціна|Привіт|Олексій|Юрій|"+
				"Доброго дня, коли буде доставка?|Не працює|Наталія|Рахунок|Оплата|Знижка|Магазин|Адреса|Номер|"+
				"Помилка|"+
				"Гроші|Хочу змінити адресу|Телефон|Питання|Скарга|Акція"),
		one("Greek", "windows-1253 iso-8859-7 cp737 x-mac-greek cp869",
			"Ναι|Γιώργος|Ελένη|Παραγγελία|Πού είναι η παραγγελία μου;|Ευχαριστώ|Αθήνα|Ακύρωση|Νίκος|Όχι|Καλημέρα|"+
				"ΕΠΕΙΓΟΝ|Ώρα|Δεν ήρθε το δέμα|Θεσσαλονίκη|Χρήστος|Ερώτηση|Τιμολόγιο|Λάθος|Κωδικός|Μαρία|Ήταν|Έλα|"+
				"Καλησπέρα σας, θέλω να επιστρέψω το προϊόν.|Ζωή|Διεύθυνση|Αλλαγή|Πρόβλημα|Τηλέφωνο|Ψάρι"),
		one("Turkish", "windows-1254 iso-8859-9 cp857 x-mac-turkish",
			"Şükrü|Çağlar|Işık|İstanbul|Ğ|Siparişim nerede?|Teşekkürler|Özgür|Ürün iadesi|Müşteri|Şikayet|Değişim|"+
				"Yanlış ürün|Öğrenci|Güneş|Ayşe|Fatura|Kargo gelmedi, ne yapmalıyım?|İyi günler|Çok pahalı|"+
				"Şehir|Bağlantı|"+
				"Ödeme|Hatalı|Sağlık|Köşe|Gönül|Kırmızı|Büyük|Merhaba, siparişimi iptal etmek istiyorum."),
		one("Hebrew", "windows-1255 iso-8859-8 cp862",
			"כן|שלום|דוד|איפה ההזמנה שלי|תודה|משה כהן|ביטול|חשבונית|בעיה|לא הגיע|שאלה|מחיר|ירושלים|רחל|החזר|דחוף|"+
				"אני רוצה לבטל את ההזמנה|משלוח|טלפון|כתובת|לקוח|עזרה|בוקר טוב|סיסמה|אבי|מוצר פגום|יום|"+
				"מתי זה יגיע|טל|קניה"),
		one("Arabic", "windows-1256 iso-8859-6 cp720",
			"نعم|محمد|أحمد|أين طلبي؟|شكرا|فاطمة|إلغاء|فاتورة|مشكلة|لم يصل|سؤال|سعر|القاهرة|علي|استرداد|عاجل|"+
				"أريد إلغاء الطلب|شحن|هاتف|عنوان|عميل|مساعدة|صباح الخير|كلمة المرور|يوسف|منتج تالف|يوم|متى يصل|"+
				"نور|شراء"),
		one("Baltic", "windows-1257 iso-8859-13 cp775",
			"Jānis|Bērziņš|Šarūnas|Žydrūnas|Kur mano užsakymas?|Ačiū|Rīga|Līga|Grąžinimas|Pasūtījums|Paldies|Tõnu|"+
				"Jõgi|Käsk|Kus mu tellimus on?|Šiauliai|Ąžuolas|Ėda|Ķekava|Ģimene|Ļoti|Ņem|Čia|Įmonė|Ūdens|Žaliasis|"+
				"Labdien, vai varu saņemt rēķinu?|Sąskaita|Kokybė|Äriühing"),
		one("Vietnamese", "viscii tcvn windows-1258",
			"Đơn hàng|Nguyễn Văn Anh|Cảm ơn|Hà Nội|Trần Thị Hương|Hủy đơn|Lỗi|Giá bao nhiêu?|Địa chỉ|Đặt hàng|Huế|"+
				"Phạm Đức|Hoàn tiền|Khi nào giao hàng?|Sản phẩm hỏng|Điện thoại|Vâng|Xin chào|Lê Thủy|Đà Nẵng|"+
				"Tiền|Ảnh|"+
				"Tôi muốn hủy đơn hàng của tôi.|Mật khẩu|Người|Ơn|Được|Sữa|Bưởi|Quý khách"),
		one("Thai", "windows-874 tis-620",
			"ครับ|สมชาย|ใช่|สินค้ายังไม่มาถึง|ขอบคุณ|กรุงเทพ|ยกเลิก|ใบเสร็จ|ปัญหา|ราคา|คำถาม|โทรศัพท์|ที่อยู่|"+
				"สวัสดี|"+
				"นิด|ดี|มา|เธอ|เธอมา|อยากยกเลิกคำสั่งซื้อ|จัดส่งเมื่อไหร่|รหัสผ่าน|ลูกค้า|คืนเงิน|ด่วน|สี|น้ำ|"+
				"วันนี้|เสีย|ซื้อ"),
		one("Chinese, simplified", "gb2312 gbk gb18030 hz-gb-2312",
			"陈伟|李娜|牛|卢平|卢强|王|张三|龚玥琪|小笑|小学|订单|发票|您好！|请问有货吗|退货|投诉|谢谢|上海|急|邹彤|付款|"+
				"关于订单发货时间的问题|我的包裹还没有到，请帮我查一下。|欧阳修|你好|是|密码忘记了|王府井大街12号|翟|魏璎珞|app没|好的👍|👍"),
		one("Chinese, traditional", "big5",
			"陳大文|林美玲|是|牛|黃|王小明|張三|訂單|發票|您好！|請問有貨嗎|退貨|客訴|謝謝|臺北|急|鄒彤|付款|龔|"+
				"請問我的訂單什麼時候出貨|我的包裹還沒有到，請幫我查一下。|歐陽|你好|忘記密碼|中山路12號|翟|魏瓔珞|許功蓋|育才|不"),
		one("Japanese", "shift_jis euc-jp iso-2022-jp cp932",
			"山田商店|髙橋①|ヤマダ|はい|田中|ご注文の商品についてのお問い合わせ|ありがとうございます|佐藤花子|返品|領収書|急|"+
				"いつ届きますか？|鈴木一郎|キャンセル|東京|はじめまして。商品がまだ届いていません。|株式会社|渡邊|斉藤|伊藤|ﾔﾏﾀﾞ|"+
				"ﾔﾏﾀﾞ ﾀﾛｳ|請求書の件|質問|あ|表|ソニー|予約|能登|靏"),
		one("Korean", "euc-kr cp949 iso-2022-kr",
			"카카|박지영|네|김|주문|환불|배송이 안 됩니다|안녕하세요|이민호|문의|취소|서울|급함|감사합니다|최수진|세금계산서|"+
				"주문한 상품은 언제 도착하나요?|반품|비밀번호|정|강남|불량|교환|전화|주소 변경|대한민국|윤|황보|가나|전체 취소"),
	}
}
