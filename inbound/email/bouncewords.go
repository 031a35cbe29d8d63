package email

import "github.com/postroom/postroom/inbound/email/internal/phrases"

// Mailers are addresses and names of programs that report about mail. Nobody writes from the
// daemons' ones; a person may write from the others, and mostly does from those of systems.
var (
	daemonLocals = []string{"mailerdaemon", "maildaemon", "mdaemon", "smtpdaemon", "deamon", "maildeliverysystem",
		"maildeliverysubsystem"}
	mailerLocals = []string{"postmaster", "poostmaster", "bounce", "bounces", "mailadministrator", "error", "mailer",
		"daemon", "maildelivery", "noreplymailer", "mailererror",
		"ndr", "undeliverable", "emailbounce"}
	systemLocals = []string{"admin", "administrator", "sysadmin", "system", "root", "mail", "mailserver", "mailgateway",
		"mailsystem", "gateway", "smtp", "smtpservice", "smtpgateway", "relay", "mailrelay", "mta", "server",
		"alerts",
		"notification", "notifications", "nobody", "antivirus", "mailscanner", "autoresponder", "robot", "mailbot",
		"exchange", "mx"}
	daemonNames = phrases.New([]string{
		"mail delivery sub", "mail delivery sys", "mail deliver sys", "mailer delivery", "mailer-daemon",
		"mailer daemon", "mail-daemon", "delivery subsystem", "mail zustellsystem", "mailzustell", "mail-zustell",
		"système de distribution", "sistema de entrega de corre", "sistema di recapito", "sistema de envio de e",
		"система доставки почты", "подсистема доставки", "メール配信システム", "邮件投递系统", "郵件傳遞系統",
		"邮件系统管理员", "系统退信", "메일 배달 시스템", "mail delivery service",
	})
	mailerNames = phrases.New([]string{"postmaster", "mail administrator", "mailadministrator", "mail delivery",
		"почтовая система", "почтовая служба"})
)

