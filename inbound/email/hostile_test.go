package email

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is a hundred times what a linear reader needs for these messages, and
// far less than what a quadratic one does.
const patience = 20 * time.Second

// hostile messages, each made so that a reader that goes over something again and
// again takes minutes, or all memory.
var hostile = map[string]func() string{
	"10,000 multiparts in each other": func() string {
		var b strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		return b.String()
	},
	"100,000 parts":                   func() string { return multipart("--b\r\n\r\nx\r\n", 100_000) },
	"100,000 boundary lines in a row": func() string { return multipart("--b\r\n", 100_000) },
	"1,000 messages in each other": func() string {
		return strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 1000) + "Subject: deep\r\n\r\nx"
	},
	"a megabyte of References": func() string {
		return "References: " + strings.Repeat("<a@b> ", 200_000) + "\r\n\r\n"
	},
	"comments in a Message-ID": func() string {
		return "Message-ID: " + strings.Repeat("(", 300_000) + "<a@b>\r\n\r\n"
	},
	"comments in From": func() string { return "From: " + strings.Repeat("(", 300_000) + "a@b\r\n\r\n" },
	"brackets in From": func() string { return "From: " + strings.Repeat("<", 300_000) + "a@b\r\n\r\n" },
	"quotes in From":   func() string { return "From: " + strings.Repeat("\"a\\", 100_000) + "\r\n\r\n" },
	"commas in To":     func() string { return "To: " + strings.Repeat("a,", 300_000) + "a@b\r\n\r\n" },
	"words without an end": func() string {
		return "Subject: " + strings.Repeat("=?utf-8?q?", 60_000) + "\r\n\r\n"
	},
	"beginnings of words": func() string { return "Subject: " + strings.Repeat("=?", 300_000) + "\r\n\r\n" },
	"thousands of words": func() string {
		return "Subject: " + strings.Repeat("=?utf-8?B?4pyT?= ", 30_000) + "\r\n\r\n"
	},
	"thousands of parameters": func() string {
		return "Content-Type: text/plain" + strings.Repeat("; a*0*=x", 60_000) + "\r\n\r\nx"
	},
	"pieces of a parameter": func() string {
		return "Content-Type: text/plain; name" + pieces(30_000) + "\r\n\r\nx"
	},
	"lines that are no fields": func() string {
		return "From: a@b\r\n" + strings.Repeat("no field\r\n", 300_000) + "X: y\r\n\r\n"
	},
	"a header of 50 MB": func() string { return "Subject: x\r\n " + strings.Repeat("y", 50<<20) + "\r\n\r\nx" },
	"a part's header of 50 MB": func() string {
		return multipart("--b\r\nX: "+strings.Repeat("y", 50<<20)+"\r\n\r\nx\r\n", 1)
	},
	"a line of 50 MB": func() string { return "From: a@b\r\n\r\n" + strings.Repeat("x", 50<<20) },
	"an attachment of 50 MB": func() string {
		return multipart("--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n"+
			strings.Repeat("QUFB", 13<<20)+"\r\n", 1)
	},
	"elements 100,000 deep":     func() string { return asHTML(strings.Repeat("<div><blockquote>", 100_000)) },
	"tags without an end":       func() string { return asHTML(strings.Repeat("<a ", 300_000)) },
	"comments without an end":   func() string { return asHTML(strings.Repeat("<!--", 250_000)) },
	"thousands of attributions": func() string { return asText("On 1 May 2024 Anna\n", 50_000) },
	"attributions and quotes":   func() string { return asText("On 1 May 2024 Anna wrote:\n> x\n", 8_000) },
	"header lines":              func() string { return asText("From: a\n", 20_000) },
	"separators":                func() string { return asText("----\n\n", 100_000) },
	"what mailers write":        func() string { return "From: mailer-daemon@x\r\n" + asText("5.1.1 <a@", 100_000) },
	"uuencode without an end":   func() string { return asText("begin 644 x\n", 80_000) },
	"soft breaks": func() string {
		return "Content-Transfer-Encoding: quoted-printable\r\n" + asText("=\n", 400_000)
	},
	"spaces at the ends of lines": func() string {
		return "Content-Transfer-Encoding: quoted-printable\r\n" + asText(strings.Repeat(" ", 5000), 200)
	},
	"flowed lines that never end": func() string {
		return "Content-Type: text/plain; format=flowed\r\n" + asText("> x \n", 200_000)
	},
	"bytes of no charset in a megabyte": func() string { return asText("\xe4\xff\x81", 300_000) },
}

func multipart(part string, n int) string {
	return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat(part, n) + "--b--\r\n"
}

func pieces(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "*%d*=x; name", n-i)
	}
	return b.String()
}

func asHTML(s string) string { return "Content-Type: text/html\r\n\r\n" + s }

func asText(s string, n int) string { return "X: y\r\n\r\n" + strings.Repeat(s, n) }

// TestParse_HostileInLinearTime and in little memory, whatever the size.
func TestParse_HostileInLinearTime(t *testing.T) {
	for name, make := range hostile {
		t.Run(name, func(t *testing.T) {
			raw := make()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			m, err := Parse(strings.NewReader(raw), Limits{})
			require.NoError(t, err)
			runtime.ReadMemStats(&after)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), "bytes allocated")
			_ = m.ReplyText()
			assert.Less(t, time.Since(begin), patience)
			checkInvariants(t, raw, Limits{}, m)
		})
	}
}
