package email

var (
	anna  = Address{"Anna Berg", "anna@kunde.example"}
	nobod = Address{}
)

// forwardedCases are subjects and texts of messages that somebody has forwarded, as mail
// programs write them, and of answers, which forward nothing.
var forwardedCases = []struct {
	name, subject, text string
	want                Address
}{
	// A line says that a forwarded message follows.
	{"Gmail", "Fwd: Order",
		"Please answer.\n\n---------- Forwarded message ---------\nFrom: Anna Berg <anna@kunde.example>\n" +
			"Date: Mon, 5 May 2025 at 10:15\nSubject: Order\nTo: <shop@shop.example>\n\nWhere is it?\n", anna},
	{"Gmail, German", "Fwd: Bestellung", "---------- Forwarded message ---------\nVon: Anna Berg <anna@kunde.example>\n" +
		"Date: Mo., 5. Mai 2025 um 10:15 Uhr\nSubject: Bestellung\n\nWo ist sie?\n", anna},
	{"Gmail, old, bold name", "Fwd: Order",
		"---------- Forwarded message ----------\nFrom: *Anna Berg* <anna@kunde.example>\n" +
			"Date: 2015-05-05\n", anna},
	{"Gmail, Hebrew", "Fwd: הזמנה", "---------- Forwarded message ---------\nמאת: Anna Berg <anna@kunde.example>\n" +
		"\u202aDate: יום ב׳\n", anna},
	{"Apple Mail", "Fwd: Order", "> Begin forwarded message:\n> \n> From: \"Anna Berg\" <anna@kunde.example>\n" +
		"> Subject: Order\n> Date: 5 May 2025\n> To: shop@shop.example\n> \n> Where is it?\n", anna},
	{"Apple Mail, German", "Fwd: Bestellung",
		"Anfang der weitergeleiteten Nachricht:\n\nVon: Anna Berg <anna@kunde.example>\n" +
			"Betreff: Bestellung\nDatum: 5. Mai 2025\nAn: shop@shop.example\n", anna},
	{"Apple Mail, French", "Fwd: Commande", "Début du message transféré :\n\nDe: Anna Berg <anna@kunde.example>\n" +
		"Objet: Commande\nDate: 5 mai 2025\n", anna},
	{"Apple Mail, Dutch", "Fwd: Bestelling", "Begin doorgestuurd bericht:\n\nVan: Anna Berg <anna@kunde.example>\n" +
		"Onderwerp: Bestelling\n", anna},
	{"Apple Mail, Swedish", "Fwd: Order", "Vidarebefordrat brev:\n\n*Från: *Anna Berg <anna@kunde.example>\n" +
		"*Ämne: Order*\n", anna},
	{"Apple Mail, Chinese", "Fwd: 订单", "开始转发的邮件：\n\n发件人: Anna Berg <anna@kunde.example>\n主题: 订单\n", anna},
	{"Apple Mail, Japanese", "Fwd: 注文", "転送されたメッセージ：\n\n差出人: Anna Berg <anna@kunde.example>\n件名: 注文\n", anna},
	{"Thunderbird", "Fwd: Order",
		"Hi,\n\n-------- Forwarded Message --------\nSubject: \tOrder\nDate: \tMon, 5 May 2025\n" +
			"From: \tAnna Berg <anna@kunde.example>\nTo: \tshop@shop.example\n", anna},
	{"Thunderbird, Polish", "Fwd: Zamówienie",
		"-------- Przekazana wiadomość --------\nTemat: Zamówienie\nData: 5 maja\n" +
			"Nadawca: Anna Berg <anna@kunde.example>\nAdresat: shop@shop.example\n", anna},
	{"Thunderbird, Czech", "Fwd: Objednávka",
		"-------- Přeposlaná zpráva --------\nPředmět: Objednávka\nDatum: 5. 5. 2025\n" +
			"Od: Anna Berg <anna@kunde.example>\n", anna},
	{"Thunderbird, Spanish", "Fwd: Pedido", "-------- Mensaje reenviado --------\nAsunto: Pedido\nFecha: 5 May 2025\n" +
		"De: Anna Berg <anna@kunde.example>\nPara: shop@shop.example\n", anna},
	{"Thunderbird, Hungarian", "Fwd: Rendelés", "-------- Továbbított üzenet --------\nTárgy: Rendelés\n" +
		"Feladó: Anna Berg <anna@kunde.example>\n", anna},
	{"Thunderbird, Finnish", "Fwd: Tilaus", "-------- Välitetty viesti --------\nAihe: Tilaus\n" +
		"Lähettäjä: Anna Berg <anna@kunde.example>\n", anna},
	{"Yandex", "Fwd: Заказ",
		"-------- Пересылаемое сообщение --------\n05.05.2025, 10:15, \"Anna Berg\" <anna@kunde.example>:\n\n" +
			"Где он?\n-------- Конец пересылаемого сообщения --------\n", anna},
	{"Yandex, no quotes", "Fwd: Order",
		"-------- Forwarded message --------\n5 May 2025, 10:15, Anna Berg <anna@kunde.example>:\n",
		anna},
	{"Mail.ru", "Fwd: Заказ", "-------- Пересылаемое сообщение --------\nОт кого: Anna Berg <anna@kunde.example>\n" +
		"Кому: shop@shop.example\nДата: понедельник, 5 мая 2025\nТема: Заказ\n", anna},
	{"ukr.net", "Fwd: Замовлення",
		"--- Переслане повідомлення ---\nВід кого: Anna Berg <anna@kunde.example>\nДата: 5 травня\n",
		anna},
	{"mutt", "[anna@kunde.example: Order]", "----- Forwarded message from Anna Berg <anna@kunde.example> -----\n\n" +
		"Date: Mon, 5 May 2025\nFrom: Anna Berg <anna@kunde.example>\nTo: shop@shop.example\n", anna},
	{"Notes", "Fw: Order",
		"----- Forwarded by Maria Roe/Shop on 05.05.2025 10:15 -----\n\nFrom:\t\"Anna Berg\" <anna@kunde.example>\n" +
			"To:\tshop@shop.example\nDate:\t05.05.2025\n", anna},
	{"Turkish", "İLT: Sipariş",
		"---------- İletilen mesaj ---------\nKimden: Anna Berg <anna@kunde.example>\nTarih: 5 Mayıs\n", anna},
	{"Greek", "Fwd: Παραγγελία",
		"---------- Προωθημένο μήνυμα ---------\nΑπό: Anna Berg <anna@kunde.example>\nΘέμα: x\n", anna},
	{"Korean", "전달: 주문", "---------- 전달된 메시지 ---------\n보낸사람: Anna Berg <anna@kunde.example>\n날짜: 5월 5일\n", anna},
	{"Arabic", "Fwd: طلب",
		"---------- رسالة معاد توجيهها ----------\nمن: Anna Berg <anna@kunde.example>\nالموضوع: طلب\n", anna},
	{"Vietnamese", "Fwd: Đơn hàng",
		"---------- Thư đã chuyển tiếp ---------\nTừ: Anna Berg <anna@kunde.example>\nNgày: 5\n", anna},
	{"no subject prefix", "Order", "Long words.\n" + long(900) + "\n---------- Forwarded message ---------\n" +
		"From: Anna Berg <anna@kunde.example>\nDate: 5 May\n", anna},

	// A header without such a line.
	{"Outlook", "FW: Order",
		"Maria, please.\n\nFrom: Anna Berg <anna@kunde.example>\nSent: Monday, May 5, 2025 10:15 AM\n" +
			"To: shop@shop.example\nSubject: Order\n\nWhere is it?\n", anna},
	{"Outlook, long words above", "FW: Order", long(2000) + "\nFrom: Anna Berg <anna@kunde.example>\nSent: Monday\n" +
		"To: shop@shop.example\nSubject: Order\n", anna},
	{"Outlook, German, divider", "WG: Bestellung",
		"-----Ursprüngliche Nachricht-----\nVon: Anna Berg [mailto:anna@kunde.example]\n" +
			"Gesendet: Montag, 5. Mai 2025 10:15\nAn: Shop\nBetreff: Bestellung\n", anna},
	{"Outlook, French", "TR: Commande", "De : Anna Berg <anna@kunde.example>\nEnvoyé : lundi 5 mai 2025\nÀ : Shop\n" +
		"Objet : Commande\n", anna},
	{"Outlook, Italian", "I: Ordine", "Da: Anna Berg <anna@kunde.example>\nInviato: lunedì 5 maggio 2025\nA: Shop\n" +
		"Oggetto: Ordine\n", anna},
	{"Outlook, Spanish", "RV: Pedido",
		"De: Anna Berg <anna@kunde.example>\nEnviado el: lunes\nPara: Shop\nAsunto: Pedido\n", anna},
	{"Outlook, Portuguese", "ENC: Pedido", "De: Anna Berg <anna@kunde.example>\nEnviada em: segunda\nPara: Shop\n", anna},
	{"Outlook, Swedish", "VB: Order",
		"Från: Anna Berg <anna@kunde.example>\nSkickat: måndag\nTill: Shop\nÄmne: Order\n", anna},
	{"Outlook, Danish", "VS: Ordre", "Fra: Anna Berg <anna@kunde.example>\nSendt: 5. maj 2025\nTil: Shop\n", anna},
	{"Outlook, Norwegian, an answer to a mail", "[EXT] vs: Ordre",
		"Se her.\n\nFra: Anna Berg <anna@kunde.example>\nSendt: mandag 5. mai 2025\nTil: Shop\nEmne: Ordre\n", anna},
	{"an answer in Outlook, Finnish", "VS: Tilaus",
		"Kiitos!\n\nLähettäjä: Anna Berg <anna@kunde.example>\nLähetetty: 5. toukokuuta 2025\nVastaanottaja: Shop\n", nobod},
	{"Outlook, Polish", "PD: Zamówienie", "Od: Anna Berg <anna@kunde.example>\nWysłano: poniedziałek\nDo: Shop\n", anna},
	{"Outlook, Chinese", "转发: 订单", "发件人： Anna Berg <anna@kunde.example>\n发送时间： 2025年5月5日\n收件人： Shop\n", anna},
	{"Outlook, Taiwan", "轉寄： 訂單", "寄件者: Anna Berg <anna@kunde.example>\n寄件日期: 2025年5月5日\n收件者: Shop\n", anna},
	{"Outlook, a link in the address", "FW: Order", "From: Anna Berg <anna@kunde.example<mailto:anna@kunde.example>>\n" +
		"Sent: Monday\nTo: Shop\n", anna},
	{"Outlook, bold", "FW: Order", "*From:* Anna Berg <anna@kunde.example>\n*Sent:* Monday\n*To:* Shop\n", anna},
	{"Outlook, wrapped", "FW: Order", "From: Anna Berg\n<anna@kunde.example>\nSent: Monday\nTo: Shop\n", anna},
	{"GMX", "Fw: Bestellung", "Gesendet: Montag, 05. Mai 2025 um 10:15 Uhr\nVon: \"Anna Berg\" <anna@kunde.example>\n" +
		"An: shop@shop.example\nBetreff: Bestellung\n", anna},
	{"a tag before the prefix", "[EXTERN] WG: Bestellung",
		"Von: Anna Berg <anna@kunde.example>\nGesendet: Montag\nAn: Shop\n",
		anna},
	{"no prefix, few words above", "Order",
		"See below.\n\nFrom: Anna Berg <anna@kunde.example>\nSent: Monday\nTo: Shop\n", anna},
	{"a colleague without an address first", "FW: Order",
		"From: Maria Roe\nSent: Tuesday\nTo: Shop\nSubject: FW: Order\n\n" +
			"From: Anna Berg <anna@kunde.example>\nSent: Monday\nTo: Maria Roe\n", anna},
	{"lines with blank ones between", "FW: Order",
		"From: Anna Berg <anna@kunde.example>\n\nSent: Monday\n\nTo: Shop\n", anna},

	// Nothing is forwarded.
	{"an answer in Outlook", "RE: Order",
		"Yes, please.\n\nFrom: Shop <help@shop.example>\nSent: Monday\nTo: Anna\nSubject: Order\n",
		nobod},
	{"an answer to a forwarded message", "Re: Fwd: Order", "Yes.\n\n---------- Forwarded message ---------\n" +
		"From: Anna Berg <anna@kunde.example>\nDate: 5 May\n", nobod},
	{"an answer, German", "AW: Bestellung", "Ja.\n\nVon: Shop <help@shop.example>\nGesendet: Montag\nAn: Anna\n", nobod},
	{"an answer, counted", "Re[2]: Order", "Yes.\n\nFrom: Shop <help@shop.example>\nSent: Monday\nTo: Anna\n", nobod},
	{"an answer without a prefix", "Order", "Yes.\n\nFrom: Shop <shop@shop.example>\nSent: Monday\nTo: Anna\n", nobod},
	{"many words above, no prefix", "Order",
		long(900) + "\nFrom: Anna Berg <anna@kunde.example>\nSent: Monday\nTo: Shop\n", nobod},
	{"quoted, no prefix", "Order", "Yes.\n\n> From: Anna Berg <anna@kunde.example>\n> Sent: Monday\n> To: Shop\n", nobod},
	{"a journey", "FW: Trip", "From: Berlin\nTo: Oslo\nDate: 5 May\n", nobod},
	{"a form without neighbors", "Fwd: Order",
		"I want to know who wrote.\nFrom: Anna Berg <anna@kunde.example>\n\nHello, I am\n" +
			"waiting\n", nobod},
	{"a sentence with a colon", "Order",
		"My forwarded parcel came from: anna@kunde.example. Note: it is broken.\n", nobod},
	{"a form letter", "Order", "Name: Anna Berg\nEmail: anna@kunde.example\nPhone: 4711\n", nobod},
}

// long returns words of a letter of about n bytes.
func long(n int) string {
	text := ""
	for len(text) < n {
		text += "The lamp stood in the hall and was not switched on by anybody.\n"
	}
	return text
}
