package email

// answerPhrases begin the subjects of automatic answers, as Outlook, Gmail, Apple Mail,
// Notes, GroupWise, Zimbra and web mailers write them in the languages that they have, in
// lower case: each says that a program answers.
//
//lint:ignore ST1018 a joiner is a part of some words
const answerPhrases = `
automatic reply; auto reply; auto-reply; autoreply; automatic response; auto response; auto-response; autoresponse
automated reply; automated response; automatic answer
automatically generated reply; vacation reply; vacation response; vacation auto-reply; vacation autoreply
out of office autoreply; out of office auto-reply; out of office auto reply; out of office reply
out of office response; out of office notification; out of office message; out of office notice
out-of-office autoreply; out-of-office auto-reply; out-of-office reply; out-of-office message
automatische antwort; automatische antwortnachricht; automatische rückantwort; autoantwort
automatische abwesenheitsnotiz; automatische antwort (extern); ferienabwesenheit
abwesenheitsnotiz; abwesenheitsmeldung; abwesenheitsnachricht; abwesenheitsbenachrichtigung; abwesenheitsagent
abwesenheitsassistent; abwesenheitsinfo; abwesenheitsinformation; automatesch äntwert
réponse automatique; reponse automatique; message automatique d'absence; message d'absence; message d’absence
notification d'absence; notification d’absence; réponse d'absence du bureau; absence du bureau
auto-réponse; réponse d'absence; réponse d’absence; autorespuesta; respuesta de fuera de oficina; respuesta de ausencia
respuesta automática; respuesta automatica; respuesta automatizada; contestación automática; mensaje de ausencia
resposta automática; resposta automatica; mensagem automática; mensagem de ausência; resposta automàtica
missatge d'absència; erantzun automatikoa; resposta automática de ausencia
resposta de ausência; resposta automática de ausência
risposta automatica; risposta automatica di assenza; risposta automatica per assenza; messaggio di assenza
messaggio automatico
automatisch antwoord; automatische beantwoording; afwezigheidsbericht; afwezigheidsmelding; afwezigheidsassistent
outomatiese antwoord
automatisch bericht; automatisk svar ved fravær; autosvar ved fravær; automatisk svar; autosvar
automatiskt svar; automatsvar; automatisk besvarelse; fraværsmeddelelse; fraværsmelding
fraværsbesked; frånvaromeddelande; frånvarobesked; sjálfvirkt svar
automaattinen vastaus; automaattivastaus; poissaoloilmoitus; poissaoloviesti; automaatvastus; automaatne vastus
automatyczna odpowiedź; odpowiedź automatyczna; autoodpowiedź; automatyczna odpowiedz
zawiadomienie o nieobecności; informacja o nieobecności
automatická odpověď; automatická odpoved; automatická odpoveď; oznámení o nepřítomnosti; oznámenie o neprítomnosti
automatikus válasz; automatikus valasz; távolléti értesítés; távolléti üzenet; házon kívül értesítés
răspuns automat; raspuns automat; mesaj automat; αυτόματη απάντηση; αυτοματοποιημένη απάντηση
otomatik yanıt; otomatik yanit; otomatik cevap; otomati̇k yanit; avtomatik cavab; avtomatik javob; përgjigje automatike
automatski odgovor; automatska poruka; samodejni odgovor; samodejno sporočilo; obvestilo o odsotnosti
аутоматски одговор; аутоматска порука; автоматски одговор; автоматичен отговор
автоматический ответ; автоматическое уведомление об отсутствии; автоответ
сообщение об отсутствии; уведомление об отсутствии
автоматична відповідь; автовідповідь; аўтаматычны адказ; автоматты жауап; автоматтык жооп
автомат хариу; автомат җавап
automatinis atsakymas; automātiska atbilde; automātiskā atbilde; automātiskas atbildes
ავტომატური პასუხი; ավտոմատ պատասխան; ateb awtomatig; freagra uathoibríoch; tweġiba awtomatika
תשובה אוטומטית; מענה אוטומטי; הודעה אוטומטית; رد تلقائي; الرد التلقائي; رد آلي; پاسخ خودکار; پاسخ اتوماتیک; خودکار جواب
स्वचालित उत्तर; स्वत: उत्तर; स्वतः उत्तर; स्वचालित जवाब; स्वचालित प्रत्युत्तर; स्वयंचलित उत्तर; स्वचालित जवाफ
স্বয়ংক্রিয় উত্তর; স্বয়ংক্রিয় উত্তর; স্বয়ংক্রিয় জবাব; ਸਵੈਚਲਿਤ ਜਵਾਬ; સ્વયંચાલિત જવાબ; સ્વચાલિત પ્રત્યુત્તર
தானியங்கி பதில்; தானியக்க பதில்; స్వయంచాలక ప్రత్యుత్తరం; ಸ್ವಯಂಚಾಲಿತ ಪ್ರತ್ಯುತ್ತರ; സ്വയമേവയുള്ള മറുപടി; യാന്ത്രിക മറുപടി
ස්වයංක්‍රීය පිළිතුර; ራስ-ሰር ምላሽ
ตอบกลับอัตโนมัติ; การตอบกลับอัตโนมัติ; ข้อความตอบกลับอัตโนมัติ; ตอบอัตโนมัติ
ການຕອບກັບອັດຕະໂນມັດ; ការឆ្លើយតបស្វ័យប្រវត្តិ
trả lời tự động; thư trả lời tự động; tự động trả lời; phản hồi tự động; balasan otomatis; jawaban otomatis
balasan automatik; jawapan automatik; awtomatikong tugon; jibu la kiotomatiki; jibu otomatiki
自動返信; 自動返信メール; 自動応答; 自動応答メール; 自動送信; 自動送信メール; 自動配信; 自動配信メール
自動回信; 不在通知; 不在のお知らせ
不在応答; 不在自動応答; 自动回复; 自动答复; 自动回信; 自动应答; 自動回覆; 自動回復; 自動答覆; 自動回應
自動答录; 自動回信通知
自動応答メッセージ; 離席自動応答
休假自动回复; 外出自动回复; 假期自动回复; 离开办公室自动回复; 休假自動回覆; 外出自動回覆; 系统自动回复; 自动回复邮件; 外出時自動回覆
자동 회신; 자동회신; 자동 응답; 자동응답; 자동 답장; 자동답장; 부재중 자동 응답; 부재 중 자동 응답
부재중 자동응답; 부재중 자동 회신; 휴가 중 자동 회신; 휴가 중 자동 응답; 부재중 알림; 부재 중 알림
`

