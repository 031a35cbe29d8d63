package email

import (
	"strings"

	"github.com/postroom/postroom/internal/growth"
)

const mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

// partGrowth are the constructs of multiparts and transfer encodings.
var partGrowth = []growth.Case{
	{Name: "parts", Before: mixed, Unit: "--b\r\n\r\nx\r\n"},
	{Name: "boundary lines", Before: mixed, Unit: "--b\r\n"},
	{Name: "closing boundary lines", Before: mixed, Unit: "--b--\r\n"},
	{Name: "lines like a boundary", Before: mixed + "--b\r\n\r\n", Unit: "--ba\r\n"},
	{Name: "lines of two hyphens", Before: mixed + "--b\r\n\r\n", Unit: "--\n"},
	{Name: "lines of hyphens", Before: mixed + "--b\r\n\r\n", Unit: "\n----"},
	{Name: "hyphens", Before: mixed + "--b\r\n\r\n", Unit: "-"},
	{Name: "boundaries that are not declared", Before: "Content-Type: multipart/mixed\r\n\r\n",
		Unit: "--b%d\r\nContent-Type: a/b\r\n\r\nx\r\n"},
	{Name: "multiparts in each other", Unit: "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"},
	{Name: "multiparts with one boundary", Unit: "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"},
	{Name: "lines in many multiparts", Before: nested(), Unit: "\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{Name: "digests in each other", Unit: "Content-Type: multipart/digest; boundary=b%d\r\n\r\n--b%d\r\n\r\n"},
	{Name: "messages in each other", Unit: "Content-Type: message/rfc822\r\n\r\n", After: "Subject: x\r\n\r\nx"},
	{Name: "messages", Before: mixed, Unit: "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b\r\n\r\nx\r\n"},
	{Name: "alternatives", Before: "Content-Type: multipart/alternative; boundary=b\r\n\r\n",
		Unit: "--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n"},
	{Name: "alternatives in alternatives", Before: "Content-Type: multipart/alternative; boundary=b\r\n\r\n",
		Unit: "--b\r\nContent-Type: multipart/alternative; boundary=b%d\r\n\r\n--b%d\r\n\r\nx\r\n--b%d--\r\n"},
	{Name: "texts with a name", Before: mixed, Unit: "--b\r\nContent-Type: text/plain; name=a%d\r\n\r\nx\r\n"},
	{Name: "attachments", Before: mixed, Unit: "--b\r\nContent-Type: a/b; name=a\r\n\r\nx\r\n"},
	{Name: "attachments without a name", Before: mixed, Unit: "--b\r\nContent-Type: text/calendar\r\n\r\nx\r\n"},
	{Name: "TNEF", Before: mixed, Unit: "--b\r\nContent-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\r\n"},
	{Name: "pictures",
		Before: "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n" +
			strings.Repeat("<img src=cid:x>", 1000) + "\r\n",
		Unit: "--b\r\nContent-Type: a/b\r\nContent-ID: <%d>\r\n\r\nx\r\n"},
	{Name: "two Content-Types of parts", Before: mixed, Unit: "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n" +
		"Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n"},
	{Name: "multiparts encoded as a whole", Before: mixed, Unit: "--b\r\nContent-Transfer-Encoding: base64\r\n" +
		"Content-Type: multipart/mixed; boundary=c\r\n\r\nLS1jCgp4Ci0tYy0tCg==\r\n"},
	{Name: "a long multipart encoded as a whole", Before: "Content-Transfer-Encoding: base64\r\nContent-Type: " +
		"multipart/mixed; boundary=c\r\n\r\n", Unit: "LS1jCgp4\r\n"},
	{Name: "multiparts in quoted-printable in each other", Unit: "Content-Transfer-Encoding: quoted-printable\r\n" +
		"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\nContent-ID: =3D\r\n"},
	{Name: "boundary lines of another case", Before: mixed + "--b\r\n\r\n", Unit: "x\r\n--B\r\n"},
	{Name: "text and HTML in turn", Before: mixed,
		Unit: "--b\r\n\r\n<&>\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n"},
	{Name: "alternatives of many texts", Before: mixed,
		Unit: "--b\r\nContent-Type: multipart/alternative; boundary=c%d\r\n\r\n" +
			"--c%d\r\n\r\nThis needs an HTML viewer\r\n--c%d\r\nContent-Type: text/html\r\n\r\n<p>x y\r\n--c%d--\r\n"},
	{Name: "texts that are attached", Before: mixed, Unit: "--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n"},
	{Name: "HTML of nothing, and texts with a name", Before: mixed, Unit: "--b\r\nContent-Type: text/html\r\n\r\n" +
		"<br>\r\n--b\r\nContent-Type: text/plain; name=a%d\r\n\r\n-\r\n"},
	{Name: "letters above parts", Before: mixed,
		Unit: "--b\r\nContent-Type: multipart/mixed; boundary=c%d\r\n\r\nx\r\n--c%d\r\nContent-Type: a/b\r\n\r\nx\r\n"},
	{Name: "lines that end in CR", Before: "Subject: x\r\r", Unit: "x\r"},
	{Name: "base64 that is not declared", Before: "Subject: x\r\n\r\n", Unit: strings.Repeat("eCB4", 19) + "\r\n"},
	{Name: "enriched text", Before: "Content-Type: text/enriched\r\n\r\n", Unit: "<<<param>x</param>&\r\n\r\n"},
	{Name: "params of enriched text", Before: "Content-Type: text/enriched\r\n\r\n", Unit: "<param>"},
	{Name: "texts of other types", Before: mixed, Unit: "--b\r\nContent-Type: text/x%d\r\n\r\nx\r\n"},
	{Name: "pictures with a location", Before: "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: " +
		"text/html\r\n\r\n" + strings.Repeat("<img src=x>", 1000) + "\r\n",
		Unit: "--b\r\nContent-Type: a/b\r\nContent-Location: %d\r\n\r\nx\r\n"},
	{Name: "raw names of files", Before: "Subject: \xcf\xf0\xe8\xe2\xe5\xf2\r\n" + mixed,
		Unit: "--b\r\nContent-Type: a/b; name=\"\xcf\xf0\xe8%d\"\r\n\r\nx\r\n"},
	{Name: "raw names of files below many words", Before: "Subject: " + strings.Repeat("=?gbk?q?=C4=E3?= ", 50) + "\r\n" +
		mixed, Unit: "--b\r\nContent-Type: a/b; name=\"\xc4\xe3%d\"\r\n\r\n\xc4\xe3\r\n"},
	{Name: "names in Content-Description", Before: mixed,
		Unit: "--b\r\nContent-Type: a/b\r\nContent-Description: a.pdf\r\n\r\nx\r\n"},
	{Name: "a long Content-Description", Before: mixed + "--b\r\nContent-Type: a/b\r\nContent-Description: ",
		Unit: "=?u?q?a?= ."},
	{Name: "a long Content-Location", Before: mixed + "--b\r\nContent-Type: a/b\r\nContent-Location: ", Unit: "%2F/"},
	{Name: "a long file name", Before: mixed + "--b\r\nContent-Type: a/b; name=", Unit: "%20"},
	{Name: "header of a part", Before: mixed + "--b\r\n", Unit: "X: y\r\n"},
	{Name: "lines that are no fields of a part", Before: mixed + "--b\r\nX: y\r\n", Unit: "a b\r\n"},
	{Name: "a long preamble", Before: mixed, Unit: "x\r\n"},
	{Name: "a long epilogue", Before: mixed + "--b\r\n\r\nx\r\n--b--\r\n", Unit: "-\r\n"},

	encoded("base64", "QUFB"), encoded("base64", "QUFB\r\n"), encoded("base64", "Q\r\n"), encoded("base64", "="),
	encoded("base64", "QQ=="), encoded("base64", "\r\n"), encoded("base64", " "), encoded("base64", "!"),
	encoded("base64", "QQ=QQ="), encoded("base64", "Q=3D"), encoded("base64", "=3D"), encoded("base64", "QUFB=\r\n"),
	encoded("base64", "a b c.\n"), encoded("base64", "a list of\nQUFBQUFBQUFBQUFBQUFBQQ==\n"), encoded("base64", "_"),
	encoded("base64", "-----\n"), encoded("base64", "Q "), encoded("base64", "\u00e9"), encoded("base64", "--x\n"),
	encoded("base64", "!Q"), encoded("base64", "\x00"), encoded("base64", "----\n"),
	encoded("quoted-printable", "="), encoded("quoted-printable", "=\r\n"), encoded("quoted-printable", "=4"),
	encoded("quoted-printable", "=41"), encoded("quoted-printable", "= \r\n"), encoded("quoted-printable", " "),
	encoded("quoted-printable", " \t"), encoded("quoted-printable", "=0D=0A"), encoded("quoted-printable", "\r"),
	encoded("quoted-printable", "a=\n"), encoded("quoted-printable", "=E4"),
	encoded("x-uuencode", "begin 644 x\n"), encoded("x-uuencode", "begin 644 x\n#0V%T\n`\nend\n"),
	encoded("x-uuencode", "M"), encoded("x-uuencode", "#0V%T\n"), encoded("x-uuencode", "`\n"),
	encoded("x-uuencode", "end\n"),
	encoded("7bit", "begin 644 x\n#0V%T\n`\nend\n"), encoded("7bit", "begin 644 x\n"),
	encoded("7bit", "begin 644 x\n#0V%T\n"),
	encoded("7bit", "begin 644 x\n\n"), encoded("7bit", "\nbegin "), encoded("7bit", "begin"),
	encoded("7bit", "begin \n"),
	encoded("7bit", "begin 644 "), encoded("7bit", "begin 644 x\n#0V%T\n#0V%T\n"),
}

// nested opens about as many multiparts as the limit allows.
func nested() string {
	long := strings.Repeat("a", 30)
	header := growth.Case{Unit: "Content-Type: multipart/mixed; boundary=" + long + "%d\r\n\r\n--" + long + "%d\r\n"}
	return header.Of(3000) + "\r\n"
}

func encoded(encoding, unit string) growth.Case {
	return growth.Case{Name: encoding + ": " + unit, Unit: unit,
		Before: "Content-Type: text/plain\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n"}
}

func labeled(label, unit string) growth.Case {
	return growth.Case{Name: label + ": " + unit, Unit: unit,
		Before: "Content-Type: text/plain; charset=" + label + "\r\n\r\n"}
}

// charsetGrowth are the constructs of charsets.
var charsetGrowth = []growth.Case{
	labeled("utf-8", "ä"), labeled("utf-8", "\xff"), labeled("utf-8", "\xe2\x82"), labeled("utf-8", "\xef\xbb\xbf"),
	labeled("unknown", "\xe4"), labeled("unknown", "\xe4\xf6 a\n"), labeled("unknown", "\x1b$B"),
	labeled("unknown", "a\xe4a\n"),
	labeled("unknown", "a\n"), labeled("unknown", "\x81\x30\x81\x30"), labeled("unknown", "\xff\xfe"),
	labeled("unknown", "\x00\xe4"),
	labeled("windows-1252", "\x81"), labeled("windows-1252", "\xe4"), labeled("windows-1252", "ä"),
	labeled("us-ascii", "\xe4"),
	labeled("iso-2022-jp", "\x1b"), labeled("iso-2022-jp", "\x1b$B"), labeled("iso-2022-jp", "\x1b$B%1\x1b(B"),
	labeled("iso-2022-jp", "\x1b("), labeled("iso-2022-jp", "\x0e"), labeled("iso-2022-jp", "\xe4"),
	labeled("utf-7", "+"), labeled("utf-7", "+-"), labeled("utf-7", "+AOQ-"), labeled("utf-7", "+A"),
	labeled("utf-7", "A"),
	labeled("utf-7", "+A "), labeled("utf-7", "+2D3-"),
	labeled("utf-16", "a\x00"), labeled("utf-16", "\xd8\x00"), labeled("utf-16", "\xff\xfe"),
	labeled("utf-16", "ab"),
	labeled("gb18030", "\x81"), labeled("gb18030", "\x81\x30"), labeled("big5", "\xa1"),
	labeled("euc-kr", "\xb0\xa1"),
	labeled("shift_jis", "\x81"), labeled("euc-jp", "\x8f\xa1"), labeled("hz-gb-2312", "~{"),
	labeled("koi8-r", "\xc1"),
	labeled("gb18030", "ä"), labeled("gb18030", "Да "), labeled("windows-1251", "Р”"), labeled("iso-8859-7", "\x93"),
	labeled("us-ascii", "a\x00"), labeled("us-ascii", "\x00a"), labeled("us-ascii", "a\x00\x00\x00"),
	labeled("utf-32", "\x00"), labeled("utf-16le", "\x04"), labeled("utf-8", "\x00"), labeled("utf-8", "a\x00\x00"),
	labeled("utf-8", "\xed\xa0\xbd"), labeled("utf-8", "\xed\xa0\xbd\xed\xb8\x80"), labeled("utf-8", "\xed"),
	labeled("cesu-8", "\xed\xb8\x80"), labeled("iso-2022-kr", "\x1b$)C"), labeled("iso-2022-kr", "\x0e0!\x0f"),
	labeled("iso-2022-kr", "\x0e"), labeled("iso-2022-cn", "\x1b$)G\x0e0!"), labeled("iso-2022-jp-2", "\x1b.A\x1bNi"),
	labeled("iso-2022-jp", "\x1b$(D0!\x1b$B0!"), labeled("tcvn", "a\xb3"), labeled("windows-1258", "a\xec"),
	labeled("cp737", "\x80"), labeled("x-mac-ce", "\x80\n"), labeled("macintosh", "\xa5\xf0"),
	{Name: "surrogate references", Before: "Content-Type: text/html\r\n\r\n", Unit: "&#55357;&#56832;"},
	{Name: "halves of them", Before: "Content-Type: text/html\r\n\r\n", Unit: "&#xD83D;"},
	{Name: "references that are cut", Before: "Content-Type: text/html\r\n\r\n", Unit: "&#5535"},
	{Name: "words of many labels", Before: "Subject: ", Unit: "=?windows-125%d?q?=E4?= ", After: "\r\n\r\nx"},
	{Name: "words of a wrong label", Before: "Subject: ", Unit: "=?koi8-r?q?=CF=F0=E8=E2=E5=F2?= ", After: "\r\n\r\nx"},
	{Name: "entities around addresses", Before: "From: ", Unit: "a &lt;a@b.example&gt;, ", After: "\r\n\r\nx"},
	{Name: "dots behind an address", Before: "From: a@b.example", Unit: ".].", After: "\r\n\r\nx"},
	{Name: "quotes around a name", Before: "From: ", Unit: "'", After: "a@b.example\r\n\r\nx"},
	{Name: "fields of raw text", Unit: "To: \xcf\xf0\xe8\xe2\xe5\xf2\r\n", After: "\r\nx"},
	{Name: "fields of wrong words", Unit: "Cc: =?koi8-r?q?=CF=F0=E8=E2=E5=F2?=\r\n", After: "\r\nx"},
	{Name: "charset labels", Before: mixed, Unit: "--b\r\nContent-Type: text/plain; charset=x%d\r\n\r\n\xe4\r\n"},
	{Name: "a long charset label", Before: "Content-Type: text/plain; charset=", Unit: "x-", After: "\r\n\r\n\xe4"},
	{Name: "charsets in HTML", Before: "Content-Type: text/html\r\n\r\n", Unit: "<meta charset=x>\xe4"},
}

const armorBegin = "-----BEGIN PGP SIGNED MESSAGE-----\n"

// textGrowth are the constructs of text, which is read for what is new in a reply.
func textGrowth() []growth.Case {
	var cases []growth.Case
	for _, unit := range []string{
		"x", " ", "x ", "\n", "\r\n", "\r", "\t", "x\n", " \n", "\u00a0", "\u200b\n", "\f", "\v\n", "x\r",
		"\x00", "ä\n", "\u2028",
		">", "> ", ">\n", "> x\n", ">>>> x\n", "> > > x\n", "> x\nx\n", "> x\n\n", "|\n", "| x\n", "AB> x\n",
		"abcdefghijkl> x\n",
		"-- \n", "--\n", "-", "---\n", "----\n\n", "_", "__\n", "_____\n", "* * *\n", "=\n", "~~~\nx\n", "—\n",
		"ᐧ\n",
		"-----Original Message-----\n", "-----Original Message-----\nFrom: a\n",
		"---------- Forwarded message ---------\n\n",
		"-- forwarded by x\n", "--- x ---\n", "Begin forwarded message:\n", "-----\nFrom: a\nTo: b\n\n",
		"From: a\n", "From: a\nSent: b\n", "From: a\nTo: b\nx\n", "*Von:* a\n", "> From: a\n", "From: a\n\n",
		":\n", "：\n", "差出人： a\n",
		"Sent from my iPhone\n", "Sent from ", "sent from my phone sent from my phone\n",
		"Von meinem iPhone gesendet\n",
		"On 1 May 2024 Anna\n", "On 1 May 2024 Anna wrote:\n", "On 1 May 2024 Anna wrote:\n> x\n",
		"On 1 May 2024\nAnna wrote:\n",
		"On 1 May\n2024\nAnna\nwrote:\n", "On ", "On\n", "on 1\n", "On 1 wrote", "wrote:\n", "wrote 1:\n",
		"1 wrote:\n", "1 said\n",
		"said:\n", "1\nsaid:\n", "on 1 said x\n", "on 1 said x:\n", "wrote:\nwrote:\nwrote:\n1\n", "wrote",
		"wrote: ",
		"On 1 May 2024 Anna wrote:\n\n", "\n\nOn 1 May 2024 Anna wrote:\n> x\nx\n",
		"On 1 May 2024 Anna wrote:\n> x\nx\n",
		"Am 1. Mai 2024 schrieb Anna:\n", "Am 1. Mai 2024 schrieb Anna\n", "Le 1 mai 2024 a écrit :\n",
		"El 1 escribió:\n",
		"Il 1 ha scritto:\n", "Em 1 escreveu:\n", "Op 1 schreef:\n", "Den 1 skrev\n", "1 napisał(a)\n",
		"1 kirjoitti x\n", "írta 1:\n",
		"1 пишет:\n", "в 1 написал\n", "На 1 написа x\n", "1 yazdı\n", "1 έγραψε x\n", "1 đã viết\n", "1 写道\n",
		"1 のメール\n", "1님이 작성 x\n",
		"2025-01-06 10:00 a@b.example:\n", "2025-01-06 10:00:\n", "2025-01-06\n", "2025-01-06 <a@b>\n",
		"2025-01-06 <a@b\n",
		"2025/01/06 GMT+\n", "2025-01-06 GMT+1\n", "2025-1-6 GMT ", "2025-", "2025-01-06 <a@b> x:\n",
		"06.01.2025 10:00 <a@b>:\n",
		"06/01/25\n", "1/2/25 3:04 A B <a@b>:\n", "10:00 :\n", "2025 :\n", "2025年1月6日 10:00 <a@b>:\n",
		"٣ مارس ٢٠٢٠ <a@b>:\n",
		"Mon, 6 Jan 2025 10:00:00 +0000\n", "Jan 6, 2025 at 10:00\n", "a@b.example 2025-01-06\n", "1@\n", "@\n",
		"@:\n", "<a@b>:\n",
		"<a@b>:\n> x\n", "<a@b> 10:00 2025:\n", "(a@b) 2025 10:00\n:\n", "A <a@", "Anna <a@b.example> wrote:\n",
		"Anna Bell <a@b\n",
		"Anna Bell Anna Bell wrote\n", "\"Anna\" 1:\n", "1 2 3 4 5 6 7 8 9 0 wrote\n", "x:\n", "x:\n> x\n",
		"On x:\n", "On x 1:\n",
		"http://a.example/?a=b&c\n", "=== x ===\n", "A. ", "Hi,\n\n", "Hi\n> x\n", "1. x\n", "* x\n",
		"a:b:c:\n", "<", "<a>", "[1]\n",
		"##- reply above this line -##\n", "##- reply above\n", "> -- reply above this line --\nx\n",
		"please reply above this line\n", "reply above this ", "请在此行上方输入您的回复\n", "## ", "Previous messages\n",
		"---\nPrevious messages\n\n", "previous messages ", "---\nshall we?\n", "--\nx: y\n", "-- \nI am here.\n",
		"--\nJo\n\n",
		"___\n\nThanks\n", "intended recipient\n\n", "> x\n\nintended recipient\n\n", "*-- *\n", "| a | b\n",
		"From: a@b\nDate: 1.1.2025 10:00\nx: y\n", "From: a@b\nDate: 1.1.2025 10:00\nTo: c\n", "Message: x\nFrom: y\n",
		"________________\nx: <a@b>\n1.1.2025 10:00:\n", "Hi,\n> a\n\n", "> Hi,\n", "2025-01-06 <a@b>\n\n",
		"Jane wrote on 1.1.2025 10:00:\n> x\n", "\nAnn Bell replied:\n> x\n", "Ann Bell replied:\n\n",
		"---\nx:\ny\n\n", "---\nconfidential recipient?\n\n", "thanks for answer below ", "----\nTo: x@y\n",
		"-- do not write below this line --\n", "sent from my phone\n", "On 1.1.2025 10:00 I got <a@b>:\n\n",
		"my answers below\n", armorBegin, armorBegin + "Hash: x\n",
		armorBegin + "-----BEGIN PGP SIGNATURE-----\n", "-----END PGP SIGNATURE-----\n",
	} {
		cases = append(cases, growth.Case{Name: "text: " + unit, Before: "X: y\r\n\r\n", Unit: unit})
	}
	for _, unit := range []string{
		"From: a\n", "From: a\n\n", "From: a@\n", "From: @\nTo: b\n", "- forward -\n", "-- forward --\nx: y\n",
		"-- forward --\nFrom: a\n", "forward:\n@:\n", "-- x --\n", "：\n",
	} {
		cases = append(cases, growth.Case{Name: "forward: " + unit, Before: "Subject: Fwd: x\r\n\r\n", Unit: unit})
	}
	for _, unit := range []string{"x ", "x \n", "> x \n", " \n", ">", ">>>>\n", "> \n>> \n", "-- \n", "\n",
		"  \n"} {
		cases = append(cases, growth.Case{Name: "flowed: " + unit, Unit: unit,
			Before: "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n"})
	}
	for _, length := range []int{10, 50, 99, 390} { // lines as long as may be an attribution
		for _, end := range []string{"1", "1 said", "@:", "wrote:", "said x:", "<a@b>:"} {
			cases = append(cases, growth.Case{Before: "X: y\r\n\r\n", Unit: strings.Repeat("x",
				length) + end + "\n",
				Name: strings.Repeat("x", length/10) + "0 letters, then " + end})
			cases = append(cases, growth.Case{Before: "X: y\r\n\r\n", Unit: "On 1 " + strings.Repeat("<1 ",
				length/3) + end + "\n",
				Name: "On 1 " + strings.Repeat("<1 ", length/30) + "0 letters, then " + end})
		}
	}
	const quote = "> x\n"
	return append(cases,
		growth.Case{Name: "blank lines, then attributions", Before: "X: y\r\n\r\n",
			Unit: strings.Repeat("\n", 60) + "On 1 May 2024 Anna wrote:\n" + quote, After: "x\n"},
		growth.Case{Name: "attributions, then blank lines", Before: "X: y\r\n\r\n",
			Unit: "On 1 May 2024 Anna <a@b>:\n\n\n\n\n\n"},
		growth.Case{Name: "signatures above a quote", Before: "X: y\r\n\r\n", Unit: "-- \nOn 1 x:\n" + quote},
		growth.Case{Name: "signatures of armored texts without an end", Before: "X: y\r\n\r\n" + armorBegin,
			Unit: "-----BEGIN PGP SIGNATURE-----\n"},
		growth.Case{Name: "answers between quotes", Before: "X: y\r\n\r\nHi,\nOn 1 May 2024 Anna wrote:\n",
			Unit: quote + "x\n"},
		growth.Case{Name: "lines with a colon above a quote", Before: "X: y\r\n\r\n", Unit: "On <1 x:\n",
			After: quote},
		growth.Case{Name: "long lines with a colon above a quote", Before: "X: y\r\n\r\n",
			Unit: strings.Repeat("<x ", 120) + ":\n", After: quote},
	)
}

func hypertext(unit string) growth.Case {
	return growth.Case{Name: "HTML: " + unit, Before: "Content-Type: text/html\r\n\r\n", Unit: unit}
}

// htmlGrowth are the constructs of HTML, of which text is made. Package safehtml has a
// longer list.
var htmlGrowth = []growth.Case{
	hypertext("<div>"), hypertext("<div>x"), hypertext("</div>"), hypertext("<p>x</p>"), hypertext("<br>"),
	hypertext("<br>x"),
	hypertext("<blockquote>"), hypertext("<blockquote>x"), hypertext("</blockquote>x"),
	hypertext("<blockquote>x</blockquote>"),
	hypertext("<pre>\n"), hypertext("<pre>\n\nx</pre>"), hypertext("<blockquote><pre>\n"),
	hypertext("<ul><li>x"), hypertext("<li>"),
	hypertext("<table><tr><td>x"), hypertext("<td>"), hypertext("<a "), hypertext("<a b=c "),
	hypertext("<a b=\""), hypertext("<!--"),
	hypertext("<!-- -->"), hypertext("--!>"), hypertext("<![CDATA["), hypertext("<!"), hypertext("<?"),
	hypertext("<!DOCTYPE "),
	hypertext("<script>"), hypertext("<script><!--"), hypertext("<script></script>"), hypertext("<style>"),
	hypertext("<title>"),
	hypertext("<textarea>"), hypertext("<noscript>"), hypertext("<xmp>"), hypertext("<plaintext>"),
	hypertext("</script"),
	hypertext("&"), hypertext("&amp"), hypertext("&nbsp;"), hypertext("&#x1F600;"), hypertext("&#"),
	hypertext("&a"), hypertext("\u00a0"),
	hypertext("<img alt=x>"), hypertext("<img alt=x alt=y alt=z>"), hypertext("cid:"),
	hypertext("<img src=cid:x>"), hypertext("<"),
	hypertext(">"), hypertext("</"), hypertext("<a/"), hypertext("x"), hypertext(" "), hypertext("x "),
	hypertext("\x00"),
	hypertext("<a href=//x>y</a>"), hypertext("<a href=//x%d>y"), hypertext("<a href=//x>"), hypertext("<a href='//x"),
	hypertext("<p style=display:none>"), hypertext("<p style=display:none>x<p>"), hypertext("<b style='opacity:0'>x"),
	hypertext("<b style='font-size:0'>x"), hypertext("<p hidden>x</p>"), hypertext("<style>.a%d{display:none}</style>"),
	hypertext("<style>@media{"), hypertext("<style>.a{display:none"), hypertext("<b class='a b c'>x"),
	hypertext("&zwnj; "), hypertext("\u034f"), hypertext("<b style='a:b;c:d'>"), hypertext("src="),
	hypertext("<!--[if mso]>x<![endif]-->"), hypertext("<meta charset=utf-8>"), hypertext("<x:y>"),
	hypertext("<ä>"), hypertext("\n"),
}

// bounceGrowth are the constructs of bounces, complaints and automatic replies.
var bounceGrowth = func() []growth.Case {
	cases := []growth.Case{
		{Name: "status: recipients", Before: asReport("delivery-status"),
			Unit: "Final-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"},
		{Name: "status: groups", Before: asReport("delivery-status"), Unit: "\r\n"},
		{Name: "status: fields", Before: asReport("delivery-status"), Unit: "Status: 5\r\n"},
		{Name: "status: a long code",
			Before: asReport("delivery-status") + "Final-Recipient: rfc822; a@b\r\nDiagnostic-Code: ",
			Unit:   "5.1.", After: "\r\n"},
		{Name: "status: a long status", Before: asReport("delivery-status") + "Status: ", Unit: "5.",
			After: "\r\n"},
		{Name: "status: a long recipient", Before: asReport("delivery-status") + "Final-Recipient: ",
			Unit: "a@\" ", After: "\r\n"},
		{Name: "complaint", Before: asReport("feedback-report"), Unit: "Original-Rcpt-To: a@b\r\n"},
		{Name: "receipt", Before: asReport("disposition-notification"), Unit: "Disposition: x\r\n"},
		{Name: "reports", Before: "Content-Type: multipart/report; boundary=b\r\n\r\n",
			Unit: "--b\r\nContent-Type: message/delivery-status\r\n\r\nStatus: 5.0.0\r\n\r\nAction: failed\r\n"},
		{Name: "returned headers", Before: asReport("rfc822"), Unit: "Message-ID: <a@b>\r\n"},
		{Name: "returned recipients", Before: asReport("rfc822") + "From: a@b\r\nTo: ", Unit: "c%d@d, "},
		{Name: "returned messages", Before: "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
			Unit: "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b\r\n\r\nx\r\n"},
		{Name: "failed recipients", Before: "From: mailer-daemon@x\r\nX-Failed-Recipients: ", Unit: "a%d@b, "},
		{Name: "many failed recipients", Before: "From: mailer-daemon@x\r\n", Unit: "X-Failed-Recipients: a%d@b\r\n"},
		{Name: "complaint: recipients", Before: asReport("feedback-report"), Unit: "Original-Rcpt-To: a%d@b\r\n"},
		{Name: "status: supplement", Before: asReport("delivery-status") + "X-Supplementary-Info: ", Unit: "5.0.0 "},
		{Name: "status: encoded recipient", Before: asReport("delivery-status") + "Final-Recipient: utf-8; a@",
			Unit: `\x{F6}+2B`, After: "\r\n"},
	}
	for _, unit := range []string{"5.1.1 <a@", "5.1.1 ", "550 ", "5.", "a@b ", "<a@b>\n", "@", "a@",
		"status: 5\n", "status:", "Status: 5.1.1\n",
		"message-id:", "Message-ID:\n", "> > message-id: <", "Received: x\n", "to: ", "To: a@",
		"recipient: x a@b\n",
		"message to ", "following address", "following address\n\n", "message to\n<a@b>\n", "undelivered to ",
		"not be deliver",
		"user unknown ", "rejected ", "recipient(s)", " \n", "x.", "- ", "original-recipient: @\n",
		"From: a@b\nTo: c@d\n", "> Return-Path: <a@b>\n", "Subject: x\n", "550 5.1.1 <a%d@b>\n", "1. a%d@b (full)\n",
		"Jo Park <a%d@b>\n", "the mail was not delivered. ", "the mail was not delivered\n\n<a%d@b>\n", "not.deliver",
		"配信できません。", "[", "{", "[{", "{\"a\":", "[\"@\",", "{\"event\":\"bounce\",\"email\":\"a@b\"},",
		"[{\"event\":\"bounce\",\"email\":\"a%d@b\"},", "{\"Message\":\"{", "!\n "} {
		cases = append(cases, growth.Case{Name: "bounce: " + unit, Unit: unit,
			Before: "From: mailer-daemon@x\r\nSubject: Undelivered\r\nReturn-Path: <>\r\n\r\n"})
	}
	return cases
}()

func asReport(kind string) string {
	return "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/" + kind + "\r\n\r\n"
}
