package email

import (
	"encoding/base64"
	"strings"
)

// framingCase is a message whose framing a sender or a server has broken, and what has to
// come of it. Fields that are "" are not looked at.
type framingCase struct {
	kind, name, raw string

	from, subject string
	text          string // all of it, without white space at the ends
	has, lacks    string // what text has, and has not; several between "|"
	html, noHTML  string // the same of the HTML
	files         string // "name size" of each, "*" behind what the HTML shows, between ", "; "-": none
}

// letter makes a message of its own fields, those that all have, and a body.
func letter(fields, body string) string {
	if fields != "" {
		fields += "\n"
	}
	return fields + "From: Nina Ek <nina@buyer.example>\nTo: shop@shop.example\nSubject: Order 81\n" +
		"Date: Tue, 4 Mar 2025 09:00:00 +0100\nMIME-Version: 1.0\n" + body
}

// typed makes a message of one part.
func typed(contentType, body string) string {
	return letter("", "Content-Type: "+contentType+"\n\n"+body+"\n")
}

// several makes a message of parts, each with its header.
func several(subtype string, parts ...string) string {
	return letter("", within(subtype, "q1", parts...))
}

// within makes a multipart, with its header.
func within(subtype, boundary string, parts ...string) string {
	var b strings.Builder
	b.WriteString("Content-Type: multipart/" + subtype + "; boundary=" + boundary + "\n\n")
	for _, part := range parts {
		b.WriteString("--" + boundary + "\n" + part + "\n")
	}
	return b.String() + "--" + boundary + "--\n"
}

// plainPart and htmlPart make parts of a multipart, file one that is attached.
func plainPart(text string) string {
	return "Content-Type: text/plain; charset=utf-8\n\n" + text + "\n"
}

func htmlPart(text string) string { return "Content-Type: text/html; charset=utf-8\n\n" + text + "\n" }

func file(contentType, body string) string {
	return "Content-Type: " + contentType + "\nContent-Disposition: attachment\n\n" + body
}

// wrapped wraps base64 anew.
func wrapped(coded string) string {
	coded = strings.ReplaceAll(coded, "\n", "")
	return coded[:76] + "\n" + coded[76:]
}

// base64Of encodes a text, in lines of 76.
func base64Of(text string) string {
	coded := base64.StdEncoding.EncodeToString([]byte(text))
	var b strings.Builder
	for len(coded) > 76 {
		b.WriteString(coded[:76] + "\n")
		coded = coded[76:]
	}
	return b.String() + coded
}

const (
	mark    = "\uFEFF"
	coded   = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
	pdfPart = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
	twelve  = "Tyre 205/55." // 12 bytes, four whole quanta
)

