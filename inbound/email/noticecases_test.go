package email

import "strings"

// noticeCase is a message that is a notice about mail, or that is not.
type noticeCase struct {
	name, from, subject string
	extra               string // more header fields, each with its line end
	body                string // text, or with a Content-Type in extra what that says
	class               Class  // "": any but a bounce
	want                string // of a bounce: "recipient recipient status action <id>", what is known of it
}

// returning is a notice with an attached message of the store to that address.
func returning(words, to string) (extra, body string) {
	return "Content-Type: multipart/mixed; boundary=b\n",
		"--b\nContent-Type: text/plain; charset=utf-8\n\n" + words + "\n--b\nContent-Type: message/rfc822\n\n" +
			"From: Shop <sales@shop.example>\nTo: <" + to + ">\nSubject: Invoice 7\n" +
			"Message-ID: <inv7@shop.example>\n\nThe invoice.\n--b--\n"
}

// reporting is a report with these groups of fields.
func reporting(groups ...string) (extra, body string) {
	return "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
		"--b\n\nA report.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.host.example\n\n" +
			strings.Join(groups, "\n") + "\n--b--\n"
}

// noticeCases are by kind; no two of a kind have the same cause and language.
func noticeCases() map[string][]noticeCase {
	const (
		jane   = "Jane Roe <jane@customer.example>"
		daemon = "Mail Delivery System <mailer-daemon@mx.host.example>"
		master = "postmaster@mx.host.example"
		robot  = "no-reply@mail.host.example"
	)
	letter := func(name, subject, body string) noticeCase {
		return noticeCase{name, jane, subject, "", body, ClassPersonal, ""}
	}
	plain := func(name, from, subject, body, want string) noticeCase {
		return noticeCase{name, from, subject, "", body, ClassBounce, want}
	}
	returned := func(name, from, subject, words, to string) noticeCase {
		extra, body := returning(words, to)
		return noticeCase{name, from, subject, extra, body, ClassBounce, to + " failed <inv7@shop.example>"}
	}
	status := func(name string, class Class, want string, groups ...string) noticeCase {
		extra, body := reporting(groups...)
		return noticeCase{name, daemon, "Delivery report", extra, body, class, want}
	}
	attachedStatus := "--b\n\nYour server said this.\n--b\nContent-Type: message/delivery-status\n" +
		"Content-Disposition: attachment\n\nFinal-Recipient: rfc822; sales@shop.example\nAction: failed\n--b--\n"
	_, wholeReport := reporting("Final-Recipient: rfc822; sales@shop.example\nAction: failed\nStatus: 5.1.1\n")
	const mixed = "Content-Type: multipart/mixed; boundary=b\n"
	return map[string][]noticeCase{
		"letters about deliveries": {
			letter("price", "Delivery failed", "It cost 550 dollars and I want them back."),
			letter("price with cents", "Undelivered", "I paid 5.50 and then 551.20, nothing came."),
			letter("telephone", "Could not be delivered?", "Call 555-0188 after 5.30, please."),
			letter("date", "Delivery problem", "It was to come on 5.7.24 to my address."),
			letter("version", "Could not send the form", "Version 5.1.1 of your app says: error."),
			letter("article", "Not delivered: article 550-12", "The user manual 550-12 is missing."),
			letter("IP address", "Mail delivery", "The shop blocks 10.5.1.1, why?"),
			letter("German", "Paket unzustellbar", "Mein Paket konnte nicht zugestellt werden an:\n\nHauptstr. 5\n"),
			letter("German, another address", "Lieferung nicht zugestellt",
				"Bitte schreiben Sie mir an diese Adresse:\n\njane@home.example\n\nGruß"),
			letter("French", "Colis non remis",
				"Mon colis n'a pas pu être remis :\n\njane@home.example\n550 euros perdus"),
			letter("Spanish", "Pedido no entregado", "Mi pedido no se pudo entregar. Llame al 555 01 99."),
			letter("Italian", "Mancata consegna del pacco", "Il pacco non è stato consegnato:\n\nada@casa.example\n"),
			letter("Portuguese", "Encomenda não entregue", "A encomenda não foi entregue, paguei 550."),
			letter("Dutch", "Pakket niet bezorgd", "Het pakket is niet bezorgd op 5.4.25."),
			letter("Polish", "Paczka nie została dostarczona", "Nie dostarczono paczki:\n\nola@dom.example\n"),
			letter("Swedish", "Paketet kunde inte levereras", "Det kostade 550 kr. Mitt paket:\n\nper@hem.example"),
			letter("Russian", "Посылка не доставлена", "Посылка не доставлена, заплатил 5500.\n\nolga@home.example\n"),
			letter("Turkish", "Kargo teslim edilemedi", "Kargo teslim edilemedi. Sipariş 550 TL."),
			letter("Japanese", "荷物を返送します", "荷物が届きません。返送の住所を教えてください。"),
			letter("Japanese, a newsletter", "配信停止のお願い", "メールの配信を停止してください。"),
			letter("Korean", "반송 요청", "상품을 반송하고 싶습니다. 555-0101"),
			letter("Chinese", "包裹无法送达", "包裹无法送达，请联系 555-0102。"),
			{"a courier", "Parcel Service <info@courier.example>", "Delivery failed: parcel 5501", "",
				"We could not deliver your parcel to the following recipient:\n\nsales@shop.example\n", ClassPersonal,
				""},
		},
		"letters of people without a name": {
			{"another address", "jane@customer.example", "Confirmation mail not delivered", "",
				"The confirmation mail was " +
					"not delivered. Please send it to this address:\n\njane@home.example\n", ClassPersonal, ""},
			{"to somebody else", "jane@customer.example", "Undeliverable mail?", "",
				"A mail to bob@partner.example was not delivered, do you know why?\n", ClassPersonal, ""},
			{"what a server says of the store", "jane@customer.example", "Undeliverable mail", "", "It says: your message " +
				"could not be delivered:\n\n<maria@shop.example>: 550 5.1.1 user unknown\n", ClassPersonal, ""},
			{"with a salutation", "jane@customer.example", "Message not delivered", "", "Hello,\n\nyour message was " +
				"not delivered to\n\ninfo@partner.example\n550 5.1.1 user unknown\n", ClassPersonal, ""},
			{"German", "karl@kunde.example", "Mail konnte nicht zugestellt werden", "", "Ihre Nachricht konnte nicht " +
				"zugestellt werden an meine neue Adresse:\n\nkarl@neu.example\n", ClassPersonal, ""},
			{"French", "zoe@client.example", "Courriel non remis", "", "Votre courriel n'a pas été remis. Voici mon " +
				"adresse :\n\nzoe@maison.example\n", ClassPersonal, ""},
			{"Russian", "olga@client.example", "Письмо не доставлено", "",
				"Здравствуйте! Ваше письмо не доставлено:\n\n" +
					"olga@home.example\n", ClassPersonal, ""},
			{"Japanese", "ken@client.example", "メールエラー", "", "お世話になっております。お客様のメールを送信できませんでした。\n\n" +
				"ken@home.example\n", ClassPersonal, ""},
			{"by a mail program", "jane@customer.example", "Undelivered mail", "User-Agent: Letters 3\n",
				"Your message " +
					"could not be delivered:\n\n<bob@gone.example>: 550 5.1.1 unknown\n", ClassPersonal, ""},
			{"in answer", "jane@customer.example", "Undelivered mail", "In-Reply-To: <o8@shop.example>\n",
				"Your message " +
					"could not be delivered:\n\n<bob@gone.example>: 550 5.1.1 unknown\n", ClassPersonal, ""},
			{"of a contact form", "forms@shop.example", "Delivery problem", "Reply-To: jane@customer.example\n",
				"Your message: the mail was not delivered\nAddress: jane@customer.example\n", ClassPersonal, ""},
			{"a postmaster on replies of servers", "postmaster@school.example", "Delivery problem", "",
				"Hello, the mail to you is refused: 550 5.7.1 <sales@shop.example>: denied.\n\nPer\nper@home.example\n",
				ClassPersonal, ""},
			{"a postmaster for a colleague", "postmaster@school.example", "Question", "",
				"Hello, the mail to bob@partner.example was rejected, do you know why?\n", ClassPersonal, ""},
			{"a courier on a recipient", "service@courier.example", "Delivery failed", "",
				"We could not deliver the parcel.\n\nRecipient: jane@home.example\nReason: nobody at home\n",
				ClassPersonal, ""},
			{"an absence", "jane@customer.example", "Away", "Return-Path: <>\n",
				"This mailbox is no longer in use, please " +
					"mail bob@customer.example.\n", "", ""},
		},
		"people about bounces": {
			letter("answer", "Re: Undeliverable: Your order",
				"Use this one:\n\n> <jane@old.example>: 550 5.1.1 user unknown"),
			letter("answer in German", "AW: Unzustellbar: Ihre Bestellung",
				"Die Nachricht konnte nicht zugestellt werden an:\n\nkarl@alt.example\n"),
			letter("forward", "Fwd: Undelivered Mail Returned to Sender",
				"See below.\n\n<bob@gone.example>: 550 5.1.1 unknown user\n"),
			letter("forward in Dutch", "Doorst: Onbestelbaar",
				"Uw bericht kon niet worden bezorgd:\n\njan@weg.example\n"),
			letter("the store's address fails", "Undeliverable mail",
				"My message could not be delivered to the following recipient:\n\nsales@shop.example\n550 5.1.1\n"),
			letter("a colleague's address fails", "Mail delivery failed",
				"My mail could not be delivered to:\n\nmaria@shop.example\n\n550 5.1.1 user unknown\n"),
			letter("her own address", "Message undeliverable",
				"Your messages are rejected, my mailbox was full:\n\njane@customer.example\n"),
			letter("a status in words", "Problem with your mail server", "It says 550 5.7.1 relaying denied."),
			{"an attached status", jane, "Your mail server", mixed, attachedStatus, ClassPersonal, ""},
			{"a status shown in the letter", jane, "Your server is broken", mixed,
				strings.Replace(attachedStatus, "Content-Disposition: attachment\n", "", 1), ClassPersonal, ""},
			{"a whole report within the letter", jane, "See what I got", "Content-Type: multipart/mixed; boundary=m\n",
				"--m\n\nWhat is this?\n--m\nContent-Type: multipart/report; boundary=b\n\n" + wholeReport + "--m--\n",
				ClassPersonal, ""},
			{"an attached receipt", jane, "Your receipt", mixed,
				strings.Replace(attachedStatus, "delivery-status", "disposition-notification", 1), ClassPersonal, ""},
			{"an attached complaint", jane, "Is this yours?", mixed,
				strings.Replace(attachedStatus, "delivery-status", "feedback-report", 1), ClassPersonal, ""},
			{"an attached bounce", jane, "Your mail bounced", mixed,
				"--b\n\nI get this.\n--b\nContent-Type: message/rfc822\n\nFrom: mailer-daemon@mx.example\n" +
					"Subject: Undelivered\nContent-Type: multipart/report; boundary=c\n\n--c\n" +
					"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; sales@shop.example\n" +
					"Action: failed\n--c--\n--b--\n", ClassPersonal, ""},
			{"a postmaster", "Per Ek <postmaster@school.example>", "Delivery of our chairs", "",
				"Hello, two of the chairs do not exist any more, it seems.\n\nPer\nper@home.example\n", ClassPersonal,
				""},
			{"a postmaster without a name", "postmaster@school.example", "Chairs", "",
				"Two are broken. Please write to the caretaker:\n\nper@school.example\n", ClassPersonal, ""},
			{"a form's mailer", "Contact form <mailer@forms.example>", "Delivery problem", "",
				"Name: Jane\nMessage: two lamps were rejected by the courier\n", ClassPersonal, ""},
			{"without a path back, of mail", jane, "Message not delivered", "Return-Path: <>\n",
				"You did not get it, it seems. I want two lamps.\n", "", ""},
			{"an attached status, without a path back", jane, "Your mail server", mixed + "Return-Path: <>\n",
				attachedStatus, "", ""},
			{"a status of a relay without subject", "relay@mx.host.example", "Delivery failed", mixed + "Return-Path: <>\n",
				strings.ReplaceAll(attachedStatus, "sales@shop.example", "al@gone.example"), ClassBounce,
				"al@gone.example failed"},
			{"a postmaster who answers", "postmaster@school.example", "Re: Undeliverable: Invoice", "",
				"The address is correct, please try again.\n", ClassPersonal, ""},
			{"a postmaster who answers from outside", "postmaster@school.example",
				"[External] Re: Undeliverable: Invoice", "",
				"The address is correct, please try again.\n", ClassPersonal, ""},
			{"a postmaster about versions", "postmaster@school.example", "Printer", "",
				"Firmware 5.1.10 does not print. Article 550 123.\n", ClassPersonal, ""},
			{"a person without a path back", jane, "Question", "Return-Path: <>\n",
				"The lamp does not exist in the shop, 550 euros?\n", "", ""},
			{"a receipt of a person", jane, "Read: Your order",
				"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n",
				"--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\nDisposition: x\n--b--\n",
				ClassAutoReply, ""},
			{"letters in the name of a failed address", jane, "Undeliverable", "X-Failed-Recipients: al@gone.example\n",
				"Dear team, which of these did you not get?\n", ClassPersonal, ""},
			{"a person without a path back, for a colleague", jane, "Undeliverable", "Return-Path: <>\n",
				"Dear team,\n\nyour email to my colleague al@customer.example was not delivered, I take over.\n",
				ClassPersonal, ""},
			{"a person without a path back, on post", jane, "Mail not delivered", "Return-Path: <>\n",
				"The letter mail was not delivered to the house.\n", ClassPersonal, ""},
			{"a postmaster who quotes one", "postmaster@school.example", "Re: Undeliverable: Invoice", "",
				"Try this one instead.\n\n> Your message was not delivered to\n>\n> al@gone.example\n> 550 5.1.1 unknown\n",
				ClassPersonal, ""},
			{"a mail server about something else", daemon, "Quarantine summary", "", "Nothing was held back.\n",
				ClassAutoReply, ""},
		},
		"mailers in a language": {
			plain("German", master, "Nachricht unzustellbar", "Das Postfach ist voll:\n\nuwe@gone.example\n",
				"uwe@gone.example failed"),
			plain("French", master, "Courrier non remis", "L'adresse est introuvable :\n\nzoe@gone.example\n",
				"zoe@gone.example failed"),
			plain("Portuguese", master, "Mensagem não entregue", "Não foi possível entregar a:\n\nana@gone.example\n",
				"ana@gone.example failed"),
			plain("Dutch", daemon, "Mislukt", "Uw bericht is niet afgeleverd bij:\n\njan@gone.example\n",
				"jan@gone.example failed"),
			plain("Swedish", master, "Olevererat meddelande", "Kunde inte levereras till:\n\n<per@gone.example>\n",
				"per@gone.example failed"),
			plain("Danish", master, "Ikke leveret: Faktura",
				"Meddelelsen kunne ikke leveres til:\n\n<bo@gone.example>\n",
				"bo@gone.example failed"),
			plain("Norwegian", master, "Melding",
				"Meldingen kunne ikke leveres til følgende mottaker:\n\n<ole@gone.example>\n",
				"ole@gone.example failed"),
			plain("Finnish", daemon, "Toimitus", "Viestiä ei saatu perille:\n\n<eero@gone.example>\n",
				"eero@gone.example failed"),
			plain("Polish", master, "Niedostarczona: Faktura", "Skrzynka nie istnieje:\n\n<ola@gone.example>\n",
				"ola@gone.example failed"),
			plain("Czech", master, "Nedoručitelné: Faktura", "Zprávu se nepodařilo doručit:\n\n<eva@gone.example>\n",
				"eva@gone.example failed"),
			plain("Slovak", master, "Faktúra", "Správu sa nepodarilo doručiť adresátovi:\n\n<iva@gone.example>\n",
				"iva@gone.example failed"),
			plain("Hungarian", master, "Kézbesíthetetlen: Számla", "A postafiók nem létezik:\n\n<zsolt@gone.example>\n",
				"zsolt@gone.example failed"),
			plain("Romanian", master, "Mesaj nelivrat", "Mesajul nu a fost livrat către:\n\n<ion@gone.example>\n",
				"ion@gone.example failed"),
			plain("Bulgarian", daemon, "Грешка", "Съобщението не е доставено:\n\n<ivo@gone.example>\n",
				"ivo@gone.example failed"),
			plain("Greek", master, "Αδύνατη η παράδοση", "Το μήνυμα δεν παραδόθηκε:\n\n<nik@gone.example>\n",
				"nik@gone.example failed"),
			plain("Turkish", master, "Teslim edilemedi: Fatura",
				"İleti şu alıcıya iletilemedi:\n\n<can@gone.example>\n",
				"can@gone.example failed"),
			plain("Ukrainian", master, "Рахунок", "Не вдалося доставити повідомлення:\n\n<oleg@gone.example>\n",
				"oleg@gone.example failed"),
			plain("Japanese", master, "配信不能: 請求書", "次の宛先に配信できませんでした。\n\n<ken@gone.example>\n",
				"ken@gone.example failed"),
			plain("Chinese", "PostMaster@mx.host.example", "系统退信", "无法投递到以下收件人：\n\n<wei@gone.example>\n",
				"wei@gone.example failed"),
			plain("Taiwanese", master, "無法傳遞: 發票", "郵件無法送達以下收件者：\n\n<ming@gone.example>\n",
				"ming@gone.example failed"),
			plain("Hebrew", master, "חשבונית", "ההודעה לא נמסרה לנמען:\n\n<dan@gone.example>\n",
				"dan@gone.example failed"),
			plain("Arabic", master, "تعذر تسليم الرسالة", "تعذر تسليم الرسالة إلى:\n\n<sami@gone.example>\n",
				"sami@gone.example failed"),
			plain("Vietnamese", master, "Thư không gửi được", "Không thể gửi thư đến:\n\n<lan@gone.example>\n",
				"lan@gone.example failed"),
			plain("Thai", daemon, "แจ้งเตือน", "ส่งข้อความไม่ได้\n\n<nok@gone.example>\n", "nok@gone.example failed"),
			plain("Hindi", daemon, "सूचना", "संदेश वितरित नहीं हुआ\n\n<ravi@gone.example>\n",
				"ravi@gone.example failed"),
			plain("Welsh, without known words", daemon, "Methiant", "Ni chyrhaeddodd y neges.\n\n<dai@gone.example>\n",
				"dai@gone.example failed"),
			plain("Albanian postmaster, without known words", master, "Njoftim", "Nuk arriti:\n\n<ilir@gone.example>",
				"ilir@gone.example failed"),
			plain("Spanish, to groups", master, "Factura", "Su mensaje no se pudo entregar a estos destinatarios:\n\n"+
				"<eva@gone.example>\n", "eva@gone.example failed"),
			plain("Croatian", master, "Račun", "Isporuka poruke nije uspjela:\n\n<ivo@gone.example>\n",
				"ivo@gone.example failed"),
			plain("Exchange by its own name",
				"Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@host.example>",
				"Levering", "<eva@gone.example>\nFindes ikke.\n", "eva@gone.example failed"),
			{"Icelandic, with a null path", master, "Villa", "Return-Path: <>\n", "Póstur komst ekki til skila.\n\n" +
				"<jon@gone.example>\n550 5.1.1 user unknown\n", ClassBounce, "jon@gone.example 5.1.1 failed"},
		},
		"returned messages": {
			returned("Swedish", robot, "Meddelande", "Kunde inte levereras:\n\n<per@gone.example>\n",
				"per@gone.example"),
			returned("Danish", daemon, "Besked", "Beskeden kom ikke frem.\n", "bo@gone.example"),
			returned("Polish", robot, "Zwrot wiadomości", "<ola@gone.example>\nNie ma takiej skrzynki.\n",
				"ola@gone.example"),
			returned("Czech", daemon, "Chyba", "Zpráva se vrací.\n\n<eva@gone.example>\n", "eva@gone.example"),
			returned("Greek", daemon, "Σφάλμα", "Το μήνυμα επιστρέφεται.\n", "nik@gone.example"),
			returned("Chinese", robot, "退信通知", "您的邮件被退回：<wei@gone.example>\n", "wei@gone.example"),
			returned("Korean", robot, "메일 반송 안내", "다음 주소로 전송하지 못했습니다: <minji@gone.example>\n", "minji@gone.example"),
			returned("Arabic", daemon, "إشعار", "تعاد إليك رسالتك.\n", "sami@gone.example"),
			returned("Hungarian postmaster", master, "Levél", "Nem kézbesíthető:\n\n<zsolt@gone.example>\n",
				"zsolt@gone.example"),
			returned("Estonian, no known words", robot, "Teade", "<jaan@gone.example>\nPostkasti pole.\n",
				"jaan@gone.example"),
			returned("an administrator", "admin@host.example", "Undelivered: Invoice 7",
				"Your message could not be handed to this user:\n\n<al@gone.example>\n", "al@gone.example"),
		},
		"reports of success": {
			status("relayed", ClassAutoReply, "",
				"Final-Recipient: rfc822; al@x.example\nAction: relayed\nStatus: 2.1.9\n"),
			status("expanded", ClassAutoReply, "", "Final-Recipient: rfc822; al@x.example\nAction: expanded\n"),
			status("without Action", ClassAutoReply, "", "Final-Recipient: rfc822; al@x.example\nStatus: 2.0.0\n"),
			status("two delivered", ClassAutoReply, "", "Final-Recipient: rfc822; al@x.example\nAction: delivered\n",
				"Final-Recipient: rfc822; bo@x.example\nAction: relayed\n"),
			{"German, in words", master, "Zugestellt: Rechnung", "",
				"Die Zustellung an diese Empfänger oder Gruppen ist abgeschlossen:\n\nuwe@cust.example\n",
				ClassAutoReply, ""},
			{"French, in words", master, "Remis : Facture", "", "La remise est terminée :\n\nzoe@cust.example\n",
				ClassAutoReply, ""},
			{"English, in words", daemon, "Your message", "",
				"It was successfully delivered to:\n\n<al@cust.example>\n",
				ClassAutoReply, ""},
			{"English, with the answer of the server", daemon, "Successful Mail Delivery Report", "",
				"Your message was successfully delivered.\n\n<al@cust.example>: delivery via mx: 250 2.0.0 Ok\n",
				ClassAutoReply, ""},
			{"Italian, without a notice of the next server", master, "Ordine", "",
				"Il recapito a questi gruppi è stato completato, ma senza alcuna notifica di recapito:\n\nada@cust.example\n",
				ClassAutoReply, ""},
			{"Polish, without a notice of the next server", master, "Przekazano: Faktura", "",
				"Dostarczanie do tych adresatów lub grup zostało zakończone:\n\nola@cust.example\n", ClassAutoReply, ""},
			{"Turkish, relayed", master, "İletildi: Fatura", "", "Alıcılara teslim tamamlandı:\n\ncan@cust.example\n",
				ClassAutoReply, ""},
			{"Chinese, relayed", master, "已中继: 发票", "", "已完成向这些收件人或组的传递:\n\nwei@cust.example\n", ClassAutoReply, ""},
			{"Japanese, relayed", master, "中継済み: 請求書", "", "次の受信者への配信は完了しました:\n\nken@cust.example\n",
				ClassAutoReply, ""},
			{"Japanese, in words", daemon, "配信済み: 請求書", "", "<ken@cust.example>\n", ClassAutoReply, ""},
			plain("not a success", daemon, "Mail status", "One copy was successfully delivered. This one failed:\n\n"+
				"<al@gone.example>: 550 5.1.1 user unknown\n", "al@gone.example 5.1.1 failed"),
		},
		"delays": {
			status("by Action", ClassBounce, "al@x.example 4.4.1 delayed",
				"Final-Recipient: rfc822; al@x.example\nAction: delayed\nStatus: 4.4.1\n"),
			status("by Status", ClassBounce, "al@x.example 4.2.2 delayed",
				"Final-Recipient: rfc822; al@x.example\nStatus: 4.2.2\n"),
			status("one delayed, one delivered", ClassBounce, "bo@x.example 4.4.1 delayed",
				"Final-Recipient: rfc822; al@x.example\nAction: delivered\nStatus: 2.0.0\n",
				"Final-Recipient: rfc822; bo@x.example\nAction: delayed\nStatus: 4.4.1\n"),
			plain("in English words", daemon, "Warning: message 1x delayed 24 hours",
				"Not yet delivered to:\n\n  al@slow.example\n", "al@slow.example delayed"),
			plain("in German words", daemon, "Zustellung verzögert", "<uwe@slow.example>\n",
				"uwe@slow.example delayed"),
			plain("in other Russian words", daemon, "Отложено", "Попытки будут продолжены: <ivan@slow.example>\n",
				"ivan@slow.example delayed"),
			plain("in Russian words", daemon, "Доставка задерживается", "<olga@slow.example>\n",
				"olga@slow.example delayed"),
		},
		"headers in the text": {
			plain("quoted", master, "Your mail",
				"No such person: al@gone.example\n\n> Return-Path: <sales@shop.example>\n"+
					"> Received: from shop.example by mx.host.example\n> Message-ID: <o8@shop.example>\n",
				"al@gone.example failed <o8@shop.example>"),
			plain("behind bars", master, "Info",
				"Kein Postfach: uwe@gone.example\n\n| Received: from shop.example by mx\n"+
					"| From: sales@shop.example\n| Message-ID: <o8@shop.example>\n",
				"uwe@gone.example failed <o8@shop.example>"),
			plain("letter fields only", master, "Info", "Ukjent: ole@gone.example\n\n----- Original message -----\n"+
				"From: Shop <sales@shop.example>\nTo: ole@gone.example\nSubject: Invoice\nDate: 3 Mar 2025\n",
				"ole@gone.example failed"),
			plain("indented, by a daemon", daemon, "Info",
				"Tundmatu: jaan@gone.example\n\n    Message-ID: <o8@shop.example>\n"+
					"    Subject: Invoice\n", "jaan@gone.example failed <o8@shop.example>"),
			{"that the store asked for", "Per Ek <postmaster@school.example>", "Headers", "",
				"Hello,\n\nhere is the header of your mail.\n\nReturn-Path: <sales@shop.example>\n" +
					"Received: from shop.example by mx\n", ClassPersonal, ""},
			{"of somebody else", "postmaster@school.example", "Is this spam yours?", "",
				"Please stop this.\n\nReturn-Path: <x@spam.example>\nReceived: from spam.example by mx\n" +
					"From: x@spam.example\n", ClassPersonal, ""},
			{"a customer's list", jane, "Delivery problem", "", "Ordered: 5\nReceived: 3\nFrom: Maria\nTo: me\n",
				ClassPersonal, ""},
		},
		"addresses on lines": {
			plain("number", "admin@host.example", "Undelivered mail",
				"Your message was not delivered to these recipients:\n\n1. al@gone.example\n2) bo@gone.example\n",
				"al@gone.example bo@gone.example failed"),
			plain("dot", "system@host.example", "Unzustellbar: Rechnung",
				"Ihre Nachricht konnte nicht zugestellt werden:\n\n• uwe@gone.example (Postfach voll)\n",
				"uwe@gone.example failed"),
			plain("name in brackets behind", "gateway@host.example", "Non remis : Facture",
				"Votre message n'a pas pu être remis à :\n\nZoé Petit (zoe@gone.example)\n", "zoe@gone.example failed"),
			plain("label", "alerts@host.example", "Undeliverable: Invoice",
				"The mail could not be delivered.\nFailed recipient: al@gone.example\nReason: unknown\n",
				"al@gone.example failed"),
			plain("quotation marks", "mail@host.example", "No se puede entregar: Factura",
				"Su mensaje no pudo entregarse a:\n\n'eva@gone.example' el 3/3/2025\n", "eva@gone.example failed"),
			plain("in the same line", "admin@host.example", "Delivery failure",
				"Your message could not be delivered to <al@gone.example> because the mailbox is full.\n",
				"al@gone.example failed"),
			plain("several, with reasons", daemon, "failure notice",
				"<al@gone.example>:\nSorry, no mailbox here. (#5.1.1)\n\n"+
					"<bo@gone.example>:\nOver quota. (#5.2.2)\n\n--- Below is a copy.\n\n<eve@other.example>\n",
				"al@gone.example bo@gone.example 5.1.1 failed"),
			plain("before letters without a space", "admin@host.example", "배달되지 않음: 주문",
				"al@gone.example에게 보낸 메시지를 배달할 수 없습니다.\n", "al@gone.example failed"),
			plain("of a filter", "Filter <postmaster@mx.host.example>", "**Message you sent blocked by our bulk email filter**",
				"Your message to: al@gone.example\nwas blocked by our firewall.\n", "al@gone.example failed"),
			plain("of a scanner", "scanner <postmaster@mx.host.example>", "BANNED contents from you (.exe)",
				"Your message to:\n-> al@gone.example\n\nwas stopped.\n", "al@gone.example failed"),
			plain("in bold", "admin@host.example", "Undelivered mail",
				"Your message was not delivered to this recipient:\n\n*al@gone.example*\n", "al@gone.example failed"),
			plain("below the subject of the mail", "postmaster@mx.host.example", "Re: Invoice",
				"I wasn't able to deliver your message to the following addresses.\n\nFailed recipient(s):\n"+
					"al@gone.example\n\nError message:\n550 5.1.1 unknown\n", "al@gone.example 5.1.1 failed"),
			plain("with help below", daemon, "Undelivered mail",
				"The following addresses failed:\n\n  al@gone.example\n  "+
					"AL@gone.example\n\nQuestions to\npostmaster@mx.host.example\n", "al@gone.example failed"),
			{"in a header", daemon, "Mail delivery failed", "X-Failed-Recipients: al@gone.example,\n bo@gone.example\n",
				"It failed.\n", ClassBounce, "al@gone.example bo@gone.example failed"},
		},
		"events in JSON": {
			plain("of a queue", "Topic <no-reply@queue.example>", "Notification", `{"Type":"Notification","Message":`+
				`"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[`+
				`{\"emailAddress\":\"al@gone.example\",`+
				`\"status\":\"5.2.2\"},{\"emailAddress\":\"bo@gone.example\"}]},\"mail\":{\"commonHeaders\":`+
				`{\"messageId\":\"<o8@shop.example>\"}}}"}`,
				"al@gone.example bo@gone.example 5.2.2 failed <o8@shop.example>"),
			plain("broken in a string", "no-reply@queue.example", "Event",
				"{\"eventType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":"+
					"[{\"emailAddress\":\"al@go!\n ne.example\",\n"+
					"\"diagnosticCode\":\"smtp; 550 5.1.1 unknown\"}]}}\n--\nBye\n",
				"al@gone.example 5.1.1 failed"),
			plain("delayed", "no-reply@queue.example", "Event", `{"eventType":"DeliveryDelay","deliveryDelay":`+
				`{"delayedRecipients":[{"emailAddress":"al@slow.example","status":"4.4.1"}]}}`,
				"al@slow.example 4.4.1 delayed"),
			plain("a complaint", "no-reply@queue.example", "Event", `{"notificationType":"Complaint","complaint":`+
				`{"complainedRecipients":[{"emailAddress":"al@cross.example"}]}}`, "al@cross.example abuse"),
			plain("of another service", "alerts@service.example", "Webhook",
				`{"event-data":{"event":"failed","severity":"permanent",`+
					`"recipient":"al@gone.example","delivery-status":{"code":550,"message":"550 5.1.1 unknown"},`+
					`"message":{"headers":{"message-id":"o8@shop.example"}}}}`,
				"al@gone.example 5.1.1 failed <o8@shop.example>"),
			plain("in a list", "alerts@service.example", "Webhook",
				`[{"email":"al@gone.example","event":"bounce","status":"5.1.1","smtp-id":"<o8@shop.example>"}]`,
				"al@gone.example 5.1.1 failed <o8@shop.example>"),
			plain("with a record type", "alerts@service.example", "Webhook",
				`{"RecordType":"Bounce","Type":"HardBounce","Email":"al@gone.example","Details":"smtp;550 5.1.1"}`,
				"al@gone.example 5.1.1 failed"),
			{"of an opened mail", "alerts@service.example", "Webhook", "",
				`{"event":"opened","recipient":"al@cust.example"}`,
				ClassAutoReply, ""},
			letter("a customer's question below one", "What is this?",
				`{"notificationType":"Bounce","bounce":{}}`+"\n\nYour system has sent me that."),
			letter("a customer's own", "My settings",
				`{"shop": "main", "type": "lamp", "error": "bounce"} does not work for me.`),
			letter("a customer's brackets", "Order", "[I hope that is right] Two lamps, please: [red]"),
		},
		"forms of a delivery status": {
			status("encoded plus", ClassBounce, "al+shop@x.example 5.1.1 failed",
				"Original-Recipient: rfc822;al+2Bshop@x.example\nAction: failed\nStatus: 5.1.1\n"),
			status("without type", ClassBounce, "al@x.example 5.1.1 failed",
				"Final-Recipient: al@x.example\nAction: failed\nStatus: 5.1.1 (bad mailbox)\n"),
			status("comment", ClassBounce, "al@x.example 5.1.1 failed",
				"Final-Recipient: rfc822; al@x.example (was: a@y.example)\nAction: failed (hard)\nStatus: 5.1.1\n"),
			status("reply code before the status", ClassBounce, "al@x.example 5.2.1 failed",
				"Final-Recipient: rfc822; <al@x.example>\nAction: failed\nStatus: 550 5.2.1\n"),
			status("a better code in the supplement", ClassBounce, "al@x.example 5.4.4 failed",
				"Final-Recipient: rfc822; "+
					"al@x.example\nAction: failed\nStatus: 5.0.0\nX-Supplementary-Info: <x #5.0.0 smtp; 550 5.4.4>\n"),
			status("only the actual recipient", ClassBounce, "al@x.example 5.1.1 failed",
				"X-Actual-Recipient: rfc822; al@x.example\nAction: failed\nStatus: 5.1.1\n"),
			status("letters beyond ASCII", ClassBounce, "jörg@x.example 5.1.1 failed",
				`Final-Recipient: utf-8; j\x{F6}rg@x.example`+"\nAction: failed\nStatus: 5.1.1\n"),
			status("all that failed, no other", ClassBounce, "bo@x.example eve@x.example 5.2.2 failed",
				"Final-Recipient: rfc822; al@x.example\nAction: delivered\nStatus: 2.0.0\n",
				"Final-Recipient: rfc822; slow@x.example\nAction: delayed\nStatus: 4.4.1\n",
				"Final-Recipient: rfc822; bo@x.example\nAction: failed\nStatus: 5.2.2\n",
				"Final-Recipient: rfc822; eve@x.example\nAction: failed\nStatus: 5.1.1\n",
				"Final-Recipient: rfc822; BO@x.example\nAction: failed\nStatus: 5.1.1\n"),
			status("Message-ID in a field", ClassBounce, "al@x.example 5.1.1 failed <o8@shop.example>",
				"X-Original-Message-ID: <o8@shop.example>\n",
				"Final-Recipient: rfc822; al@x.example\nAction: failed\nStatus: 5.1.1\n"),
			func() noticeCase {
				c := status("Message-ID in References", ClassBounce, "al@x.example 5.1.1 failed <o8@shop.example>",
					"Original-Envelope-Id: QQ7\nFinal-Recipient: rfc822; al@x.example\nAction: failed\nStatus: 5.1.1\n")
				c.extra += "References: <a@shop.example> <o8@shop.example>\n"
				return c
			}(),
			func() noticeCase {
				c := status("below a footer", ClassBounce, "al@x.example 5.1.1 failed",
					"Final-Recipient: rfc822; al@x.example\nAction: failed\nStatus: 5.1.1\n")
				c.body = "--m\n" + c.extra + "\n" + c.body + "\n--m\n\nScanned.\n--m--\n"
				c.extra = "Content-Type: multipart/mixed; boundary=m\n"
				return c
			}(),
		},
	}
}
