package email

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/tneftest"
)

// containerCase is a message whose words or files are within a file.
type containerCase struct {
	name, raw string
	text      []string // what the text must have
	files     []string // "name type size", all of them
	warning   string   // what one of the warnings must have; "" if there must be none
	lacks     string   // what the text must not have; "" is nothing
}

// withFile is a message with a text, if that is not "", and a file in base64.
func withFile(text, fields string, content []byte) string {
	file := fields + "\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(content) + "\n"
	if text == "" {
		return "From: jane@customer.example\n" + file
	}
	return "From: jane@customer.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" +
		"Content-Type: text/plain; charset=utf-8\n\n" + text + "\n--b\n" + file + "--b--\n"
}

const winmail = "Content-Type: application/ms-tnef; name=winmail.dat"

// tnefMessage builds a message with a winmail.dat.
func tnefMessage(text string, m tneftest.Message) string { return withFile(text, winmail, m.Bytes()) }

// Properties that programs write.
const (
	longName, shortName, mimeTag, contentID, attachData = 0x3707, 0x3704, 0x370E, 0x3712, 0x3701
	bodyPlain, bodyHTML, bodyRTF, internetCodepage      = 0x1000, 0x1013, 0x1009, 0x3FDE
)

func files(list ...tneftest.File) tneftest.Message { return tneftest.Message{Files: list} }