// framingCases are in the order of a message: its top, its header, its parts, their encoding,
// and what becomes of them.
var framingCases = []framingCase{
	{kind: "top", name: "mark, then Subject", raw: mark + "Subject: Reifen\nFrom: a@b.example\n\nHallo",
		from: "a@b.example", subject: "Reifen", text: "Hallo"},
	{kind: "top", name: "mark, then Received that is folded", from: "nina@buyer.example", text: "Hej",
		raw: mark + letter("Received: from a\n\tby b; Tue, 4 Mar 2025 09:00:00 +0100", "\nHej\n")},
	{kind: "top", name: "mark twice", raw: mark + mark + letter("", "\nHi\n"), from: "nina@buyer.example", text: "Hi"},
	{kind: "top", name: "mark taken for Latin-1", raw: "ï»¿" + letter("", "\nSalut\n"), from: "nina@buyer.example",
		text: "Salut"},
	{kind: "top", name: "mark, then the line of an mbox file", text: "Hoi", from: "nina@buyer.example",
		raw: mark + "From nina@buyer.example Tue Mar  4 09:00:00 2025\n" + letter("", "\nHoi\n")},
	{kind: "top", name: "blank lines, then a mark", raw: "\n\n" + mark + letter("", "\nCiao\n"),
		from: "nina@buyer.example", text: "Ciao"},
	{kind: "top", name: "blank lines, then the line of an mbox file", from: "nina@buyer.example", text: "Ahoj",
		raw: "\r\nFrom nina@buyer.example Tue Mar  4 09:00:00 2025\n" + letter("", "\nAhoj\n")},
	{kind: "top", name: "mark before the header of a part", text: "Olá",
		raw: several("mixed", mark+plainPart("Olá"))},
	{kind: "top", name: "notice and a blank line above the header", text: "Cześć", from: "nina@buyer.example",
		raw: "*** This message came from outside ***\n\nReceived: by mx\n" + letter("", "\nCześć\n")},
	{kind: "top", name: "notice in two lines above the header", text: "Sveiki", from: "nina@buyer.example",
		raw: "EXTERNAL MAIL\nBe careful.\n" + letter("", "\nSveiki\n")},
	{kind: "top", name: "two lines of mbox files", text: "Tere", from: "nina@buyer.example",
		raw: ">From a@b Tue Mar  4 09:00:00 2025\nFrom a@b Tue Mar  4 09:00:00 2025\n" + letter("", "\nTere\n")},

	{kind: "top", name: "the answer of a POP3 server first", text: "Ahoj", from: "nina@buyer.example",
		raw: "+OK 1234 octets\n" + letter("", "\nAhoj\n")},
	{kind: "top", name: "a notice, a blank line, a mark", text: "Merhaba", from: "nina@buyer.example",
		raw: "[SCANNED]\n\n" + letter("", "\nMerhaba\n")},
	{kind: "top", name: "lines that end in CR alone", text: "Goeiedag,\nwaar blijft het?", from: "nina@buyer.example",
		raw: strings.ReplaceAll(letter("", "\nGoeiedag,\nwaar blijft het?\n"), "\n", "\r")},
	{kind: "top", name: "mark before the text", text: "Kalimera",
		raw: letter("", "Content-Type: text/plain; charset=utf-8\n\n"+mark+"Kalimera\n")},
	{kind: "top", name: "no header at all: what is quoted is none", has: "Takk|gammel", from: "",
		raw: "Takk for svar.\n\nFrom: Shop <shop@shop.example>\nSent: Monday\nTo: Nina\nSubject: Ordre\n\ngammel\n"},

	{kind: "field names", name: "300 letters, first", text: "Hi", from: "nina@buyer.example",
		raw: strings.Repeat("X-Trace-", 40) + "A: b\n" + letter("", "\nHi\n")},
	{kind: "field names", name: "5,000 letters, with what continues it", text: "Hi", subject: "Order 81",
		raw: letter(strings.Repeat("X-Hop", 1000)+": b\n\tand more", "\nHi\n")},
	{kind: "field names", name: "40,000 letters, before the type", text: "Grüße",
		raw: letter(strings.Repeat("Y", 40_000)+": b", "Content-Type: text/plain; charset=utf-8\n\nGrüße\n")},
	{kind: "field names", name: "spaces before the colon, last of all", text: "Geia",
		raw: letter("", strings.Repeat("X-Long-", 70)+" : y\n\nGeia\n")},
	{kind: "field names", name: "signs in it, last of all", text: "Shalom",
		raw: letter("", strings.Repeat("x/y.[z]", 70)+": y\n\nShalom\n")},
	{kind: "field names", name: "in the header of a part", text: "Part", files: "-",
		raw: several("mixed", strings.Repeat("X-Long", 60)+": y\n"+plainPart("Part"))},
	{kind: "field names", name: "a line of 6,000 letters that is none", text: "Hi", subject: "Order 81",
		raw: "From: a@b.example\nscanned " + strings.Repeat("v", 6000) + "\n" + letter("", "\nHi\n")},
	{kind: "field names", name: "a line of 20,000 signs above all", text: "Hi", from: "nina@buyer.example",
		raw: strings.Repeat("=*", 10_000) + "\n" + letter("", "\nHi\n")},

	{kind: "types", name: "the multipart of two", text: "Bonjour", html: "<b>Bonjour</b>", lacks: "--q1",
		raw: letter("Content-Type: text/plain", within("alternative", "q1", plainPart("Bonjour"),
			htmlPart("<b>Bonjour</b>")))},
	{kind: "types", name: "the multipart of two whose boundary stands there", text: "Two", files: "a.pdf 4",
		raw: letter("Content-Type: multipart/mixed; boundary=old",
			within("mixed", "new", plainPart("Two"), "Content-Type: application/pdf; name=a.pdf\n\n%PDF"))},
	{kind: "types", name: "words in front of the multipart of two", has: "Guten Tag|Reifen", files: "a.pdf 4",
		raw: letter("Content-Type: text/plain", "Content-Type: multipart/mixed; boundary=q9\n\nGuten Tag,\nReifen fehlen.\n"+
			"--q9\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--q9--\n")},
	{kind: "types", name: "no multipart, as its boundary stands nowhere", text: "Just text",
		raw: letter("Content-Type: multipart/mixed; boundary=gone\nContent-Type: text/plain", "\nJust text\n")},
	{kind: "types", name: "HTML of two, as it is HTML", text: "Hola", html: "<p>Hola",
		raw: letter("Content-Type: text/plain\nContent-Type: text/html", "\n<p>Hola</p>\n")},
	{kind: "types", name: "no HTML of two, as it is none", text: "Is 3 < 4?", html: "",
		raw: letter("Content-Type: text/html\nContent-Type: text/plain", "\nIs 3 < 4?\n")},
	{kind: "types", name: "a part with two", text: "x", files: "a.pdf 4",
		raw: several("mixed", plainPart("x"), "Content-Type: application/octet-stream\nContent-Type: application/pdf; "+
			"name=a.pdf\n\n%PDF")},
	{kind: "types", name: "a document of HTML that is called text", text: "Buna ziua", html: "<body>",
		raw: typed("text/plain", "<!DOCTYPE html>\n<html><head><title>x</title></head><body><p>Buna ziua</p></body></html>")},
	{kind: "types", name: "a text that begins with an element", text: "<html> is wrong on your page.",
		raw: typed("text/plain", "<html> is wrong on your page.")},
	{kind: "types", name: "html", raw: typed("html", "<p>Merci</p>"), text: "Merci", html: "<p>", files: "-"},
	{kind: "types", name: "plain", raw: typed("plain; charset=utf-8", "Dziękuję"), text: "Dziękuję", files: "-"},
	{kind: "types", name: "html/text", raw: typed("html/text", "<p>Grazie</p>"), text: "Grazie", files: "-"},
	{kind: "types", name: "text/htm", raw: typed("text/htm", "<p>Tack</p>"), text: "Tack", files: "-"},
	{kind: "types", name: "a backslash", raw: typed(`text\html`, "<p>Takk</p>"), text: "Takk", files: "-"},
	{kind: "types", name: "text//plain", raw: typed("text//plain", "Kiitos"), text: "Kiitos", files: "-"},
	{kind: "types", name: "plain/text beside HTML", text: "Obrigado", files: "-", html: "<i>",
		raw: several("alternative", "Content-Type: plain/text\n\nObrigado\n", htmlPart("<i>Obrigado</i>"))},
	{kind: "types", name: "text/richtext, with its signs", text: "Fish & <chips> today,\nno peas", files: "-",
		raw: typed("text/richtext", "<Bold>Fish</Bold> &\n<color><param>red</param><<chips></color> today,\n\nno peas")},
	{kind: "types", name: "text/enriched beside text", text: "Hei", files: "-",
		raw: several("alternative", plainPart("Hei"), "Content-Type: text/enriched\n\n<bold>Hei</bold>\n")},
	{kind: "types", name: "text/enriched below text", text: "Hei,\n\nNäkemiin", files: "-",
		raw: several("mixed", plainPart("Hei,"), "Content-Type: text/enriched; charset=utf-8\n\n<bold>Näkemiin</bold>\n")},
	{kind: "types", name: "text/enriched alone", raw: typed("text/enriched", "<bold>Hi</bold>"), has: "Hi", files: "-"},
	{kind: "types", name: "text/x-unknown with a file", text: "Dank u", files: "a.pdf 4",
		raw: several("mixed", "Content-Type: text/x-unknown\n\nDank u\n",
			"Content-Type: application/pdf; name=a.pdf\n\n%PDF")},
	{kind: "types", name: "text/markdown beside text", text: "Order **81**", files: "attachment-2.md 8",
		raw: several("mixed", plainPart("Order **81**"), "Content-Type: text/markdown\n\n# Notes\n")},
	{kind: "types", name: "text/csv stays a file", has: "", files: "a.csv 5",
		raw: several("mixed", "Content-Type: text/csv; name=a.csv\n\na;b;c")},
	{kind: "types", name: "a charset and no type", text: "Grüezi", raw: typed("charset=utf-8", "Grüezi"), files: "-"},
	{kind: "types", name: "application/text", text: "Ďakujem", files: "-",
		raw: typed("application/text; charset=utf-8", "Ďakujem")},
	{kind: "types", name: "text/plain, and it is a multipart", text: "Köszönöm", html: "<b>", lacks: "--q1",
		raw: typed("text/plain", "This is a multi-part message in MIME format.\n\n--q1\n"+plainPart("Köszönöm")+"--q1\n"+
			htmlPart("<b>Köszönöm</b>")+"--q1--")},
	{kind: "types", name: "text/plain, and it only begins like one", has: "--q1\nContent is king",
		raw: typed("text/plain", "--q1\nContent is king")},
	{kind: "types", name: "a letter above parts that are files", text: "Zobacz plik.", files: "a.pdf 4",
		raw: letter("", "Content-Type: multipart/mixed; boundary=q1\n\nZobacz plik.\n--q1\nContent-Type: application/pdf; "+
			"name=a.pdf\n\n%PDF\n--q1--\n")},
	{kind: "types", name: "words above parts that only say what it is", lacks: "format", files: "a.pdf 4",
		raw: letter("", "Content-Type: multipart/mixed; boundary=q1\n\nA message in Mime format\n--q1\nContent-Type: "+
			"application/pdf; name=a.pdf\n\n%PDF\n--q1--\n")},
	{kind: "types", name: "words above parts that have words", text: "The letter",
		raw: letter("", "Content-Type: multipart/mixed; boundary=q1\n\nA preamble\n--q1\n"+
			plainPart("The letter")+"--q1--\n")},
	{kind: "types", name: "application/xhtml+xml alone", text: "Aitäh", html: "<p>",
		raw: typed("application/xhtml+xml", "<p>Aitäh</p>"), files: "-"},

	{kind: "whole", name: "base64 around a mixed", text: "Hello", files: "a.pdf 4",
		raw: letter("Content-Transfer-Encoding: base64", "Content-Type: multipart/mixed; boundary=q2\n\n"+
			base64Of("--q2\n"+plainPart("Hello")+"--q2\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--q2--\n")+"\n")},
	{kind: "whole", name: "base64 around an inner alternative", text: "Hallå", html: "<p>Hallå", files: "b.png 3",
		raw: several("mixed", "Content-Transfer-Encoding: base64\nContent-Type: multipart/alternative; boundary=q3\n\n"+
			base64Of("--q3\n"+plainPart("Hallå")+"--q3\n"+htmlPart("<p>Hallå</p>")+"--q3--\n"),
			"Content-Type: image/png; name=b.png\n\nPNG")},
	{kind: "whole", name: "quoted-printable around all", text: "Größe 38", lacks: "=3D",
		raw: letter("Content-Transfer-Encoding: quoted-printable", "Content-Type: multipart/mixed; boundary=\"q=4\"\n\n"+
			"--q=3D4\nContent-Type: text/plain; charset=3Dutf-8\n\nGr=C3=B6=C3=9Fe=\n 38\n\n--q=3D4--\n")},
	{kind: "whole", name: "quoted-printable around all, a plain boundary", text: "Łódź",
		raw: letter("Content-Transfer-Encoding: quoted-printable", "Content-Type: multipart/mixed; boundary=q5\n\n"+
			"--q5\nContent-Type: text/plain; charset=3D\"utf-8\"\n\n=C5=81=C3=B3d=C5=BA\n\n--q5--\n")},
	{kind: "whole", name: "quoted-printable declared, but not done", text: "a=3Db", files: "-",
		raw: letter("Content-Transfer-Encoding: quoted-printable", within("mixed", "q6", plainPart("a=3Db")))},
	{kind: "whole", name: "base64 twice", text: "Deep", files: "-",
		raw: letter("Content-Transfer-Encoding: base64", "Content-Type: multipart/mixed; boundary=q7\n\n"+base64Of(
			"--q7\nContent-Transfer-Encoding: base64\nContent-Type: multipart/mixed; boundary=q8\n\n"+
				base64Of("--q8\n"+plainPart("Deep")+"--q8--\n")+"\n--q7--\n"))},
	{kind: "whole", name: "base64 with its boundary undeclared", text: "No name",
		raw: letter("Content-Transfer-Encoding: base64", "Content-Type: multipart/mixed\n\n"+
			base64Of("--zz\n"+plainPart("No name")+"--zz--\n"))},

	{kind: "encodings", name: "7bit and base64", text: "Prêt",
		raw: letter("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64",
			"Content-Type: text/plain; charset=utf-8\n\n"+base64Of("Prêt")+"\n")},
	{kind: "encodings", name: "base64 and 8bit, and it is text", text: "Größe 42 bitte, danke.",
		raw: letter("Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 8bit",
			"Content-Type: text/plain; charset=utf-8\n\nGröße 42 bitte, danke.\n")},
	{kind: "encodings", name: "8bit and quoted-printable", text: "Größe",
		raw: letter("Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: quoted-printable",
			"Content-Type: text/plain; charset=utf-8\n\nGr=C3=B6=C3=9Fe\n")},
	{kind: "encodings", name: "base64 that is plain words", text: "Please change the size of my order.\nNina Ek",
		raw: letter("", coded+"Please change the size of my order.\nNina Ek\n")},

	{kind: "encodings", name: "in words that mean quoted-printable", text: "Größe",
		raw: letter("Content-Transfer-Encoding: Quoted_Printable",
			"Content-Type: text/plain; charset=utf-8\n\nGr=C3=B6=C3=9Fe\n")},
	{kind: "encodings", name: "base64 that nothing declares", text: "Ich möchte die Bestellung 81 ändern.",
		raw: typed("text/plain; charset=utf-8", base64Of("Ich möchte die Bestellung 81 ändern."))},
	{kind: "encodings", name: "a key that is no text", has: "AAAAB3NzaC1yc2EAAAADAQABAAABgQC7",
		raw: typed("text/plain", "AAAAB3NzaC1yc2EAAAADAQABAAABgQC7AAAAB3NzaC1yc2EAAAADAQABAAABgQC7\n")},

	{kind: "footers", name: "of a list, without padding", has: twelve + "|Unsubscribe: https://l.example/u",
		lacks: "\uFFFD",
		raw: letter("", coded+base64Of(twelve)+"\n-----------------------\nshop-talk mailing list\n"+
			"Unsubscribe: https://l.example/u\n")},
	{kind: "footers", name: "of a scanner, behind padding", has: "Voilà!|Message analysé par le filtre", lacks: "\uFFFD",
		raw: letter("", coded+base64Of("Voilà!")+"\n--\nMessage analysé par le filtre antivirus de la société.\n")},
	{kind: "footers", name: "in Russian", has: "Жду ответа|Письмо проверено", lacks: "\uFFFD",
		raw: letter("", coded+base64Of("Жду ответа")+"\n\nПисьмо проверено на вирусы\n")},
	{kind: "footers", name: "a notice above", has: "CAUTION: external sender|Ich warte.", lacks: "\uFFFD",
		raw: letter("", coded+"CAUTION: external sender, do not click.\n"+base64Of("Die Lieferung fehlt. Ich warte.")+"\n")},
	{kind: "footers", name: "behind several lines", has: "end of it|Sent by the gateway", lacks: "\uFFFD",
		raw: letter("", coded+base64Of(strings.Repeat("Many words. ", 40)+"end of it")+"\n\nSent by the gateway of B.\n")},
	{kind: "footers", name: "in HTML", has: "Danke|Checked by the filter",
		raw: letter("", "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n"+base64Of("<p>Danke</p>")+
			"\n<p>Checked by the filter</p>\n")},
	{kind: "footers", name: "behind a file, which it does not change", files: "a.pdf 12",
		raw: letter("", pdfPart+base64Of(twelve)+"\n_____________________\nThis list is run by volunteers.\n")},
	{kind: "footers", name: "of one word", text: "Wir warten auf Antwort.\nVirenfrei",
		raw: letter("", coded+base64Of("Wir warten auf Antwort.")+"\nVirenfrei\n")},
	{kind: "footers", name: "of elements", html: "<p>Venter på svar</p>\n<br>|<p>Skannet</p>",
		raw: letter("", "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"+
			base64Of("<p>Venter på svar</p>")+"\n<br>\n<p>Skannet</p>\n")},
	{kind: "footers", name: "a rule of three hyphens", has: "Čekáme na odpověď.|You received this", lacks: "\uFFFD",
		raw: letter("", coded+base64Of("Čekáme na odpověď.")+"\n---\nYou received this by a list.\n")},
	{kind: "footers", name: "a boundary line of nobody", text: "Fertig",
		raw: letter("", coded+base64Of("Fertig")+"\n------=_NextPart_000_0001--\n")},
	{kind: "footers", name: "no footer, but a line with a sign too many", text: twelve + twelve,
		raw: letter("", coded+"VHlyZSAyMDUvNTUu\nVHly*ZSAyMDUvNTUu\n")},

	{kind: "base64", name: "two padded pieces in a line", files: "a.pdf 10",
		raw: letter("", pdfPart+"SGVsbG8=SGVsbG8=\n")},
	{kind: "base64", name: "three pieces with two signs of padding", files: "a.pdf 12",
		raw: letter("", pdfPart+"SGFsbw==SGFsbw==SGFsbw==\n")},
	{kind: "base64", name: "a text in joined pieces", text: "Größe 41, nicht 42",
		raw: letter("", coded+base64Of("Größe 41")+base64Of(", nicht 42")+"\n")},
	{kind: "base64", name: "a sign behind one character", files: "a.pdf 12",
		raw: letter("", pdfPart+"V=HlyZSAyMDUvNTUu\n")},
	{kind: "base64", name: "a sign behind two", files: "a.pdf 12", raw: letter("", pdfPart+"VH=lyZSAyMDUvNTUu\n")},
	{kind: "base64", name: "a sign behind three", files: "a.pdf 12", raw: letter("", pdfPart+"VHl=yZSAyMDUvNTUu\n")},
	{kind: "base64", name: "a sign in the second line", files: "a.pdf 24",
		raw: letter("", pdfPart+"VHlyZSAyMDUvNTUu\nVHlyZSAyM=DUvNTUu\n")},
	{kind: "base64", name: "a sign and a space", files: "a.pdf 12", raw: letter("", pdfPart+"VHlyZ= SAyMDUvNTUu\n")},
	{kind: "base64", name: "a sign at the end of a line", files: "a.pdf 12",
		raw: letter("", pdfPart+"VHlyZ=\nSAyMDUvNTUu\n")},
	{kind: "base64", name: "joined pieces, wrapped anew", files: "a.pdf 100",
		raw: letter("", pdfPart+wrapped(base64Of(strings.Repeat("5", 50))+base64Of(strings.Repeat("6", 50)))+"\n")},
	{kind: "base64", name: "padding in quoted-printable", files: "a.pdf 5", raw: letter("", pdfPart+"SGVsbG8=3D\n")},
	{kind: "base64", name: "pieces on lines of their own", files: "a.pdf 10",
		raw: letter("", pdfPart+"SGVsbG8=\nSGVsbG8=\n")},

	{kind: "quoted-printable", name: "spaces behind a soft break", text: "ganzes Wort",
		raw: letter("Content-Transfer-Encoding: quoted-printable", "\nganz= \t\nes Wort\n")},
	{kind: "quoted-printable", name: "lines that end in CR CR LF", text: "ganzes Wort",
		raw: letter("Content-Transfer-Encoding: quoted-printable", "\nganz=\r\r\nes Wort\n")},

	{kind: "boundaries", name: "letters of another case at the end", text: "Ende", lacks: "Nachspann",
		raw: letter("", "Content-Type: multipart/mixed; boundary=\"Grenze-A\"\n\n--Grenze-A\n"+plainPart("Ende")+
			"--GRENZE-A--\nNachspann\n")},
	{kind: "boundaries", name: "letters of another case", text: "Case", html: "<u>",
		raw: letter("", "Content-Type: multipart/alternative; boundary=ABC\n\n--abc\n"+plainPart("Case")+"--abc\n"+
			htmlPart("<u>Case</u>")+"--abc--\n")},
	{kind: "boundaries", name: "in apostrophes", text: "Quoted",
		raw: letter("", "Content-Type: multipart/mixed; boundary='xyz'\n\n--xyz\n"+plainPart("Quoted")+"--xyz--\n")},
	{kind: "boundaries", name: "spaces at the end of the lines", text: "Space", files: "a.pdf 4",
		raw: letter("", "Content-Type: multipart/mixed; boundary=\"sp \"\n\n--sp  \t\n"+plainPart("Space")+
			"--sp \nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--sp--  \n")},
	{kind: "boundaries", name: "none declared, first a field of its own", text: "Undeclared",
		raw: letter("", "Content-Type: multipart/mixed\n\n--u\nX-Part: 1\n"+plainPart("Undeclared")+"--u--\n")},
	{kind: "boundaries", name: "no Content-Type at all", text: "Bare", files: "a.pdf 4",
		raw: letter("", "\n--nn\n"+plainPart("Bare")+"--nn\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--nn--\n")},
	{kind: "boundaries", name: "never closed, and a file", text: "Open", files: "a.pdf 5",
		raw: letter("", "Content-Type: multipart/mixed; boundary=oo\n\n--oo\n"+plainPart("Open")+
			"--oo\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n")},
}
