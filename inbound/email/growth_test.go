package email

import (
	"errors"
	"strings"
	"testing"

	"github.com/postroom/postroom/internal/growth"
)

// growthLimits let everything grow that is limited in bytes by default.
var growthLimits = Limits{HeaderBytes: 4 << 20, ValueBytes: 4 << 20, TextBytes: 4 << 20}

// TestGrowth searches for what a sender can repeat so that reading the message takes
// time that is not linear in its size. Package growth says how to see the whole table.
func TestGrowth(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	read := func(raw string) {
		m, err := Parse(strings.NewReader(raw), growthLimits)
		if err != nil {
			t.Fatal(err)
		}
		_ = m.ReplyText()
		_ = m.DMARC("mx.example")
		_, err = ReadFingerprint(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenAttachment(strings.NewReader(raw), "0", growthLimits); !errors.Is(err, ErrNoSuchPart) {
			t.Fatal("there is a part 0")
		}
	}
	for name, cases := range map[string][]growth.Case{
		"header": headerGrowth(), "parts": partGrowth, "charsets": charsetGrowth, "text": textGrowth(),
		"HTML": htmlGrowth, "bounces": bounceGrowth,
	} {
		t.Run(name, func(t *testing.T) { growth.Check(t, cases, read) })
	}
}

// headerGrowth are the constructs of header fields.
func headerGrowth() []growth.Case {
	var cases []growth.Case
	add := func(fields []string, units ...string) {
		for _, field := range fields {
			for _, unit := range units {
				cases = append(cases, growth.Case{Name: field + ": " + unit, Before: field + ": ", Unit: unit,
					After: "\r\n\r\nx\r\n"})
			}
		}
	}
	add([]string{"From", "To"}, "a@b.example, ", "a,", "Doe, Jane ", "\"a, b\" <a@b.example>, ", "(", ")", "()",
		"((a) ",
		"(\\", "<", ">", "<>", "<a@b>", "<a@b", "<\"", "<\"a\\\"@\" ", "\"", "\"a\\", "\\\"", "\\", "\"\" ",
		"\"@\" ", "@",
		"@,", "a@", "a@ ", "@a,@b:", ";", "g: a@b; ", "g:", "g:;", "[", "]", "'", "'\"", "mailto:", "=", "=?",
		"=?u?q?",
		"=?u?b?", "=?utf-8?q?a?= ", "=?utf-8?b?YUBi?= ", "=?%d?q?=FF?= ", "=?u?q?\" ", "ä@ö, ", "ä", "\xe4",
		"\x00", "\u202e",
		".", "-", "a b ", "<a b>", "\r\n ", "a\r\n\t", "a@b via ", "%d@b.example, ", "<@a,@b:c@d>,")
	add([]string{"Sender", "Reply-To", "Cc", "X-Original-From", "X-Original-Sender", "X-Failed-Recipients"},
		"a@b.example, ", "a,", "((a) ", "<", "\"a\\", "=?u?q?", "g: a@b; ")
	add([]string{"Delivered-To", "Return-Path", "List-Id", "List-Post", "Mailing-List", "Content-ID"},
		"a@b ", "<", "<mailto:a@b>, ", "\u200b", "(a ")
	add([]string{"Subject"}, "a", " ", "Re: ", "\r\n ", "=?", "=?u", "?=", "=?utf-8?q?", "=?utf-8?q?a",
		"=?utf-8?q? ",
		"=?utf-8?b?4pyT?= ", "=?utf-8?Q?=E4?= ", "=?utf-8?Q?a?=", "=?utf-8*en?q?_?= ", "=?koi8-r?b?8NLJ?= ",
		"=?%d?b?8NLJ?= ",
		"=?iso-2022-jp?b?GyRCJTE=?= ", "=?gb18030?q?=81?= ", "=?utf-7?q?+AOQ-?= ", "=?utf-16?b?AGE=?= ",
		"=?a?x?b?= ",
		"=?utf-8?b?=?= ", "=?utf-8?q?=?=?= ", "=?utf-8?q?ä?= ", "\x1b$B", "\x1b$B%1\x1b(B", "+AOQ-", "\xe4\xff",
		"\xff\xfe", "ä",
		"\u2028", "\x00", "auto-reply: ", "undeliver ", "automatic")
	add([]string{"Message-ID", "In-Reply-To", "References"}, "<a@b> ", "<a@b>", "<", ">", "(", "<>", "a@b ",
		"a ", "<a ",
		"\"", "<\"a\\", "=?u?q?", "<%d@b>\r\n ", "\xff")
	add([]string{"Date", "Received"}, "1 ", "Mon, ", "Mon, 1 Jan 2024 10:00:00 +0000 ",
		"; Mon, 1 Jan 2024 10:00:00 +0000", "(",
		"()", ";", ":", "10:", "-", "2024-01-01T", "a ", "(;", "=?u?q?", "from a by b; ", "мар ", "+0000 (UTC) ")
	add([]string{"Authentication-Results"}, "mx.example; ", "dmarc=pass ",
		"mx.example; dmarc=pass header.from=b.example; ",
		"(", "()", "\"", "\"a\\", ";", "=", "mx.example; dmarc=", "a=b/c ", "\\", ".", "a.b=\"c d\" ")
	add([]string{"Content-Type", "Content-Disposition"}, "text/plain; ", "multipart/mixed; ", "/", ";", "; a",
		"; a=", "; a=b",
		"; a=\"", "; a=\"b\\", "; name=\"\\\"", "; name*%d*=x", "; name*%d=\"x y\"", "; name*=utf-8''%e4",
		"; name*=''",
		"; charset=x", "; boundary=b", "; boundary=\"b ", "; format=flowed",
		"; filename=\"=?utf-8?q?a?= =?utf-8?q?b?=\"",
		"; name==?u?q?", "; a*", "; *=", "'", "(", "%", "; name=a''%", "\r\n ;", "; name=\"a.b/c\\d", "=",
		"=; ", " a=b")
	add([]string{"Content-Transfer-Encoding", "Auto-Submitted", "Precedence", "X-Auto-Response-Suppress",
		"Feedback-ID", "X-Spam-Status", "X-Forefront-Antispam-Report", "X-Mailer"},
		"base64 ", "a;", "(", "\x00")
	add([]string{"Auto-Submitted: auto-generated\r\nReply-To: c@d.example\r\nSubject"}, "[x] ", "*", "*x", "(", "ext: ",
		"automatic reply ", "out of office -", "自動返信", "\ufe0f")
	// Domains as long as a field, which IDNA looks at.
	for name, unit := range map[string]string{"letters": "ö", "labels": "ö.", "punycode": "xn--4ca.",
		"hyphens": "-", "dots": "."} {
		cases = append(cases, growth.Case{Name: "a domain of " + name, Before: "From: a@", Unit: unit,
			After: "\r\nAuthentication-Results: mx.example; dmarc=pass header.from=b.example\r\n\r\nx"})
	}
	var letters strings.Builder
	for r := rune(0x4e00); r < 0x4e00+20_000; r++ {
		letters.WriteRune(r)
	}
	results := "Authentication-Results: mx.example; dmarc=pass header.from="
	return append(cases,
		growth.Case{Name: "a domain of many letters", Before: "From: a@", Unit: letters.String()[:4<<10],
			After: "\r\n" + results + "b.example\r\n\r\nx"},
		growth.Case{Name: "a proved domain of many letters", Before: "From: a@b.example\r\n" + results,
			Unit: letters.String()[:4<<10], After: "\r\n\r\nx"},
		growth.Case{Name: "a proved domain in Punycode", Before: "From: a@b.example\r\n" + results + "xn--",
			Unit: "abcd", After: "\r\n\r\nx"},
		growth.Case{Name: "many results", Before: "From: a@b.example\r\n", Unit: results + "b.example\r\n",
			After: "\r\nx"},
		growth.Case{Name: "many fields", Unit: "X-%d: y\r\n", After: "\r\nx"},
		growth.Case{Name: "many From", Unit: "From: a%d@b.example\r\n", After: "\r\nx"},
		growth.Case{Name: "many To", Unit: "To: %d\r\n", After: "\r\nx"},
		growth.Case{Name: "many Received", Unit: "Received: a; b\r\n", After: "\r\nx"},
		growth.Case{Name: "many Received of one side", Before: "X-Spam: x\r\n",
			Unit: "Received: from a.b.example (localhost [127.0.0.1]) by c.b.example\r\n", After: "X-Spam: yes\r\n\r\nx"},
		growth.Case{Name: "verdicts below", Before: "Received: from a by b\r\n",
			Unit: "X-Spam-Flag: x\r\nX-Spam-Checker-Version: x on c\r\nX-Rspamd-Server: c%d\r\n", After: "\r\nx"},
		growth.Case{Name: "signs of a program", Unit: "List-%d: x\r\nAuto-Submitted: auto-generated\r\n", After: "\r\nx"},
		growth.Case{Name: "addresses in a form",
			Before: "From: a@b.example\r\nReply-To: c@d.example\r\nAuto-Submitted: auto-generated\r\n\r\n",
			Unit:   "c@d.example x c@d.example\n"},
		growth.Case{Name: "many Delivered-To", Unit: "Delivered-To: %d@b\r\n", After: "\r\nx"},
		growth.Case{Name: "many blank Subjects", Unit: "Subject:\r\n", After: "\r\nx"},
		growth.Case{Name: "many Content-Types", Unit: "Content-Type: a/b\r\n", After: "\r\nx"},
		growth.Case{Name: "fields without a value", Unit: ":\r\n", After: "\r\nx"},
		growth.Case{Name: "a name without a colon", Unit: "a", After: "\r\n\r\nx"},
		growth.Case{Name: "spaces before a colon", Before: "X", Unit: " ", After: ": y\r\n\r\nx"},
		growth.Case{Name: "lines that are no fields", Before: "X: y\r\n", Unit: "no field\r\n",
			After: "X: y\r\n\r\n"},
		growth.Case{Name: "short lines that are no fields", Before: "X: y\r\n", Unit: "a\n", After: "X: y\r\n\r\n"},
		growth.Case{Name: "lines and fields in turn", Before: "X: y\r\n", Unit: "a b\nX: y\n", After: "\n"},
		growth.Case{Name: "broken extensions", Before: "X: y\r\n", Unit: "X-a b:\n", After: "\n"},
		growth.Case{Name: "a field and broken extensions", Before: "X: y\r\n", Unit: "x-(:\n", After: "X: y\n\n"},
		growth.Case{Name: "lines behind too many fields", Before: strings.Repeat("X: y\r\n", 999) + "X: y" +
			strings.Repeat("\r\n ", 16<<10) + "\r\n", Unit: "a\na\na\na\na\na\na\na\nX: y\n", After: "\n"},
		growth.Case{Name: "wrapped but not indented", Before: "To: a,\r\n", Unit: "a@b c,\r\n",
			After: "X: y\r\n\r\n"},
		growth.Case{Name: "blank lines at the beginning", Unit: "\r\n", After: "X: y\r\n\r\nx"},
		growth.Case{Name: "lines of spaces", Before: "X: y\r\n", Unit: " \r\n", After: "\r\nx"},
		growth.Case{Name: "a long name", Unit: "x-", After: ": y\r\n\r\nx"},
		growth.Case{Name: "long names", Unit: strings.Repeat("x-", 200) + ": y\r\n", After: "\r\nx"},
		growth.Case{Name: "very long names", Unit: strings.Repeat("x-", 20_000) + ": y\r\n", After: "\r\nx"},
		growth.Case{Name: "long names without a colon", Before: "X: y\r\n", Unit: strings.Repeat("x-", 200) + "\n",
			After: "X: y\r\n\r\nx"},
		growth.Case{Name: "long lines that are no fields", Before: "X: y\r\n", Unit: strings.Repeat("a b ", 500) + "\n",
			After: "X: y\r\n\r\nx"},
		growth.Case{Name: "long lines above the header", Unit: strings.Repeat("a b ", 500) + "\n",
			After: "\nReceived: y\r\n\r\nx"},
		growth.Case{Name: "byte order marks", Unit: "\uFEFF", After: "X: y\r\n\r\nx"},
		growth.Case{Name: "many Content-Types that differ", Unit: "Content-Type: a/b%d\r\n", After: "\r\nx"},
		growth.Case{Name: "many transfer encodings", Unit: "Content-Transfer-Encoding: a%d\r\n", After: "\r\nx"},
		growth.Case{Name: "lines of mbox files", Unit: "From a\n", After: "\nx"},
	)
}
