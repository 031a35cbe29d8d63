package email

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
)

func TestReadFields_FromIsFirstWithAddress(t *testing.T) {
	m := parsed(t, "From: Somebody,\r\n \"The Shop\" <shop@example.net>\r\nSender: Robot <robot@example.net>\r\n\r\n")
	assert.Equal(t, "shop@example.net", m.From.Address)
	assert.Equal(t, Address{"Robot", "robot@example.net"}, m.Sender)
}

func TestReadFields_RawNamesInCharsetOfBody(t *testing.T) {
	m := parsed(t, "From: \xcf\xe5\xf2\xf0 <petr@example.com>\r\nContent-Type: text/plain; charset=windows-1251\r\n"+
		"\r\n\xcf\xf0\xe8\xe2\xe5\xf2\r\n")
	assert.Equal(t, "Петр", m.From.Name)
	assert.Equal(t, "Привет\n", m.Text)
}

func TestReadFields_DateFallsBackToReceived(t *testing.T) {
	m := parsed(t, "Received: by mx.example.net; Tue, 3 Jun 2025 09:12:33 +0000\r\n"+
		"Received: by a.example; Mon, 2 Jun 2025 09:00:00 +0000\r\nDate: soon\r\n\r\n")
	assert.Equal(t, "2025-06-03T09:12:33Z", m.Date.Format(time.RFC3339))
	assert.Contains(t, m.Warnings, "Date cannot be read")
}

func TestReadFields_ReceivedIsTopmostReadable(t *testing.T) {
	const (
		upper = "Received: from a.example by mx.example.net with ESMTPS id 1;\r\n" +
			"\tTue, 3 Jun 2025 11:12:33 +0200 (CEST)\r\n"
		lower = "Received: by a.example; Mon, 2 Jun 2025 09:00:00 +0000\r\n"
		date  = "Date: Sun, 1 Jun 2025 08:00:00 +0000\r\n"
		none  = "0001-01-01T00:00:00Z"
		sent  = "2025-06-01T08:00:00Z"
		// A message within the message has fields of its own.
		within = "Content-Type: message/rfc822\r\n\r\n" + lower + "\r\ntext\r\n"
	)
	for name, tc := range map[string]struct{ raw, received, date string }{
		"two":          {upper + lower + date, "2025-06-03T09:12:33Z", sent},
		"below Date":   {date + lower, "2025-06-02T09:00:00Z", sent},
		"without Date": {upper + lower, "2025-06-03T09:12:33Z", "2025-06-03T09:12:33Z"},
		"topmost cannot be read": {"Received: by mx.example.net; soon\r\n" + lower + date, "2025-06-02T09:00:00Z",
			sent},
		"topmost is blank":    {"Received:\r\n" + lower + date, "2025-06-02T09:00:00Z", sent},
		"topmost has no date": {"Received: by mx.example.net\r\n" + lower + date, "2025-06-02T09:00:00Z", sent},
		"no semicolon": {"Received: from may.example by mx.example.net 2 Nov 2020 10:00\r\n" + lower + date,
			"2025-06-02T09:00:00Z", sent},
		"semicolon in a comment": {"Received: by mx; Tue, 3 Jun 2025 09:12:33 +0000 (tls; 1.3)\r\n" + lower + date,
			"2025-06-03T09:12:33Z", sent},
		"none":                   {date, none, sent},
		"none can be read":       {"Received: by mx.example.net; soon\r\n", none, none},
		"of an attached message": {date + within, none, sent},
		"another field's name":   {"X-Received: by b; Mon, 2 Jun 2025 09:00:00 +0000\r\n" + date, none, sent},
	} {
		m := parsed(t, tc.raw+"\r\n")
		assert.Equal(t, tc.received, m.Received.UTC().Format(time.RFC3339), name)
		assert.Equal(t, tc.date, m.Date.UTC().Format(time.RFC3339), name)
	}
}

// The body tells which charset a short raw subject and the name are in.
func TestReadFields_RawHeadersInCharsetOfBody(t *testing.T) {
	encode := func(s string) string {
		b, err := charmap.KOI8R.NewEncoder().String(s)
		require.NoError(t, err)
		return b
	}
	m := parsed(t, "From: "+encode("Ия")+" <a@example.com>\nSubject: "+encode("ОК")+"\n\n"+
		encode("Спасибо, посылку я получила."))
	assert.Equal(t, "Спасибо, посылку я получила.", m.Text)
	assert.Equal(t, "ОК", m.Subject)
	assert.Equal(t, "Ия", m.From.Name)
}

func TestReadFields_CharsetMustExtendASCII(t *testing.T) {
	m := parsed(t, "Subject: Gr\xfc\xdfe\r\nContent-Type: text/plain; charset=utf-16be\r\n\r\n\x00H\x00i")
	assert.Equal(t, "Grüße", m.Subject)
	assert.Equal(t, "Hi", m.Text)
}

func TestReadFields_MessageIDsAreHarmless(t *testing.T) {
	m := parsed(t, "Message-ID: <a\u202e@x>\r\nReferences: <b\u2066@x> <c\u0085@x>\r\nIn-Reply-To: <d\xff@x>\r\n\r\n")
	assert.Equal(t, "<a@x>", m.MessageID)
	assert.Equal(t, []string{"<b@x>", "<c@x>"}, m.References)
}
