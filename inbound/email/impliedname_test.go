package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFileName_ImpliedAndByType(t *testing.T) {
	for _, test := range []struct{ kind, name, header, want string }{
		{"type", "opus", "Content-Type: audio/opus", "attachment-1.opus"},
		{"type", "m4a", "Content-Type: audio/x-m4a", "attachment-1.m4a"},
		{"type", "voice of a phone", "Content-Type: audio/3gpp", "attachment-1.3gp"},
		{"type", "heif", "Content-Type: image/heif", "attachment-1.heif"},
		{"type", "avif", "Content-Type: image/avif", "attachment-1.avif"},
		{"type", "x- in front of a known type", "Content-Type: image/x-webp", "attachment-1.webp"},
		{"type", "old zip", "Content-Type: application/x-zip", "attachment-1.zip"},
		{"type", "rar", "Content-Type: application/vnd.rar", "attachment-1.rar"},
		{"type", "7z", "Content-Type: application/x-7z-compressed", "attachment-1.7z"},
		{"type", "presentation", "Content-Type: application/vnd.openxmlformats-officedocument.presentationml.presentation",
			"attachment-1.pptx"},
		{"type", "open document", "Content-Type: application/vnd.oasis.opendocument.text", "attachment-1.odt"},
		{"type", "route", "Content-Type: application/gpx+xml", "attachment-1.gpx"},
		{"type", "drawing", "Content-Type: image/vnd.dwg", "attachment-1.dwg"},
		{"type", "old vCard", "Content-Type: text/directory", "attachment-1.vcf"},
		{"type", "mail of Outlook", "Content-Type: application/vnd.ms-outlook", "attachment-1.msg"},
		{"type", "unknown stays bare", "Content-Type: application/x-shop", "attachment-1"},
		{"type", "a message is one", "Content-Type: message/rfc822\nContent-Description: Forwarded message", "message.eml"},

		{"implied", "description, encoded",
			"Content-Type: application/pdf\nContent-Description: =?utf-8?q?Rechnung_M=C3=A4rz.pdf?=", "Rechnung März.pdf"},
		{"implied", "description, quoted", "Content-Type: image/png\nContent-Description: \"Plan 2.png\"", "Plan 2.png"},
		{"implied", "description in words",
			"Content-Type: image/png\nContent-Description: Our logo. Nice", "attachment-1.png"},
		{"implied", "description with a version", "Content-Type: application/pdf\nContent-Description: Offer 2.0",
			"attachment-1.pdf"},
		{"implied", "description with directories", "Content-Type: application/pdf\nContent-Description: ../../etc/a.pdf",
			"a.pdf"},
		{"implied", "description with a direction override",
			"Content-Type: application/pdf\nContent-Description: a\u202efdp.exe", "afdp.exe"},
		{"implied", "location", "Content-Type: image/gif\nContent-Location: https://shop.example/img/top%20bar.gif?v=2#x",
			"top bar.gif"},
		{"implied", "location on a disk",
			"Content-Type: image/gif\nContent-Location: file:///C:/Users/n/logo.gif", "logo.gif"},
		{"implied", "location without a path",
			"Content-Type: image/gif\nContent-Location: http://shop.ai", "attachment-1.gif"},
		{"implied", "location, escaped directories",
			"Content-Type: image/gif\nContent-Location: http://shop.example/a%2F..%2Fb.gif", "b.gif"},
		{"implied", "Content-ID of Outlook", "Content-Type: image/png\nContent-ID: <image001.png@01DA4711.F0C0FFEE>",
			"image001.png"},
		{"implied", "Content-ID with another extension", "Content-Type: image/png\nContent-ID: <p1.ai@buyer.example>",
			"attachment-1.png"},
		{"implied", "Content-ID, type not known", "Content-Type: application/octet-stream\nContent-ID: <plan.dwg@x>",
			"plan.dwg"},
		{"implied", "text that is attached",
			"Content-Type: text/csv\nContent-Disposition: attachment\nContent-Description: order.csv", "order.csv"},
		{"implied", "a declared name wins",
			"Content-Type: application/pdf; name=a.pdf\nContent-Description: b.pdf\nContent-ID: <c.pdf@x>", "a.pdf"},

		{"declared", "filename in Content-Type", "Content-Type: application/pdf; filename=\"Plan.pdf\"", "Plan.pdf"},
		{"declared", "file in Content-Disposition",
			"Content-Type: application/pdf\nContent-Disposition: attachment; file=Plan.pdf", "Plan.pdf"},
		{"declared", "empty filename",
			"Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=\"\"",
			"a.pdf"},
		{"declared", "percent-encoded as in a URL",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"Rechnung%20M%C3%A4rz.pdf\"",
			"Rechnung März.pdf"},
		{"declared", "a percentage",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"20% off.pdf\"",
			"20% off.pdf"},
		{"declared", "a percentage without spaces",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"20%25off.pdf\"", "20%25off.pdf"},
		{"declared", "encoded words in continuations", "Content-Type: application/pdf\nContent-Disposition: attachment;\n" +
			" filename*0=\"=?utf-8?B?w4RuZGVy\"; filename*1=\"dW5nLnBkZg==?=\"", "Änderung.pdf"},
		{"declared", "continuations out of order, partly encoded",
			"Content-Type: application/pdf\nContent-Disposition: attachment;\n" +
				" filename*1=\"b.pdf\"; filename*0*=utf-8''%C3%A4", "äb.pdf"},
		{"declared", "continuations that begin at 1", "Content-Type: application/pdf\nContent-Disposition: attachment;\n" +
			" filename*1=\"a\"; filename*2=\"b.pdf\"", "ab.pdf"},
		{"declared", "RFC 2231 in quotes",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=\"UTF-8''%E2%82%AC.pdf\"", "€.pdf"},
		{"declared", "RFC 2231 without a charset",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=%C3%BC.pdf", "ü.pdf"},
		{"declared", "RFC 2231, Cyrillic",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=koi8-r''%D3%DE%A3%D4.pdf", "счёт.pdf"},
		{"declared", "RFC 2231 wins",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"?.pdf\";\n" +
				" filename*=utf-8''%E7%95%AA.pdf", "番.pdf"},
		{"declared", "an encoded word, not quoted",
			"Content-Type: application/pdf; name==?utf-8?Q?a=20b;_c.pdf?=", "a b; c.pdf"},
		{"declared", "not closed",
			"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"Plan.pdf", "Plan.pdf"},
		{"declared", "dots at the end", "Content-Type: application/pdf; name=\"Plan.pdf...\"", "Plan.pdf"},
		{"declared", "nothing but dots", "Content-Type: application/pdf; name=\"...\"", "attachment-1.pdf"},
	} {
		t.Run(test.kind+": "+test.name, func(t *testing.T) {
			m := parsed(t, crlf("Content-Type: multipart/mixed; boundary=b\n\n--b\n"+test.header+"\n\nx\n--b--\n"))
			require.Len(t, m.Attachments, 1)
			assert.Equal(t, test.want, m.Attachments[0].Name)
		})
	}
}

// Pictures that the HTML names by their location are shown in it, as are those that it
// names by their Content-ID.
func TestAttachment_InlineByLocation(t *testing.T) {
	for name, test := range map[string]struct {
		kind, header string
		want         bool
	}{
		"location":              {"related", "Content-Location: logo.png", true},
		"attached nevertheless": {"related", "Content-Location: logo.png\nContent-Disposition: attachment", true},
		"another location":      {"related", "Content-Location: other.png", false},
		"neither":               {"related", "Content-Description: x", false},
		"not related":           {"mixed", "Content-Location: logo.png", true},
	} {
		m := parsed(t, crlf("Content-Type: multipart/"+test.kind+"; boundary=b\n\n--b\nContent-Type: text/html\n\n"+
			"<img src=logo.png>\n--b\nContent-Type: image/png\n"+test.header+"\n\nx\n--b--\n"))
		require.Len(t, m.Attachments, 1, name)
		assert.Equal(t, test.want, m.Attachments[0].Inline, name)
	}
}
