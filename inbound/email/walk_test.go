package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParse_Body(t *testing.T) {
	for name, test := range map[string]struct {
		raw, text, html string
		files           []string // "name part", "i " in front of inline ones
	}{
		"plain": {
			raw:  "Subject: x\n\nHello\n",
			text: "Hello\n",
		},
		"no header at all": {
			raw:  "Hello, nothing here looks like a header\n",
			text: "Hello, nothing here looks like a header\n",
		},
		"HTML only": {
			raw:  "Content-Type: text/html\n\n<p>Hello</p><p>there</p>",
			text: "Hello\n\nthere\n", html: "<p>Hello</p><p>there</p>",
		},
		"alternative": {
			raw: "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: text/html\n\n" +
				"<b>Hello</b>\n--b--\n",
			// The line break before a boundary line belongs to it.
			text: "Hello", html: "<b>Hello</b>",
		},
		"alternative with a related": {
			raw: "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nHello\n--a\n" +
				"Content-Type: multipart/related; boundary=r\n\n" +
				"--r\nContent-Type: text/html\n\n<img src='cid:logo@x'>\n--r\n" +
				"Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>\n\nPNG\n--r--\n--a--\n",
			text: "Hello", html: "<img src='cid:logo@x'>", files: []string{"i logo.png 2.2"},
		},
		"inline image in a mixed": {
			raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n" +
				"<p>Hi <img src=\"cid:a%40x\"></p>\n" +
				"--b\nContent-Type: image/png; name=a.png\nContent-ID: <a@x>\nContent-Disposition: attachment\n\n" +
				"PNG\n--b--\n",
			text: "Hi\n", html: `<p>Hi <img src="cid:a%40x"></p>`, files: []string{"i a.png 2"},
		},
		"mixed: texts are put together": {
			raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\n" +
				"Content-Type: image/png; name=a.png\n\nPNG\n--b\n\nBye\n--b--\n",
			text: "Hello\nBye", files: []string{"a.png 2"},
		},
		"a named text is a file": {
			raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\n" +
				"Content-Type: text/plain; name=notes.txt\n\nnotes\n--b--\n",
			text: "Hello", files: []string{"notes.txt 2"},
		},
		"signed": {
			raw: "Content-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: multipart/mixed; boundary=b\n\n" +
				"--b\n\nHello\n--b--\n" +
				"--s\nContent-Type: application/pgp-signature\n\nSIG\n--s--\n",
			text: "Hello", files: []string{"signature.asc 2"},
		},
		"forwarded as a message": {
			raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n--b\nContent-Type: message/rfc822\n" +
				"\n" +
				"Subject: inner\nContent-Type: text/html\n\n<p>Inner text</p>\n--b--\n",
			text: "See below.\nInner text\n", files: []string{"message.eml 2"},
			html: `<div style="white-space:pre-wrap">See below.</div>` + "\n<p>Inner text</p>",
		},
		"flowed": {
			raw:  "Content-Type: text/plain; format=flowed\n\nThis is one \nparagraph.\n> quoted \n> too\n-- \nJane\n",
			text: "This is one paragraph.\n> quoted too\n-- \nJane\n",
		},
		"flowed, spaces deleted": {
			raw:  "Content-Type: text/plain; format=flowed; delsp=yes\n\nこん \nにちは\n",
			text: "こんにちは\n",
		},
		"preamble and epilogue are no text": {
			raw:  "Content-Type: multipart/mixed; boundary=b\n\nThis is MIME.\n--b\n\nHello\n--b--\nThe end.\n",
			text: "Hello",
		},
		"not closed": {
			raw:  "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n",
			text: "Hello\n",
		},
		"no boundary line": {
			raw:  "Content-Type: multipart/mixed; boundary=b\n\nHello\n",
			text: "Hello\n",
		},
		"boundary not declared": {
			raw:  "Content-Type: multipart/mixed\n\n--zzz\nContent-Type: text/plain\n\nHello\n--zzz--\n",
			text: "Hello",
		},
		"boundary lines of the outer one end the inner one": {
			raw: "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n" +
				"\n--i\n\nHello\n" +
				"--o\nContent-Type: a/b; name=x\n\nX\n--o--\n",
			text: "Hello", files: []string{"x 2"},
		},
		"a boundary that is a prefix of another": {
			raw:  "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--bb\nthere\n--b--\n",
			text: "Hello\n--bb\nthere",
		},
		"base64 with junk": {
			raw:  "Content-Transfer-Encoding: base64\n\nSGVs!bG8g\n*dGhlcmU",
			text: "Hello there",
		},
		"quoted-printable that is broken": {
			raw:  "Content-Transfer-Encoding: quoted-printable\n\n100=25 =XY soft=  \nbreak =",
			text: "100% =XY softbreak ",
		},
		"an unknown transfer encoding": {
			raw:  "Content-Transfer-Encoding: x-gzip\n\nHello\n",
			text: "Hello\n",
		},
		"NUL in the text and in HTML": {
			raw:  "Content-Type: text/html\n\n<p>He\x00llo</p>",
			text: "Hello\n", html: "<p>Hello</p>",
		},
		"line ends of old Macs": {
			raw:  "Subject: x\n\na\rb\r\nc\n",
			text: "a\nb\nc\n",
		},
	} {
		for _, lines := range [...]string{"LF", "CRLF"} {
			if lines == "CRLF" && strings.Contains(test.raw, "\r") {
				continue
			}
			t.Run(name+", "+lines, func(t *testing.T) {
				raw := test.raw
				if lines == "CRLF" {
					raw = crlf(raw)
				}
				m := parsed(t, raw)
				assert.Equal(t, test.text, m.Text)
				assert.Equal(t, test.html, strings.ReplaceAll(m.HTML, "\r\n", "\n"))
				var files []string
				for _, a := range m.Attachments {
					file := a.Name + " " + a.Part
					if a.Inline {
						file = "i " + file
					}
					files = append(files, file)
				}
				assert.Equal(t, test.files, files)
			})
		}
	}
}

func TestParse_MessagesWithinMessages(t *testing.T) {
	raw := "Subject: inner\n\nThe order is late.\n"
	for range 3 {
		raw = "Content-Type: message/rfc822\n\n" + raw
	}
	m := parsed(t, raw)
	assert.Equal(t, "The order is late.\n", m.Text)
	assert.Len(t, m.Attachments, 1)
}