func tnefCases() []containerCase {
	pdf := []byte("%PDF-1.4 invoice 4711")
	props := func(list ...tneftest.Property) []tneftest.Property { return list }
	one := func(title string, p ...tneftest.Property) tneftest.Message {
		return files(tneftest.File{Title: title, Data: pdf, Properties: p})
	}
	whole := one("invoice.pdf").Bytes()
	nested := tneftest.Message{Body: "Forwarded"}.Bytes()
	see := []string{"See the file"}
	cut := func(n int) []byte { return whole[:len(whole)-n] }
	return []containerCase{
		{"a title only", tnefMessage("See the file.", one("invoice.pdf")), see,
			[]string{"invoice.pdf application/pdf 21"}, "", ""},
		{"the long name of Outlook", tnefMessage("See the file.", files(tneftest.File{Title: "OFFERF~1.DOC",
			Data:      pdf,
			DataFirst: true, Properties: props(tneftest.Number(0x3705, 1), tneftest.String(longName,
				"Offer for Jane.docx"))})),
			see, []string{"Offer for Jane.docx " +
				"application/vnd.openxmlformats-officedocument.wordprocessingml.document 21"}, "", ""},
		{"a name in UTF-16", tnefMessage("See the file.", one("?????.pdf", tneftest.Unicode(longName,
			"Счёт №7.pdf"))),
			see, []string{"Счёт №7.pdf application/pdf 21"}, "", ""},
		{"a name in the code page", tnefMessage("See the file.", tneftest.Message{Codepage: 1251,
			Files: []tneftest.File{{Title: "\xd1\xf7\xb8\xf2.pdf", Data: pdf}}}), see,
			[]string{"Счёт.pdf application/pdf 21"}, "", ""},
		{"a name in Shift_JIS", tnefMessage("See the file.", tneftest.Message{Codepage: 932,
			Files: []tneftest.File{{Title: "\x90\xbf\x8b\x81\x8f\x91.pdf", Data: pdf}}}), see,
			[]string{"請求書.pdf application/pdf 21"}, "", ""},
		{"the media type is said", tnefMessage("See the file.", one("scan", tneftest.String(mimeTag, "IMAGE/PNG"),
			tneftest.String(shortName, "scan.bin"))), see, []string{"scan.bin image/png 21"}, "", ""},
		{"a picture of the letter", tnefMessage("See the file.", one("logo.png", tneftest.Unicode(contentID,
			"<logo@x>"),
			tneftest.Fixed(0x000B, 0x7FFE, 1, 0, 0, 0))), see, []string{"logo.png image/png 21"}, "", ""},
		{"three files", tnefMessage("See the file.", files(tneftest.File{Title: "a.pdf", Data: pdf},
			tneftest.File{Title: "b.csv",
				Data: []byte("1;2")}, tneftest.File{Title: "c.zip", Data: []byte("PK")})),
			see, []string{"a.pdf application/pdf 21", "b.csv text/csv 3", "c.zip application/zip 2"}, "", ""},
		{"the content in a property", tnefMessage("See the file.", files(tneftest.File{Title: "a.pdf",
			Properties: props(tneftest.Binary(attachData, pdf))})), see, []string{"a.pdf application/pdf 21"}, "",
			""},
		{"a message within", tnefMessage("See the file.", files(tneftest.File{Title: "Re: Order",
			Properties: props(tneftest.Object(attachData, tneftest.MessageInterface, nested))})), see,
			[]string{"Re: Order message.tnef application/vnd.ms-tnef " + count(nested)}, "", ""},
		{"an object of OLE", tnefMessage("See the file.", files(tneftest.File{Title: "Chart",
			Properties: props(tneftest.Object(attachData, tneftest.StorageInterface, pdf))})), see,
			[]string{"Chart application/octet-stream 21"}, "", ""},
		{"many kinds of properties", tnefMessage("See the file.", one("x", tneftest.Fixed(0x0002, 1, 1, 0, 0, 0),
			tneftest.Fixed(0x0040, 2, 1, 2, 3, 4, 5, 6, 7, 8), tneftest.Fixed(0x0048, 3, make([]byte, 16)...),
			tneftest.Sized(0x101E, 4, []byte("a\x00"), []byte("bcdef\x00")), tneftest.Fixed(0x1003, 5, 2, 0, 0, 0,
				1, 0, 0, 0, 2, 0, 0, 0),
			tneftest.NamedByNumber(tneftest.Number(0x8001, 7)), tneftest.NamedByText(tneftest.String(0x8002, "v"),
				"Keywords"),
			tneftest.Fixed(0x0001, 6), tneftest.String(longName, "y.pdf"))), see,
			[]string{"y.pdf application/pdf 21"}, "", ""},
		{"an empty file", tnefMessage("See the file.", files(tneftest.File{Title: "empty.txt"})), see,
			[]string{"empty.txt text/plain 0"}, "", ""},
		{"a name with folders", tnefMessage("See the file.", one(`C:\Users\jane\invoice.pdf`)), see,
			[]string{"invoice.pdf application/pdf 21"}, "", ""},
		{"no name", tnefMessage("See the file.", one("")), see,
			[]string{"attachment-2.t1 application/octet-stream 21"}, "", ""},
		{"no files, the text twice", tnefMessage("Hello there", tneftest.Message{Body: "Hello there"}),
			[]string{"Hello there"}, nil, "", ""},
		{"nothing but an appointment", tnefMessage("", tneftest.Message{Properties: props(tneftest.Number(1, 2))}),
			nil,
			[]string{"winmail.dat application/ms-tnef " +
				count(tneftest.Message{Properties: props(tneftest.Number(1, 2))}.Bytes())},
			"", ""},
		{"octet-stream", withFile("See the file.", "Content-Type: application/octet-stream; name=WINMAIL.DAT",
			whole), see,
			[]string{"invoice.pdf application/pdf 21"}, "", ""},
		{"vnd.ms-tnef, in Spanish", withFile("Adjunto la factura.", "Content-Type: application/vnd.ms-tnef", whole),
			[]string{"Adjunto la factura."}, []string{"invoice.pdf application/pdf 21"}, "", ""},
		{"another name of a server", withFile("See the file.",
			"Content-Type: application/octet-stream; name=ATT00002.dat",
			whole), see, []string{"invoice.pdf application/pdf 21"}, "", ""},
		{"a file of another program", withFile("See the file.",
			"Content-Type: application/octet-stream; name=sensor.dat",
			[]byte("1;2;3")), see, []string{"sensor.dat application/octet-stream 5"}, "", ""},
		{"zeros behind it", withFile("See the file.", winmail, append(slices.Clone(whole), 0, 0, 0, 0, 0, 0, 0, 0,
			0, 0, 0)), see,
			[]string{"invoice.pdf application/pdf 21"}, "", ""},

		{"attBody is the text", tnefMessage("", tneftest.Message{Codepage: 1252,
			Body: "Gr\xf6\xdfe 42 passt nicht.\r\n\x00"}),
			[]string{"Größe 42 passt nicht."}, nil, "", ""},
		{"the body in UTF-16, Japanese", tnefMessage("",
			tneftest.Message{Properties: props(tneftest.Unicode(bodyPlain, "注文はまだ届いていません。"))}),
			[]string{"注文はまだ届いていません。"}, nil, "", ""},
		{"the body in HTML, Polish", tnefMessage("",
			tneftest.Message{Properties: props(tneftest.Number(internetCodepage, 28592),
				tneftest.Binary(bodyHTML, []byte("<p>Prosz\xea o zwrot pieni\xeadzy.</p>")))}),
			[]string{"Proszę o zwrot pieniędzy."}, nil, "", "<p>"},
		{"HTML in the charset of a Mac, German", tnefMessage("", tneftest.Message{Codepage: 1251, Properties: props(
			tneftest.Number(internetCodepage, 10000), tneftest.Binary(bodyHTML, []byte("<p>Gr\x9a\xa7e")))}),
			[]string{"Größe"},
			nil, "", "<p>"},
		{"the content twice", tnefMessage("See the file.", files(tneftest.File{Title: "a.pdf", Data: pdf,
			Properties: props(tneftest.Binary(attachData, pdf))})), see, []string{"a.pdf application/pdf 21"}, "",
			""},
		{"the body in RTF, Russian", tnefMessage("", tneftest.Message{Properties: props(tneftest.Binary(bodyRTF,
			tneftest.Compress(`{\rtf1\ansi\ansicpg1251\pard \'c7\'e0\'ea\'e0\'e7 \'ed\'e5 \'ef\'f0\'e8\'f8\'b8`+
				`\'eb\par}`)))}),
			[]string{"Заказ не пришёл"}, nil, "", "rtf"},
		{"HTML within RTF, French", tnefMessage("", tneftest.Message{Properties: props(tneftest.Binary(bodyRTF,
			tneftest.Compress(
				`{\rtf1\ansi\ansicpg1252\fromhtml1{\*\htmltag64 <p>}Pas re\'e7u{\*\htmltag84 &nbsp;}\htmlrtf`+
					`\'a0\htmlrtf0 !{\*\htmltag72 </p>}}`)))}),
			[]string{"Pas reçu"}, nil, "", "<p>"},
		{"blank text beside it", tnefMessage(" \n\n", tneftest.Message{Body: "Please call me.",
			Files: one("a.pdf").Files}),
			[]string{"Please call me."}, []string{"a.pdf application/pdf 21"}, "", ""},
		{"text beside it stays", tnefMessage("Hello there", tneftest.Message{Body: "Other words"}),
			[]string{"Hello there"}, nil, "", "Other"},

		{"cut off within the content", withFile("See the file.", winmail, cut(9)), see,
			[]string{"invoice.pdf application/pdf 14", "winmail.dat application/ms-tnef " + count(cut(9))},
			"winmail.dat is damaged", ""},
		{"a length of 4 GiB", withFile("See the file.", winmail, append(tneftest.Head(), 2, 0x0F, 0x80, 6, 0, 0xff,
			0xff, 0xff, 0xff, 'x')), see,
			[]string{"attachment-2.t1 application/octet-stream 1", "winmail.dat application/ms-tnef 31"}, "damaged",
			""},
		{"a wrong checksum", withFile("See the file.", winmail, append(cut(2), 1, 2)), see,
			[]string{"invoice.pdf application/pdf 21", "winmail.dat application/ms-tnef " + count(whole)},
			"damaged", ""},
		{"another format", withFile("See the file.", winmail, []byte("PK\x03\x04 is no TNEF")), see,
			[]string{"winmail.dat application/ms-tnef 15"}, "damaged", ""},
		{"properties that lie", withFile("See the file.", winmail, append(slices.Clone(whole), tneftest.Attribute(2,
			0x00069005,
			[]byte{255, 255, 255, 255, 0x1E, 0, 7, 0x37, 255, 255, 255, 255, 255, 255, 255, 255})...)), see,
			[]string{"invoice.pdf application/pdf 21", "winmail.dat application/ms-tnef " + count(whole,
				make([]byte, 27))}, "damaged", ""},
	}
}

