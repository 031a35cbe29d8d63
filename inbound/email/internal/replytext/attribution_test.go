package replytext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// attributions are attribution lines with an address, as mail programs write them.
var attributions = []string{
	"On Tue, Mar 3, 2020 at 10:15 AM Annabella Keystone <annabella@example.com> wrote:",
	"Am Di., 3. März 2020 um 10:15 Uhr schrieb Annabella Keystone <annabella@example.com>:",
	"Le mar. 3 mars 2020 à 10:15, Annabella Keystone <annabella@example.com> a écrit :",
	"El mar, 3 mar 2020 a las 10:15, Annabella Keystone (<annabella@example.com>) escribió:",
	"Il giorno mar 3 mar 2020 alle ore 10:15 Annabella Keystone <annabella@example.com> ha scritto:",
	"Em ter., 3 de mar. de 2020 às 10:15, Annabella Keystone <annabella@example.com> escreveu:",
	"Annabella Keystone <annabella@example.com> escreveu no dia terça, 3/03/2020 à(s) 10:15:",
	"Op di 3 mrt. 2020 om 10:15 schreef Annabella Keystone <annabella@example.com>:",
	"wt., 3 mar 2020 o 10:15 Annabella Keystone <annabella@example.com> napisał(a):",
	"вт, 3 мар. 2020 г. в 10:15, Annabella Keystone <annabella@example.com>:",
	"вт, 3 бер. 2020 р. о 10:15 Annabella Keystone <annabella@example.com> пише:",
	"Den tis 3 mars 2020 kl 10:15 skrev Annabella Keystone <annabella@example.com>:",
	"Den tirs. 3. mar. 2020 kl. 10.15 skrev Annabella Keystone <annabella@example.com>:",
	"tir. 3. mar. 2020 kl. 10:15 skrev Annabella Keystone <annabella@example.com>:",
	"ti 3. maalisk. 2020 klo 10.15 Annabella Keystone (annabella@example.com) kirjoitti:",
	"út 3. 3. 2020 v 10:15 odesílatel Annabella Keystone <annabella@example.com> napsal:",
	"ut 3. 3. 2020 o 10:15 Annabella Keystone <annabella@example.com> napísal(a):",
	"Annabella Keystone <annabella@example.com> ezt írta (időpont: 2020. márc. 3., K, 10:15):",
	"În mar., 3 mar. 2020 la 10:15, Annabella Keystone <annabella@example.com> a scris:",
	"Annabella Keystone <annabella@example.com>, 3 Mar 2020 Sal, 10:15 tarihinde şunu yazdı:",
	"Στις Τρί 3 Μαρ 2020 στις 10:15 π.μ., ο/η Annabella Keystone <annabella@example.com> έγραψε:",
	"На вт, 3.03.2020 г. в 10:15 Annabella Keystone <annabella@example.com> написа:",
	"uto, 3. ožu 2020. u 10:15 Annabella Keystone <annabella@example.com> napisao je:",
	"уто, 3. мар 2020. у 10:15 Annabella Keystone <annabella@example.com> је написао/ла:",
	"V V tor., 3. mar. 2020 ob 10:15 je oseba Annabella Keystone <annabella@example.com> napisala:",
	"2020-03-03, an, 10:15 Annabella Keystone <annabella@example.com> rašė:",
	"otrd., 2020. g. 3. marts, plkst. 10:15 — lietotājs Annabella Keystone (<annabella@example.com>) rakstīja:",
	"Kuupäev T, 3. märts 2020 kell 10:15 kirjutas Annabella Keystone <annabella@example.com>:",
	"Missatge de Annabella Keystone <annabella@example.com> del dia dt., 3 de març 2020 a les 10:15:",
	"Vào Th 3, 3 thg 3, 2020 vào lúc 10:15 Annabella Keystone <annabella@example.com> đã viết:",
	"Pada tanggal Sel, 3 Mar 2020 pukul 10.15 Annabella Keystone <annabella@example.com> menulis:",
	"เมื่อ อ. 3 มี.ค. 2020 เวลา 10:15 Annabella Keystone <annabella@example.com> เขียนว่า:",
	"2020年3月3日(火) 10:15 Annabella Keystone <annabella@example.com>:",
	"Annabella Keystone <annabella@example.com> 于2020年3月3日周二 上午10:15写道：",
	"Annabella Keystone <annabella@example.com> 於 2020年3月3日 週二 上午10:15寫道：",
	"2020년 3월 3일 (화) 오전 10:15, Annabella Keystone <annabella@example.com>님이 작성:",
	"في الثلاثاء، ٣ مارس ٢٠٢٠ في ١٠:١٥ ص تمت كتابة ما يلي بواسطة Annabella Keystone <annabella@example.com>:",
	"\u202bבתאריך יום ג׳, 3 במרץ 2020 ב-10:15 מאת \u202aAnna\u202c\u200f " +
		"<\u202aannabella@example.com\u202c\u200f>:\u202c",
	"On 3 Mar 2020, at 10:15, Annabella Keystone <annabella@example.com> wrote:",
	"03.03.2020, 10:15, \"Annabella Keystone\" <annabella@example.com>:",
	"Вторник, 3 марта 2020, 10:15 +03:00 от Annabella Keystone <annabella@example.com>:",
}

