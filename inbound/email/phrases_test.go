package email

// phrases are subjects and bodies as customers write them, by the charsets that
// their language is sent in.
var phrases = []struct {
	charsets         string
	subjects, bodies []string
}{
	{"windows-1251 koi8-r iso-8859-5", []string{
		"Где мой заказ?", "Жалоба", "Счёт на оплату", "Re: Встреча в четверг", "Изменение адреса доставки", "Не работает личный кабинет", "Ответ: ваш запрос", "СРОЧНО", "Привет",
	}, []string{
		"Коллеги, во вложении отчёт за прошлый квартал. Просьба проверить цифры до пятницы и сообщить, если найдёте ошибки.",
		"Купил у вас чайник, но он перестал включаться через неделю. Как оформить возврат по гарантии?",
	}},
	{"windows-1251 koi8-u", []string{"Запит щодо співпраці", "Повернення коштів", "Зміна адреси"}, []string{
		"Вітаю! Надсилаю вам підписаний договір. Якщо потрібні ще якісь документи, дайте знати.",
	}},
	{"windows-1251", []string{"Рекламация за стока", "Промяна на адреса"}, []string{"Колеги, изпращам ви договора за подпис. Моля, върнете го до петък."}},
	{"shift_jis euc-jp iso-2022-jp", []string{
		"納期について", "ご質問があります", "キャンセルのお願い", "領収書を送ってください", "新製品のご案内", "打ち合わせの件", "サイズを変更したい", "明日の予定", "パスワードを忘れました",
	}, []string{
		"株式会社サンプルの鈴木と申します。貴社のサービスについて詳しい資料をいただけませんか。",
		"昨日届いた靴のサイズが合いませんでした。交換は可能でしょうか。",
	}},
	{"gb18030", []string{
		"请问什么时候发货", "投诉", "合同已签", "新产品介绍", "地址变更", "密码忘记了", "明天的会议取消", "你好", "电子发票",
	}, []string{
		"王经理，合同我已经签好字了，扫描件在附件里，原件今天下午寄出。",
		"鞋子的尺码不合适，我想换一双大一点的，请告诉我怎么办理。",
	}},
	{"big5", []string{
		"請問什麼時候出貨", "客訴", "合約已簽", "新產品介紹", "地址變更", "忘記密碼", "明天的會議取消", "電子發票",
	}, []string{
		"王經理，合約我已經簽好了，掃描檔在附件裡，正本今天下午寄出。",
		"鞋子的尺寸不合，我想換一雙大一點的，請告訴我怎麼辦理。",
	}},
	{"euc-kr", []string{
		"언제 발송되나요?", "불만 접수", "비밀번호를 잊어버렸어요", "신제품 안내", "주소 변경 부탁드립니다", "내일 회의 취소", "영수증 요청", "교환 가능한가요",
	}, []string{
		"김 과장님, 계약서에 서명해서 첨부했습니다. 원본은 오늘 오후에 우편으로 보내겠습니다.",
		"신발 사이즈가 맞지 않아서 한 치수 큰 것으로 교환하고 싶습니다. 어떻게 하면 되나요?",
	}},
	{"windows-1252", []string{
		"Kündigung", "Rechnung für März fehlt", "Lieferung verspätet sich", "Straße falsch geschrieben", "Demande de remboursement – référence 4471", "Réclamation", "Où est mon colis ?", "Reçu à l’instant", "Devolución", "Factura número 12",
		"Pedido nº 88 atrasado", "Informações sobre preços", "La spedizione è arrivata, grazie", "Ångerrätt", "Försenad leverans", "Får ikke logget inn", "Tilbakebetaling på vei", "Häiriö verkkokaupassa", "naïve question", "50 € Rabatt", "ÄNDERUNG DER ADRESSE", "Niña", "Crème brûlée",
	}, []string{
		"Sehr geehrte Damen und Herren, die Rechnung über 120 € enthält einen Fehler. Bitte prüfen Sie das. Mit freundlichen Grüßen, Jörg Schäfer",
		"Bonjour Madame, je vous envoie ci-joint le devis signé. Veuillez m’indiquer la date de livraison prévue.",
		"Buenos días, adjunto envío el contrato firmado. ¿Necesitan algo más? Quedo a la espera, José Muñoz",
		"Tack för snabbt svar! Jag är mycket nöjd med köpet, men fakturan saknas ännu.",
	}},
	{"windows-1250 iso-8859-2", []string{
		"Zwrot towaru – prośba", "Gdzie jest moja przesyłka?", "Zmiana hasła", "Błąd logowania", "Reklamace zboží", "Změna adresy", "Fwd: Smlouva k podpisu – prosím o vyřízení", "Szállítási cím módosítása", "Visszaküldés időpontja", "Vrátenie tovaru – žiadosť", "Povrat robe i račun",
	}, []string{
		"Witam, w załączniku przesyłam podpisaną umowę. Proszę o potwierdzenie. Pozdrawiam, Paweł Wójcik",
		"Dobrý den, boty mi bohužel nesedí, rád bych je vyměnil za větší velikost. Jak mám postupovat?",
		"Jó napot kívánok! A csatolt fájlban küldöm az aláírt szerződést. Kérem, jelezzék, ha megérkezett.",
	}},
	{"windows-1254", []string{"Siparişim gelmedi", "Fatura hakkında bir soru"}, []string{"Merhaba, geçen hafta sipariş ettiğim ürün hâlâ gelmedi. Kargonun nerede olduğunu öğrenebilir miyim? Teşekkürler, Ayşe"}},
	{"windows-1253", []string{"Πού είναι η παραγγελία μου;", "Ερώτηση για το τιμολόγιο"}, []string{"Καλημέρα σας, δεν έχω λάβει ακόμη το δέμα μου. Μπορείτε να το ελέγξετε; Ευχαριστώ πολύ."}},
	{"windows-874", []string{"สินค้ายังไม่มาถึง", "สอบถามเรื่องใบแจ้งหนี้"}, []string{"สวัสดีค่ะ อยากทราบว่าสินค้าที่สั่งไปเมื่อสัปดาห์ที่แล้วจะมาถึงเมื่อไหร่ ขอบคุณค่ะ"}},
	{"windows-1255", []string{"איפה ההזמנה שלי", "שאלה לגבי החשבונית"}, []string{"שלום, עדיין לא קיבלתי את החבילה שהזמנתי בשבוע שעבר. אפשר לבדוק מה קרה? תודה רבה"}},
	{"windows-1251 koi8-r iso-8859-5", []string{
		"Заказ не пришёл", "Вопрос по счёту", "Re: доставка", "Срочно: ошибка при оплате картой", "Возврат товара", "Прайс-лист на март", "ПРЕДЛОЖЕНИЕ О СОТРУДНИЧЕСТВЕ", "Договор № 15 от 3 июня",
	}, []string{
		"Здравствуйте! Подскажите, пожалуйста, когда придёт мой заказ? Деньги списали ещё в прошлый вторник.",
		"Добрый день. Высылаю подписанный договор и копию паспорта. Если нужно что-то ещё, позвоните мне после обеда.\nС уважением, Ирина",
	}},
	{"windows-1251 koi8-u", []string{"Замовлення не прийшло", "Питання щодо рахунку", "Коли буде доставка?"}, []string{
		"Доброго дня! Підкажіть, будь ласка, коли надійде моє замовлення? Гроші вже зняли з картки.",
	}},
	{"windows-1251", []string{"Поръчката ми не е пристигнала", "Въпрос за фактурата"}, []string{
		"Здравейте, бихте ли ми казали кога ще получа пратката? Платих я миналата седмица с карта.",
	}},
	{"shift_jis euc-jp iso-2022-jp", []string{
		"ご注文の確認", "お問い合わせ", "見積書の件", "商品が届きません", "返品について教えてください", "会議の日程変更のお知らせ", "ハローキティのカバン", "Re: 請求書",
	}, []string{
		"お世話になっております。先週注文した商品がまだ届いておりません。配送状況を確認していただけますでしょうか。",
		"田中様\n資料を添付しましたので、ご確認ください。よろしくお願いいたします。",
	}},
	{"gb18030", []string{
		"订单确认", "询价", "关于发票的问题", "我的包裹还没有到", "会议通知", "退货申请", "产品报价单", "回复: 合作协议", "测试",
	}, []string{
		"您好，我上周在你们网站买的商品到现在还没有收到，请帮我查一下物流信息，谢谢。",
		"附件是我们公司的报价单，请查收。如果有什么问题，请随时和我联系。",
	}},
	{"big5", []string{
		"訂單確認", "詢價", "關於發票的問題", "我的包裹還沒有到", "會議通知", "退貨申請", "產品報價單", "回覆: 合作協議",
	}, []string{
		"您好，我上週在你們網站買的商品到現在還沒有收到，請幫我查一下配送進度，謝謝。",
		"附件是我們公司的報價單，請查收。如果有什麼問題，請隨時和我聯絡。",
	}},
	{"euc-kr", []string{
		"주문 확인", "견적 문의", "배송이 안 됩니다", "세금계산서 요청", "반품 신청합니다", "회의 일정 변경 안내", "Re: 계약서", "환불",
	}, []string{
		"안녕하세요. 지난주에 주문한 상품이 아직 도착하지 않았습니다. 배송 상태를 확인해 주시기 바랍니다.",
		"첨부 파일로 견적서를 보내 드리니 확인 부탁드립니다. 감사합니다.",
	}},
	{"windows-1252", []string{
		"Rückfrage zur Bestellung", "Größe passt nicht", "Schöne Grüße", "Commande non reçue", "Problème de livraison", "Facture n° 12 déjà payée", "à régler", "¿Cuándo llega mi pedido?", "Información sobre el envío", "Não recebi a encomenda",
		"Reclamação", "Perché l’ordine è in ritardo?", "Fråga om leverans", "Spørsmål om ordren", "Ændring af adresse", "Käännös ja määrä", "Price: £20", "Café", "Über uns", "Ñandú", "“Quoted” – and a dash", "Kosten: 20 €", "Bestätigung für Frau Müller",
	}, []string{
		"Guten Tag, leider ist die Hose zu groß. Können Sie mir bitte eine kleinere Größe schicken? Schöne Grüße aus München",
		"Bonjour, je n’ai pas encore reçu ma commande. Pourriez-vous vérifier où elle se trouve ? Merci d’avance, Hélène",
		"Hola, ¿podrían decirme cuándo llegará mi pedido? Ya pasó una semana y todavía no sé nada. Atención: mi dirección cambió.",
		"Olá, não recebi a confirmação do pagamento. Vocês já verificaram? A transação foi feita na sexta-feira.",
		"Hej, jag undrar när mitt paket kommer. Jag har väntat i två veckor nu och börjar bli orolig. Hälsningar Åsa",
		"Kære kundeservice, jeg har ikke fået min ordre endnu. Kan I undersøge det? Hilsen Søren",
		"Hei, tilaukseni ei ole vielä tullut perille. Voitteko tarkistaa tilanteen? Terveisin Päivi",
		"Buongiorno, perché non è ancora arrivato il pacco? Ho già pagato più di una settimana fa.",
	}},
	{"windows-1250 iso-8859-2", []string{
		"Zamówienie nie dotarło", "Pytanie o fakturę", "Łódź – zmiana terminu", "Reklamacja: błąd płatności", "Objednávka nedorazila", "Dotaz k faktuře", "Kdy přijde balík?", "Žádost o vrácení peněz", "Nem érkezett meg a rendelésem", "Kérdés a számláról", "Otázka k faktúre", "Narudžba nije stigla", "Vprašanje o računu",
	}, []string{
		"Dzień dobry, moja paczka jeszcze nie dotarła. Czy mogą Państwo sprawdzić, gdzie się znajduje? Z góry dziękuję, Małgorzata",
		"Dobrý den, chtěl bych se zeptat, kdy dorazí moje objednávka. Zaplatil jsem ji už před týdnem. Děkuji, Jiří",
		"Tisztelt Ügyfélszolgálat! Két hete rendeltem meg a cipőt, de még nem érkezett meg. Kérem, nézzenek utána. Üdvözlettel: Győző",
		"Poštovani, molim vas provjerite gdje je moja pošiljka. Platio sam je prošli tjedan. Srdačan pozdrav, Željko",
	}},
}
