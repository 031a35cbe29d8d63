package email

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
	"github.com/stretchr/testify/assert"
)

func TestDescribe_MediaType(t *testing.T) {
	for name, test := range map[string]struct{ value, want string }{
		"comma instead of a semicolon": {"image/png, name=a", "image/png"},
		"control character":            {"image/p\x01ng", "image/p"},
		"only a word":                  {"pdf", "application/octet-stream"},
		"longer than any":              {"image/" + strings.Repeat("x", 500), "application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, "Content-Type: "+test.value+"\r\n\r\nx")
			if assert.Len(t, m.Attachments, 1) {
				assert.Equal(t, test.want, m.Attachments[0].Type)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	describe := func(raw string, at partPosition) part {
		r := newPartReader(strings.NewReader(raw + "\n\n"))
		var h header
		r.readHeader(&h)
		return r.describe(&h, at)
	}
	assert.Equal(t, part{mediaType: "text/plain", text: textPlain, bare: true}, describe("X: y", partPosition{}))
	assert.Equal(t, part{mediaType: "message/rfc822"}, describe("X: y", partPosition{within: "digest"}))
	assert.Equal(t,
		part{mediaType: "text/plain", text: textPlain, charset: "utf-8", flowed: true, delSp: true,
			encoding: transfer.QuotedPrintable},
		describe("Content-Type: Text/Plain; charset=utf-8; format=Flowed; delsp=yes\n"+
			"Content-Transfer-Encoding: quoted-printable", partPosition{}))
	assert.Equal(t,
		part{mediaType: "image/png", disposition: "attachment", name: "b.png", contentID: "a@x"},
		describe("Content-Type: image/png; name=a.png\nContent-Disposition: Attachment; filename=b.png\n"+
			"Content-ID: <a@x>", partPosition{}))
	assert.Equal(t, part{mediaType: "multipart/mixed", boundary: "b"},
		describe(`Content-Type: multipart/mixed; boundary="b "`, partPosition{}))
	assert.Equal(t, part{mediaType: "application/octet-stream"}, describe("Content-Type: pdf", partPosition{}))
}

func TestWantedPart_Is(t *testing.T) {
	text, image := part{mediaType: "text/plain", text: textPlain}, part{mediaType: "image/png"}
	at := partPosition{number: "2"}
	assert.True(t, (&wantedPart{number: "2"}).is(image, at))
	assert.False(t, (&wantedPart{number: "1"}).is(image, at))
	assert.True(t, (&wantedPart{number: "2", block: 1}).is(text, at))
	assert.False(t, (&wantedPart{number: "2", block: 1}).is(image, at), "only text has uuencoded blocks")
}