// shortAttributions have no address; programs that write them quote with ">".
var shortAttributions = []string{
	"Am 03.03.20 um 10:15 schrieb Annabella Keystone:",
	"Il 03/03/20 10:15, Annabella Keystone ha scritto:",
	"03.03.2020 10:15, Annabella Keystone пишет:",
	"W dniu 03.03.2020 o 10:15, Annabella Keystone pisze:",
	"Dne 03. 03. 20 v 10:15 Annabella Keystone napsal(a):",
	"On 2020-03-03 10:15, Annabella Keystone wrote:",
	"Le 03/03/2020 à 10:15, Annabella Keystone a écrit :",
	"Em 03/03/2020 10:15, Annabella Keystone escreveu:",
	"El 3/3/20 a las 10:15, Annabella Keystone escribió:",
	"Op 03-03-20 om 10:15 schreef Annabella Keystone:",
	"Στις 3/3/20 10:15, ο Annabella Keystone έγραψε:",
	"На 3.03.2020 г. в 10:15, Annabella Keystone написа:",
	"Dne 3. 03. 2020 ob 10:15 je Annabella Keystone napisal(a):",
	"Quoting Annabella Keystone <annabella@example.com>:",
	"Zitat von Annabella Keystone <annabella@example.com>:",
}

func TestExtract_Attribution(t *testing.T) {
	const words, old = "Thank you, it came.\nBest, Jo", "Your parcel is on its way.\nThe shop"
	quoted := "> " + strings.ReplaceAll(old, "\n", "\n> ")
	for _, attribution := range attributions {
		wrapped := strings.Replace(attribution, "<", "<\n", 1)
		for _, gap := range []string{"\n", "\n\n"} {
			for _, original := range []string{old, quoted} {
				assert.Equal(t, words, Extract(words+gap+attribution+"\n\n"+original))
				assert.Equal(t, words, Extract(words+gap+wrapped+"\n\n"+original))
			}
		}
		assert.Equal(t, "Green, please.", Extract(attribution+"\n> Which colour?\n\nGreen, please."),
			"an answer below the quote")
	}
	for _, attribution := range shortAttributions {
		assert.Equal(t, words, Extract(words+"\n\n"+attribution+"\n"+quoted))
	}
}

func TestExtract_NoAttribution(t *testing.T) {
	for name, words := range map[string]string{
		"an address and a colon":     "Please send it to Jane <jane@example.com>:\nMill Lane 4, 1040 Vienna",
		"a date, a time and a colon": "On 3 March 2026 at 10:15 I need these:\n2 cups",
		"sentences": "I wrote to Jane <jane@example.com> on 3/3/2026 at 10:15.\n" +
			"She answered me this:\n\nnobody knows",
		"sentences above a quote": "I wrote to Jane <jane@example.com> about it.\nShe answered me this:\n" +
			"> nobody knows\nIs it true?",
		"a server's words":  "host mx.example.com [192.0.2.15] said to <jane@example.com>:\n550 no such user",
		"short lines above": "See you 3/3/2026, 10:15\nJane <j@x.example>:\nyes",
		"a question between": "Hello,\nwhat did Jane <jane@example.com> tell you in 2026?\n" +
			"That at 10:15: nobody was there.",
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, words, Extract(words)) })
	}
}