// Subjects of notices about mail that was not delivered.
var (
	// Of mail, in so many words.
	returnedMailSubjects = []string{
		"undeliverable mail", "undeliverable message", "undeliverable e-mail", "undeliverable email",
		"undeliverable:", "undelivered mail",
		"undelivered message", "undelivarable", "nondeliver", "non-deliver", "non deliver",
		"returned mail", "returning message", "returned message", "delivery status", "mail delivery fail",
		"mail delivery problem", "mail delivery err", "mail delivery warn", "message delivery", "delivery notification",
		"failure notice", "failure delivery", "mail system error", "mail failure", "mailfailure", "mail failed",
		"mail status", "user unknown", "mail not delivered", "mail rejected", "message rejected", "rejected mail",
		"rejected message", "permanent delivery failure", "delivery failure: user",
		"message could not be delivered", "mail could not be delivered", "error sending your mail",
		"message you sent blocked", "banned contents", "email, apparently from you",
		"message not delivered", "message undeliverable", "mail undeliverable",
		"unzustellbare nachricht", "unzustellbare mail", "nachricht unzustellbar", "unzustellbare e-mail",
		"unzustellbar:", "nachricht konnte nicht zugestellt", "mail konnte nicht zugestellt", "mailzustellung",
		"échec de remise", "échec de la remise", "non remis :", "non remis:", "non distribuable",
		"message non remis", "message non délivré", "courrier non remis",
		"retour de courrier", "remise impossible",
		"no se puede entregar:", "no se pudo entregar el mensaje", "mensaje no entregado", "correo no entregado",
		"correo devuelto", "error de entrega de correo", "notificación de entrega fallida",
		"aviso de estado de entrega", "no entregable:", "error en la entrega del mensaje",
		"mancato recapito:", "mancata consegna del messaggio", "messaggio non recapitat", "messaggio non consegnat",
		"impossibile recapitare il messaggio", "non recapitabile:", "mail non consegnat",
		"notifica di mancato recapito",
		"falha na entrega da mensagem", "falha na entrega do e", "mensagem não entregue", "não entregue:",
		"não é possível entregar:", "mensagem devolvida", "notificação de falha na entrega",
		"onbestelbaar:", "bericht niet bezorgd", "onbestelbare e-mail", "onbestelbaar bericht", "mail niet bezorgd",
		"niet-bezorgd bericht", "bericht kan niet worden bezorgd",
		"olevererat", "olevererbart:", "går inte att leverera:", "meddelandet kunde inte levereras",
		"kan ikke leveres:", "meddelelsen kunne ikke leveres", "ikke leveret:", "meldingen kunne ikke leveres",
		"ikke leverbar", "ikke levert:", "returneret mail", "returnert e-post",
		"ei voi toimittaa:", "viestiä ei voitu toimittaa", "toimittamaton viesti", "viestin toimitus epäonnistui",
		"niedostarczon", "nie można dostarczyć:", "wiadomość nie została dostarczona", "zwrot wiadomości",
		"nedoručiteln", "nedoručiteľn", "nedoručená zpráva", "zprávu se nepodařilo doručit",
		"nedoručená správa", "správu sa nepodarilo doručiť",
		"kézbesíthetetlen", "nem kézbesíthető", "sikertelen kézbesítés",
		"nelivrabil", "mesaj nelivrat", "mesajul nu a putut fi livrat", "nu se poate livra:",
		"сообщение не доставлено", "письмо не доставлено", "не удается доставить:",
		"не удалось доставить сообщение", "не удалось доставить письмо", "доставка невозможна",
		"не вдалося доставити", "повідомлення не доставлено", "недоставлен", "не може бути доставлен",
		"съобщението не е доставено", "недоставено съобщение", "не може да се достави",
		"δεν ήταν δυνατή η παράδοση", "το μήνυμα δεν παραδόθηκε", "αδύνατη η παράδοση",
		"teslim edilemedi", "teslim edilemez", "iletilemedi", "ileti teslim", "e-posta teslim",
		"ni mogoče dostaviti", "nije isporučen", "neisporučiva", "nedostavljen",
		"nepristatyt", "nav piegādāt", "nepiegādāt", "kättetoimetamat", "kirja ei toimetatud",
		"no s'ha pogut lliurar", "missatge no lliurat",
		"配信不能", "配信できま", "配信エラー", "配信失敗", "配信されませ", "配信状態通知", "送信エラー", "メールエラー",
		"送信できませんでした", "メールを送信でき", "不達", "返送メール", "メール配送エラー", "送達でき", "お届けでき",
		"退信", "传输失败", "投递失败", "发送失败", "无法送达", "未送达", "无法投递", "无法传递", "邮件退回",
		"無法傳遞", "傳送失敗", "寄送失敗", "無法送達", "未送達", "退回郵件", "郵件無法",
		"배달되지 않음", "배달할 수 없", "전송 실패", "발송 실패", "반송 메일", "반송된 메일", "메일 반송", "전달되지 않", "배달 실패",
		"לא ניתן למסירה", "לא נמסרה", "המסירה נכשלה", "تعذر تسليم", "تعذر التسليم", "لم يتم تسليم", "فشل التسليم",
		"فشل تسليم", "không thể gửi", "gửi thư không thành công", "không gửi được",
		"ไม่สามารถส่ง", "ส่งไม่สำเร็จ", "tidak terkirim", "gagal terkirim", "pengiriman gagal", "gagal mengirim",
	}
	// Of anything: customers write so of parcels.
	undeliveredSubjects = []string{
		"undeliver", "not delivered", "not been delivered", "not yet been delivered", "cannot be delivered",
		"returned to sender", "returning to sender", "return to sender", "bounce",
		"delivery failure", "delivery failed", "delivery has failed", "failed delivery", "delivery problem",
		"delivery report", "delivery error", "delivery unsuccessful", "delivery delayed", "delivery warning",
		"mail delivery", "message status", "failed mail", "could not deliver", "could not be delivered",
		"could not send", "could not be sent", "unable to deliver", "error sending", "error delivering",
		"unzustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "zustellfehler", "non remis", "non livré",
		"échec de livraison", "no entregad", "no se puede entregar", "no se pudo entregar", "entrega fallida",
		"fallo en la entrega", "error de entrega", "mancat", "non consegnat", "non recapitat", "falha na entrega",
		"não entregue", "não foi possível entregar", "onbestelbaar", "niet bezorgd", "bezorging mislukt",
		"kunde inte levereras", "inte levererad", "leveransfel", "kunne ikke leveres", "ikke leveret", "ikke levert",
		"levering mislykkedes", "levering mislyktes", "toimitus epäonnistui", "ei voitu toimittaa",
		"nie dostarczono", "nie można dostarczyć", "nie doręczono", "nedoručen", "nepodařilo doručit",
		"nepodarilo doručiť", "nem sikerült kézbesíteni", "sikertelen", "nu a putut fi livrat", "nelivrat",
		"не доставлен", "не удалось доставить", "ошибка доставки", "невозможно доставить", "помилка доставки",
		"не е доставен", "δεν παραδόθηκε", "αποτυχία παράδοσης",
	}
	bounceSubjects = phrases.New(returnedMailSubjects, undeliveredSubjects)
	mailSubjects   = phrases.New(returnedMailSubjects)
)

