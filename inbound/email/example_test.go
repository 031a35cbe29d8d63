package email_test

import (
	"fmt"
	"strings"

	"github.com/postroom/postroom/inbound/email"
)

func ExampleParse() {
	raw := strings.ReplaceAll(`From: =?utf-8?q?J=C3=BCrgen_Wei=C3=9F?= <juergen@example.com>
To: Shop <shop@example.net>
Subject: Order 1042
Date: Tue, 3 Jun 2025 09:12:00 +0200
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

Please find the signed form attached.
--b1
Content-Type: application/pdf; name="form.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjcK
--b1--
`, "\n", "\r\n")

	m, err := email.Parse(strings.NewReader(raw), email.Limits{})
	if err != nil {
		fmt.Println(err) // the reader failed
		return
	}
	fmt.Printf("%s <%s>: %s\n", m.From.Name, m.From.Address, m.Subject)
	fmt.Println(m.Text)
	for _, a := range m.Attachments {
		fmt.Println(a.Name, a.Type, a.Size, "bytes")
	}
	fmt.Println(m.Class)
	// Output:
	// Jürgen Weiß <juergen@example.com>: Order 1042
	// Please find the signed form attached.
	// form.pdf application/pdf 9 bytes
	// personal
}

func ExampleMessage_ReplyText() {
	raw := `From: jane@example.com
Subject: Re: Order 1042

Yes, please send it to the office.

On Tue, Jun 3, 2025 at 9:12 AM Shop <shop@example.net> wrote:
> Shall we send it to your home?
`
	m, err := email.Parse(strings.NewReader(raw), email.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.ReplyText())
	// Output:
	// Yes, please send it to the office.
}
