package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// htmlReplies are replies in the HTML of many programs.
var htmlReplies = map[string]string{
	"gmail": `<div dir="ltr">Thank you<div>Jo</div></div><br><div class="gmail_quote">` +
		`<div dir="ltr" class="gmail_attr">` +
		`On Tue, Mar 3, 2020 at 10:15 AM Anna &lt;<a href="mailto:a@x.example">a@x.example</a>&gt; wrote:<br>` +
		`</div><blockquote class="gmail_quote" style="margin:0">Old words<br>more</blockquote></div>`,
	"outlook": `<div class="WordSection1"><p class="MsoNormal">Thank you</p><p class="MsoNormal">Jo</p>` +
		`<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt">` +
		`<p class="MsoNormal"><b>From:</b> Anna &lt;a@x.example&gt; <br><b>Sent:</b>` +
		` Tuesday, March 3, 2020 10:15 AM<br><b>To:</b> jo@x.example<br><b>Subject:</b> Order</p></div>` +
		`<p class="MsoNormal">Old words</p></div>`,
	"outlookweb": `<div>Thank you</div><div>Jo</div><hr style="display:inline-block;width:98%">` +
		`<div id="divRplyFwdMsg"><font><b>Von:</b> Anna &lt;a@x.example&gt;<br><b>Gesendet:</b>` +
		` Dienstag, 3. März 2020 10:15<br><b>An:</b> jo@x.example &lt;jo@x.example&gt;<br><b>Betreff:</b>` +
		` Order</font><div>&nbsp;</div></div><div>Old words</div>`,
	"apple": `<html><body>Thank you<div>Jo<br><div><br><blockquote type="cite"><div>` +
		`On 3 Mar 2020, at 10:15, Anna &lt;<a href="mailto:a@x.example">a@x.example</a>&gt; wrote:</div>` +
		`<br class="Apple-interchange-newline"><div>Old words</div></blockquote></div></div></body></html>`,
	"thunderbird": `<p>Thank you</p><p>Jo<br></p><div class="moz-cite-prefix">` +
		`Am 03.03.20 um 10:15 schrieb Anna:<br></div><blockquote type="cite" cite="mid:x@y"><p>Old words</p>` +
		`</blockquote>`,
	"yahoo": `<div class="yahoo-style-wrap"><div>Thank you</div><div>Jo</div></div>` +
		`<div class="yahoo_quoted"><div>` +
		`On Tuesday, March 3, 2020, 10:15:00 AM GMT+1, Anna &lt;a@x.example&gt; wrote: </div><div><br></div>` +
		`<div><div>Old words</div></div></div>`,
	"proton": `<div>Thank you</div><div>Jo</div><div class="protonmail_quote">` +
		`‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐<br>` +
		`On Tuesday, March 3rd, 2020 at 10:15 AM, Anna &lt;a@x.example&gt; wrote:<br>` +
		`<blockquote class="protonmail_quote"><div>Old words</div></blockquote></div>`,
	"yandex": `<div>Thank you</div><div>Jo</div><div> </div><div>` +
		`03.03.2020, 10:15, "Anna" &lt;a@x.example&gt;:</div><blockquote><div>Old words</div></blockquote>`,
	"mailru": `<div>Thank you</div><div>Jo</div><blockquote style="border-left:1px solid">` +
		`Вторник, 3 марта 2020, 10:15 +03:00 от Anna &lt;a@x.example&gt;:<br>&nbsp;<div>Old words</div></blockquote>`,
	"gmx": `<div>Thank you</div><div>Jo</div><div name="quote"><div style="margin:0 0 10px 0;"><b>` +
		`Gesendet:</b> Dienstag, 03. März 2020 um 10:15 Uhr<br/><b>Von:</b> "Anna" &lt;a@x.example&gt;<br/><b>` +
		`An:</b> jo@x.example<br/><b>Betreff:</b> Order</div><div name="quoted-content">Old words</div></div>`,
	"zoho": `<div>Thank you</div><div>Jo</div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">` +
		`---- On Tue, 03 Mar 2020 10:15:00 +0100 <b>Anna &lt;a@x.example&gt;</b> wrote ---<br></div><blockquote>` +
		`Old words</blockquote></div>`,
	"qq": `<div>Thank you</div><div>Jo</div><div><br></div><div style="font-size: 12px;">` +
		`------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef"><div><b>` +
		`发件人:</b>&nbsp;"Anna"&lt;a@x.example&gt;;</div><div><b>发送时间:</b>&nbsp;2020年3月3日(星期二) 上午10:15</div><div>` +
		`<b>收件人:</b>&nbsp;"jo"&lt;jo@x.example&gt;;</div><div><b>主题:</b>&nbsp;Order</div></div><div>Old words</div>`,
	"163": `<div>Thank you</div><div>Jo</div><pre><br>` +
		`在 2020-03-03 10:15:00，"Anna" &lt;a@x.example&gt; 写道：</pre><blockquote>Old words</blockquote>`,
	"sig": `<div>Thank you</div><div>Jo</div><div>-- <br><div class="gmail_signature">Jo Key<br>` +
		`Shop Ltd</div></div>`,
	"outlook mobile": `<div>Thank you</div><div>Jo</div><div id="ms-outlook-mobile-signature"><div><br></div>` +
		`Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg"><b>From:</b>` +
		` Anna &lt;a@x.example&gt;<br><b>Sent:</b> Tuesday, March 3, 2020 10:15:00 AM<br><b>To:</b>` +
		` jo@x.example<br><b>Subject:</b> Order</div>Old words`,
	"spark": `<div name="messageBodySection"><div>Thank you</div><div>Jo</div></div>` +
		`<div name="messageReplySection">On 3 Mar 2020, 10:15 +0100, Anna &lt;a@x.example&gt;, wrote:<br>` +
		`<blockquote type="cite">Old words</blockquote></div>`,
}