// successSubjects and successTexts say that mail was delivered.
var (
	successStarts = phrases.New([]string{"delivered:", "relayed:", "expanded:", "successful mail delivery",
		"zugestellt:", "weitergeleitet:", "übermittelt:", "remis :", "remis:", "relayé :", "relayé:", "entregado:",
		"retransmitido:", "consegnato:", "recapitato:", "inoltrato:", "entregue:", "retransmitida:", "bezorgd:",
		"afgeleverd:", "doorgestuurd:", "levererat:", "levererad:", "vidarebefordrat:", "leveret:", "videresendt:",
		"levert:", "toimitettu:", "välitetty:", "dostarczono:", "dostarczona:", "doručeno:", "doručené:", "kézbesítve:",
		"livrat:", "доставлено:", "ретранслировано:", "доставлен:", "teslim edildi:", "iletildi:", "παραδόθηκε:",
		"reencaminhada:", "reencaminhado:", "przekazano:", "předáno:", "中継済み:", "中继:", "已中继:", "已轉送:", "릴레이됨:", "配信済み:",
		"配信完了", "送达:", "已送达:", "已送達:", "已傳遞:", "已传递:", "배달됨:", "נמסר:", "تم التسليم:"})
	successSubjects = phrases.New([]string{"successful mail delivery", "notification (success)", "notification (relay",
		"notification (expan", "notification (deliver", "successfully delivered", "delivery confirmation",
		"mail delivered successfully"})
	successTexts = phrases.New([]string{"successfully delivered", "successfully relayed", "delivered successfully",
		"groups is complete", "has been delivered to the following", "was delivered to the following",
		"has been successfully", "were successfully", "been relayed to the following", "erfolgreich zugestellt",
		"oder gruppen ist abgeschlossen", "oder gruppen ist vollständig", "wurde an die folgenden empfänger zugestellt",
		"remis avec succès", "groupes est terminée", "a été remis aux destinataires", "se ha completado la entrega",
		"entregado correctamente", "entregado con éxito", "consegnato correttamente", "consegnato con successo",
		"recapito è stato completato", "gruppi è stato completato", "gruppi è stata completata",
		"no delivery notification was sent", "keine zustellbestätigung gesendet", "keine zustellungsbenachrichtigung",
		"keine übermittlungsbestätigung", "aucune notification de remise", "ninguna notificación de entrega",
		"alcuna notifica di recapito", "nenhuma notificação de entrega", "recapitato correttamente",
		"entregue com êxito", "entregue com sucesso", "entrega foi concluída", "grupos foi concluída",
		"groepen is voltooid", "is afgeleverd bij", "grupper är klar", "grupper har slutförts", "grupper er fuldført",
		"grupper er fullført", "ryhmille on valmis", "została zakończona", "zostało zakończone",
		"powiadomienia o dostarczeniu", "pomyślnie dostarczon", "bylo dokončeno", "úspěšně doručen", "úspešne doručen",
		"sikeresen kézbesít", "livrat cu succes", "успешно доставлен", "доставка этим получателям", "успішно доставлен",
		"успешно е доставен", "başarıyla teslim", "παραδόθηκε με επιτυχία", "配信が完了", "配信は完了", "已完成向这些收件人", "未发送传递通知",
		"未傳送傳遞通知", "teslim tamamlandı", "teslimat tamamlandı", "正常に配信", "已成功送达", "传递已完成", "已成功传递", "已成功傳遞", "傳遞已完成",
		"배달이 완료", "배달을 완료", "성공적으로 배달"})
)

// delayTexts say that mail will be tried again.
var delayTexts = phrases.New([]string{"(delay)", "message delayed", "mail delayed", "delivery delayed", "delayed mail",
	"has been delayed", "not yet been delivered", "still being retried", "attempts will continue", "will be retried",
	"continue to try", "keep trying", "delayed 2", "delayed 4", "delayed 7", "this is a warning message only",
	"could not be delivered yet", "could not send message for past", "noch nicht zugestellt", "verzögert", "retardé",
	"retrasad", "ritardat", "in ritardo", "atrasad", "vertraagd", "försenad", "forsinket", "viivästy", "opóźnion",
	"zpožděn", "oneskoren", "késleltet", "întârziat", "задерж", "отложен", "попытки будут", "спроби будуть", "затрим",
	"забавен", "gecikti", "καθυστέρ", "遅延", "延迟", "延遲", "지연"})