// count is the number of bytes, as text.
func count(lists ...[]byte) string {
	n := 0
	for _, b := range lists {
		n += len(b)
	}
	return itoa(n)
}

// invitation is a message that is only a calendar.
func invitation(method string, lines ...string) string {
	return "From: jane@customer.example\nContent-Type: text/calendar; charset=utf-8; method=" + method + "\n\n" +
		vcalendar(method, lines...)
}

func vcalendar(method string, lines ...string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:" + method + "\nBEGIN:VEVENT\n" + strings.Join(lines, "\n") +
		"\nEND:VEVENT\nEND:VCALENDAR\n"
}

// ics is the file that an invitation is.
func ics(raw string) []string {
	_, calendar, _ := strings.Cut(raw, "\n\n")
	return []string{"invite.ics text/calendar " + itoa(len(calendar))}
}

func calendarCases() []containerCase {
	alternative := func(kind, text string) string {
		return "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: " + kind +
			"\n\n" + text +
			"\n--b\nContent-Type: text/calendar; method=REQUEST\n\n" + vcalendar("REQUEST", "SUMMARY:Fitting") +
			"--b--\n"
	}
	size := itoa(len(vcalendar("REQUEST", "SUMMARY:Fitting")) - 1)
	var cases []containerCase
	add := func(name, raw string, text ...string) {
		cases = append(cases, containerCase{name, raw, text, ics(raw), "", "BEGIN:"})
	}
	add("Outlook, with its zone", invitation("REQUEST", "ORGANIZER;CN=Jane Roe:mailto:jane@customer.example",
		"SUMMARY;LANGUAGE=en-US:Measuring the kitchen", "DTSTART;TZID=W. Europe Standard Time:20250603T140000",
		"DTEND;TZID=W. Europe Standard Time:20250603T153000", "LOCATION;LANGUAGE=en-US:Main Street 5\\, 2nd floor",
		"DESCRIPTION;LANGUAGE=en-US:Can you bring the samples?\\n", "BEGIN:VALARM", "DESCRIPTION:REMINDER",
		"TRIGGER:-PT15M", "END:VALARM"),
		"Invitation: Measuring the kitchen", "2025-06-03 14:00 to 15:30 (W. Europe Standard Time)",
		"Main Street 5, 2nd floor",
		"Organizer: Jane Roe <jane@customer.example>", "Can you bring the samples?")
	add("Google, HTML in its description", invitation("REQUEST", "DTSTART:20250601T100000Z", "DTEND:20250601T110000Z",
		"SUMMARY:Termin", "DESCRIPTION:<p>Geht es auch <b>früher</b>?</p>"), "2025-06-01 10:00 to 11:00 (UTC)",
		"Geht es auch früher?")
	add("Apple, a whole day", invitation("REQUEST", "DTSTART;VALUE=DATE:20250714", "DTEND;VALUE=DATE:20250715",
		"SUMMARY:Livraison", "ORGANIZER;CN=\"Élodie\";EMAIL=\"elodie@x.example\":mailto:elodie@x.example"),
		"2025-07-14, all day", "Organizer: Élodie <elodie@x.example>")
	add("Yandex, several days", invitation("REQUEST", "SUMMARY:Примерка", "DTSTART;VALUE=DATE:20250714",
		"DTEND;VALUE=DATE:20250717",
		"DESCRIPTION:Подойдёт ли вам?"), "Примерка", "2025-07-14 to 2025-07-16, all day", "Подойдёт ли вам?")
	add("a declined answer, with a comment", invitation("REPLY", "SUMMARY:Delivery",
		"ORGANIZER:mailto:shop@shop.example",
		"ATTENDEE;PARTSTAT=DECLINED;CN=Bob:MAILTO:bob@x.example", "COMMENT:I am away that week."),
		"Answer to an invitation: Delivery", "Bob <bob@x.example>: declined", "I am away that week.")
	add("an accepted answer, in Italian", invitation("REPLY", "SUMMARY:Consegna",
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@x.example"),
		"Consegna", "b@x.example: accepted")
	add("cancelled", invitation("CANCEL", "SUMMARY:Visita", "DTSTART;TZID=Europe/Madrid:20250601T100000",
		"STATUS:CANCELLED"),
		"Cancelled: Visita", "2025-06-01 10:00 (Europe/Madrid)")
	add("another time", invitation("COUNTER", "SUMMARY:Montage", "DTSTART:20250602T080000", "DURATION:PT1H30M"),
		"Another time is proposed: Montage", "2025-06-02 08:00, for 1 h 30 min")
	add("every week", invitation("REQUEST", "SUMMARY:Stand", "DTSTART:20250602T080000Z",
		"RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=MO"),
		"weekly (COUNT=5, BYDAY=MO)")
	add("folded within a character", invitation("REQUEST", "SUMMARY:Besichtigung der K\xc3\n \xbcche",
		"DESCRIPTION:Passt es\n\t Ihnen?"),
		"Besichtigung der Küche", "Passt es Ihnen?")
	add("lines that are not folded", invitation("REQUEST", "SUMMARY:Visit", "DESCRIPTION:Hello,",
		"can we come on Friday?", "", "Jane", "LOCATION:Shop"),
		"can we come on Friday?", "Jane", "Where: Shop")
	add("lower case, no end",
		"From: a@b.example\nContent-Type: text/calendar\n\nbegin:vcalendar\nbegin:vevent\nsummary:Proefles\n",
		"Proefles")
	add("windows-1251", "From: a@b.example\nContent-Type: text/calendar; charset=windows-1251\n\n"+
		vcalendar("REQUEST", "SUMMARY:\xc7\xe0\xec\xe5\xf0"), "Замер")
	add("a task",
		"From: a@b.example\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:Odebrać paczkę\n"+
			"DUE:20250605T120000\nEND:VTODO\nEND:VCALENDAR\n", "Task: Odebrać paczkę", "Due: 2025-06-05 12:00")
	add("the zone's own dates do not count",
		"From: a@b.example\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\n"+
			"BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T030000\nEND:STANDARD\nEND:VTIMEZONE\n"+
			"BEGIN:VEVENT\n"+
			"SUMMARY:預約\nDTSTART;TZID=X:20250601T093000\nEND:VEVENT\nEND:VCALENDAR\n", "預約", "2025-06-01 09:30 (X)")
	add("a time that is none", invitation("REQUEST", "SUMMARY:Møte", "DTSTART:tomorrow at noon"), "Møte",
		"tomorrow at noon")
	add("a quotation mark without its pair", invitation("REQUEST", "ORGANIZER;CN=\"Jane:mailto:jane@x.example",
		"SUMMARY:Toimitus"), "Toimitus")
	return append(cases,
		containerCase{"vCalendar in quoted-printable",
			"From: a@b.example\nContent-Type: text/x-vcalendar; name=t.vcs\n\n" +
				"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=B6=\n" +
				"=C3=9Fe\nEND:VEVENT\nEND:VCALENDAR\n",
			[]string{"Größe"}, []string{"t.vcs text/x-vcalendar 120"}, "", "BEGIN"},
		containerCase{"beside a stub of rules", alternative("text/plain", "~~~~~\n*****"),
			[]string{"Invitation: Fitting"},
			[]string{"invite.ics text/calendar " + size}, "", "BEGIN"},
		containerCase{"beside empty HTML", alternative("text/html", "<html><body><br></body></html>"),
			[]string{"Invitation: Fitting"},
			[]string{"invite.ics text/calendar " + size}, "", "BEGIN"},
		containerCase{"twice", "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" +
			"Content-Type: text/calendar\n\n" + vcalendar("REQUEST", "SUMMARY:Fitting") + "--b\n" +
			"Content-Type: application/ics; name=invite.ics\n\n" + vcalendar("REQUEST",
			"SUMMARY:Fitting") + "--b--\n",
			[]string{"Invitation: Fitting"}, []string{"invite.ics text/calendar " + size,
				"invite.ics application/ics " + size},
			"", "Fitting\n\nInvitation"},
		containerCase{"beside a text", alternative("text/plain", "Please come."), []string{"Please come."},
			[]string{"invite.ics text/calendar " + size}, "", "Fitting"},
		containerCase{"beside HTML", alternative("text/html", "<p>Please come."), []string{"Please come."},
			[]string{"invite.ics text/calendar " + size}, "", "Fitting"},
		containerCase{"no calendar", "From: a@b.example\nContent-Type: text/calendar\n\nHello\n", nil,
			[]string{"invite.ics text/calendar 6"}, "", "Hello"},
		containerCase{"a message within is an invitation", "From: a@b.example\nContent-Type: message/rfc822\n\n" +
			invitation("REQUEST", "SUMMARY:Proef"), []string{"Invitation: Proef"},
			[]string{"message.eml message/rfc822 " + itoa(len(invitation("REQUEST", "SUMMARY:Proef")))}, "", "BEGIN"})
}

func sealedCases() []containerCase {
	smime := func(fields string) string { return withFile("", fields, []byte("0\x80sealed")) }
	const sealed = "the letter is sealed by S/MIME: adapters/smime opens it"
	const pgp = "the letter is sealed by OpenPGP"
	signed := "From: a@b.example\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; " +
		"boundary=b\n\n--b\n\n" +
		"Where is my order?\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nX\n--b--\n"
	return []containerCase{
		{"signed, opaque", smime("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"), nil,
			[]string{"smime.p7m application/pkcs7-mime 8"}, sealed, ""},
		{"encrypted", smime("Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"), nil,
			[]string{"smime.p7m application/x-pkcs7-mime 8"}, sealed, ""},
		{"no type is said", smime("Content-Type: application/pkcs7-mime"), nil,
			[]string{"smime.p7m application/pkcs7-mime 8"}, sealed, ""},
		{"octet-stream", smime("Content-Type: application/octet-stream; name=smime.p7m"), nil,
			[]string{"smime.p7m application/octet-stream 8"}, sealed, ""},
		{"a list's footer below", "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" +
			"Content-Type: application/pkcs7-mime; name=smime.p7m\n\nX\n--b\n\nYou are on our list.\n--b--\n",
			[]string{"our list"}, []string{"smime.p7m application/pkcs7-mime 1"}, sealed, ""},
		{"only certificates", withFile("My new certificate",
			"Content-Type: application/pkcs7-mime; smime-type=certs-only; name=smime.p7c",
			[]byte("0")), []string{"My new certificate"}, []string{"smime.p7c application/pkcs7-mime 1"}, "", ""},
		{"PGP/MIME",
			"From: a@b.example\nContent-Type: multipart/encrypted; boundary=b; " +
				"protocol=\"application/pgp-encrypted\"\n\n--b\n" +
				"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: " +
				"application/octet-stream; name=encrypted.asc\n\n" +
				"-----BEGIN PGP MESSAGE-----\n--b--\n", nil,
			[]string{"attachment-1.asc application/pgp-encrypted 10", "encrypted.asc application/octet-stream 27"},
			pgp, ""},
		{"PGP/MIME after Exchange", "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\n" +
			"Content-Type: application/octet-stream; name=encrypted.asc\n\nX\n--b--\n", nil,
			[]string{"encrypted.asc application/octet-stream 1"}, pgp, ""},
		{"PGP in the text", "From: a@b.example\n\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n",
			[]string{"hQEM"}, nil, pgp, ""},
		{"signed in the clear", signed, []string{"Where is my order?"},
			[]string{"smime.p7s application/pkcs7-signature 1"}, "", ""},
	}
}
