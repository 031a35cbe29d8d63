package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFileName(t *testing.T) {
	for name, test := range map[string]struct{ declared, mediaType, want string }{
		"as declared":          {"offer.pdf", "application/pdf", "offer.pdf"},
		"directories":          {"../../etc/passwd", "text/plain", "passwd"},
		"directories, Windows": {`C:\temp\..\a.exe`, "text/plain", "a.exe"},
		"nothing but a path":   {"../..", "application/pdf", "attachment-2.1.pdf"},
		"hidden":               {".htaccess", "text/plain", "htaccess"},
		"dots at the end":      {"a.exe. . .", "text/plain", "a.exe"},
		"control characters":   {"a\x00b\n.pdf", "application/pdf", "ab .pdf"},
		"direction override":   {"invoice\u202efdp.exe", "text/plain", "invoicefdp.exe"},
		"none":                 {"", "image/png", "attachment-2.1.png"},
		"none, unknown type":   {"", "x/y", "attachment-2.1"},
		"an extension":         {".jpg", "image/jpeg", "attachment-2.1.jpg"},
		"a message":            {"", "message/rfc822", "message.eml"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, fileName(test.declared, test.mediaType, "2.1"))
		})
	}
}

func TestFileName_LongKeepsExtension(t *testing.T) {
	for name, long := range map[string]string{
		"ASCII":       strings.Repeat("x", 1000) + ".pdf",
		"many bytes":  strings.Repeat("ü", 500) + ".pdf",
		"a long part": "",
	} {
		got := fileName(long, "application/pdf", strings.Repeat("1.", 500)+"1")
		assert.LessOrEqual(t, len(got), longestName, name)
		assert.Truef(t, strings.HasSuffix(got, ".pdf"), "%s: %s", name, got)
		assert.True(t, isHarmless(got), name)
	}
}

func TestFileName_OfAttachments(t *testing.T) {
	for name, test := range map[string]struct{ header, want string }{
		"Content-Disposition": {"Content-Disposition: attachment; filename=a.pdf\r\n", "a.pdf"},
		"it wins over Content-Type": {"Content-Type: a/b; name=b.pdf\r\n" +
			"Content-Disposition: attachment; filename=a.pdf\r\n", "a.pdf"},
		"Content-Type": {"Content-Type: a/b; name=b.pdf\r\n", "b.pdf"},
		"encoded word": {"Content-Type: a/b; name=\"=?utf-8?q?=C3=BC.pdf?=\"\r\n", "ü.pdf"},
		"encoded words over two lines": {"Content-Type: a/b; name=\"=?utf-8?q?=C3=BC?=\r\n =?utf-8?q?.pdf?=\"\r\n",
			"ü.pdf"},
		"RFC 2231": {"Content-Disposition: attachment; filename*=utf-8''%C3%BC.pdf\r\n",
			"ü.pdf"},
		"RFC 2231 in a plain parameter": {"Content-Disposition: attachment; filename=utf-8''%C3%BC.pdf\r\n", "ü.pdf"},
		"raw UTF-8":                     {"Content-Disposition: attachment; filename=ü.pdf\r\n", "ü.pdf"},
		"raw Latin-1":                   {"Content-Disposition: attachment; filename=\xfc.pdf\r\n", "ü.pdf"},
		"separators in an encoded word": {"Content-Type: a/b; name=\"=?utf-8?q?=2E=2E=2Fa.pdf?=\"\r\n", "a.pdf"},
		"separators in RFC 2231": {"Content-Disposition: attachment; filename*=utf-8''..%2F..%5Ca.pdf\r\n",
			"a.pdf"},
		"line break smuggled in RFC 2231": {"Content-Disposition: attachment; filename*=utf-8''a%0D%0AX: y.pdf\r\n",
			"a X: y.pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"+test.header+"\r\nx\r\n--b--\r\n")
			if assert.Len(t, m.Attachments, 1) {
				assert.Equal(t, test.want, m.Attachments[0].Name)
			}
		})
	}
}
