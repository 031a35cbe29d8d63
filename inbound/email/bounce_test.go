package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deliveryReport is a report with these machine-readable groups.
func deliveryReport(status string) string {
	return "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" +
		"--b\n\nI could not deliver your message.\n--b\nContent-Type: message/delivery-status\n\n" + status +
		"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <order-1042@shop.example>\nSubject: Order\n--b--\n"
}

// bounceOf is a bounce with one recipient.
func bounceOf(recipient, status, action, id string) Bounce {
	return Bounce{recipient, []string{recipient}, status, action, id}
}

func TestBounce(t *testing.T) {
	const id = "<order-1042@shop.example>"
	for name, test := range map[string]struct {
		raw  string
		want Bounce
	}{
		"RFC 3464": {
			deliveryReport("Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; gone@example.com\n" +
				"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n"),
			bounceOf("gone@example.com", "5.1.1", "failed", id),
		},
		"the one that failed counts": {
			deliveryReport("Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; slow@example.com\nAction: delayed\n" +
				"Status: 4.4.1\n\nFinal-Recipient: rfc822; gone@example.com\nAction: failed\nStatus: 5.1.1\n"),
			bounceOf("gone@example.com", "5.1.1", "failed", id),
		},
		"status only in the diagnostic code": {
			deliveryReport("Final-Recipient: rfc822; gone@example.com\nAction: failed\n" +
				"Diagnostic-Code: smtp; 550 #5.2.2 full\n"),
			bounceOf("gone@example.com", "5.2.2", "failed", id),
		},
		"the original recipient is the one that was written to": {
			deliveryReport("Original-Recipient: rfc822;info@example.com\n" +
				"Final-Recipient: rfc822; gone@internal.example\nAction: failed\nStatus: 5.1.1\n"),
			bounceOf("info@example.com", "5.1.1", "failed", id),
		},
		"delayed": {
			deliveryReport("Final-Recipient: rfc822; slow@example.com\nAction: delayed\nStatus: 4.4.1\n"),
			bounceOf("slow@example.com", "4.4.1", "delayed", id),
		},
		"a complaint": {
			"From: fbl@example.net\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n" +
				"\nA complaint.\n" +
				"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n" +
				"Original-Rcpt-To: <cross@example.com>\n" +
				"--b\nContent-Type: message/rfc822\n\nMessage-ID: " + id + "\n\nHello\n--b--\n",
			bounceOf("cross@example.com", "", "abuse", id),
		},
		"old style, by header": {
			"From: postmaster@mx.example.net\nX-Failed-Recipients: gone@example.com\n\n550 5.1.1 no such user\n",
			bounceOf("gone@example.com", "5.1.1", "failed", ""),
		},
		"old style, by sender and text": {
			"From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nSubject: failure notice\n\n" +
				"<gone@example.com>:\n550 5.1.1 unknown user\n\n--- Below is a copy\nMessage-ID: " + id + "\n",
			bounceOf("gone@example.com", "5.1.1", "failed", id),
		},
		"the diagnostic code says more than 5.0.0": {
			deliveryReport("Final-Recipient: rfc822; gone@example.com\nAction: failed\nStatus: 5.0.0\n" +
				"Diagnostic-Code: smtp; 550 5.1.1 unknown\n"),
			bounceOf("gone@example.com", "5.1.1", "failed", id),
		},
		"a code of another class says something else": {
			deliveryReport("Final-Recipient: rfc822; gone@example.com\nAction: failed\nStatus: 5.0.0\n" +
				"Diagnostic-Code: smtp; 451 4.7.1 greylisted\n"),
			bounceOf("gone@example.com", "5.0.0", "failed", id),
		},
		"old style, below what was to be delivered": {
			"From: postmaster@mx.example.net\nTo: shop@shop.example\nSubject: Undeliverable: order\n\nYour message\n" +
				"\n  To:      friends@lists.example\n  Subject: order\n\n" +
				"did not reach the following recipient(s):\n\nc=US; dda:SMTP=gone@example.com; on Fri, 4 Oct 2002\n" +
				"    Unknown Recipient\n",
			bounceOf("gone@example.com", "", "failed", ""),
		},
		"old style, in a sentence": {
			"From: postmaster@mx.example.net\nTo: shop@shop.example\nSubject: failure notice\n\n" +
				"shop@shop.example has written to us.\nLocal mailbox gone@example.com is unavailable.\n" +
				"Ask postmaster@mx.example.net.\n",
			bounceOf("gone@example.com", "", "failed", ""),
		},
		"versions and addresses are no codes": {
			"From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n" +
				"<gone@example.com> from 10.5.1.1 by 5.1.1.9: 550 5.7.1. refused\n\n" +
				"Received: by mx.example.net (Mailer 4.4.1)\nX-Mailer: Letters 4.0.13\nTo: other@example.com\n",
			bounceOf("gone@example.com", "5.7.1", "failed", ""),
		},
		"by an unusual sender, with the message that it returns": {
			"From: smtp-service@mx.example.net\nSubject: Delivery failure\n\n-- Recipients --\n\n" +
				"<gone@example.com>: no mailbox\n\n-- Message --\n\nReceived: from shop.example\nMessage-ID: " + id +
				"\n",
			bounceOf("gone@example.com", "", "failed", id),
		},
		"by an unusual sender, with an address on a line of its own": {
			"From: gateway@mx.example.net\nSubject: Delivery failure notification\n\n" +
				"Your message could not be delivered to the following recipients:\n\ngone@example.com\n\n" +
				"It will be tried again.\n",
			bounceOf("gone@example.com", "", "failed", ""),
		},
		"in a language that nobody foresaw": {
			"From: MAILER-DAEMON@mx.example.net\nSubject: Ilmoitus\n\nViestiä ei voitu toimittaa.\n\n" +
				"<gone@example.com>\n\nReceived: from shop.example\nMessage-ID: " + id + "\n",
			bounceOf("gone@example.com", "", "failed", id),
		},
		"a status line below a returned header": {
			"From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n> Message-Id: <report@mx.example.net>\n" +
				">\n> <gone@example.com>\n> Final-Recipient: rfc822; gone@example.com\n> Status: 5.1.1\n",
			bounceOf("gone@example.com", "5.1.1", "failed", "<report@mx.example.net>"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, crlf(test.raw))
			require.Equal(t, ClassBounce, m.Class)
			assert.Equal(t, test.want, *m.Bounce)
		})
	}
}

func TestBounce_NoBounce(t *testing.T) {
	for name, raw := range map[string]string{
		"a customer on a delivery": "From: jane@example.com\nSubject: Delivery problem with order 1042\n\n" +
			"The parcel has not arrived.\n",
		"a customer on an undelivered mail": "From: jane@example.com\nSubject: my mail was undelivered\n\n" +
			"I could not reach you.\n",
		"a customer who counts": "From: jane@example.com\nSubject: Delivery problem\n\nOrdered: 5\n" +
			"Received: 3\nWrite to me at my other address,\njane@example.org\n",
		"a person who forwards a report": "From: jane@example.com\nSubject: Fwd: parcel\n\nuser unknown, they say\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, crlf(raw))
			assert.Equal(t, ClassPersonal, m.Class)
			assert.Nil(t, m.Bounce)
		})
	}
}