// awayPhrases begin them as well, but say only that somebody is away: people write them,
// too.
const awayPhrases = `
ooo; out of office; out of the office; out-of-office; away from the office; away from my desk
nicht im büro; nicht im haus; außer haus; ausser haus; abwesend; büroabwesenheit; abwesenheit
absent du bureau; absente du bureau; absent(e) du bureau; en dehors du bureau; hors du bureau
fuera de la oficina; fuera de oficina; ausente de la oficina; fora de l'oficina; bulegotik kanpo
fora do escritório; fora do escritorio; ausente do escritório; ausência temporária; ausência do escritório
fuori sede; fuori ufficio; assenza dall'ufficio; assente dall'ufficio
niet op kantoor; afwezig; uit kantoor; buite kantoor
ikke til stede; ikke på kontoret; fraværende; ej på kontoret; inte på kontoret; frånvarande; ikke på jobb
poissa; poissa toimistosta; kontorist väljas
poza biurem; nieobecność w biurze; nieobecny; nieobecna; mimo kancelář; nepřítomnost v kanceláři; mimo kancelárie
neprítomnosť v kancelárii; házon kívül; irodán kívül; nem vagyok irodában; în afara biroului; absent de la birou
εκτός γραφείου; απουσία από το γραφείο; ofis dışında; ofis dışı; ofis dışındayım; jashtë zyrës
izvan ureda; van kancelarije; ван канцеларије; odsoten; odsotnost iz pisarne; извън офиса; надвор од канцеларија
вне офиса; отсутствует на рабочем месте; отсутствие на рабочем месте; нет на рабочем месте
поза офісом; відсутній на робочому місці; немає на робочому місці; кеңседен тыс
ne biure; nėra biure; prom no biroja; ārpus biroja; nesu biure
מחוץ למשרד; הודעת היעדרות; خارج المكتب; خارج از دفتر; कार्यालय से बाहर; कार्यालय के बाहर
ไม่อยู่ที่สำนักงาน; ไม่อยู่ที่ทำงาน; ไม่อยู่สำนักงาน; không có mặt tại văn phòng; vắng mặt; vắng mặt tại văn phòng
di luar kantor; tidak di kantor; di luar pejabat
不在; 外出中; 休暇中; 不在办公室; 不在辦公室; 外出通知; 休假通知; 부재중; 부재 중; 휴가 중
`

// leavePhrases are words for being away. They begin a subject of an automatic answer only
// right before the subject of what it answers, as in "Vacation: Re: Your order".
const leavePhrases = `
vacation; on vacation; holiday; on holiday; away; i am away; i'm away; i am out of office; i'm out of office
i am out of the office; i'm out of the office; on leave; annual leave; on annual leave; parental leave; maternity leave
urlaub; im urlaub; ferien; in den ferien; elternzeit; mutterschutz; absence; absent; absente; vacances; en vacances
congé; congés; en congé; en congés; ausencia; ausente; vacaciones; de vacaciones; assenza; assente; ferie; in ferie
ausência; férias; de férias; em férias; absència; vakantie; met vakantie; op vakantie; verlof; met verlof; afwezigheid
fravær; på ferie; semester; på semester; frånvaro; loma; lomalla; poissaolo; urlop; na urlopie; nieobecność; dovolená
na dovolené; dovolenka; na dovolenke; nepřítomnost; neprítomnosť; szabadság; szabadságon; távollét; concediu
în concediu
отпуск; в отпуске; отсутствие; відпустка; у відпустці; отпуска; в отпуск; άδεια; σε άδεια; tatil; izin; izindeyim; odmor
dopust; na dopustu; godišnji odmor; atostogos; atvaļinājums; puhkus; puhkusel; חופשה; בחופשה; إجازة; في إجازة; nghỉ phép
ลาพักร้อน; cuti; sedang cuti; 休暇; 休み; 外出; 休假; 度假; 휴가; 부재
`