func TestMessage_ReplyTextOfHTML(t *testing.T) {
	for name, html := range htmlReplies {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, crlf("From: jo@x.example\nSubject: Re: Order\nContent-Type: text/html; charset=utf-8\n\n"+
				html+"\n"))
			assert.Equal(t, "Thank you Jo", strings.Join(strings.Fields(m.ReplyText()), " "))
		})
	}
}

// lettersOfHTML are letters in HTML with words that have to stay.
var lettersOfHTML = map[string]struct{ html, want string }{
	"a text to be printed": {`<p>Bitte so drucken</p><blockquote>Alles Gute, Oma!<br>Deine Enkel</blockquote>`,
		"Bitte so drucken > Alles Gute, Oma! > Deine Enkel"},
	"answers between quotes": {`<p>Hola,</p><div>El 5/5/2025 10:15, Shop escribió:</div><blockquote type="cite">¿Color?` +
		`</blockquote><p>Azul.</p><blockquote type="cite">¿Talla?</blockquote><p>La 42.</p>`,
		"Hola, > ¿Color? Azul. > ¿Talla? La 42."},
	"answers in red": {`<p>Mes réponses en rouge ci-dessous.</p><hr><div><b>De :</b> Shop &lt;s@shop.example&gt;<br>` +
		`<b>Envoyé :</b> lundi 5 mai 2025 10:15<br><b>À :</b> Jo<br><b>Objet :</b> Commande</div><p>Couleur ? ` +
		`<span style="color:red">Bleu.</span></p>`, "Mes réponses en rouge ci-dessous. De : Shop <s@shop.example> " +
		"Envoyé : lundi 5 mai 2025 10:15 À : Jo Objet : Commande Couleur ? Bleu."},
	"a form of a site": {`<table><tr><td>Da:</td><td>Milano</td></tr><tr><td>A:</td><td>Napoli</td></tr><tr>` +
		`<td>Data:</td><td>3 maggio</td></tr></table><p>Quanto costa?</p>`,
		"Da: Milano A: Napoli Data: 3 maggio Quanto costa?"},
	"a marker in a table": {`<p>Den blå.</p><table><tr><td>##- Skriv venligst dit svar over denne linje -##</td></tr>` +
		`<tr><td>Gammelt</td></tr></table>`, "Den blå."},
	"a heading": {`<p>Синюю.</p><hr><div><b>История переписки</b></div><div>Мия, 1.2.2025 10:15</div><div>Какую?</div>`,
		"Синюю."},
	"a letter all indented": {`<blockquote>Dobrý den,<br>kde je zásilka?</blockquote>`,
		"> Dobrý den, > kde je zásilka?"},
	"a question below a line": {`<p>Siniset.</p><p>--</p><p>Milloin paketti tulee?</p>`,
		"Siniset. -- Milloin paketti tulee?"},
}

func TestMessage_ReplyTextKeepsWordsOfHTML(t *testing.T) {
	for name, c := range lettersOfHTML {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, crlf("From: jo@x.example\nContent-Type: text/html; charset=utf-8\n\n"+c.html+"\n"))
			assert.Equal(t, c.want, strings.Join(strings.Fields(m.ReplyText()), " "))
		})
	}
}
