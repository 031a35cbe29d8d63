package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWarningsOfContent(t *testing.T) {
	const (
		junk      = "base64 with bytes that do not belong there"
		cut       = "base64 that is cut off, or not padded"
		undeclare = "text beyond ASCII without a declared charset"
		mislabel  = "text does not have the charset that it is labelled with"
	)
	const from, coded = "From: a@example.com\n", "Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"
	for name, test := range map[string]struct {
		raw  string
		want []string
	}{
		"base64":                            {coded + "SGVs\nbG8=\n", nil},
		"two pieces of base64":              {coded + "SGVsbG8=\nSGVsbG8=\n", nil},
		"spaces behind the padding":         {coded + "SGVsbG8= \t\n", nil},
		"junk behind the padding":           {coded + "SGVsbG8=3D**\n", []string{junk}},
		"junk behind the padding, cut":      {coded + "SGVsbA==**", []string{junk}},
		"junk":                              {coded + "SGV*sbG8=\n", []string{junk}},
		"one character left":                {coded + "SGVsbG8hI\n", []string{cut}},
		"one character and padding":         {coded + "SGVsbG8hI=\n", []string{cut}},
		"not padded":                        {coded + "SGVsbG8\n", []string{cut}},
		"ASCII without a charset":           {"\nHello\n", nil},
		"UTF-8 without a charset":           {"\nGrüße\n", []string{undeclare}},
		"Latin-1 without a charset":         {"\nGr\xfc\xdfe\n", []string{undeclare}},
		"Latin-1 labelled US-ASCII":         {"Content-Type: text/plain; charset=us-ascii\n\nGr\xfc\xdfe\n", []string{undeclare}},
		"UTF-8 labelled UTF-8":              {"Content-Type: text/plain; charset=utf-8\n\nGrüße\n", nil},
		"Latin-1 labelled UTF-8":            {"Content-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe\n", []string{mislabel}},
		"a charset nobody knows, and ASCII": {"Content-Type: text/plain; charset=x-mystery\n\nHello\n", []string{mislabel}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, parsed(t, from+test.raw).Warnings)
		})
	}
}

func TestGeneratedNamesSayWhatThePartIs(t *testing.T) {
	raw := "Content-Type: multipart/report; boundary=b\n"
	for _, mediaType := range [...]string{"message/delivery-status", "message/rfc822", "message/rfc822", "message/disposition-notification",
		"text/rfc822-headers", "message/feedback-report", "text/calendar", "image/png", "image/png"} {
		raw += "\n--b\nContent-Type: " + mediaType + "\n\nX: y\n"
	}
	var names []string
	for _, a := range parsed(t, raw+"\n--b--\n").Attachments {
		names = append(names, a.Name)
	}
	assert.Equal(t, []string{"delivery-status.txt", "message.eml", "message-3.eml", "disposition-notification.txt",
		"headers.txt", "feedback-report.txt", "invite.ics", "attachment-8.png", "attachment-9.png"}, names)
}
