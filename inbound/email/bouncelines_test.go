package email

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMailerWords(t *testing.T) {
	expectEach(t, mailerWords, map[string]string{
		"No.\n\nReturn-Path: <a@b.example>\nTo: x\n": "No.\n\n",
		"No.\n> | MIME-Version: 1.0\n":               "No.\n",
		"No.\nReceived:\nX-Mailer:x\n":               "No.\nReceived:\nX-Mailer:x\n",
		"No. Received: by\n":                         "No. Received: by\n",
		"":                                           "",
	})
}

func TestIDInText(t *testing.T) {
	expectEach(t, idInText, map[string]string{
		"> Message-Id: <1@b.example> x":                        "<1@b.example>",
		"message-id:\n\t<1@b.example>":                         "<1@b.example>",
		"Message-ID: 1@b.example\nMessage-ID: <2@b.example>":   "<2@b.example>",
		"Message-ID: <1 @b.example>\nMessage-ID: <2@b.example": "",
		"The Message-ID: <1@b.example>":                        "",
		"":                                                     "",
	})
}

func TestStatusInText(t *testing.T) {
	expectEach(t, statusInText, map[string]string{
		"Action: failed\n> STATUS:  5.1.1 (no)\n": "5.1.1",
		"Status: 2.0.0\nStatus: 4.2.2":            "4.2.2",
		"Status: 5.1.1x":                          "",
		"The status: 5.1.1":                       "",
	})
}

func TestBelowAnnouncement(t *testing.T) {
	expectEach(t, belowAnnouncement, map[string]string{
		"to the Following E-mail addresses:\nx":     "es:\nx",
		"We could not deliver to x":                 " x",
		"It has not been delivered to x":            " x",
		"It is not be deliverable x, message to y":  " y",
		"your recipient(s) x":                       " x",
		"unaddressed to x":                          "",
		"the following users, the following user x": "s, the following user x",
		"": "",
	})
}

func TestAddressesIn(t *testing.T) {
	assert.Equal(t, []string{"a@b.example", "c@d@e", "f@g"},
		slices.Collect(addressesIn("mail to <a@b.example>, c@d@e: @x y@ (f@g) @")))
	assert.Empty(t, slices.Collect(addressesIn("")))
	assert.Equal(t, []string{"a@b.example", "f@g"},
		slices.Collect(addresseesIn("| To : Jane <a@b.example>, c@d\nFrom: e@f\nTo: x\n> Final-Recipient: rfc822;f@g")))
}
